//! The attribute macros of `pullback`. The work is done in `pullback-transform`.

use proc_macro::TokenStream;

/// Gives a function its derivatives. See the documentation of the crate `pullback`.
#[proc_macro_attribute]
pub fn differentiable(attr: TokenStream, item: TokenStream) -> TokenStream {
    pullback_transform::expand(attr.into(), item.into()).into()
}
