//! Types that borrow without showing it: `ArrayView1<f64>` is `ArrayView1<'_, f64>`, and where generated code names the
//! type of a parameter in a result, the lifetime has to be there.

use syn::visit_mut::{self, VisitMut};

/// The types of ndarray whose first parameter is a lifetime.
const VIEWS: [&str; 3] = ["ArrayView", "ArrayViewMut", "CowArray"];

/// Writes the lifetimes that ndarray's views may leave out.
pub fn spell_lifetimes(item: &mut syn::Item) {
    struct Spelled;
    impl VisitMut for Spelled {
        fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
            visit_mut::visit_path_segment_mut(self, segment);
            let syn::PathArguments::AngleBracketed(arguments) = &mut segment.arguments else {
                return;
            };
            let named = matches!(
                arguments.args.first(),
                Some(syn::GenericArgument::Lifetime(_))
            );
            if of_ndarray(&segment.ident) && !named && arguments.colon2_token.is_none() {
                arguments.args.insert(0, syn::parse_quote!('_));
            }
        }
    }
    Spelled.visit_item_mut(item);
}

fn of_ndarray(name: &syn::Ident) -> bool {
    let name = name.to_string();
    VIEWS.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit() || c == 'D'))
}

/// Whether the type is one of them.
pub fn is_view(ty: &syn::Type) -> bool {
    let last = match ty {
        syn::Type::Path(p) => p.path.segments.last(),
        _ => None,
    };
    last.is_some_and(|last| of_ndarray(&last.ident))
}
