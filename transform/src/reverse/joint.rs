//! Loops whose trips are reversed as soon as they have run: joint reversal.
//!
//! Where the trips of a loop have nothing to do with each other but one sum that all of them add to, each trip gives
//! the *slope* of the sum with respect to everything that it reads, whatever the cotangent of the sum will be: the
//! adjoints that a cotangent of one would give. What is kept between the sweeps is then one slope for each input,
//! and nothing for each trip; the reverse sweep multiplies the slopes by the cotangent. This is the preaccumulation
//! of Griewank & Walther, Evaluating Derivatives, ch. 10, of a loop.

use super::*;
use crate::ty::Scalar;
use quote::ToTokens;

/// A loop that is reversed while it runs.
pub(super) struct Joint {
    /// The reverse of a trip.
    back: Block,
    /// What a trip declares first: notes of the way that control takes.
    notes: Block,
    /// What stands before the loop.
    before: Block,
    /// The number of the trip.
    counter: Option<VarId>,
}

/// The loops for whose trips more than a few numbers are kept: whatever is kept in a loop in them, or by a call.
pub(super) fn kept_in(r: &Reverse) -> HashSet<ScopeId> {
    let mut out = HashSet::new();
    for v in r.saved.keys() {
        let home = r.home.get(v).copied().unwrap_or(0);
        let mut id = r.segments[home].innermost;
        let is_number = r.is_number(*v) && r.windowed(*v).is_some();
        let mut at = usize::from(is_number);
        while let Some(loop_id) = id {
            if at == 0 {
                out.insert(loop_id);
            }
            at = 0;
            id = r.sites.get(&loop_id).and_then(|s| s.around);
        }
    }
    out
}

/// The sweeps with such loops, if there are any and something would be kept for each of their trips otherwise.
pub fn joint(f: &Function, activity: &Activity, sweep: &Sweep) -> Option<Sweep> {
    let has_functions = f.params.iter().any(|p| p.function.is_some());
    if f.plain || f.early_return || has_functions || sweep.kept_in.is_empty() {
        return None;
    }
    let mut sums = crate::analysis::private::independent(f, activity);
    sums.retain(|id, _| sweep.kept_in.contains(id));
    (!sums.is_empty()).then(|| super::sweep(f, activity, sums))
}

