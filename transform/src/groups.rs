//! Expressions that a `macro_rules!` was given, in parentheses; and types, without what keeps them together.
//!
//! `$e * y` with `a + b` for `$e` is `(a + b) * y`: rustc keeps what the macro was given together by delimiters that
//! nobody sees. Tokens that come back from a procedural macro have lost these, so the ones that matter are written.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::Expr;

/// The same tokens with parentheses where something invisible keeps an expression together.
pub fn visible(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else {
            out.extend([tree.clone()]);
            continue;
        };
        let in_attribute = group.delimiter() == Delimiter::Bracket
            && at > 0
            && (is(&trees, at - 1, '#')
                || at > 1 && is(&trees, at - 1, '!') && is(&trees, at - 2, '#'));
        if in_attribute {
            out.extend([tree.clone()]);
            continue;
        }
        let delimiter = match group.delimiter() {
            Delimiter::None if is_operand(&trees, at) && is_loose(group, &trees, at) => {
                Delimiter::Parenthesis
            }
            Delimiter::None if is_type(group) => {
                out.extend(visible(group.stream()));
                continue;
            }
            delimiter => delimiter,
        };
        let mut inner = Group::new(delimiter, visible(group.stream()));
        inner.set_span(group.span());
        out.extend([TokenTree::Group(inner)]);
    }
    out
}

/// A type that holds together by itself, so that `x: $t` is read as if the type stood there.
fn is_type(group: &Group) -> bool {
    use syn::Type;
    matches!(
        syn::parse2::<Type>(group.stream()),
        Ok(Type::Path(_) | Type::Reference(_) | Type::Slice(_) | Type::Array(_) | Type::Tuple(_))
    )
}

fn is(trees: &[TokenTree], at: usize, c: char) -> bool {
    matches!(trees.get(at), Some(TokenTree::Punct(p)) if p.as_char() == c)
}

/// Whether an operator stands beside the tree, so that it could tear an expression apart.
fn is_operand(trees: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| trees.get(at));
    let after = trees.get(at + 1);
    let operator_before = match before {
        Some(TokenTree::Punct(p)) => match p.as_char() {
            ',' | ';' | ':' | '#' | '$' | '\'' => false,
            // `let x = $e`, `x += $e`, but also `x == $e`.
            '=' => at > 1 && ['=', '!', '<', '>'].iter().any(|c| is(trees, at - 2, *c)),
            // `=> $e`, `-> $t`.
            '>' => !(at > 1 && (is(trees, at - 2, '=') || is(trees, at - 2, '-'))),
            _ => true,
        },
        _ => false,
    };
    let operator_after = match after {
        Some(TokenTree::Punct(p)) => match p.as_char() {
            ',' | ';' => false,
            '=' => is(trees, at + 2, '='),
            _ => true,
        },
        Some(TokenTree::Ident(word)) => word == "as",
        Some(TokenTree::Group(g)) => {
            matches!(g.delimiter(), Delimiter::Parenthesis | Delimiter::Bracket)
        }
        _ => false,
    };
    operator_before || operator_after
}

/// An expression that does not hold together by itself.
fn is_loose(group: &Group, trees: &[TokenTree], at: usize) -> bool {
    match syn::parse2::<Expr>(group.stream()) {
        Ok(Expr::Reference(_)) => !(at > 0 && (is(trees, at - 1, '<') || is(trees, at - 1, '&'))),
        Ok(
            Expr::Binary(_)
            | Expr::Unary(_)
            | Expr::Cast(_)
            | Expr::Range(_)
            | Expr::Assign(_)
            | Expr::Closure(_)
            | Expr::Let(_)
            | Expr::If(_)
            | Expr::Match(_)
            | Expr::Block(_)
            | Expr::Struct(_)
            | Expr::Return(_)
            | Expr::Break(_),
        ) => true,
        _ => false,
    }
}
