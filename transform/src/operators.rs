//! `#[differentiable]` on the `impl` of an operator.

mod assigned;
mod parts;

use crate::args::Options;
use crate::associated::Associated;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::entries::{self, Header, Operator};
use crate::ir::BinOp;
use crate::{analyse, fence, methods};
use parts::Parts;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};

/// Expands the attribute on the `impl` of an operator's trait.
pub fn expand(
    options: &Options,
    mut item: syn::ItemImpl,
    operator: Operator,
    mut errors: Vec<Diagnostic>,
) -> TokenStream {
    let written = item.clone();
    name_lifetimes(&mut item);
    let out = match operator {
        Operator::Assign(_) => (*item.self_ty).clone(),
        _ => output(&item).unwrap_or_else(|| syn::parse_quote!(())),
    };
    let mut rules = TokenStream::new();
    for member in &item.items {
        let syn::ImplItem::Fn(method) = member else {
            continue;
        };
        let mut function = methods::as_function(method);
        let mut spell = Spell {
            self_ty: &item.self_ty,
            out: &out,
        };
        spell.visit_signature_mut(&mut function.sig);
        Associated::one(Ident::new("Output", Span::call_site()), out.clone())
            .visit_block_mut(&mut function.block);
        let before = errors.len();
        errors.extend(fence::fence(&function));
        if errors.len() > before {
            continue;
        }
        if let Operator::Plain(marker) = operator {
            rules.extend(assign_rule(options, &item, method, marker, &mut errors));
            continue;
        }
        if let Operator::Assign(_) = operator {
            function = assigned::giving_the_operand(function, &item.self_ty);
        }
        let mut options = options.clone();
        options.around = Some(std::rc::Rc::new(item.clone()));
        let Some(analysed) = analyse(&function, &options, &mut errors) else {
            continue;
        };
        let header = Header {
            generics: &item.generics,
            self_ty: &item.self_ty,
            out: &out,
        };
        rules.extend(parts_rule(&options, &item, &function));
        rules.extend(entries::rule(
            &function,
            &options,
            &analysed,
            operator,
            &header,
            &mut errors,
        ));
    }
    let errors = Diagnostics::from(errors).into_tokens();
    quote!(#written #rules #errors)
}

/// `type Output = …;`
fn output(item: &syn::ItemImpl) -> Option<syn::Type> {
    item.items.iter().find_map(|member| match member {
        syn::ImplItem::Type(ty) if ty.ident == "Output" => {
            let mut out = ty.ty.clone();
            let mut spell = Spell {
                self_ty: &item.self_ty,
                out: &syn::parse_quote!(()),
            };
            spell.visit_type_mut(&mut out);
            Some(out)
        }
        _ => None,
    })
}

/// `a += b` is taken for what it is on numbers, part by part, if its body says just that: then it keeps nothing.
fn assign_rule(
    options: &Options,
    item: &syn::ItemImpl,
    method: &syn::ImplItemFn,
    marker: &str,
    errors: &mut Vec<Diagnostic>,
) -> TokenStream {
    let rhs = method.sig.inputs.iter().find_map(|input| match input {
        syn::FnArg::Typed(p) => Some(p),
        syn::FnArg::Receiver(_) => None,
    });
    let Some(rhs) = rhs else {
        return TokenStream::new();
    };
    let operator = method.sig.ident.to_string();
    let rt = entries::runtime(options);
    let covered = match parts::of_assignment(&method.block, &operator) {
        Some(Parts::Each(parts)) => covered(&rt, &parts),
        // What `a op b` does part by part, `a = a op b` does as well.
        Some(Parts::Whole) => match operator.as_str() {
            "add_assign" => by_parts(&rt, "AddsByParts", &rhs.ty),
            _ => by_parts(&rt, "SubtractsByParts", &rhs.ty),
        },
        None => {
            let detail = format!("`{operator}` does more than that for each part");
            let diagnostic = Diagnostic::new(Code::AssignOperator, &method.sig.ident, detail);
            errors.push(diagnostic);
            return TokenStream::new();
        }
    };
    let marker = Ident::new(marker, Span::call_site());
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let (self_ty, rhs) = (&item.self_ty, &rhs.ty);
    let at = method.sig.ident.span();
    // Without parameters rustc judges it here, and not where it is used first.
    let proof = item
        .generics
        .params
        .is_empty()
        .then(|| quote_spanned!(at=> const _: () = <#self_ty as #rt::#marker<#rhs>>::COVERED;));
    quote_spanned! {at=>
        impl #impl_generics #rt::#marker<#rhs> for #self_ty #where_clause { #covered }
        #proof
    }
}

/// `a + b` and `a - b` that do one thing for each part, for the sake of `*self = *self + b`.
fn parts_rule(options: &Options, item: &syn::ItemImpl, function: &syn::ItemFn) -> TokenStream {
    let (marker, operator) = match function.sig.ident.to_string().as_str() {
        "add" => ("AddsByParts", BinOp::Add),
        "sub" => ("SubtractsByParts", BinOp::Sub),
        _ => return TokenStream::new(),
    };
    let (Some(parts), Some(syn::FnArg::Typed(rhs))) = (
        parts::of_operation(&function.block, operator),
        function.sig.inputs.last(),
    ) else {
        return TokenStream::new();
    };
    let rt = entries::runtime(options);
    let marker = Ident::new(marker, Span::call_site());
    let covered = covered(&rt, &parts);
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let (self_ty, rhs) = (&item.self_ty, &rhs.ty);
    quote!(impl #impl_generics #rt::#marker<#rhs> for #self_ty #where_clause { #covered })
}

/// The proof that no part is left out, which rustc makes.
fn covered(rt: &TokenStream, parts: &[String]) -> TokenStream {
    quote! {
        const COVERED: () = ::core::assert!(
            #rt::covers(<Self as #rt::Differentiable>::PARTS, &[#(#parts),*]),
            "a field that carries a derivative is left out: treat each, or mark the field `#[constant]`"
        );
    }
}

fn by_parts(rt: &TokenStream, marker: &str, rhs: &syn::Type) -> TokenStream {
    let marker = Ident::new(marker, Span::call_site());
    quote!(const COVERED: () = <Self as #rt::#marker<#rhs>>::COVERED;)
}

/// References in the header of the `impl` get lifetimes with names, so that the rule's header can say the same.
fn name_lifetimes(item: &mut syn::ItemImpl) {
    struct Name(Vec<syn::Lifetime>);
    impl Name {
        fn fresh(&mut self) -> syn::Lifetime {
            let name = format!("'__operand{}", self.0.len());
            let lifetime = syn::Lifetime::new(&name, Span::call_site());
            self.0.push(lifetime.clone());
            lifetime
        }
    }
    impl VisitMut for Name {
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            if r.lifetime.is_none() {
                r.lifetime = Some(self.fresh());
            }
            visit_mut::visit_type_reference_mut(self, r);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
            if lifetime.ident == "_" {
                *lifetime = self.fresh();
            }
        }
    }
    let mut name = Name(Vec::new());
    name.visit_type_mut(&mut item.self_ty);
    let rhs = item.trait_.as_mut().and_then(|t| t.0.segments.last_mut());
    // Without an argument the right operand is of the same type.
    let mut named = Some((*item.self_ty).clone());
    if let Some(segment) = rhs
        && let syn::PathArguments::AngleBracketed(args) = &mut segment.arguments
    {
        for arg in &mut args.args {
            if let syn::GenericArgument::Type(ty) = arg {
                name.visit_type_mut(ty);
                named = Some(ty.clone());
            }
        }
    }
    for member in &mut item.items {
        let syn::ImplItem::Fn(method) = member else {
            continue;
        };
        for input in &mut method.sig.inputs {
            if let (syn::FnArg::Typed(p), Some(ty)) = (input, &named) {
                *p.ty = ty.clone();
            }
        }
    }
    for lifetime in name.0.into_iter().rev() {
        item.generics.params.insert(0, syn::parse_quote!(#lifetime));
    }
}

/// Writes out `Self` and `Self::Output` in a signature.
struct Spell<'a> {
    self_ty: &'a syn::Type,
    out: &'a syn::Type,
}

impl VisitMut for Spell<'_> {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        if let syn::Type::Path(p) = ty
            && let Some(first) = p.path.segments.first()
            && first.ident == "Self"
        {
            match p.path.segments.len() {
                1 => *ty = self.self_ty.clone(),
                _ => *ty = self.out.clone(),
            }
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}