impl Reverse<'_> {
    /// The loop with its reverse in it, and in the reverse sweep what multiplies its slopes.
    pub(super) fn reverse_jointly(&mut self, stmt: &Stmt, l: &Loop, sum: VarId) -> Block {
        let outer = self.segment;
        let bars = std::mem::take(&mut self.bars);
        let declared = std::mem::take(&mut self.declared);
        let storage = std::mem::take(&mut self.storage);
        self.inside = Some(l.id);
        self.scopes.push(l.id);
        self.refs.push(BTreeSet::new());
        // Nothing outside of the loop is at home here: adjoints of what is there are asked for.
        self.segment = SegId::MAX;
        let (body, back) = self.block(&l.body, Some(outer), false, true);
        self.segment = outer;
        let refs = self.refs.pop().unwrap_or_default();
        self.scopes.pop();
        self.inside = None;
        let slopes = std::mem::replace(&mut self.bars, bars);
        self.declared.extend(declared);
        let made = std::mem::replace(&mut self.storage, storage);
        let (lent, notes): (Vec<_>, Vec<_>) = made.into_iter().partition(|s| s.back.is_some());
        self.storage.extend(lent);
        let notes = notes.into_iter().map(|s| {
            let (name, init) = (&self.f.vars[s.var].ident, &s.init);
            self.raw(quote!(let mut #name = #init;))
        });
        let notes = notes.collect();
        for (v, bar) in &slopes {
            if !refs.contains(v) {
                self.bars.insert(*v, *bar);
            }
        }
        self.declared
            .retain(|v| !refs.contains(v) || self.bars.contains_key(v));
        let mut before = Block::new();
        let factor = Place::var(self.bar_here(sum));
        for v in refs {
            let Some(slope) = slopes.get(&v).copied() else {
                continue;
            };
            self.f.vars[slope].temp = false;
            if v == sum {
                let one = match &self.f.vars[v].ty {
                    Ty::Float(Scalar::F32) => quote!(1.0_f32),
                    Ty::Float(Scalar::F64) => quote!(1.0_f64),
                    _ => quote!(1.0),
                };
                let one = Expr::Use(Operand::Lit(one));
                before.push(self.stmt_of(Kind::Let(slope, one)));
                continue;
            }
            if let Some(rows) = self.lend_slope(v, slope, &mut before) {
                let bar = Place::var(self.bar_here(v));
                let (bar, factor) = (self.spell(&self.f.resolve(&bar)), self.spell(&factor));
                let add = quote!(__rt::add_multiple(&mut #bar, &#rows, f64::from(#factor)););
                self.emit(Kind::Raw(add));
                continue;
            }
            let own = self.declare_slope(v, slope, &mut before);
            if self.writes.is_written_in(v, l.id) {
                // The trip's own memory, which nobody reads behind the loop.
                continue;
            }
            if self.f.vars[v].ty.is_float() {
                let slope = Expr::Load(Place::var(slope));
                let product = super::times(Expr::Load(factor.clone()), slope);
                self.contribute(&Operand::Var(v), product);
                continue;
            }
            let bar = Place::var(self.bar_here(v));
            let (bar, factor) = (self.spell(&self.f.resolve(&bar)), self.spell(&factor));
            let by = quote!(__rt::multiple(#own, f64::from(#factor)));
            self.emit(Kind::Raw(quote!(__rt::accumulate(&mut #bar, #by);)));
        }
        let joint = Joint {
            back,
            notes,
            before,
            counter: match &l.head {
                Head::For(h) => Some(h.counter),
                _ => None,
            },
        };
        self.joints.insert(l.id, joint);
        let looped = Loop { body, ..l.clone() };
        vec![Stmt {
            kind: Kind::Loop(looped),
            span: stmt.span,
        }]
    }

    /// What the adjoint of a variable is called: a slope, if it is that of a trip which is reversed right away with
    /// respect to something outside.
    pub(super) fn kind_of_adjoint(&self, v: VarId) -> &'static str {
        match self.inside.is_some() && self.home.get(&v) == Some(&0) {
            true => "slope",
            false => "bar",
        }
    }

    fn raw(&self, tokens: TokenStream) -> Stmt {
        self.stmt_of(Kind::Raw(tokens))
    }

    fn stmt_of(&self, kind: Kind) -> Stmt {
        Stmt {
            kind,
            span: self.span,
        }
    }

    /// Takes the slope with respect to a slice from the tape; the name of what owns it.
    fn lend_slope(&mut self, v: VarId, slope: VarId, before: &mut Block) -> Option<syn::Ident> {
        let Ty::Ref(of, false) = &self.f.vars[v].ty else {
            return None;
        };
        let element = match &**of {
            Ty::Slice(element) if element.is_float() => (**element).clone(),
            _ => return None,
        };
        let (Ty::Float(scalar), Some(zero)) = (&element, zero_tokens(&element)) else {
            return None;
        };
        let ty = scalar.written();
        let (name, slope) = (
            self.f.vars[v].ident.clone(),
            self.f.vars[slope].ident.clone(),
        );
        let rows = self.f.fresh(&format!("{slope}s"), Ty::Unknown);
        self.storage.push(Storage::rows(rows, ty));
        let rows = self.f.vars[rows].ident.clone();
        before.push(self.raw(quote!(let #slope = #rows.open(#name.len());)));
        before.push(self.raw(quote!(#slope.fill(#zero);)));
        Some(rows)
    }

    /// Declares the slope with respect to a variable; the name of what owns it.
    fn declare_slope(&mut self, v: VarId, slope: VarId, before: &mut Block) -> TokenStream {
        let slope_name = self.f.vars[slope].ident.clone();
        let name = self.f.vars[v].ident.clone();
        if let Some(zero) = zero_tokens(&self.f.vars[v].ty) {
            let zero = Expr::Use(Operand::Lit(zero));
            before.push(self.stmt_of(Kind::Let(slope, zero)));
            return slope_name.to_token_stream();
        }
        let zero = Expr::Raw(quote!(__rt::zero(&#name)), vec![v]);
        let Ty::Ref(of, _) = self.f.vars[v].ty.clone() else {
            before.push(self.stmt_of(Kind::Let(slope, zero)));
            return slope_name.to_token_stream();
        };
        // Where the parameter is borrowed, so is its adjoint.
        let owner = self.f.names.fresh(&format!("{slope_name}s"));
        let zero = quote!(__rt::zero(&*#name));
        before.push(self.raw(quote!(let mut #owner = #zero;)));
        let lent = match *of {
            Ty::Slice(_) => quote!(&mut #owner[..#name.len()]),
            _ => quote!(&mut #owner),
        };
        before.push(self.raw(quote!(let #slope_name = #lent;)));
        owner.to_token_stream()
    }

    /// Puts the reverse of a trip behind the trip; what stands before the loop.
    pub(super) fn join(&mut self, l: &mut Loop) -> Block {
        let Some(joint) = self.joints.remove(&l.id) else {
            return Block::new();
        };
        let before = self.insert_saves(joint.before);
        let back = self.insert_restores(joint.back);
        let counter = joint.counter.filter(|c| self.needed.contains(c));
        self.counted_forward.extend(counter);
        l.body.splice(0..0, joint.notes);
        l.body.extend(back);
        before
    }
}
