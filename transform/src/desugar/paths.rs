//! `<f64>::sin` is `f64::sin`: so a `macro_rules!` writes a function of a type that it was given.

use syn::visit_mut::VisitMut;

/// Rewrites paths that begin with a type in angle brackets and no trait.
pub struct OfTypes;

impl VisitMut for OfTypes {
    fn visit_expr_path_mut(&mut self, e: &mut syn::ExprPath) {
        let Some(own) = e
            .qself
            .take_if(|own| own.position == 0 && has_name(&own.ty))
        else {
            return;
        };
        if let syn::Type::Path(of) = *own.ty {
            let mut path = of.path;
            for segment in &mut path.segments {
                if let syn::PathArguments::AngleBracketed(args) = &mut segment.arguments {
                    args.colon2_token.get_or_insert_default();
                }
            }
            path.segments.extend(std::mem::take(&mut e.path.segments));
            e.path = path;
        }
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

fn has_name(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(of) if of.qself.is_none())
}
