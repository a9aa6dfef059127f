//! Renaming inside macro calls, where locals are used as expressions, as bare tokens, and inside strings.

use super::{Refutable, Renamer};
use crate::fence::macro_args::{self, MacroArgs};
use proc_macro2::{Group, Ident, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Expr, Lit, LitStr, Macro, Token};

impl Renamer<'_> {
    /// Renames the locals that a macro call uses.
    pub(super) fn macro_call(&mut self, mac: &mut Macro) {
        let name = macro_args::name(mac);
        // The text of the tokens is what counts there.
        if name == "stringify" {
            return;
        }
        let mut args = macro_args::parse(mac);
        match &mut args {
            MacroArgs::List(list) => self.list(&name, list),
            MacroArgs::Repeat { value, len, .. } => {
                self.visit_expr_mut(value);
                self.visit_expr_mut(len);
            }
            MacroArgs::Matches {
                value, pat, guard, ..
            } => {
                self.visit_expr_mut(value);
                self.scoped(|this| {
                    this.bind(pat, Refutable::Yes);
                    if let Some((_, guard)) = guard {
                        this.visit_expr_mut(guard);
                    }
                });
            }
            MacroArgs::Opaque => {
                mac.tokens = self.tokens(mac.tokens.clone());
                return;
            }
        }
        mac.tokens = args.into_token_stream();
    }

    /// Expressions between commas, of which one may be a format string.
    fn list(&mut self, name: &str, list: &mut Punctuated<Expr, Token![,]>) {
        let format = match (macro_args::format_string(name), name) {
            (Some(index), _) => list.get(index).and_then(string),
            (None, "vec" | "array" | "dbg" | "concat" | "env" | "option_env" | "include_str") => {
                None
            }
            // Macros that wrap the standard ones take their format string anywhere.
            (None, _) => list.iter().find_map(string),
        };
        let mut named = vec![];
        for arg in list.iter_mut() {
            match arg {
                // `name = value` gives a name to an argument; elsewhere it is an assignment.
                Expr::Assign(a) if format.is_some() && plain_name(&a.left).is_some() => {
                    named.extend(plain_name(&a.left));
                    self.visit_expr_mut(&mut a.right);
                }
                _ => self.visit_expr_mut(arg),
            }
        }
        let Some(format) = format else { return };
        for capture in captures(&format.value()) {
            if named.contains(&capture) {
                continue;
            }
            named.push(capture.clone());
            let old = Ident::new(&capture, format.span());
            if let Some(new) = self.resolve(&old) {
                let new = Ident::new(&new, format.span());
                list.push(Expr::Verbatim(quote!(#old = #new)));
            }
        }
    }

    /// Tokens that only the macro understands: names are renamed where a variable can stand.
    fn tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut out = TokenStream::new();
        for (i, tree) in trees.iter().enumerate() {
            let before = |n: usize| i.checked_sub(n).and_then(|i| trees.get(i));
            let renamed = match tree {
                TokenTree::Ident(ident)
                    if is_variable(before(2), before(1), trees.get(i + 1), trees.get(i + 2)) =>
                {
                    let mut ident = ident.clone();
                    self.use_of(&mut ident);
                    TokenTree::Ident(ident)
                }
                TokenTree::Group(group) => {
                    let mut new = Group::new(group.delimiter(), self.tokens(group.stream()));
                    new.set_span(group.span());
                    TokenTree::Group(new)
                }
                tree => tree.clone(),
            };
            out.extend([renamed]);
        }
        out
    }
}

/// Whether an identifier between these tokens can be a variable: not a field, a path, a macro or a lifetime.
fn is_variable(
    before_last: Option<&TokenTree>,
    last: Option<&TokenTree>,
    next: Option<&TokenTree>,
    after_next: Option<&TokenTree>,
) -> bool {
    let is = |tree: Option<&TokenTree>, c: char| matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == c);
    let joined = |tree: Option<&TokenTree>, c: char| matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == c && p.spacing() == Spacing::Joint);
    let field = is(last, '.') && !joined(before_last, '.');
    let segment = is(last, ':') && joined(before_last, ':');
    let lifetime = is(last, '\'');
    let path = joined(next, ':') && is(after_next, ':');
    // `x != y` is not the call of a macro.
    let call = is(next, '!') && !(joined(next, '!') && is(after_next, '='));
    !(field || segment || lifetime || path || call)
}

fn string(expr: &Expr) -> Option<LitStr> {
    match expr {
        Expr::Lit(e) => match &e.lit {
            Lit::Str(s) => Some(s.clone()),
            _ => None,
        },
        Expr::Group(e) => string(&e.expr),
        _ => None,
    }
}

fn plain_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(e) => e.path.get_ident().map(|i| i.to_string()),
        _ => None,
    }
}

/// The variables that a format string captures: the `x`, `w` and `p` of `{x:>w$.p$}`.
fn captures(format: &str) -> Vec<String> {
    let mut names = vec![];
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let (placeholder, after) = (&rest[..close], &rest[close + 1..]);
        rest = after;
        let (argument, spec) = placeholder.split_once(':').unwrap_or((placeholder, ""));
        names.extend(identifier(argument));
        // A width or a precision is a name before `$`.
        for piece in spec
            .split_inclusive('$')
            .filter_map(|p| p.strip_suffix('$'))
        {
            let start = piece
                .char_indices()
                .rev()
                .take_while(|(_, c)| c.is_alphanumeric() || *c == '_')
                .last()
                .map_or(piece.len(), |(i, _)| i);
            names.extend(identifier(&piece[start..]));
        }
    }
    names
}

/// The text as a name, unless it is a position or empty.
fn identifier(text: &str) -> Option<String> {
    let text = text.trim();
    syn::parse_str::<Ident>(text).ok().map(|i| i.to_string())
}
