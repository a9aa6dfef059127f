//! The objects of an annotated trait, `dyn Trait`: a type like others, whose tangent is that of the value behind it and
//! whose methods have entries that lead there.

use crate::args::Options;
use crate::entries::{self, Around};
use crate::{analyse, names};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;

/// What rustc is known to allow besides the methods of a trait that has objects. Of another trait a macro cannot know.
const ABOVE: [&str; 6] = ["Any", "Debug", "Display", "Error", "Send", "Sync"];

/// Whether a type is that of objects which may differentiate: those of a function never do.
pub fn is_of_a_trait(ty: &syn::TypeTraitObject) -> bool {
    let written = |bound: &syn::TypeParamBound| match bound {
        syn::TypeParamBound::Lifetime(_) => true,
        syn::TypeParamBound::Trait(t) => t
            .path
            .segments
            .iter()
            .all(|s| !matches!(s.arguments, syn::PathArguments::Parenthesized(_))),
        _ => false,
    };
    ty.dyn_token.is_some() && ty.bounds.iter().all(written)
}

/// The objects of a trait.
pub struct Object {
    /// `dyn Trait`; with `'static` where the trait asks for that.
    ty: syn::Type,
    is_static: bool,
    /// The type that borrows one and has the entries: on the object itself they would be ambiguous with the trait's.
    borrowed: Ident,
    vis: syn::Visibility,
}

impl Object {
    /// `None` if the trait has no objects, or if that cannot be seen.
    pub fn of(item: &syn::ItemTrait) -> Option<Object> {
        let above = item.supertraits.iter().all(|bound| match bound {
            syn::TypeParamBound::Lifetime(_) => true,
            syn::TypeParamBound::Trait(t) => {
                let last = t.path.segments.last();
                last.is_some_and(|s| ABOVE.iter().any(|name| s.ident == name))
            }
            _ => false,
        });
        let members = item.items.iter().all(|member| match member {
            syn::TraitItem::Fn(method) => is_for_sized(&method.sig) || is_for_objects(&method.sig),
            _ => false,
        });
        if !above || !members || !item.generics.params.is_empty() {
            return None;
        }
        let name = &item.ident;
        let is_static = item.supertraits.iter().any(|bound| match bound {
            syn::TypeParamBound::Lifetime(l) => l.ident == "static",
            syn::TypeParamBound::Trait(t) => {
                let last = t.path.segments.last();
                last.is_some_and(|s| s.ident == "Any")
            }
            _ => false,
        });
        let bound = is_static.then(|| quote!(+ 'static));
        Some(Object {
            ty: syn::parse_quote!((dyn #name #bound)),
            is_static,
            borrowed: format_ident!("__{}Object", name),
            vis: item.vis.clone(),
        })
    }

    /// The entries of a method, which the function given is with the trait's `Self` as its receiver.
    pub fn entries(
        &self,
        function: &syn::ItemFn,
        options: &Options,
        sig: &syn::Signature,
        has_body: bool,
    ) -> entries::OfObject {
        let mut function = function.clone();
        WrittenOut(&self.ty).visit_signature_mut(&mut function.sig);
        function.sig.ident = format_ident!("{}__object", sig.ident.unraw());
        // Whatever is wrong was said of the trait's own.
        let Some(analysed) = analyse(&function, options, &mut Vec::new()) else {
            return entries::OfObject::default();
        };
        let around = Around {
            generics: Some(&syn::Generics::default()),
            receiver: None,
            self_ty: None,
            in_plain_impl: false,
            gradients: None,
            fixed: true,
            declares: false,
        };
        let of = (&sig.ident, crate::methods::receiver(sig), has_body);
        entries::entries_of_object(&function, options, &analysed, &around, of)
    }

    /// The tangent of an object, and the block with the entries of its methods.
    pub fn implementations(&self, options: &Options, entries: &[entries::OfObject]) -> TokenStream {
        let functions = entries.iter().flat_map(|e| &e.functions);
        let methods: Vec<&TokenStream> = entries.iter().flat_map(|e| &e.methods).collect();
        if methods.is_empty() {
            return TokenStream::new();
        }
        let (rt, quiet, ty) = (entries::runtime(options), entries::quiet(), &self.ty);
        let (vis, borrowed) = (&self.vis, &self.borrowed);
        let (any, object) = match self.is_static {
            true => (quote!(#ty), quote!(#ty)),
            false => {
                let object = match ty {
                    syn::Type::Paren(ty) => &ty.elem,
                    ty => ty,
                };
                (quote!(#object + '_), quote!((#object + '__object)))
            }
        };
        quote! {
            #quiet
            impl #rt::Differentiable for #any {
                type Tangent = #rt::DynTangent;
                type Shadow = #rt::DynTangent;
                fn zero_tangent(&self) -> #rt::DynTangent {
                    self.__object_zero()
                }
                fn shadow(tangent: &mut #rt::DynTangent) -> &mut #rt::DynTangent {
                    tangent
                }
                fn coordinates(&self, visit: &mut dyn ::core::ops::FnMut(f64)) {
                    self.__object_coordinates(visit);
                }
                fn coordinates_mut(&mut self, visit: &mut dyn ::core::ops::FnMut(&mut f64)) {
                    self.__object_coordinates_mut(visit);
                }
            }
            #[doc(hidden)]
            #quiet
            #vis struct #borrowed<'__object>(&'__object #object);
            #quiet
            impl<'__object> #rt::Again<&'__object #object> for #borrowed<'__object> {
                fn again(self) -> &'__object #object {
                    self.0
                }
            }
            #quiet
            impl #rt::HasObject for #any {
                type Object<'__object> = #borrowed<'__object> where Self: '__object;
                fn object(&self) -> #borrowed<'_> {
                    #borrowed(self)
                }
            }
            #quiet
            impl #ty { #(#functions)* }
            #quiet
            impl #borrowed<'_> { #(#methods)* }
        }
    }
}

/// Writes the object's type for `Self`.
struct WrittenOut<'a>(&'a syn::Type);

impl VisitMut for WrittenOut<'_> {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        match ty {
            syn::Type::Path(p) if p.path.is_ident("Self") => *ty = self.0.clone(),
            ty => syn::visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// Whether the method is left out of objects by its author.
fn is_for_sized(sig: &syn::Signature) -> bool {
    let clause = sig.generics.where_clause.as_ref();
    clause.is_some_and(|w| {
        w.predicates.iter().any(|p| match p {
            syn::WherePredicate::Type(t) => {
                t.bounded_ty == syn::parse_quote!(Self)
                    && t.bounds.iter().any(|b| *b == syn::parse_quote!(Sized))
            }
            _ => false,
        })
    })
}

/// Whether an object can have the method: it takes a receiver, has no types of its own, and `Self` is nowhere else.
fn is_for_objects(sig: &syn::Signature) -> bool {
    let generics = &sig.generics.params;
    let plain = generics
        .iter()
        .all(|p| matches!(p, syn::GenericParam::Lifetime(_)));
    let others = sig.inputs.iter().skip(1).map(ToTokens::to_token_stream);
    let others: TokenStream = others.collect();
    let output = sig.output.to_token_stream();
    let somewhere = |name: &str| {
        let name = format_ident!("{}", name);
        names::mentions(&others, &name) || names::mentions(&output, &name)
    };
    let opaque = quote!(#others #output)
        .into_iter()
        .any(|t| t.to_string() == "impl");
    crate::methods::receiver(sig).is_some() && plain && !somewhere("Self") && !opaque
}
