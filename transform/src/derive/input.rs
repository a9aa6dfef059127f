//! What the derive is given: fields, helper attributes, and what cannot be derived.

use super::generics::Generics;
use super::{refuse, runtime};
use crate::diagnostics::{Code, Diagnostic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::visit::Visit;

/// A struct or enum to derive for.
pub(super) struct Input<'a> {
    pub(super) item: &'a syn::DeriveInput,
    /// The path to the runtime.
    pub(super) rt: TokenStream,
    /// The tangent's name.
    pub(super) tangent: Ident,
    /// Further derives for the tangent, in the user's tokens.
    pub(super) derives: Vec<syn::Path>,
    /// One for a struct.
    pub(super) variants: Vec<Variant<'a>>,
    pub(super) generics: Generics,
}

/// A variant, or the whole of a struct.
pub(super) struct Variant<'a> {
    /// The variant's name; `None` for a struct.
    pub(super) ident: Option<&'a Ident>,
    pub(super) style: &'a syn::Fields,
    pub(super) fields: Vec<Field<'a>>,
}

/// A field.
pub(super) struct Field<'a> {
    pub(super) member: syn::Member,
    pub(super) vis: &'a syn::Visibility,
    /// The type without references around it, whose tangent is the same; `None` for a constant field.
    pub(super) ty: Option<&'a syn::Type>,
    /// The type as it is written.
    pub(super) written: &'a syn::Type,
    /// What a pattern binds the field to.
    pub(super) name: Ident,
}

impl Input<'_> {
    pub(super) fn is_enum(&self) -> bool {
        matches!(self.item.data, syn::Data::Enum(_))
    }

    /// The fields of all variants.
    pub(super) fn fields(&self) -> impl Iterator<Item = &Field<'_>> {
        self.variants.iter().flat_map(|v| &v.fields)
    }

    /// The name of the variant that adds nothing.
    pub(super) fn zero(&self) -> Ident {
        let taken = |name: &str| {
            self.variants
                .iter()
                .any(|v| v.ident.is_some_and(|i| i == name))
        };
        // A variant of the user's keeps its name.
        let name = if taken("Zero") { "ZeroTangent" } else { "Zero" };
        Ident::new(name, Span::call_site())
    }
}

#[derive(Default)]
struct Options {
    krate: Option<syn::Path>,
    name: Option<Ident>,
    derives: Vec<syn::Path>,
}

/// Reads the item; what is wrong is added to `errors`.
pub(super) fn read<'a>(
    item: &'a syn::DeriveInput,
    errors: &mut Vec<Diagnostic>,
) -> Option<Input<'a>> {
    let options = options(item, errors);
    misplaced(&item.attrs, errors);
    let variants = match &item.data {
        syn::Data::Struct(s) => vec![Variant {
            ident: None,
            style: &s.fields,
            fields: fields(&s.fields, errors),
        }],
        syn::Data::Enum(e) => e
            .variants
            .iter()
            .map(|v| {
                misplaced(&v.attrs, errors);
                Variant {
                    ident: Some(&v.ident),
                    style: &v.fields,
                    fields: fields(&v.fields, errors),
                }
            })
            .collect(),
        syn::Data::Union(u) => {
            refuse(errors, Code::DeriveUnion, u.union_token, "");
            return None;
        }
    };
    let active: Vec<&syn::Type> = variants
        .iter()
        .flat_map(|v| v.fields.iter().filter_map(|f| f.ty))
        .collect();
    let rt = runtime(options.krate.as_ref());
    let generics = Generics::of(&item.generics, &active, &rt);
    let tangent = options
        .name
        .unwrap_or_else(|| format_ident!("{}Tangent", item.ident));
    Some(Input {
        item,
        rt,
        tangent,
        derives: options.derives,
        variants,
        generics,
    })
}

