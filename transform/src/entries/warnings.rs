//! Warnings for inputs that cannot reach the result.

use super::shape::Shape;
use crate::Analysed;
use crate::args::Detached;
use crate::args::Options;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// Warnings for inputs that cannot reach the result.
pub(super) fn warnings(
    s: &Shape,
    options: &Options,
    analysed: &Analysed,
    errors: &mut Vec<Diagnostic>,
) -> TokenStream {
    let mut out = TokenStream::new();
    // A method beside others, whose result has no derivative or which is asked for its receiver's sake, is no
    // mistake.
    let in_block = options.around.is_some();
    if options.detached == Detached::Allow || in_block && s.gives_nothing() {
        return out;
    }
    let name = &s.function.sig.ident;
    let inputs = s.inputs();
    let mut cut = 0;
    for p in inputs
        .iter()
        .filter(|p| !in_block || p.field != crate::methods::RECEIVER)
    {
        let reaches = analysed.activity.is_active(p.var)
            && crate::analysis::overwritten::overwritten(&analysed.f, p.var).is_none();
        if reaches {
            continue;
        }
        cut += 1;
        // The name, not the `mut` before it.
        let at = p.field.span();
        let why = crate::analysis::why::explain(&analysed.f, &analysed.activity, p.var);
        if options.detached == Detached::Deny {
            errors.push(Diagnostic::at(Code::DetachedInput, at, why));
            continue;
        }
        let note = format!(
            "`{}` cannot influence the result of `{name}` through a derivative: {why}. Its gradient is `None`, and \
             `grad` gives zeros for it. Mark it `#[constant]` if that is meant, or silence this with \
             `#[differentiable(detached = \"allow\")]` or `#[allow(deprecated)]` on the function",
            p.field,
        );
        out.extend(warning("Input", &note, at));
    }
    let (observed, activity) = analysed.observed();
    for (n, v) in crate::watch::variables(&observed.body) {
        let Some(w) = observed.watched.get(n) else {
            continue;
        };
        if activity.is_active(v) {
            continue;
        }
        let why = crate::analysis::why::explain(observed, activity, v);
        if options.detached == Detached::Deny {
            errors.push(Diagnostic::at(Code::WatchCut, w.field.span(), why));
            continue;
        }
        let field = &w.field;
        let note = format!(
            "the watched local `{field}` cannot influence the result of `{name}` through a derivative: {why}. Its field \
             of `gradients` is always `None`. Remove `#[watch]`, or silence this with `#[differentiable(detached = \
             \"allow\")]` or `#[allow(deprecated)]` on the function"
        );
        out.extend(warning("Local", &note, field.span()));
    }
    if cut == inputs.len() && options.detached == Detached::Warn {
        let note = format!(
            "no parameter of `{name}` influences its result through a derivative, so every gradient of it is zero. \
             Remove `#[differentiable]` if that is meant"
        );
        out.extend(warning("Function", &note, name.span()));
    }
    out
}

/// A use of something deprecated at the user's own token, the one kind of warning that a macro can give.
fn warning(subject: &str, note: &str, span: Span) -> TokenStream {
    let subject = Ident::new(subject, Span::call_site());
    let at = quote_spanned!(span=> #subject::has_no_gradient);
    let item = Ident::new("has_no_gradient", span);
    quote! {
        {
            struct #subject;
            impl #subject {
                #[deprecated(note = #note)]
                const fn #item() {}
            }
            #at();
        }
    }
}
