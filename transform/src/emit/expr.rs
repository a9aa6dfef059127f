//! The tokens of expressions, with parentheses where they are needed and nowhere else.

use super::calls::arg_tokens;
use super::place::{operand_tokens, place_tokens};
use super::vectors::removed_tokens;
use crate::ir::*;
use proc_macro2::TokenStream;
use quote::quote;

/// The tokens of an expression.
pub fn expr_tokens(f: &Function, e: &Expr) -> TokenStream {
    match e {
        Expr::Use(o) => operand_tokens(f, o),
        Expr::Load(p) => place_tokens(f, p, false).unwrap_or_default(),
        Expr::Neg(a) => {
            let a = wrapped(f, a, 4);
            quote!(-#a)
        }
        Expr::Binary(op, a, b) => {
            let level = if matches!(op, BinOp::Add | BinOp::Sub) {
                2
            } else {
                3
            };
            let (a, b) = (wrapped(f, a, level), wrapped(f, b, level + 1));
            let op = op_tokens(*op, false);
            quote!(#a #op #b)
        }
        Expr::Method(recv, name, args) => {
            let recv = wrapped(f, recv, 9);
            let args = args.iter().map(|a| expr_tokens(f, a));
            quote!(#recv.#name(#(#args),*))
        }
        Expr::Helper(name, args) => {
            let args = args.iter().map(|a| expr_tokens(f, a));
            quote!(__rt::helper::#name(#(#args),*))
        }
        Expr::Cast(a, Conversion::As(ty) | Conversion::Alias(ty)) => {
            let a = wrapped(f, a, 4);
            quote!(#a as #ty)
        }
        Expr::Cast(a, Conversion::FromF64(name)) => {
            let a = expr_tokens(f, a);
            quote!(__rt::real::<#name>(#a))
        }
        Expr::Cast(a, Conversion::ToF64) => {
            let a = expr_tokens(f, a);
            quote!(__rt::Real::to_f64(#a))
        }
        Expr::Tuple(es) => {
            let es = es.iter().map(|e| expr_tokens(f, e));
            quote!((#(#es,)*))
        }
        Expr::Array(es, vec) => {
            let es = es.iter().map(|e| expr_tokens(f, e));
            if *vec {
                quote!(__rt::vec![#(#es),*])
            } else {
                quote!([#(#es),*])
            }
        }
        Expr::Repeat(e, n, _, vec) => {
            let e = expr_tokens(f, e);
            if *vec {
                quote!(__rt::vec![#e; #n])
            } else {
                quote!([#e; #n])
            }
        }
        Expr::Wrap(e, variant) => {
            let e = expr_tokens(f, e);
            if variant == "Ok" {
                quote!(::core::result::Result::Ok(#e))
            } else {
                quote!(::core::option::Option::Some(#e))
            }
        }
        Expr::Build(b) => build_tokens(f, b),
        Expr::Copy(p, method) => {
            let p = place_tokens(f, p, false).unwrap_or_default();
            quote!(#p.#method())
        }
        Expr::Call(callee, args) => callee.call(&arg_tokens(f, args)),
        Expr::Removed(p, how) => removed_tokens(f, p, how),
        Expr::Opaque(o) | Expr::Refused(o, _) => o.tokens.clone(),
        Expr::Restore(storage) => {
            let storage = &f.vars[*storage];
            let name = &storage.ident;
            match storage.role {
                Role::Lane => quote!(#name.pop()),
                _ => quote!(#name.take()),
            }
        }
        Expr::Raw(tokens, _) => tokens.clone(),
    }
}

/// How tightly an expression binds, as far as printing cares.
fn strength(e: &Expr) -> u8 {
    match e {
        Expr::Binary(BinOp::Add | BinOp::Sub, ..) => 2,
        Expr::Binary(..) => 3,
        Expr::Neg(_) => 4,
        Expr::Cast(_, Conversion::As(_) | Conversion::Alias(_)) => 1,
        Expr::Use(Operand::Lit(t)) => literal_strength(t),
        Expr::Opaque(o) | Expr::Refused(o, _) => literal_strength(&o.tokens),
        Expr::Raw(t, _) => literal_strength(t),
        _ => 9,
    }
}

/// One token tree, a path or a call binds tightly; anything else is put in parentheses.
fn literal_strength(tokens: &TokenStream) -> u8 {
    match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(
            syn::Expr::Lit(_)
            | syn::Expr::Path(_)
            | syn::Expr::Call(_)
            | syn::Expr::MethodCall(_)
            | syn::Expr::Index(_)
            | syn::Expr::Field(_)
            | syn::Expr::Paren(_)
            | syn::Expr::Macro(_)
            | syn::Expr::Tuple(_)
            | syn::Expr::Array(_),
        ) => 9,
        Ok(syn::Expr::Unary(_)) => 4,
        _ => 0,
    }
}

fn wrapped(f: &Function, e: &Expr, at_least: u8) -> TokenStream {
    let tokens = expr_tokens(f, e);
    if strength(e) < at_least {
        quote!((#tokens))
    } else {
        tokens
    }
}

fn build_tokens(f: &Function, b: &Build) -> TokenStream {
    let path = &b.path;
    if b.call {
        let parts = b.parts.iter().map(|(_, e)| expr_tokens(f, e));
        return quote!(#path(#(#parts),*));
    }
    let parts = b.parts.iter().map(|(part, e)| {
        let e = expr_tokens(f, e);
        match part {
            Proj::Field(member) | Proj::Part(_, member) => quote!(#member: #e,),
            _ => quote!(),
        }
    });
    let base = b.base.iter().map(|e| {
        let e = expr_tokens(f, e);
        quote!(..#e)
    });
    quote!(#path { #(#parts)* #(#base)* })
}

pub(super) fn op_tokens(op: BinOp, assign: bool) -> TokenStream {
    match (op, assign) {
        (BinOp::Add, false) => quote!(+),
        (BinOp::Sub, false) => quote!(-),
        (BinOp::Mul, false) => quote!(*),
        (BinOp::Div, false) => quote!(/),
        (BinOp::Rem, false) => quote!(%),
        (BinOp::Add, true) => quote!(+=),
        (BinOp::Sub, true) => quote!(-=),
        (BinOp::Mul, true) | (BinOp::MulAssign, _) => quote!(*=),
        (BinOp::Div, true) | (BinOp::DivAssign, _) => quote!(/=),
        (BinOp::Rem, true) | (BinOp::RemAssign, _) => quote!(%=),
    }
}
