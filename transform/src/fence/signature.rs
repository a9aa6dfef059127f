//! The function's header: its qualifiers, its parameters and the types in them.

use super::Fence;
use super::attributes::Place;
use crate::diagnostics::Code;
use quote::ToTokens;
use syn::{
    FnArg, GenericArgument, ItemFn, Pat, Path, PathArguments, ReceiverKind, ReturnType, Safety,
    Signature, Type,
};

impl Fence {
    pub(super) fn function(&mut self, item: &ItemFn) {
        if let Some(defaultness) = item.modifiers.defaultness {
            self.refuse(Code::DefaultFn, defaultness, "");
        }
        self.qualifiers(&item.sig);
        for input in &item.sig.inputs {
            match input {
                FnArg::Receiver(receiver) => {
                    self.attributes(&receiver.attrs, Place::Parameter);
                    let detail = match &receiver.kind {
                        ReceiverKind::Value => "`self`",
                        ReceiverKind::Reference(_, _, None) => "`&self`",
                        ReceiverKind::Reference(_, _, Some(_)) => "`&mut self`",
                        ReceiverKind::Typed(_, _) => "`self` with a type",
                        _ => "",
                    };
                    self.refuse(Code::SelfReceiver, receiver.self_token, detail);
                }
                FnArg::Typed(input) => {
                    self.attributes(&input.attrs, Place::Parameter);
                    self.parameter(&input.pat);
                    self.ty(&input.ty);
                    self.lent_by_value(&input.ty);
                }
            }
        }
        if let Some(variadic) = &item.sig.variadic {
            self.refuse(Code::Variadic, variadic.dots, "");
        }
        if let ReturnType::Type(_, ty) = &item.sig.output {
            self.ty(ty);
        }
    }

    fn qualifiers(&mut self, sig: &Signature) {
        if let Some(asyncness) = sig.asyncness {
            self.refuse(Code::AsyncFn, asyncness, format!("`{}`", sig.ident));
        }
        match &sig.safety {
            Safety::Default => {}
            Safety::Unsafe(token) => self.refuse(Code::UnsafeFn, token, format!("`{}`", sig.ident)),
            // `safe` belongs to `extern` blocks; rustc refuses it here in its own words.
            Safety::Safe(_) => {}
        }
        if let Some(abi) = &sig.abi {
            let name = abi
                .name
                .as_ref()
                .map_or_else(|| "C".to_string(), syn::LitStr::value);
            if name != "Rust" {
                self.refuse(Code::ExternFn, abi, format!("`{}`", sig.ident));
            }
        }
    }

    /// A parameter's pattern: a name, `_`, or tuples, arrays and structs of these.
    fn parameter(&mut self, pat: &Pat) {
        match pat {
            Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => {}
            Pat::Ident(p) => self.refuse(Code::BadParameterPattern, p, format!("`{}`", p.ident)),
            Pat::Struct(p) => p.fields.iter().for_each(|f| self.parameter(&f.pat)),
            Pat::TupleStruct(p) => p.elems.iter().for_each(|p| self.parameter(p)),
            Pat::Wild(_) => {}
            Pat::Paren(p) => self.parameter(&p.pat),
            Pat::Tuple(p) => p.elems.iter().for_each(|p| self.parameter(p)),
            Pat::Slice(p) => p.elems.iter().for_each(|p| self.parameter(p)),
            Pat::Const(_)
            | Pat::Guard(_)
            | Pat::Lit(_)
            | Pat::Macro(_)
            | Pat::Or(_)
            | Pat::Path(_)
            | Pat::Range(_)
            | Pat::Reference(_)
            | Pat::Rest(_)
            | Pat::Type(_)
            | Pat::Verbatim(_) => self.refuse(Code::BadParameterPattern, pat, ""),
            _ => self.refuse(Code::BadParameterPattern, pat, ""),
        }
    }

    /// A view through which the caller's array is changed is an output as well, which only `&mut` shows.
    fn lent_by_value(&mut self, ty: &Type) {
        if let Type::Path(t) = ty
            && let Some(last) = t.path.segments.last()
            && last.ident.to_string().starts_with("ArrayViewMut")
        {
            self.refuse(Code::ViewByValue, ty, format!("`{}`", last.ident));
        }
    }

    /// A type in the signature. Whether a path names something with a tangent is for rustc to say.
    fn ty(&mut self, ty: &Type) {
        match ty {
            Type::Array(t) => self.ty(&t.elem),
            Type::FnPtr(t) => self.refuse(Code::FnPointerType, t.fn_token, ""),
            Type::Group(t) => self.ty(&t.elem),
            Type::ImplTrait(t) => self.refuse(Code::ImplTraitType, t.impl_token, ""),
            Type::Infer(t) => self.refuse(Code::UnsupportedType, t.underscore_token, "`_`"),
            Type::Macro(t) => self.refuse(Code::MacroType, &t.mac.path, ""),
            Type::Never(t) => self.refuse(Code::NeverType, t.bang_token, ""),
            Type::Paren(t) => self.ty(&t.elem),
            Type::Path(t) => self.path(&t.path),
            Type::Ptr(t) => self.refuse(Code::RawPointerType, t, ""),
            Type::Reference(t) => self.ty(&t.elem),
            Type::Slice(t) => self.ty(&t.elem),
            // Of a trait that is annotated; of another, rustc says that its objects carry no derivative.
            Type::TraitObject(t) if crate::objects::is_of_a_trait(t) => {}
            Type::TraitObject(t) => match t.dyn_token {
                Some(token) => self.refuse(Code::DynType, token, ""),
                None => self.refuse(Code::DynType, t, ""),
            },
            Type::Tuple(t) => t.elems.iter().for_each(|t| self.ty(t)),
            Type::Verbatim(tokens) => self.refuse(Code::UnsupportedType, tokens, ""),
            _ => self.refuse(Code::UnsupportedType, ty, ""),
        }
    }

    /// The type arguments of a path, such as the `dyn Fn()` in `Vec<Box<dyn Fn()>>`.
    fn path(&mut self, path: &Path) {
        for segment in &path.segments {
            match &segment.arguments {
                PathArguments::None => {}
                PathArguments::AngleBracketed(list) => {
                    for argument in &list.args {
                        if let GenericArgument::Type(ty) = argument {
                            self.ty(ty);
                        }
                    }
                }
                PathArguments::Parenthesized(list) => {
                    let detail = segment.to_token_stream().to_string();
                    self.refuse(Code::UnsupportedType, list, format!("`{detail}`"));
                }
            }
        }
    }
}
