//! Generated tokens at the place of the statement that they are generated for.

use crate::ir::{Expr, Operand};
use proc_macro2::{Group, Span, TokenStream, TokenTree};

/// The same tokens at the place of the statement that they are generated for, so that what rustc has against
/// it is said there.
pub fn located(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut tree| {
            match &mut tree {
                TokenTree::Punct(punct) => punct.set_span(span),
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), located(group.stream(), span));
                    inner.set_span(span);
                    return TokenTree::Group(inner);
                }
                TokenTree::Ident(ident) => ident.set_span(span.resolved_at(ident.span())),
                TokenTree::Literal(literal) => literal.set_span(span.resolved_at(literal.span())),
            }
            tree
        })
        .collect()
}

/// Whether an expression contains tokens of the user's, which have their own places.
pub fn has_own_tokens(e: &Expr) -> bool {
    match e {
        Expr::Opaque(_) | Expr::Refused(..) | Expr::Repeat(..) => true,
        Expr::Use(Operand::Lit(tokens)) => tokens.clone().into_iter().count() > 1,
        Expr::Use(_)
        | Expr::Load(_)
        | Expr::Removed(..)
        | Expr::Copy(..)
        | Expr::Restore(_)
        | Expr::Raw(..) => false,
        Expr::Neg(a) | Expr::Cast(a, _) | Expr::Wrap(a, _) => has_own_tokens(a),
        Expr::Binary(_, a, b) => has_own_tokens(a) || has_own_tokens(b),
        Expr::Method(a, _, more) => has_own_tokens(a) || more.iter().any(has_own_tokens),
        Expr::Helper(_, es) | Expr::Tuple(es) | Expr::Array(es, _) => es.iter().any(has_own_tokens),
        Expr::Call(..) | Expr::Build(_) => true,
    }
}
