//! Warnings for inputs that cannot reach the result.

use super::shape::Shape;
use crate::Analysed;
use crate::args::Detached;
use crate::args::Options;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use proc_macro2::TokenStream;
use quote::quote;

/// Warnings for inputs that cannot reach the result.
pub(super) fn warnings(
    s: &Shape,
    options: &Options,
    analysed: &Analysed,
    errors: &mut Vec<Diagnostic>,
) -> TokenStream {
    let mut out = TokenStream::new();
    if options.detached == Detached::Allow {
        return out;
    }
    for p in s.inputs() {
        if analysed.activity.is_active(p.var) {
            continue;
        }
        let why = crate::analysis::why::explain(&analysed.f, &analysed.activity, p.var);
        if options.detached == Detached::Deny {
            errors.push(Diagnostic::at(Code::DetachedInput, p.span, why));
            continue;
        }
        let note = format!(
            "`{}` cannot influence the result of `{}` through a derivative: {why}. Its gradient is `None`, and \
             `grad` gives zeros for it. Mark it `#[constant]` if that is meant, or silence this with \
             `#[differentiable(detached = \"allow\")]` or `#[allow(deprecated)]` on the function",
            p.field, s.function.sig.ident,
        );
        let span = p.span;
        let item = quote::quote_spanned!(span=> has_no_gradient);
        let here = quote::quote_spanned!(span=> Input::has_no_gradient);
        out.extend(quote! {
            {
                struct Input;
                impl Input {
                    #[deprecated(note = #note)]
                    const fn #item() {}
                }
                #here();
            }
        });
    }
    out
}
