//! Calls of differentiable functions: the pullback that the forward sweep gets, and its use.

use super::Reverse;
use crate::ir::*;
use crate::ty::Ty;
use quote::{ToTokens, quote};

impl Reverse<'_> {
    pub(super) fn reverse_call(
        &mut self,
        v: VarId,
        path: &syn::ExprPath,
        args: &[Arg],
        forward: &mut Block,
    ) {
        self.is_leaf = false;
        let name = path
            .path
            .segments
            .last()
            .map(|s| s.ident.to_string())
            .unwrap_or_default();
        let name = name.strip_prefix("r#").unwrap_or(&name).to_string();
        let pullback = self.f.fresh(&format!("{name}_pullback"), Ty::Unknown);
        self.pullbacks.insert(v, pullback);
        self.home.insert(pullback, self.segment);
        self.order
            .insert(pullback, self.order.get(&v).copied().unwrap_or(0));
        self.definitions.insert(pullback, super::Definition::Moved);
        self.needed.insert(pullback);
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
        let mut later: Vec<(Place, VarId)> = Vec::new();
        for arg in args {
            match arg {
                Arg::Value(operand) => {
                    again.push(quote!(__rt::Owned));
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
                    let kept = self.kept(place, v, forward);
                    again.push(kept);
                    if self.is_active(self.f.root(place)) && !self.f.place_ty(place).is_constant() {
                        shadows.push(self.shadow(place, &mut used, &mut before, &mut later));
                    } else {
                        shadows.push(quote!(__rt::Skip));
                    }
                }
                Arg::Exclusive(place, _) => {
                    again.push(quote!(__rt::Owned));
                    if self.is_active(self.f.root(place)) && !self.f.place_ty(place).is_constant() {
                        // The adjoint of what a call changes is changed by its pullback, in place.
                        shadows.insert(
                            shadows.len(),
                            self.shadow(place, &mut used, &mut before, &mut later),
                        );
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
        let back = entry(path, self.back);
        self.emit(Kind::Raw(
            quote!(#back(#pullback, #seed, (#(#again,)*), (#(#shadows,)*), __tape);),
        ));
        for (place, t) in later {
            let t = Expr::Raw(self.f.vars[t].ident.to_token_stream(), vec![]);
            self.contribute_place(&place, t);
        }
    }

    /// The shadow of an argument: its adjoint, or a temporary where the adjoint is borrowed already.
    fn shadow(
        &mut self,
        place: &Place,
        used: &mut Vec<VarId>,
        before: &mut Vec<Kind>,
        later: &mut Vec<(Place, VarId)>,
    ) -> proc_macro2::TokenStream {
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
        later.push((place.clone(), t));
        let t = &self.f.vars[t].ident;
        quote!(&mut #t)
    }

    /// The argument for the pullback to look at again: the memory itself if it will not have changed by then,
    /// otherwise a copy made before the call.
    fn kept(
        &mut self,
        place: &Place,
        call: VarId,
        forward: &mut Block,
    ) -> proc_macro2::TokenStream {
        let resolved = self.f.resolve(place);
        let root = resolved.base;
        if self.can_read_again(&resolved, call) {
            self.need_path(&resolved);
            let tokens = crate::emit::place_tokens(&self.f, &resolved, true).unwrap_or_default();
            return quote!(&#tokens);
        }
        let kept = self.f.fresh("kept", Ty::Unknown);
        let tokens = crate::emit::place_tokens(&self.f, place, true).unwrap_or_default();
        let expr = Expr::Raw(
            quote!(::std::borrow::ToOwned::to_owned(&#tokens)),
            vec![root],
        );
        let stmt = Stmt {
            kind: Kind::Let(kept, expr),
            span: self.span,
        };
        self.settle(&stmt, self.segment);
        self.definitions.insert(kept, super::Definition::Moved);
        self.needed.insert(kept);
        forward.insert(0, stmt);
        let kept = &self.f.vars[kept].ident;
        quote!(&#kept)
    }
}

/// A generated entry of the function at `path`.
pub fn entry(path: &syn::ExprPath, name: &str) -> proc_macro2::TokenStream {
    let mut path = path.clone();
    // The tangent function of a callee has entries of its own beside the callee's.
    let of_tangent = path
        .path
        .segments
        .last()
        .is_some_and(|s| s.ident == crate::second::TANGENT);
    let name = if of_tangent {
        path.path.segments.pop();
        path.path.segments.pop_punct();
        format!(
            "{}{}",
            crate::second::TANGENT,
            name.trim_start_matches('_')
                .replace("call", "_call")
                .replace("back", "_back")
        )
    } else {
        name.to_string()
    };
    let name = syn::Ident::new(&name, proc_macro2::Span::call_site());
    let arguments = match path.path.segments.last_mut() {
        Some(last) => std::mem::replace(&mut last.arguments, syn::PathArguments::None),
        None => syn::PathArguments::None,
    };
    match arguments {
        syn::PathArguments::AngleBracketed(a) => quote!(#path::#name #a),
        _ => quote!(#path::#name),
    }
}
