//! Loops whose number of trips is known before they start: what is saved in them is indexed by the trip, and
//! every loop's way back follows from its header.

use super::stmt::has_code;
use super::*;
use crate::emit::place_tokens;
use quote::ToTokens;

/// A loop's counting in both sweeps.
pub(super) struct Counting {
    /// The number of trips, asked before the loop runs forward.
    pub forward: TokenStream,
    /// The number of trips, asked before the loop runs backward.
    pub backward: TokenStream,
    /// The number of the trip in the forward sweep, if the loop has a variable for it.
    pub trip: Option<TokenStream>,
    /// The number of the trip in the reverse sweep.
    pub back_trip: TokenStream,
    /// Whether the loop stands in another one.
    pub nested: bool,
    /// What is saved by trip: the storage, and the name of this execution's part of it.
    pub windows: Vec<(VarId, syn::Ident)>,
}

impl Reverse<'_> {
    /// The lengths of what a loop runs through, where it stands.
    pub(super) fn forward_length(&self, h: &For) -> Option<TokenStream> {
        if let Some(trips) = h.trips {
            return Some(self.f.vars[trips].ident.to_token_stream());
        }
        let mut out: Option<TokenStream> = None;
        for place in h.length.as_ref()? {
            let tokens = place_tokens(&self.f, place, false)?;
            out = Some(match out {
                None => quote!(#tokens.len()),
                Some(other) => quote!(::core::cmp::min(#other, #tokens.len())),
            });
        }
        out
    }
}

impl Reverse<'_> {
    pub(super) fn reverse_loop(&mut self, stmt: &Stmt, l: &Loop) -> Block {
        if let (Some(sum), Head::For(h)) = (self.sums.get(&l.id).copied(), &l.head) {
            self.definitions.insert(h.counter, Definition::Header);
            return self.reverse_jointly(stmt, l, sum);
        }
        let segment = self.segment;
        let in_loop = self.segments[segment].in_loop;
        let through = !ends_early(l);
        let counter = match &l.head {
            Head::For(h) => h.counter,
            _ => self.f.fresh("k", Ty::Int(Some("usize".into()))),
        };
        self.note_site(stmt, l, counter);
        let mut plan = Plan::Counted(counter);
        if let Head::For(h) = &l.head {
            self.definitions.insert(h.counter, Definition::Header);
            match &h.backward {
                Backward::Reversed(i) if through => {
                    self.definitions.insert(*i, Definition::Header);
                    plan = Plan::Reversed(*i);
                }
                Backward::Reversed(i) => {
                    if let Some(start) = counting_from(&self.f, h) {
                        self.definitions
                            .insert(*i, Definition::Offset(start, h.counter));
                    }
                }
                Backward::Counter(i) => {
                    let zero = Operand::Lit(quote!(0));
                    self.definitions
                        .insert(*i, Definition::Offset(zero, h.counter));
                }
                Backward::Offset(i, start) => {
                    self.definitions
                        .insert(*i, Definition::Offset(start.clone(), h.counter));
                }
                Backward::Saved => {}
            }
        }
        let length = match &l.head {
            Head::For(h) if through && matches!(plan, Plan::Counted(_)) => self.length(h),
            _ => None,
        };
        if let (Head::For(h), true, false) = (&l.head, through, self.f.plain) {
            let nested = in_loop || self.inside.is_some();
            self.count(l.id, h, &mut plan, length.as_ref(), nested);
        }
        // The count is kept on every path out of the loop.
        let trips = self.f.fresh("trips", Ty::Int(Some("usize".into())));
        let ident = self.f.vars[trips].ident.clone();
        let lane = in_loop.then(|| self.f.fresh("trips_lane", Ty::Constant));
        let note = lane.map(|lane| {
            let lane = &self.f.vars[lane].ident;
            quote!(#lane.push(#ident);)
        });
        let counted = matches!(plan, Plan::Counted(_)) && length.is_none();
        self.scopes.push(l.id);
        let depth = self.scopes.len();
        if let (true, Some(note)) = (counted, &note) {
            self.pending.push(Pending {
                scope_depth: depth - 1,
                note: note.clone(),
            });
        }
        self.innermost.push(l.id);
        let (mut body_f, body_r) = self.block(&l.body, Some(segment), true, false);
        self.innermost.pop();
        if counted && note.is_some() {
            self.pending.pop();
        }
        self.scopes.pop();
        let useful = has_code(&body_r);
        let mut forward = Vec::new();
        let raw = |tokens| Stmt::raw(tokens, stmt.span);
        if counted && useful {
            body_f.insert(0, raw(quote!(#ident += 1;)));
        }
        let looped = Loop {
            body: body_f,
            ..l.clone()
        };
        forward.push(Stmt {
            kind: Kind::Loop(looped),
            span: stmt.span,
        });
        if !useful {
            self.unused.extend(note.map(|n| n.to_string()));
            return forward;
        }
        let count = match (&plan, length) {
            (Plan::Reversed(_) | Plan::Ranged(_) | Plan::Zipped(..), _) => quote!(),
            (_, Some(length)) => length,
            _ => match lane {
                Some(lane) => {
                    self.storage.push(Storage::lane(lane, Some(quote!(usize))));
                    forward.insert(0, raw(quote!(let mut #ident = 0_usize;)));
                    forward.extend(note.map(raw));
                    let lane = &self.f.vars[lane].ident;
                    quote!(#lane.pop())
                }
                None => {
                    self.storage.push(Storage::own(trips, quote!(0_usize)));
                    quote!(#ident)
                }
            },
        };
        let (pat, iter, direct) = match plan {
            Plan::Ranged(k) => {
                let Head::For(h) = &l.head else {
                    return forward;
                };
                for v in &h.reads {
                    self.need(*v);
                }
                let count = match self.counting.get(&l.id) {
                    Some(c) => c.backward.clone(),
                    None => return forward,
                };
                (
                    self.f.vars[k].ident.to_token_stream(),
                    quote!((0..#count).rev()),
                    quote!(0..#count),
                )
            }
            Plan::Zipped(i, k) => {
                let Head::For(h) = &l.head else {
                    return forward;
                };
                for v in &h.reads {
                    self.need(*v);
                }
                let count = match self.counting.get(&l.id) {
                    Some(c) => c.backward.clone(),
                    None => return forward,
                };
                self.zipped.insert(l.id, (i, k, h.iter.clone()));
                let (i, k, iter) = (&self.f.vars[i].ident, &self.f.vars[k].ident, &h.iter);
                (
                    quote!((#k, #i)),
                    quote!((0..#count).rev().zip((#iter).rev())),
                    quote!((0..#count).zip(#iter)),
                )
            }
            Plan::Reversed(i) => {
                let Head::For(h) = &l.head else {
                    return forward;
                };
                for v in &h.reads {
                    self.need(*v);
                }
                let iter = &h.iter;
                (
                    self.f.vars[i].ident.to_token_stream(),
                    quote!((#iter).rev()),
                    iter.clone(),
                )
            }
            Plan::Counted(k) => (
                self.f.vars[k].ident.to_token_stream(),
                quote!((0..#count).rev()),
                // A count taken from a lane is taken once.
                if count.to_string().contains("pop") {
                    quote!()
                } else {
                    quote!(0..#count)
                },
            ),
        };
        if !direct.is_empty() && !self.f.plain {
            self.directions.insert(l.id, direct);
        }
        let head = For {
            apart: Vec::new(),
            pat,
            iter,
            reads: vec![],
            counter,
            backward: Backward::Saved,
            length: None,
            trips: None,
        };
        let label = l.label.clone();
        self.nest(Kind::Loop(Loop {
            id: l.id,
            label,
            head: Head::For(Box::new(head)),
            body: body_r,
        }));
        forward
    }
}

impl Reverse<'_> {
    /// Finds out whether the number of trips is known before the loop starts.
    fn count(
        &mut self,
        id: ScopeId,
        h: &For,
        plan: &mut Plan,
        length: Option<&TokenStream>,
        nested: bool,
    ) {
        let k = self.f.vars[h.counter].ident.to_token_stream();
        let counting = match (&*plan, length) {
            (Plan::Reversed(i), _) => {
                let i = *i;
                let Some(start) = counting_from(&self.f, h).filter(|_| half_open(h)) else {
                    // Whatever the integer's type, a range tells how long it is.
                    let iter = &h.iter;
                    let trips = quote!(::core::iter::Iterator::size_hint(&(#iter)).0);
                    *plan = Plan::Zipped(i, h.counter);
                    let counting = Counting {
                        forward: trips.clone(),
                        backward: trips,
                        trip: None,
                        back_trip: k,
                        nested,
                        windows: Vec::new(),
                    };
                    self.counting.insert(id, counting);
                    return;
                };
                let Ok(range) = syn::parse2::<syn::ExprRange>(h.iter.clone()) else {
                    return;
                };
                let Some(end) = &range.end else { return };
                let from_zero = matches!(&start, Operand::Lit(t) if t.to_string() == "0");
                let name = self.f.vars[i].ident.to_token_stream();
                let trips = if from_zero {
                    end.to_token_stream()
                } else {
                    let start = crate::lower::operand_tokens(&self.f, &start);
                    *plan = Plan::Ranged(h.counter);
                    self.definitions.insert(
                        i,
                        Definition::Offset(start_operand(&self.f, h, &start), h.counter),
                    );
                    quote!(usize::saturating_sub(#end, #start))
                };
                Counting {
                    forward: trips.clone(),
                    backward: trips,
                    trip: (from_zero && h.pat.to_string() != "_").then(|| name.clone()),
                    back_trip: if from_zero { name } else { k },
                    nested,
                    windows: Vec::new(),
                }
            }
            (Plan::Counted(_), Some(length)) => {
                let Some(forward) = self.forward_length(h) else {
                    return;
                };
                let trip = match &h.backward {
                    Backward::Counter(i) => Some(self.f.vars[*i].ident.to_token_stream()),
                    _ => None,
                };
                Counting {
                    forward,
                    backward: length.clone(),
                    trip,
                    back_trip: k,
                    nested,
                    windows: Vec::new(),
                }
            }
            _ => return,
        };
        self.counting.insert(id, counting);
    }

    /// The number of trips, from the lengths of what the loop runs through: those of the adjoints, where the
    /// memory itself may be out of reach.
    fn length(&mut self, h: &For) -> Option<TokenStream> {
        if let Some(trips) = h.trips {
            self.need(trips);
            return Some(self.f.vars[trips].ident.to_token_stream());
        }
        let places = h.length.as_ref()?;
        let known = places.iter().all(|p| {
            let root = self.f.root(p);
            let shared = matches!(self.f.vars[root].ty, Ty::Ref(_, false));
            // Of what else it may be, an iterator need not give as many items as `len` says; nor is there a way
            // to a part of an enum's variant but through its adjoint.
            let plain = !self
                .f
                .resolve(p)
                .path
                .iter()
                .any(|s| matches!(s, Proj::Run | Proj::Part(..)));
            // The adjoint of a field marked `#[constant]` has no length.
            (self.is_active(root) && !self.f.may_be_constant_field(p))
                || (shared && plain && self.f.params.iter().any(|p| p.var == root))
        });
        if !known {
            return None;
        }
        let mut out: Option<TokenStream> = None;
        for place in places {
            let bar = match self.f.may_be_constant_field(place) {
                true => None,
                false => self.place_bar(place),
            };
            let tokens = match bar {
                Some((bar, _)) => self.spell(&bar),
                None => {
                    let resolved = self.f.resolve(place);
                    self.need_path(&resolved);
                    self.spell(&resolved)
                }
            };
            out = Some(match out {
                None => quote!(#tokens.len()),
                Some(other) => quote!(::core::cmp::min(#other, #tokens.len())),
            });
        }
        out
    }
}

/// How a loop is run backwards.
enum Plan {
    /// Its own header, reversed.
    Reversed(VarId),
    /// By the number of the iteration, from which the range's integer follows.
    Ranged(VarId),
    /// By the number of the iteration, side by side with the header reversed.
    Zipped(VarId, VarId),
    /// By the number of the iteration.
    Counted(VarId),
}

/// Whether the header is `a..b`.
fn half_open(h: &For) -> bool {
    match syn::parse2::<syn::ExprRange>(h.iter.clone()) {
        Ok(range) => range.end.is_some() && matches!(range.limits, syn::RangeLimits::HalfOpen(_)),
        Err(_) => false,
    }
}

fn start_operand(f: &Function, h: &For, start: &TokenStream) -> Operand {
    let text = start.to_string();
    match h.reads.iter().find(|v| f.vars[**v].ident == text) {
        Some(v) => Operand::Var(*v),
        None => Operand::Lit(start.clone()),
    }
}

/// Where a range of `usize` begins, if it counts upwards by one.
fn counting_from(f: &Function, h: &For) -> Option<Operand> {
    let Backward::Reversed(i) = &h.backward else {
        return None;
    };
    if !matches!(&f.vars[*i].ty, Ty::Int(Some(n)) if n == "usize") {
        return None;
    }
    let range: syn::ExprRange = syn::parse2(h.iter.clone()).ok()?;
    let start = range.start?;
    let reads = h
        .reads
        .iter()
        .find(|v| f.vars[**v].ident == start.to_token_stream().to_string());
    Some(match reads {
        Some(v) => Operand::Var(*v),
        None => Operand::Lit(start.to_token_stream()),
    })
}
