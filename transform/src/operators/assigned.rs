//! `a *= b` as a function of both that gives what is in `a` then, which is derived like any other.

use syn::visit_mut::{self, VisitMut};

/// The method's function with its receiver by value, which it gives back when the body has run.
pub(super) fn giving_the_operand(mut function: syn::ItemFn, self_ty: &syn::Type) -> syn::ItemFn {
    let Some(syn::FnArg::Typed(receiver)) = function.sig.inputs.first_mut() else {
        return function;
    };
    let name = std::mem::replace(&mut receiver.pat, syn::parse_quote!(mut __assigned));
    *receiver.ty = self_ty.clone();
    function.sig.output = syn::parse_quote!(-> #self_ty);
    let mut body = (*function.block).clone();
    let mut returns = Returns(false);
    returns.visit_block_mut(&mut body);
    // What leaves the body goes on here.
    let label: Option<syn::Label> = returns.0.then(|| syn::parse_quote!('assigned:));
    function.block = syn::parse_quote!({
        let #name = &mut __assigned;
        #label #body
        __assigned
    });
    function
}

/// `return` as a `break` out of the body.
struct Returns(bool);

impl VisitMut for Returns {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        match e {
            syn::Expr::Return(r) if r.expr.is_none() => {
                *e = syn::parse_quote!(break 'assigned);
                self.0 = true;
            }
            syn::Expr::Closure(_) => {}
            e => visit_mut::visit_expr_mut(self, e),
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
