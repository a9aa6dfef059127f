//! Arguments together with their tangents, as the forward mode of a callee takes them.

use super::*;

impl Forward<'_> {
    /// A closure that gives the tangent of its result as well.
    pub(super) fn closure_with_tangents(&mut self, lifted: &Lifted) -> TokenStream {
        let mut around = HashMap::new();
        for (p, outer) in lifted.captured() {
            let root = self.f.root(&Place::var(outer));
            if !self.is_active(root) || self.f.vars[outer].ty.is_constant() {
                continue;
            }
            if p.function.is_none()
                && let Some(place) = self.place(&Place::var(outer))
            {
                let name = self
                    .f
                    .names
                    .fresh(&format!("{}_dot", self.f.vars[outer].ident));
                let tokens = place_tokens(&self.f, &place, false).unwrap_or_default();
                around.insert(p.var, (name, tokens));
            }
        }
        crate::closure::forward(lifted, &self.f, self.activity, around)
    }

    /// The tangent of an argument as a function that was given as a parameter takes it: always there.
    pub(super) fn exact_dual(&mut self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Value(o) => {
                let dot = self.operand_or_zero(&Expr::Use(o.clone()));
                expr_tokens(&self.f, &dot)
            }
            Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => {
                match self.place(p).and_then(|p| place_tokens(&self.f, &p, false)) {
                    Some(dot) => quote!(&#dot),
                    None => {
                        let p = place_tokens(&self.f, p, false);
                        quote!(&__rt::zero(&#p))
                    }
                }
            }
            Arg::Function(..) | Arg::Closure(..) => quote!(__rt::Skip),
        }
    }

    pub(super) fn dual_arg(&mut self, arg: &Arg, all: &[Arg]) -> TokenStream {
        match arg {
            // A function's tangent is part of what it gives.
            Arg::Function(..) | Arg::Closure(..) => quote!(__rt::Skip),
            Arg::Value(o) => match self.carries(o) {
                true => {
                    let dot = self.operand_or_zero(&Expr::Use(o.clone()));
                    expr_tokens(&self.f, &dot)
                }
                false => quote!(__rt::Skip),
            },
            Arg::Shared(p, _) => match self.place(p).and_then(|p| place_tokens(&self.f, &p, false))
            {
                Some(dot) => quote!(&#dot),
                None => quote!(__rt::Skip),
            },
            Arg::Receiver(p) => {
                // What another argument borrows is no receiver by `&mut`.
                let shared =
                    |arg: &Arg| matches!(arg, Arg::Shared(q, _) if !self.f.are_apart(p, q));
                let changed = self.f.may_be_changed(p) && !all.iter().any(shared);
                let mutable = changed.then(|| quote!(mut));
                match self
                    .place(p)
                    .and_then(|p| place_tokens(&self.f, &p, changed))
                {
                    Some(dot) => quote!(& #mutable #dot),
                    None => quote!(__rt::Skip),
                }
            }
            Arg::Exclusive(p, _) => {
                match self.place(p).and_then(|p| place_tokens(&self.f, &p, true)) {
                    Some(dot) => quote!(&mut #dot),
                    None => quote!(__rt::Skip),
                }
            }
        }
    }

    /// An argument that the call changes, or that stands beside a receiver that it may change, and is another part of
    /// the same variable as an argument: rustc would not lend both tangents at once. The argument's is taken out before
    /// the call, under a name, and given back behind it.
    pub(super) fn taken_out(&mut self, n: usize, args: &[Arg]) -> Option<(TokenStream, [Kind; 2])> {
        let (place, exclusive) = match args.get(n) {
            Some(Arg::Exclusive(place, _)) => (place, true),
            Some(Arg::Shared(place, _)) => (place, false),
            _ => return None,
        };
        let root = self.f.root(place);
        let beside = args.iter().enumerate().any(|(m, arg)| match arg {
            Arg::Receiver(p) if !exclusive => {
                self.f.root(p) == root && self.f.may_be_changed(p) && self.f.are_apart(p, place)
            }
            Arg::Exclusive(p, _) | Arg::Shared(p, _) | Arg::Receiver(p) => {
                exclusive && m != n && self.f.root(p) == root
            }
            Arg::Value(_) | Arg::Function(..) | Arg::Closure(..) => false,
        });
        if !beside {
            return None;
        }
        let place = self.place(place)?;
        let dot = place_tokens(&self.f, &place, true)?;
        let name = self.f.names.fresh("part_dot");
        let take = Kind::Raw(quote!(let mut #name = __rt::take_part(&mut #dot);));
        let give = Kind::Raw(quote!(__rt::give_back(&mut #dot, #name);));
        let mutable = exclusive.then(|| quote!(mut));
        Some((quote!(& #mutable #name), [take, give]))
    }
}
