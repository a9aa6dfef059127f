//! Calls of differentiable functions: the pullback that the forward sweep gets, and its use.

use super::Reverse;
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

impl Reverse<'_> {
    pub(super) fn reverse_call(
        &mut self,
        v: VarId,
        callee: &Callee,
        args: &[Arg],
        forward: &mut Block,
    ) {
        self.is_leaf = false;
        self.calls_repeat |= self.segments[self.segment].in_loop || self.inside.is_some();
        let name = callee.name();
        let pullback = self.f.fresh(&format!("{name}_pullback"), Ty::Unknown);
        self.pullbacks.insert(v, pullback);
        self.home.insert(pullback, self.segment);
        self.order
            .insert(pullback, self.order.get(&v).copied().unwrap_or(0));
        self.f.vars[pullback].role = Role::Moved;
        self.need(pullback);
        self.defined_with.entry(v).or_default().push(pullback);

        let seed = if self.declared.contains(&v) {
            Expr::Load(Place::var(self.bar(v)))
        } else {
            self.zero(v)
        };
        let seed = crate::emit::expr_tokens(&self.f, &seed);
        let mut again = Vec::new();
        let mut shadows = Vec::new();
        let mut before = Vec::new();
        let mut used: Vec<VarId> = Vec::new();
        let mut later: Vec<(Place, TokenStream)> = Vec::new();
        let mut behind: Vec<Kind> = Vec::new();
        // A function that was given as a parameter keeps what it looks at again.
        let is_given = matches!(callee, Callee::Value(_));
        for (n, arg) in args.iter().enumerate() {
            match arg {
                Arg::Function(function, _) => {
                    again.push(quote!(__rt::Owned));
                    let place = Place::var(*function).then(Proj::Deref);
                    shadows.push(self.shadow(&place, &mut used, &mut before, &mut later));
                }
                Arg::Closure(lifted, by_reference) => {
                    again.push(quote!(__rt::Owned));
                    let environment =
                        self.closure(lifted, *by_reference, (v, n), &mut before, &mut later);
                    shadows.push(environment);
                }
                Arg::Value(operand) => {
                    again.push(match operand {
                        // A text or a constant may be a reference; the callee knows whether it takes one.
                        Operand::Lit(tokens) if is_constant(tokens) => {
                            quote!(__rt::again_value(#tokens))
                        }
                        // So may a value of a type that is not known.
                        Operand::Var(a)
                            if !is_given && !self.carries(operand) && self.may_refer(*a) =>
                        {
                            let ident = &self.f.vars[*a].ident;
                            let kept = self.keep(quote!(__rt::keep_value!(#ident)), *a, forward);
                            quote!(__rt::again_kept(#kept))
                        }
                        _ => quote!(__rt::Owned),
                    });
                    let root = match operand {
                        Operand::Var(a) if self.carries(operand) => Some(*a),
                        _ => None,
                    };
                    let Some(a) = root else {
                        shadows.push(quote!(__rt::Skip));
                        continue;
                    };
                    let place = Place::var(a);
                    shadows.push(self.shadow(&place, &mut used, &mut before, &mut later));
                }
                Arg::Shared(place, _) => {
                    if !is_given {
                        let kept = self.kept(place, v, forward);
                        again.push(kept);
                    }
                    if self.is_active(self.f.root(place)) && !self.f.place_ty(place).is_constant() {
                        shadows.push(self.shadow(place, &mut used, &mut before, &mut later));
                    } else {
                        shadows.push(quote!(__rt::Skip));
                    }
                }
                Arg::Receiver(place) => {
                    let kept = self.kept_receiver(place, callee, v, forward);
                    again.push(match self.f.may_be_object(place) {
                        true => {
                            let kept = lent(&kept);
                            quote!(__rt::again(__rt::receiver!(#kept)))
                        }
                        false => quote!(__rt::again(#kept)),
                    });
                    if self.is_active(self.f.root(place)) && !self.f.place_ty(place).is_constant() {
                        shadows.push(self.shadow(place, &mut used, &mut before, &mut later));
                    } else {
                        shadows.push(quote!(__rt::Skip));
                    }
                }
                Arg::Exclusive(place, by_name) => {
                    let kept = match by_name {
                        true => self.kept_exclusive(place, callee, args, again.len(), forward),
                        false => quote!(__rt::Owned),
                    };
                    again.push(kept);
                    if self.is_active(self.f.root(place)) && !self.f.place_ty(place).is_constant() {
                        // The adjoint of what a call changes is changed by its pullback, in place. That of another
                        // part of the same variable is taken out, since rustc would not lend both at once.
                        let shadow = match used.contains(&self.f.root(place)) {
                            true => self.taken_out(place, &mut before, &mut behind),
                            false => self.shadow(place, &mut used, &mut before, &mut later),
                        };
                        shadows.push(shadow);
                    } else {
                        shadows.push(quote!(__rt::Skip));
                    }
                }
            }
        }
        for kind in before {
            self.emit(kind);
        }
        let pullback = self.f.vars[pullback].ident.clone();
        let asked = self.f.asked.get(&v).filter(|_| self.f.masked).copied();
        if asked.is_some() {
            self.emit(Kind::Raw(quote!(if __own {
                __rt::Observer::enter(__tape);
            })));
        }
        // An adjoint that does not fit is told at the callee's name.
        let at = callee.span().unwrap_or_else(Span::call_site);
        let open = quote_spanned!(Span::call_site().located_at(at)=> __rt::open);
        self.emit(Kind::Raw(match (callee, shadows.as_slice()) {
            (Callee::Value(_), [environment, shadows @ ..]) => quote! {
                #pullback(#seed, (#(#open(#shadows),)*), #environment, __tape);
            },
            _ => quote! {
                #pullback(#seed, (#(#again,)*), (#(#open(#shadows),)*), __tape);
            },
        }));
        if let Some(watched) = asked.and_then(|n| self.f.watched.get(n))
            && let (Some(n), Some(inside)) = (asked, watched.inside())
        {
            let locals = inside.locals(&quote!(__rt));
            let (n, all) = (proc_macro2::Literal::usize_unsuffixed(n), watched.all);
            let tell =
                quote!(__rt::Observer::leave(__tape, #n, #all, <#locals as __rt::Locals>::of););
            self.emit(Kind::Raw(quote!(if __own { #tell })));
        }
        for kind in behind {
            self.emit(kind);
        }
        for (place, t) in later {
            self.contribute_place(&place, Expr::Raw(t, vec![]));
        }
    }

    /// Whether the variable may hold a reference, as far as syntax tells.
    fn may_refer(&self, v: VarId) -> bool {
        matches!(
            self.f.vars[v].ty,
            Ty::Unknown | Ty::Constant | Ty::Ref(_, false)
        )
    }

    /// A closure that gives what reverses it, and the adjoint of what it captures: zeros, to be added to the adjoints
    /// of the captured variables.
    fn closure(
        &mut self,
        lifted: &Lifted,
        by_reference: bool,
        at: (VarId, usize),
        before: &mut Vec<Kind>,
        later: &mut Vec<(Place, TokenStream)>,
    ) -> TokenStream {
        let (tokens, diagnostics) =
            crate::closure::reverse(lifted, &self.f, self.activity, by_reference);
        self.closures.insert(at, tokens);
        self.diagnostics.extend(diagnostics);
        let captured: Vec<VarId> = lifted.captures.clone();
        let mut zeros = Vec::new();
        let mut places = Vec::new();
        for v in captured {
            let is_function = self.f.given(v).is_some();
            let place = match is_function {
                true => Place::var(v).then(Proj::Deref),
                false => Place::var(v),
            };
            if self.f.vars[v].ty.is_constant() {
                continue;
            }
            let Some((bar, _)) = self.place_bar(&place) else {
                continue;
            };
            let tokens = self.spell(&bar);
            zeros.push(quote!(__rt::zero_like(&#tokens)));
            places.push(place);
        }
        if places.is_empty() {
            return quote!(&mut __rt::NoTangent);
        }
        let environment = self.f.fresh("environment", Ty::Unknown);
        self.f.vars[environment].mutable = true;
        self.f.vars[environment].temp = false;
        before.push(Kind::Let(
            environment,
            Expr::Raw(quote!((#(#zeros,)*)), vec![]),
        ));
        let name = self.f.vars[environment].ident.clone();
        for (n, place) in places.into_iter().enumerate() {
            let part = syn::Index::from(n);
            later.push((place, quote!(#name.#part)));
        }
        quote!(&mut #name)
    }

    /// The shadow of an argument: its adjoint, or a temporary where the adjoint is borrowed already.
    fn shadow(
        &mut self,
        place: &Place,
        used: &mut Vec<VarId>,
        before: &mut Vec<Kind>,
        later: &mut Vec<(Place, TokenStream)>,
    ) -> TokenStream {
        let root = self.f.root(place);
        let Some((bar, _)) = self.place_bar(place) else {
            return quote!(__rt::Skip);
        };
        let tokens = self.spell(&bar);
        if !used.contains(&root) {
            used.push(root);
            return quote!(&mut #tokens);
        }
        let t = self.f.fresh("shadow", Ty::Unknown);
        self.f.vars[t].mutable = true;
        self.f.vars[t].temp = false;
        before.push(Kind::Let(
            t,
            Expr::Raw(quote!(__rt::zero_like(&#tokens)), vec![]),
        ));
        let t = &self.f.vars[t].ident;
        later.push((place.clone(), t.to_token_stream()));
        quote!(&mut #t)
    }

    /// The adjoint of a part that a call changes, in a variable of its own while the pullback runs.
    fn taken_out(
        &mut self,
        place: &Place,
        before: &mut Vec<Kind>,
        behind: &mut Vec<Kind>,
    ) -> TokenStream {
        let Some((bar, _)) = self.place_bar(place) else {
            return quote!(__rt::Skip);
        };
        let tokens = self.spell(&bar);
        let t = self.f.names.fresh("part_bar");
        before.push(Kind::Raw(
            quote!(let mut #t = __rt::take_part(&mut #tokens);),
        ));
        behind.push(Kind::Raw(quote!(__rt::give_back(&mut #tokens, #t);)));
        quote!(&mut #t)
    }

    /// The argument for the pullback to look at again: the memory itself if it will not have changed by then,
    /// otherwise a copy made before the call.
    pub(super) fn kept(&mut self, place: &Place, call: VarId, forward: &mut Block) -> TokenStream {
        self.again_or_kept(
            place,
            call,
            forward,
            |tokens| quote!(__rt::to_owned(&#tokens)),
        )
    }

    /// The memory itself if it will not have changed by then, otherwise what is kept of it before the call.
    fn again_or_kept(
        &mut self,
        place: &Place,
        call: VarId,
        forward: &mut Block,
        keep: impl FnOnce(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let resolved = self.f.resolve(place);
        let root = resolved.base;
        if self.can_read_again(&resolved, call) {
            self.need_path(&resolved);
            let tokens = crate::emit::place_tokens(&self.f, &resolved, true).unwrap_or_default();
            return quote!(&#tokens);
        }
        let tokens = crate::emit::place_tokens(&self.f, place, true).unwrap_or_default();
        self.keep(keep(tokens), root, forward)
    }

    /// For an operand that is a reference to memory: the memory itself or a copy of it, by reference.
    pub(super) fn memory_operand(&mut self, o: &Operand) -> Option<proc_macro2::TokenStream> {
        let Operand::Var(v) = o else { return None };
        let (Some(place), Ty::Ref(..)) = (&self.f.vars[*v].alias, &self.f.vars[*v].ty) else {
            return None;
        };
        let place = place.clone();
        let reader = if self.writes.knows(*v) {
            *v
        } else {
            self.statement
        };
        let mut first = std::mem::take(&mut self.first);
        let tokens = self.kept(&place, reader, &mut first);
        self.first = first;
        Some(tokens)
    }

    /// An operand of a rule of the runtime, by reference.
    pub(super) fn rule_operand(&mut self, o: &Operand) -> proc_macro2::TokenStream {
        if let Some(tokens) = self.memory_operand(o) {
            return quote!(&#tokens);
        }
        self.need_operand(o);
        let tokens = crate::lower::operand_tokens(&self.f, o);
        quote!(&#tokens)
    }

    /// A variable that is an exclusive reference may be passed where a shared one is asked for: the callee says
    /// whether its pullback will look at it again.
    fn kept_exclusive(
        &mut self,
        place: &Place,
        callee: &Callee,
        args: &[Arg],
        position: usize,
        forward: &mut Block,
    ) -> proc_macro2::TokenStream {
        let receiver = match args.first() {
            Some(Arg::Receiver(place)) => {
                let object = self.f.may_be_object(place);
                let place = crate::emit::place_tokens(&self.f, place, true);
                let receiver = |place| match object {
                    true => quote!(__rt::receiver!(#place)),
                    false => place,
                };
                place.into_iter().map(receiver).collect()
            }
            _ => Vec::new(),
        };
        if !matches!(callee, Callee::Function(_) | Callee::Method(..)) {
            return quote!(__rt::Owned);
        }
        let asked = callee.entry("__again", &receiver);
        let position = syn::Index::from(position);
        let tokens = crate::emit::place_tokens(&self.f, place, true).unwrap_or_default();
        let root = self.f.root(place);
        let kept = self.keep(quote!(#asked.#position.keep(&#tokens)), root, forward);
        quote!(__rt::again_value(#kept))
    }

    /// The receiver for the pullback to look at again. Whether it will is known to the method alone, and so is how
    /// it is kept where its memory changes.
    fn kept_receiver(
        &mut self,
        place: &Place,
        callee: &Callee,
        call: VarId,
        forward: &mut Block,
    ) -> TokenStream {
        self.again_or_kept(place, call, forward, |tokens| {
            callee.entry("__keep", &[tokens])
        })
    }

    /// Keeps a value made before the call.
    pub(super) fn keep(
        &mut self,
        value: TokenStream,
        root: VarId,
        forward: &mut Block,
    ) -> TokenStream {
        let kept = self.f.fresh("kept", Ty::Unknown);
        let expr = Expr::Raw(value, vec![root]);
        let stmt = Stmt {
            kind: Kind::Let(kept, expr),
            span: self.span,
        };
        self.settle(&stmt, self.segment);
        self.f.vars[kept].role = Role::Moved;
        self.need(kept);
        forward.insert(0, stmt);
        let kept = &self.f.vars[kept].ident;
        quote!(&#kept)
    }
}

/// The place that a borrow written so borrows.
fn lent(borrow: &TokenStream) -> TokenStream {
    let mut tokens = borrow.clone().into_iter();
    match tokens.next() {
        Some(proc_macro2::TokenTree::Punct(p)) if p.as_char() == '&' => tokens.collect(),
        _ => quote!(*#borrow),
    }
}

/// What may be a reference and is written without a call: to write it again costs nothing and does nothing.
fn is_constant(tokens: &proc_macro2::TokenStream) -> bool {
    fn is_plain(e: &syn::Expr) -> bool {
        match e {
            syn::Expr::Lit(_) | syn::Expr::Path(_) => true,
            syn::Expr::Paren(e) => is_plain(&e.expr),
            syn::Expr::Group(e) => is_plain(&e.expr),
            syn::Expr::Unary(e) => is_plain(&e.expr),
            syn::Expr::Reference(e) => is_plain(&e.expr),
            syn::Expr::Index(e) => is_plain(&e.expr) && is_plain(&e.index),
            syn::Expr::Field(e) => is_plain(&e.base),
            syn::Expr::Range(e) => e.start.iter().chain(&e.end).all(|e| is_plain(e)),
            syn::Expr::Array(e) => e.elems.iter().all(is_plain),
            syn::Expr::Tuple(e) => e.elems.iter().all(is_plain),
            _ => false,
        }
    }
    match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(syn::Expr::Lit(e)) => matches!(e.lit, syn::Lit::Str(_) | syn::Lit::ByteStr(_)),
        Ok(e) => is_plain(&e),
        Err(_) => false,
    }
}
