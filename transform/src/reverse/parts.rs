//! Sums of adjoints in several parts: the processor adds to one variable as fast as an addition takes, to eight side
//! by side eight times as fast, and LLVM makes vectors of them. The order of the primal's additions is the user's,
//! that of an adjoint's is ours.

use super::*;
use quote::ToTokens;

/// How many parts there are: two AVX-512 registers' halves, or four of SSE2, enough to hide the addition's latency.
const PARTS: usize = 8;

/// Adding the parts up takes as long as some trips: shorter loops have one sum.
const LEAST: usize = 32;

/// A loop over `0..trips` whose accesses go through slices of that length.
pub(super) struct Sliced<'a> {
    /// The number of the trip.
    pub k: VarId,
    /// The number of trips.
    pub trips: &'a syn::Ident,
    /// The slices, and whether they are written to.
    pub slices: Vec<(syn::Ident, bool)>,
}

impl Reverse<'_> {
    /// Splits the loop into blocks, which have a sum for each of their trips, and the trips that are left.
    pub(super) fn sum_in_parts(&mut self, l: &mut Loop, sliced: &Sliced, span: Span) -> Block {
        let Sliced { k, trips, slices } = sliced;
        let sums = sums(&self.f, &l.body);
        let only_sliced = |s: &Stmt| is_sliced(&self.f, s, *k, slices);
        if sums.is_empty() || !l.body.iter().all(only_sliced) {
            return Block::new();
        }
        let raw = |tokens| Stmt::raw(tokens, span);
        let [whole, block, from] = ["whole", "block", "from"].map(|n| self.f.names.fresh(n));
        let [parts, least] = [PARTS, LEAST].map(proc_macro2::Literal::usize_unsuffixed);
        let mut body = l.body.clone();
        let (mut first, mut last) = (Block::new(), Block::new());
        for sum in sums {
            let Some(zero) = zero_tokens(&self.f.vars[sum].ty) else {
                return Block::new();
            };
            let name = self.f.vars[sum].ident.to_string();
            let name = format!("{}_parts", name.strip_prefix("r#").unwrap_or(&name));
            let element = self.f.vars[sum].ty.clone();
            let part = self.f.fresh(&name, Ty::Slice(Box::new(element)));
            let ident = &self.f.vars[part].ident;
            first.push(raw(quote!(let mut #ident = [#zero; #parts];)));
            let total = Expr::Raw(quote!(__rt::total(#ident)), vec![]);
            last.push(Stmt {
                kind: Kind::Update(Place::var(sum), BinOp::Add, total),
                span,
            });
            for stmt in &mut body {
                if let Kind::Update(p, ..) = &mut stmt.kind
                    && p.base == sum
                {
                    *p = Place::var(part).then(Proj::Index(Operand::Var(*k)));
                }
            }
        }
        let mut blocks = vec![raw(quote!(let #from = #parts * #block;))];
        let named: HashSet<String> = body.iter().flat_map(|s| mentioned(&self.f, s)).collect();
        let used = slices
            .iter()
            .filter(|(name, _)| named.contains(&name.to_string()));
        for (name, exclusive) in used {
            let exclusive = exclusive.then(|| quote!(mut));
            blocks.push(raw(
                quote!(let #name = &#exclusive #name[#from..][..#parts];),
            ));
        }
        blocks.push(over(
            l,
            self.f.vars[*k].ident.to_token_stream(),
            quote!(0..#parts),
            body,
            span,
        ));
        let iter = quote!(0..#trips / #parts);
        first.push(over(l, block.to_token_stream(), iter, blocks, span));
        first.extend(last);
        if let Head::For(h) = &mut l.head {
            h.iter = quote!(#whole..#trips);
        }
        vec![
            raw(quote! {
                let #whole = match #trips { #least.. => #trips - #trips % #parts, _ => 0 };
            }),
            Stmt {
                kind: Kind::If {
                    cond: Operand::Lit(quote!(#whole != 0)),
                    then: first,
                    els: Block::new(),
                },
                span,
            },
        ]
    }
}

/// A loop like another, with this header and body.
fn over(like: &Loop, pat: TokenStream, iter: TokenStream, body: Block, span: Span) -> Stmt {
    let mut l = like.clone();
    if let Head::For(h) = &mut l.head {
        (h.pat, h.iter) = (pat, iter);
    }
    l.body = body;
    Stmt {
        kind: Kind::Loop(l),
        span,
    }
}

/// Variables from outside that the body does nothing with but add to them.
pub(super) fn sums(f: &Function, body: &Block) -> Vec<VarId> {
    let mut out = Vec::new();
    for stmt in body {
        if let Kind::Update(p, BinOp::Add | BinOp::Sub, _) = &stmt.kind
            && p.path.is_empty()
            && f.vars[p.base].ty.is_float()
            && !out.contains(&p.base)
        {
            out.push(p.base);
        }
    }
    out.retain(|sum| {
        let name = f.vars[*sum].ident.to_string();
        body.iter().all(|s| match &s.kind {
            Kind::Let(v, e) => v != sum && !names(f, e).contains(&name),
            Kind::Update(p, _, e) | Kind::Assign(p, e) => {
                !names(f, e).contains(&name)
                    && (p.base != *sum
                        || matches!(s.kind, Kind::Update(_, BinOp::Add | BinOp::Sub, _)))
            }
            _ => false,
        })
    });
    out
}

/// Whether a statement uses the number of the trip for nothing but an index into the slices.
fn is_sliced(f: &Function, stmt: &Stmt, k: VarId, slices: &[(syn::Ident, bool)]) -> bool {
    let element = |p: &Place| {
        let is_slice = slices.iter().any(|(name, _)| f.vars[p.base].ident == *name);
        let by_trip = matches!(p.path.as_slice(), [Proj::Index(Operand::Var(i))] if *i == k);
        is_slice && by_trip
    };
    fn expr(
        f: &Function,
        e: &Expr,
        k: VarId,
        ok: &dyn Fn(&Place) -> bool,
        slices: &[(syn::Ident, bool)],
    ) -> bool {
        let again = |e: &Expr| expr(f, e, k, ok, slices);
        match e {
            Expr::Load(p) if ok(p) => true,
            Expr::Neg(a) | Expr::Cast(a, _) => again(a),
            Expr::Binary(_, a, b) => again(a) && again(b),
            Expr::Method(recv, _, args) => again(recv) && args.iter().all(again),
            Expr::Helper(_, args) => args.iter().all(again),
            Expr::Raw(tokens, _) => {
                let number = &f.vars[k].ident;
                let text = tokens.to_string();
                let is_saved = |name: &syn::Ident| text == quote!(#name[#number]).to_string();
                slices.iter().any(|(name, _)| is_saved(name)) || does_without(f, e, k, slices)
            }
            e => does_without(f, e, k, slices),
        }
    }
    match &stmt.kind {
        Kind::Let(_, e) => expr(f, e, k, &element, slices),
        Kind::Update(p, _, e) | Kind::Assign(p, e) => {
            let load = Expr::Load(p.clone());
            (element(p) || does_without(f, &load, k, slices)) && expr(f, e, k, &element, slices)
        }
        _ => false,
    }
}

/// Whether an expression names neither the number of the trip nor a slice.
fn does_without(f: &Function, e: &Expr, k: VarId, slices: &[(syn::Ident, bool)]) -> bool {
    let named = names(f, e);
    let absent = |name: &syn::Ident| !named.contains(&name.to_string());
    absent(&f.vars[k].ident) && slices.iter().all(|(name, _)| absent(name))
}

/// The names in an expression.
pub(super) fn names(f: &Function, e: &Expr) -> HashSet<String> {
    fn collect(tokens: TokenStream, out: &mut HashSet<String>) {
        for tree in tokens {
            match tree {
                proc_macro2::TokenTree::Ident(name) => drop(out.insert(name.to_string())),
                proc_macro2::TokenTree::Group(g) => collect(g.stream(), out),
                _ => {}
            }
        }
    }
    let mut out = HashSet::new();
    collect(crate::emit::expr_tokens(f, e), &mut out);
    out
}

/// The names in a statement but for what it defines.
pub(super) fn mentioned(f: &Function, stmt: &Stmt) -> HashSet<String> {
    match &stmt.kind {
        Kind::Let(_, e) => names(f, e),
        Kind::Update(p, _, e) | Kind::Assign(p, e) => {
            let mut out = names(f, e);
            out.extend(names(f, &Expr::Load(p.clone())));
            out
        }
        _ => HashSet::new(),
    }
}

/// Drops values that nothing in the body uses.
pub(super) fn drop_unused(f: &Function, body: &mut Block) {
    loop {
        let mut used = HashSet::new();
        for stmt in body.iter() {
            match &stmt.kind {
                Kind::Let(..) | Kind::Update(..) | Kind::Assign(..) => {
                    used.extend(mentioned(f, stmt));
                }
                _ => return,
            }
        }
        let before = body.len();
        body.retain(|s| match &s.kind {
            Kind::Let(v, _) => used.contains(&f.vars[*v].ident.to_string()),
            _ => true,
        });
        if body.len() == before {
            return;
        }
    }
}