fn fields<'a>(fields: &'a syn::Fields, errors: &mut Vec<Diagnostic>) -> Vec<Field<'a>> {
    fields
        .iter()
        .enumerate()
        .map(|(n, field)| {
            let constant = constant(&field.attrs, errors);
            let member = match &field.ident {
                Some(name) => syn::Member::Named(name.clone()),
                None => syn::Member::Unnamed(syn::Index {
                    index: u32::try_from(n).unwrap_or(u32::MAX),
                    span: field.ty.span(),
                }),
            };
            if !constant {
                followed(&field.ty, errors);
            }
            Field {
                member,
                vis: &field.vis,
                ty: (!constant).then(|| behind(&field.ty)),
                written: &field.ty,
                name: format_ident!("field_{}", n),
            }
        })
        .collect()
}

/// The type behind references.
fn behind(ty: &syn::Type) -> &syn::Type {
    match ty {
        syn::Type::Reference(r) => behind(&r.elem),
        syn::Type::Paren(p) => behind(&p.elem),
        syn::Type::Group(g) => behind(&g.elem),
        ty => ty,
    }
}

/// Refuses types whose derivative cannot be followed.
fn followed(ty: &syn::Type, errors: &mut Vec<Diagnostic>) {
    struct Find<'e>(&'e mut Vec<Diagnostic>);
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_type(&mut self, ty: &'ast syn::Type) {
            let what = match ty {
                syn::Type::Reference(r) if r.mutability.is_some() => "a field by `&mut`",
                syn::Type::Ptr(_) => "a raw pointer",
                syn::Type::FnPtr(_) => "a function pointer",
                syn::Type::TraitObject(t) if !crate::objects::is_of_a_trait(t) => {
                    "a function behind `dyn`"
                }
                syn::Type::Macro(_) => "a type written as a macro",
                _ => return syn::visit::visit_type(self, ty),
            };
            refuse(self.0, Code::DeriveField, ty, what);
        }
    }
    Find(errors).visit_type(ty);
}

/// Whether the field is marked `#[constant]`.
fn constant(attrs: &[syn::Attribute], errors: &mut Vec<Diagnostic>) -> bool {
    let mut found = false;
    for attr in attrs {
        if attr.path().is_ident("constant") {
            if !matches!(attr.meta, syn::Meta::Path(_)) {
                let detail = "`#[constant]` takes no arguments";
                refuse(
                    errors,
                    Code::DeriveAttribute,
                    attr.meta.to_token_stream(),
                    detail,
                );
            }
            found = true;
        } else if attr.path().is_ident("tangent") {
            let detail = "`#[tangent(…)]` stands on the type";
            refuse(errors, Code::DeriveAttribute, attr.path(), detail);
        }
    }
    found
}

/// `#[constant]` stands on fields alone.
fn misplaced(attrs: &[syn::Attribute], errors: &mut Vec<Diagnostic>) {
    for attr in attrs.iter().filter(|a| a.path().is_ident("constant")) {
        let detail = "`#[constant]` stands on a field";
        refuse(errors, Code::DeriveAttribute, attr.path(), detail);
    }
}

/// `#[tangent(derive(…), name = Name, crate = path)]`.
fn options(item: &syn::DeriveInput, errors: &mut Vec<Diagnostic>) -> Options {
    let mut options = Options::default();
    for attr in item.attrs.iter().filter(|a| a.path().is_ident("tangent")) {
        let parsed = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("derive") {
                meta.parse_nested_meta(|inner| {
                    options.derives.push(inner.path);
                    Ok(())
                })
            } else if meta.path.is_ident("name") {
                options.name = Some(meta.value()?.parse()?);
                Ok(())
            } else if meta.path.is_ident("crate") {
                options.krate = Some(meta.value()?.call(syn::Path::parse_mod_style)?);
                Ok(())
            } else {
                let path = &meta.path;
                let detail = format!("`{}`", path.to_token_stream());
                refuse(errors, Code::DeriveAttribute, path, detail);
                // What follows the unknown word belongs to it.
                if meta.input.peek(syn::Token![=]) {
                    drop(meta.value()?.parse::<syn::Expr>());
                } else if meta.input.peek(syn::token::Paren) {
                    let inside;
                    syn::parenthesized!(inside in meta.input);
                    drop(inside.parse::<TokenStream>());
                }
                Ok(())
            }
        });
        if let Err(error) = parsed {
            let detail = error.to_string();
            errors.push(Diagnostic::at(Code::DeriveAttribute, error.span(), detail));
        }
    }
    options
}
