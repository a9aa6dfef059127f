//! Elements that a loop goes through one after the other: they are reached through a slice of just these, as long
//! as the loop, so that no question about bounds is left in it; a sum into one element is made in a variable.
//!
//! That all of them are there is known before the loop starts, since the forward sweep was at each of them.

use super::*;
use quote::ToTokens;

/// A loop over `0..n` whose body has no control flow of its own.
struct Straight<'a> {
    f: &'a Function,
    /// The number of the trip.
    k: VarId,
    /// What the body defines, as far as it can stand in an index.
    defined: HashMap<String, Option<syn::Expr>>,
}

/// What is added to the number of the trip, or an index that is the same in each. Names are unique, so the text tells
/// two of them apart.
#[derive(Clone, Debug)]
struct From(TokenStream);

impl From {
    fn text(&self) -> String {
        self.0.to_string()
    }
}

impl From {
    /// The same in a view that starts there.
    fn behind(self, start: From) -> From {
        let (from, start) = (self.0, start.0);
        match from.to_string() == "0" {
            true => From(start),
            false => From(quote!(#start + (#from))),
        }
    }
}

impl PartialEq for From {
    fn eq(&self, other: &From) -> bool {
        self.text() == other.text()
    }
}

/// Where elements are.
#[derive(Clone, Debug, PartialEq)]
enum At {
    /// Counts along, from here.
    Along(From),
    /// The same in each trip.
    Fixed(From),
    /// Anywhere.
    Unknown,
}

/// What the body does with one variable's elements.
#[derive(Default)]
struct Access {
    read: Vec<At>,
    added: Vec<At>,
    assigned: Vec<At>,
    whole: bool,
}

impl Reverse<'_> {
    /// Changes a reversed loop to run over slices; what stands before it, and what behind.
    pub(super) fn run_over_slices(&mut self, l: &mut Loop, span: Span) -> (Block, Block) {
        let none = (Block::new(), Block::new());
        let Head::For(h) = &l.head else { return none };
        let Some((k, count, backwards)) = header(&self.f, h) else {
            return none;
        };
        let Some(straight) = Straight::of(&self.f, k, &l.body) else {
            return none;
        };
        let accesses = straight.accesses(&l.body);
        let mut bases: Vec<VarId> = accesses.keys().copied().collect();
        bases.sort_unstable();
        let mut plans: Vec<(VarId, Plan)> = Vec::new();
        for base in bases {
            let access = &accesses[&base];
            let of_numbers = match self.f.vars[base].ty.peeled() {
                ty if ty.is_sequence() => ty.element().is_float(),
                _ => false,
            };
            if access.whole || !of_numbers {
                continue;
            }
            let written: Vec<&At> = access.added.iter().chain(&access.assigned).collect();
            let Some(first) = written.first() else {
                let mut along: Vec<&From> = Vec::new();
                for at in &access.read {
                    if let At::Along(from) = at
                        && !along.contains(&from)
                    {
                        along.push(from);
                    }
                }
                for from in along {
                    plans.push((base, Plan::Shared(from.clone())));
                }
                continue;
            };
            let same = access
                .read
                .iter()
                .chain(written.clone())
                .all(|at| at == *first);
            match first {
                At::Along(from) if same => plans.push((base, Plan::Exclusive(from.clone()))),
                At::Fixed(_) if same && access.read.is_empty() && access.assigned.is_empty() => {
                    plans.push((base, Plan::Sum));
                }
                _ => {}
            }
        }
        if plans.is_empty() && (backwards || parts::sums(&self.f, &l.body).is_empty()) {
            return none;
        }
        let inner = straight.defined.clone();
        let (mut before, mut behind) = (Block::new(), Block::new());
        let trips = windows::named(&mut self.f, &count, span, &mut before);
        let saved = self.counting.get(&l.id).into_iter();
        let saved = saved.flat_map(|c| c.windows.iter().map(|(_, row)| (row.clone(), false)));
        let mut slices: Vec<(syn::Ident, bool)> = saved.collect();
        let mut runs: Vec<VarId> = Vec::new();
        for (base, plan) in plans {
            let name = self.f.vars[base].ident.clone();
            let text = name.to_string();
            let text = text.strip_prefix("r#").unwrap_or(&text).to_string();
            let element = self.f.vars[base].ty.peeled().element();
            let (from, exclusive) = match &plan {
                Plan::Shared(from) => (from, false),
                Plan::Exclusive(from) => (from, true),
                Plan::Sum => {
                    let Some(zero) = zero_tokens(&element) else {
                        continue;
                    };
                    let sum = self.f.fresh(&format!("{text}_sum"), element);
                    self.f.vars[sum].mutable = true;
                    self.f.vars[sum].generated = true;
                    self.f.vars[sum].temp = false;
                    let mut place = None;
                    for stmt in &mut l.body {
                        if let Kind::Update(p, ..) = &mut stmt.kind
                            && p.base == base
                        {
                            place = Some(std::mem::replace(p, Place::var(sum)));
                        }
                    }
                    let Some(place) = place else { continue };
                    let zero = Expr::Use(Operand::Lit(zero));
                    before.push(Stmt {
                        kind: Kind::Let(sum, zero),
                        span,
                    });
                    // The element need not be there if there was no trip.
                    let add = Stmt {
                        kind: Kind::Update(place, BinOp::Add, Expr::Load(Place::var(sum))),
                        span,
                    };
                    behind.push(Stmt {
                        kind: Kind::If {
                            cond: Operand::Lit(quote!(#trips != 0)),
                            then: vec![add],
                            els: Block::new(),
                        },
                        span,
                    });
                    continue;
                }
            };
            let start = &from.0;
            let at_once = from.text() == "0";
            let run = self
                .f
                .fresh(&format!("{text}_run"), Ty::Slice(Box::new(element)));
            let ident = self.f.vars[run].ident.clone();
            slices.push((ident.clone(), exclusive));
            runs.push(run);
            before.push(Stmt::raw(
                match exclusive {
                    true if at_once => quote!(let #ident = &mut #name[..#trips];),
                    false if at_once => quote!(let #ident = &#name[..#trips];),
                    true => quote! {
                        let #ident = &mut __rt::run_mut(&mut #name[..], || #start, #trips)[..#trips];
                    },
                    false => quote!(let #ident = &__rt::run(&#name[..], || #start, #trips)[..#trips];),
                },
                span,
            ));
            let straight = Straight {
                f: &self.f,
                k,
                defined: inner.clone(),
            };
            straight.redirect(&mut l.body, base, from, run);
        }
        parts::drop_unused(&self.f, &mut l.body);
        if let Head::For(h) = &mut l.head {
            h.iter = count_to(&trips, backwards);
        }
        let sliced = parts::Sliced {
            k,
            trips: &trips,
            slices,
        };
        let in_parts = match backwards {
            true => Block::new(),
            false => self.sum_in_parts(l, &sliced, span),
        };
        if in_parts.is_empty() {
            self.keep_apart(l, &sliced.slices, &runs);
        }
        before.extend(in_parts);
        (before, behind)
    }
}

enum Plan {
    /// Elements that are read.
    Shared(From),
    /// Elements that are added to or assigned, and perhaps read, each in its own trip.
    Exclusive(From),
    /// One element that is added to.
    Sum,
}

/// The header of a loop of so many trips.
pub(super) fn count_to(trips: &syn::Ident, backwards: bool) -> TokenStream {
    match backwards {
        true => quote!((0..#trips).rev()),
        false => quote!(0..#trips),
    }
}

/// The number of the trip and how many there are, of `for k in 0..n`; whether it runs backwards.
pub(super) fn header(f: &Function, h: &For) -> Option<(VarId, TokenStream, bool)> {
    let name = h.pat.to_string();
    let k = f.vars.iter().position(|v| v.ident == name)?;
    let expr: syn::Expr = syn::parse2(h.iter.clone()).ok()?;
    let (range, backwards) = match expr {
        syn::Expr::MethodCall(call) if call.method == "rev" && call.args.is_empty() => {
            let syn::Expr::Paren(inner) = *call.receiver else {
                return None;
            };
            (*inner.expr, true)
        }
        expr => (expr, false),
    };
    let syn::Expr::Range(range) = range else {
        return None;
    };
    let (Some(start), Some(end), syn::RangeLimits::HalfOpen(_)) =
        (range.start, range.end, range.limits)
    else {
        return None;
    };
    let from_zero = start.to_token_stream().to_string() == "0";
    from_zero.then(|| (k, end.to_token_stream(), backwards))
}

impl<'a> Straight<'a> {
    fn of(f: &'a Function, k: VarId, body: &Block) -> Option<Straight<'a>> {
        let mut defined = HashMap::new();
        for stmt in body {
            match &stmt.kind {
                Kind::Let(v, e) if is_plain(e) => {
                    let tokens = match e {
                        Expr::Raw(tokens, _) => Some(tokens.clone()),
                        Expr::Opaque(o) => Some(o.tokens.clone()),
                        Expr::Use(Operand::Lit(tokens)) => Some(tokens.clone()),
                        Expr::Use(Operand::Var(w)) => Some(f.vars[*w].ident.to_token_stream()),
                        _ => None,
                    };
                    let expr = tokens.and_then(|t| syn::parse2(t).ok());
                    defined.insert(f.vars[*v].ident.to_string(), expr);
                }
                Kind::Update(p, _, e) | Kind::Assign(p, e)
                    if is_plain(e) && f.place_ty(p).is_float() => {}
                _ => return None,
            }
        }
        Some(Straight { f, k, defined })
    }

    fn at(&self, o: &Operand) -> At {
        let tokens = match o {
            Operand::Var(v) => self.f.vars[*v].ident.to_token_stream(),
            Operand::Lit(tokens) => tokens.clone(),
        };
        let Ok(expr) = syn::parse2::<syn::Expr>(tokens) else {
            return At::Unknown;
        };
        if let Some(from) = self.along(&expr, 8) {
            return At::Along(from);
        }
        match self.is_fixed(&expr) {
            true => At::Fixed(From(expr.to_token_stream())),
            false => At::Unknown,
        }
    }

    /// What is added to the number of the trip.
    fn along(&self, e: &syn::Expr, budget: usize) -> Option<From> {
        match e {
            _ if budget == 0 => None,
            syn::Expr::Paren(p) => self.along(&p.expr, budget - 1),
            syn::Expr::Path(p) => {
                let name = p.path.get_ident()?.to_string();
                if self.f.vars[self.k].ident == name {
                    return Some(From(quote!(0)));
                }
                self.along(self.defined.get(&name)?.as_ref()?, budget - 1)
            }
            syn::Expr::Binary(b) if matches!(b.op, syn::BinOp::Add(_)) => {
                let (moving, fixed) = match self.is_fixed(&b.right) {
                    true => (&b.left, &b.right),
                    false if self.is_fixed(&b.left) => (&b.right, &b.left),
                    false => return None,
                };
                let from = self.along(moving, budget - 1)?;
                Some(From(match (from.text() == "0", &from.0) {
                    (true, _) => fixed.to_token_stream(),
                    (false, from) => quote!(#from + (#fixed)),
                }))
            }
            _ => None,
        }
    }

    /// Plain arithmetic with what is the same in each trip.
    fn is_fixed(&self, e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Lit(_) => true,
            syn::Expr::Paren(p) => self.is_fixed(&p.expr),
            syn::Expr::Path(p) => p.path.get_ident().is_some_and(|name| {
                self.f.vars[self.k].ident != *name && !self.defined.contains_key(&name.to_string())
            }),
            syn::Expr::Binary(b) => self.is_fixed(&b.left) && self.is_fixed(&b.right),
            _ => false,
        }
    }

    /// The index of a place that is an element.
    fn index(&self, p: &Place) -> Option<At> {
        let (starts, steps) = p.view();
        let [Proj::Index(index)] = steps else {
            return None;
        };
        let from = |at: At, start: &&Operand| match (at, self.at(start)) {
            (At::Along(from), At::Fixed(start)) => At::Along(from.behind(start)),
            (At::Fixed(from), At::Fixed(start)) => At::Fixed(from.behind(start)),
            _ => At::Unknown,
        };
        Some(starts.iter().fold(self.at(index), from))
    }

    fn accesses(&self, body: &Block) -> HashMap<VarId, Access> {
        let mut out: HashMap<VarId, Access> = HashMap::new();
        for stmt in body {
            match &stmt.kind {
                Kind::Let(_, e) => self.reads(e, &mut out),
                Kind::Update(p, _, e) => {
                    self.reads(e, &mut out);
                    let access = out.entry(p.base).or_default();
                    match self.index(p) {
                        Some(at) => access.added.push(at),
                        None => access.whole = true,
                    }
                }
                Kind::Assign(p, e) => {
                    self.reads(e, &mut out);
                    let access = out.entry(p.base).or_default();
                    match self.index(p) {
                        Some(at) => access.assigned.push(at),
                        None => access.whole = true,
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn reads(&self, e: &Expr, out: &mut HashMap<VarId, Access>) {
        match e {
            Expr::Use(Operand::Var(v)) => out.entry(*v).or_default().whole = true,
            Expr::Load(p) => {
                let access = out.entry(p.base).or_default();
                match self.index(p) {
                    Some(at) => access.read.push(at),
                    None => access.whole = true,
                }
            }
            Expr::Raw(tokens, _) => self.spelled(tokens, out),
            Expr::Opaque(o) => self.spelled(&o.tokens, out),
            Expr::Use(Operand::Lit(tokens)) => self.spelled(tokens, out),
            Expr::Neg(a) | Expr::Cast(a, _) => self.reads(a, out),
            Expr::Binary(_, a, b) => {
                self.reads(a, out);
                self.reads(b, out);
            }
            Expr::Method(recv, _, args) => {
                self.reads(recv, out);
                args.iter().for_each(|a| self.reads(a, out));
            }
            Expr::Helper(_, args) => args.iter().for_each(|a| self.reads(a, out)),
            _ => {}
        }
    }

    /// What is named in tokens may be used in any way.
    fn spelled(&self, tokens: &TokenStream, out: &mut HashMap<VarId, Access>) {
        for tree in tokens.clone() {
            match tree {
                proc_macro2::TokenTree::Ident(name) => {
                    if let Some(v) = self.f.vars.iter().position(|v| v.ident == name) {
                        out.entry(v).or_default().whole = true;
                    }
                }
                proc_macro2::TokenTree::Group(g) => self.spelled(&g.stream(), out),
                _ => {}
            }
        }
    }

    /// Elements of a variable from here on are those of the run.
    fn redirect(&self, body: &mut Block, base: VarId, from: &From, run: VarId) {
        let place = |p: &mut Place| {
            if p.base == base && self.index(p) == Some(At::Along(from.clone())) {
                *p = Place::var(run).then(Proj::Index(Operand::Var(self.k)));
            }
        };
        for stmt in body {
            match &mut stmt.kind {
                Kind::Let(_, e) => loads(e, &place),
                Kind::Update(p, _, e) | Kind::Assign(p, e) => {
                    loads(e, &place);
                    place(p);
                }
                _ => {}
            }
        }
    }
}

fn loads(e: &mut Expr, change: &dyn Fn(&mut Place)) {
    match e {
        Expr::Load(p) => change(p),
        Expr::Neg(a) | Expr::Cast(a, _) => loads(a, change),
        Expr::Binary(_, a, b) => {
            loads(a, change);
            loads(b, change);
        }
        Expr::Method(recv, _, args) => {
            loads(recv, change);
            args.iter_mut().for_each(|a| loads(a, change));
        }
        Expr::Helper(_, args) => args.iter_mut().for_each(|a| loads(a, change)),
        _ => {}
    }
}

/// Arithmetic, reads of memory, and what saved values are.
fn is_plain(e: &Expr) -> bool {
    match e {
        Expr::Use(_) | Expr::Load(_) => true,
        Expr::Raw(tokens, _) => commute::is_indexing(tokens),
        Expr::Opaque(o) => o.pure,
        Expr::Neg(a) | Expr::Cast(a, _) => is_plain(a),
        Expr::Binary(_, a, b) => is_plain(a) && is_plain(b),
        Expr::Method(recv, _, args) => is_plain(recv) && args.iter().all(is_plain),
        Expr::Helper(_, args) => args.iter().all(is_plain),
        _ => false,
    }
}
