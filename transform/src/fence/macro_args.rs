//! The arguments of a macro call, read where they are expressions.
//!
//! A macro's arguments are tokens; for most macros of the standard library, and for many others, they are
//! a comma-separated list of expressions, and then what applies to expressions applies to them too.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Pat, Token};

/// A macro's arguments, as far as they can be read.
#[derive(Clone, Debug)]
pub enum MacroArgs {
    /// `a, b, c`, also empty; `name = value` is an assignment here.
    List(Punctuated<Expr, Token![,]>),
    /// `value; len`, as in `vec![0.0; n]`.
    Repeat {
        /// What is repeated.
        value: Box<Expr>,
        /// The separator.
        semi: Token![;],
        /// How often.
        len: Box<Expr>,
    },
    /// `value, pattern if guard`, the arguments of `matches!`.
    Matches {
        /// What is matched.
        value: Box<Expr>,
        /// The separator.
        comma: Token![,],
        /// The pattern, whose bindings the guard sees.
        pat: Box<Pat>,
        /// The guard.
        guard: Option<(Token![if], Box<Expr>)>,
        /// A comma at the end.
        trailing: Option<Token![,]>,
    },
    /// Something else, which only the macro understands.
    Opaque,
}

impl ToTokens for MacroArgs {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            MacroArgs::List(list) => list.to_tokens(tokens),
            MacroArgs::Repeat { value, semi, len } => {
                value.to_tokens(tokens);
                semi.to_tokens(tokens);
                len.to_tokens(tokens);
            }
            MacroArgs::Matches {
                value,
                comma,
                pat,
                guard,
                trailing,
            } => {
                value.to_tokens(tokens);
                comma.to_tokens(tokens);
                pat.to_tokens(tokens);
                if let Some((if_token, guard)) = guard {
                    if_token.to_tokens(tokens);
                    guard.to_tokens(tokens);
                }
                trailing.to_tokens(tokens);
            }
            MacroArgs::Opaque => {}
        }
    }
}

/// The name by which a macro is called, without its path.
pub fn name(mac: &Macro) -> String {
    mac.path
        .segments
        .last()
        .map(|s| s.ident.to_string())
        .unwrap_or_default()
}

/// Reads the arguments of a call.
pub fn parse(mac: &Macro) -> MacroArgs {
    if name(mac) == "matches" {
        return matches
            .parse2(mac.tokens.clone())
            .unwrap_or(MacroArgs::Opaque);
    }
    Punctuated::parse_terminated
        .parse2(mac.tokens.clone())
        .map(MacroArgs::List)
        .or_else(|_| repeat.parse2(mac.tokens.clone()))
        .unwrap_or(MacroArgs::Opaque)
}

fn repeat(input: ParseStream) -> syn::Result<MacroArgs> {
    Ok(MacroArgs::Repeat {
        value: input.parse()?,
        semi: input.parse()?,
        len: input.parse()?,
    })
}

fn matches(input: ParseStream) -> syn::Result<MacroArgs> {
    let value = input.parse()?;
    let comma = input.parse()?;
    let pat = Box::new(Pat::parse_multi_with_leading_vert(input)?);
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(if_token) => Some((if_token, input.parse()?)),
        None => None,
    };
    Ok(MacroArgs::Matches {
        value,
        comma,
        pat,
        guard,
        trailing: input.parse()?,
    })
}

/// Where the format string stands among the arguments of a standard macro that formats, or `None`.
pub fn format_string(name: &str) -> Option<usize> {
    match name {
        "print" | "println" | "eprint" | "eprintln" | "format" | "format_args" | "panic"
        | "todo" | "unimplemented" | "unreachable" => Some(0),
        "write" | "writeln" | "assert" | "debug_assert" => Some(1),
        "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => Some(2),
        _ => None,
    }
}
