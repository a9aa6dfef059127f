//! Macros of std: `vec!`, those that only look at their arguments, and those that never return.

use super::Lower;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::spanned::Spanned;

/// The argument of `vec!`.
pub(super) enum VecMacro {
    List(Vec<syn::Expr>),
    Repeat(Box<(syn::Expr, syn::Expr)>),
}

/// Macros that only look at their arguments.
const READING_MACROS: [&str; 12] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "print",
    "println",
    "eprint",
    "eprintln",
    "format",
    "matches",
];

const DIVERGING_MACROS: [&str; 4] = ["panic", "unreachable", "todo", "unimplemented"];

/// Others of std whose arguments are expressions.
const OTHER_MACROS: [&str; 4] = ["vec", "concat", "stringify", "line"];

/// Whether the arguments of a macro are expressions that are evaluated and looked at, no more.
pub(super) fn is_known(name: &str) -> bool {
    READING_MACROS
        .iter()
        .chain(&DIVERGING_MACROS)
        .chain(&OTHER_MACROS)
        .any(|known| *known == name)
}

impl Lower {
    pub(super) fn macro_value(&mut self, e: &syn::Expr, mac: &syn::Macro) -> Option<Expr> {
        if mac.path.is_ident("vec") {
            self.std_vec(&mac.path);
            return match parse_vec(mac) {
                Some(VecMacro::List(es)) => Some(Expr::Array(self.operands(es.iter())?, true)),
                Some(VecMacro::Repeat(parts)) => self.repeat(&parts.0, &parts.1, true),
                None => Some(self.refused(e, Code::UnknownMacro, "this `vec!` is not understood")),
            };
        }
        if self.reading_macro(mac, e.span()) {
            return if mac_diverges(mac) {
                None
            } else {
                Some(Expr::Use(Operand::Lit(quote!(()))))
            };
        }
        let name = mac.path.to_token_stream().to_string();
        let opaque = self.opaque_macro(mac, e.to_token_stream(), e.span());
        if READING_MACROS.contains(&name.as_str()) {
            return Some(Expr::Opaque(opaque));
        }
        let diagnostic = Diagnostic::new(
            Code::UnknownMacro,
            e,
            format!("`{name}!` sees a value that carries a derivative"),
        );
        Some(Expr::Refused(opaque, Box::new(diagnostic)))
    }

    /// Emits a macro that stands as a statement and only looks at its arguments.
    pub(super) fn reading_macro(&mut self, mac: &syn::Macro, span: proc_macro2::Span) -> bool {
        let Some(name) = mac.path.get_ident().map(ToString::to_string) else {
            return false;
        };
        let diverges = DIVERGING_MACROS.contains(&name.as_str());
        if !diverges
            && (!READING_MACROS.contains(&name.as_str()) || name == "format" || name == "matches")
        {
            return false;
        }
        let mut opaque = self.opaque_macro(mac, quote!(#mac;), span);
        opaque.cut = Cut::NoDerivative(format!("`{name}!`"));
        self.push(Kind::Opaque(opaque), span);
        true
    }
}

pub(super) fn parse_vec(mac: &syn::Macro) -> Option<VecMacro> {
    let parser = |input: syn::parse::ParseStream| {
        if input.is_empty() {
            return Ok(VecMacro::List(Vec::new()));
        }
        let first: syn::Expr = input.parse()?;
        if input.peek(syn::Token![;]) {
            input.parse::<syn::Token![;]>()?;
            return Ok(VecMacro::Repeat(Box::new((first, input.parse()?))));
        }
        let mut list = vec![first];
        while input.peek(syn::Token![,]) {
            input.parse::<syn::Token![,]>()?;
            if input.is_empty() {
                break;
            }
            list.push(input.parse()?);
        }
        Ok(VecMacro::List(list))
    };
    parser.parse2(mac.tokens.clone()).ok()
}

fn mac_diverges(mac: &syn::Macro) -> bool {
    mac.path
        .get_ident()
        .is_some_and(|i| DIVERGING_MACROS.iter().any(|d| i == d))
}
