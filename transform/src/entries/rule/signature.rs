//! The signatures that rules must have, as one would write them, for messages.

use super::super::shape::Shape;
use super::{is_given, is_state};
use crate::ir::Param;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Path;

/// The signature of a reverse rule, as one would write it.
pub(super) fn vjp_signature(s: &Shape, path: &Path) -> String {
    let given = s.f.params.iter().filter(|p| is_given(p));
    let given: Vec<String> = given.map(|p| tangent_text(s, &p.ty)).collect();
    let states = s.f.params.iter().filter(|p| is_state(p));
    let states: String = states.map(|p| format!(", {}", passed(s, p))).collect();
    let params: Vec<String> = s.f.params.iter().map(written).collect();
    // What a rule keeps must not borrow, since a caller keeps it until its own reverse sweep.
    let generic = s
        .function
        .sig
        .generics
        .type_params()
        .map(|p| p.ident.to_string());
    let free = match s.f.params.iter().any(Shape::is_reference) {
        true => format!(" + use<{}>", generic.collect::<Vec<_>>().join(", ")),
        false => String::new(),
    };
    format!(
        "fn {}({}) -> ({}, impl FnOnce({}{states}) -> {} + Send{free})",
        name_of(path),
        params.join(", "),
        spoken(&s.ret),
        seed_text(s),
        listed(&given),
    )
}

/// The signature of a forward rule, as one would write it.
pub(super) fn jvp_signature(s: &Shape, path: &Path) -> String {
    let names: Vec<String> = s.f.params.iter().map(|p| p.field.to_string()).collect();
    let types: Vec<String> =
        s.f.params
            .iter()
            .map(|p| spoken(&p.ty.to_token_stream()))
            .collect();
    let inputs = s.inputs();
    let dots: Vec<String> = inputs.iter().map(|p| format!("d{}", p.field)).collect();
    let directions: Vec<String> = inputs.iter().map(|p| passed(s, p)).collect();
    format!(
        "fn {}({}: {}, {}: {}) -> ({}, {})",
        name_of(path),
        listed(&names),
        listed(&types),
        listed(&dots),
        listed(&directions),
        spoken(&s.ret),
        seed_text(s),
    )
}

fn name_of(path: &Path) -> String {
    path.segments
        .last()
        .map(|s| s.ident.to_string())
        .unwrap_or_default()
}

fn written(p: &Param) -> String {
    format!("{}: {}", p.field, spoken(&p.ty.to_token_stream()))
}

/// The bare one, or a tuple.
fn listed(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        parts => format!("({})", parts.join(", ")),
    }
}

fn seed_text(s: &Shape) -> String {
    match syn::parse2::<syn::Type>(s.ret.clone()) {
        Ok(ty) => tangent_text(s, &ty),
        Err(_) => spoken(&s.ret),
    }
}

/// A direction, or a cotangent in place, as it is passed.
fn passed(s: &Shape, p: &Param) -> String {
    let syn::Type::Reference(r) = &p.ty else {
        return tangent_text(s, &p.ty);
    };
    let mutable = if r.mutability.is_some() { "mut " } else { "" };
    match &*r.elem {
        syn::Type::Slice(slice) => format!("&{mutable}[{}]", tangent_text(s, &slice.elem)),
        elem => format!("&{mutable}{}", tangent_text(s, elem)),
    }
}

/// The tangent's type, in the words of the user's.
fn tangent_text(s: &Shape, ty: &syn::Type) -> String {
    match ty {
        ty if s.f.types.of(ty).is_constant() => "NoTangent".to_string(),
        syn::Type::Reference(r) => tangent_text(s, &r.elem),
        syn::Type::Slice(slice) => format!("Vec<{}>", tangent_text(s, &slice.elem)),
        syn::Type::Array(array) => {
            let len = spoken(&array.len.to_token_stream());
            format!("[{}; {len}]", tangent_text(s, &array.elem))
        }
        syn::Type::Tuple(tuple) => {
            let parts: Vec<String> = tuple.elems.iter().map(|ty| tangent_text(s, ty)).collect();
            format!("({})", parts.join(", "))
        }
        ty if s.f.types.of(ty).is_float() => spoken(&ty.to_token_stream()),
        ty => match s.f.types.of(ty) {
            Ty::Vec(element) if element.is_float() => spoken(&ty.to_token_stream()),
            _ => format!("TangentOf<{}>", spoken(&ty.to_token_stream())),
        },
    }
}

/// Tokens as one would write them.
pub(super) fn spoken(tokens: &TokenStream) -> String {
    const TIGHT: [(&str, &str); 12] = [
        ("& ", "&"),
        (" ,", ","),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" :: ", "::"),
        (" ;", ";"),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        (":: ", "::"),
    ];
    let mut text = tokens.to_string();
    for (wide, tight) in TIGHT {
        text = text.replace(wide, tight);
    }
    text
}
