//! `#[differentiable]` on a trait and on its `impl`s. The trait asks of each `impl` for the sweeps of its methods, so
//! that code generic over the trait differentiates; all else follows from these and stands in the trait.

use crate::args::Options;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::entries::{self, Around};
use crate::{analyse, desugar, fence, methods, objects};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::rc::Rc;

/// Expands the attribute on a trait.
pub fn expand_trait(
    options: &Options,
    mut item: syn::ItemTrait,
    mut errors: Vec<Diagnostic>,
) -> TokenStream {
    let mut generics = item.generics.clone();
    generics.where_clause = None;
    // What the methods of an `impl` see of each other, the default methods see of the trait.
    let methods = item.items.iter().filter_map(|member| match member {
        syn::TraitItem::Fn(method) => Some(syn::ImplItem::Fn(as_impl_item(method))),
        _ => None,
    });
    let around = syn::ItemImpl {
        items: methods.collect(),
        generics: generics.clone(),
        ..syn::parse_quote!(impl Self {})
    };
    let mut options = options.clone();
    options.name = None;
    options.around = Some(Rc::new(around));
    // The opaque types in a trait capture the implementing type as well.
    generics.params.push(syn::parse_quote!(Self_));
    let object = objects::Object::of(&item);
    let mut siblings = Vec::new();
    let mut of_object = Vec::new();
    let mut has_objects = false;
    for member in &mut item.items {
        let syn::TraitItem::Fn(method) = member else {
            continue;
        };
        let options = methods::own_options(&options, &mut method.attrs, &mut errors);
        let mut whole = as_impl_item(method);
        let around = around_method(&generics, &method.sig, true);
        if method.default.is_none()
            && let Some(rule) = options.vjp.as_ref().or(options.jvp.as_ref())
        {
            errors.push(Diagnostic::new(Code::OwnRuleNoBody, rule, ""));
        }
        let Some(function) = prepared(&whole, &options, &mut errors) else {
            strip(method, &whole);
            continue;
        };
        // Each method is judged by itself, whatever is wrong with another.
        let mut found = Vec::new();
        let analysed = analyse(&function, &options, &mut found);
        errors.append(&mut found);
        let failed = analysed.is_none();
        let known = analysed.map(|analysed| (function.clone(), options.clone(), analysed));
        let Some((function, options, analysed)) =
            known.or_else(|| methods::stand_in(&function, &options))
        else {
            strip(method, &whole);
            continue;
        };
        let has_body = method.default.is_some();
        let asked =
            entries::asked_for_objects(&function, &options, &analysed, &around, object.is_some());
        has_objects |= !asked.is_empty();
        siblings.extend(asked);
        if let Some(object) = &object {
            of_object.push(object.entries(&function, &options, &method.sig, has_body));
        }
        if has_body {
            let expanded = entries::entries(&function, &options, &analysed, &around, &mut errors);
            siblings.extend(
                entries::as_trait_items(expanded.items)
                    .iter()
                    .map(ToTokens::to_token_stream),
            );
            if !failed {
                whole = methods::with_warnings(&whole, expanded.warnings);
            }
        } else {
            siblings.extend(entries::asked_by_trait(
                &function, &options, &analysed, &around,
            ));
        }
        strip(method, &whole);
    }
    let siblings = siblings
        .into_iter()
        .map(|item| syn::TraitItem::Verbatim(spelled(item)));
    let quiet = entries::quiet();
    let siblings = siblings.map(|item| quote!(#quiet #item));
    item.items.extend(siblings.map(syn::TraitItem::Verbatim));
    let whole = has_objects.then(|| entries::whole_of_object(&options, false));
    item.items.extend(whole.map(syn::TraitItem::Verbatim));
    let errors = Diagnostics::from(errors).into_tokens();
    let object = object.map(|object| object.implementations(&options, &of_object));
    quote!(#item #object #errors)
}

/// Expands the attribute on an `impl` of an annotated trait.
pub fn expand_impl(
    options: &Options,
    mut item: syn::ItemImpl,
    mut errors: Vec<Diagnostic>,
) -> TokenStream {
    if matches!(&*item.self_ty, syn::Type::Path(_)) && methods::has_lifetimes(&item) {
        // The closures that a trait's sweeps give are for `Self`, with the lifetime that it had in the forward sweep.
        errors.push(Diagnostic::new(Code::BorrowingImpl, &item.self_ty, ""));
    }
    let mut options = options.clone();
    options.name = None;
    options.around = Some(Rc::new(item.clone()));
    let generics = item.generics.clone();
    let mut siblings = Vec::new();
    let whole = entries::whole_of_object(&options, true);
    for member in &mut item.items {
        let syn::ImplItem::Fn(method) = member else {
            continue;
        };
        let options = methods::own_options(&options, &mut method.attrs, &mut errors);
        let around = around_method(&generics, &method.sig, false);
        let prepared = prepared(method, &options, &mut errors);
        let plain = methods::without_marks(method);
        *method = plain;
        let Some(function) = prepared else { continue };
        let mut found = Vec::new();
        let analysed = analyse(&function, &options, &mut found);
        errors.append(&mut found);
        let given = match analysed {
            Some(analysed) => {
                entries::given_by_impl(&function, &options, &analysed, &around, &mut errors)
            }
            None => match methods::stand_in(&function, &options) {
                Some((function, options, analysed)) => {
                    let none = &mut Vec::new();
                    entries::given_by_impl(&function, &options, &analysed, &around, none)
                }
                None => continue,
            },
        };
        siblings.extend(entries::as_trait_items(given));
    }
    item.generics = entries::with_open_parameters(&item.generics, &options);
    let quiet = entries::quiet();
    if entries::are_for_objects(&siblings) {
        item.items.push(syn::ImplItem::Verbatim(whole));
    }
    for sibling in siblings {
        item.items
            .push(syn::ImplItem::Verbatim(quote!(#quiet #sibling)));
    }
    let errors = Diagnostics::from(errors).into_tokens();
    quote!(#item #errors)
}

fn around_method<'a>(
    generics: &'a syn::Generics,
    sig: &syn::Signature,
    declares: bool,
) -> Around<'a> {
    Around {
        generics: Some(generics),
        receiver: methods::receiver(sig).cloned(),
        self_ty: None,
        in_plain_impl: false,
        gradients: None,
        fixed: true,
        declares,
    }
}

/// The method as a function, if a derivative can be asked of it and nothing in it is refused.
fn prepared(
    method: &syn::ImplItemFn,
    options: &Options,
    errors: &mut Vec<Diagnostic>,
) -> Option<syn::ItemFn> {
    let mut function = methods::as_function(method);
    if options.has_rule() {
        errors.extend(crate::watch::in_rule(&function, options));
        function = entries::without_body(&function);
        errors.extend(entries::check_rules(options));
        errors.extend(entries::check_fixed(options));
    }
    if !methods::is_wanted(&function) {
        return None;
    }
    desugar::name_parameters(&mut function);
    let found = fence::fence(&function);
    let clean = found.is_empty();
    errors.extend(found);
    clean.then_some(function)
}

/// A method of the trait with a body: its own, or one that is never used.
fn as_impl_item(method: &syn::TraitItemFn) -> syn::ImplItemFn {
    syn::ImplItemFn {
        attrs: method.attrs.clone(),
        vis: syn::Visibility::Inherited,
        modifiers: method.modifiers.clone(),
        sig: method.sig.clone(),
        block: method
            .default
            .clone()
            .unwrap_or_else(|| syn::parse_quote!({ loop {} })),
    }
}

/// Takes our marks off the user's method.
fn strip(method: &mut syn::TraitItemFn, whole: &syn::ImplItemFn) {
    let plain = methods::without_marks(whole);
    method.sig = plain.sig;
    if method.default.is_some() {
        method.default = Some(plain.block);
    }
}

/// Writes `Self` where the generics have a parameter that stands for it.
fn spelled(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            proc_macro2::TokenTree::Ident(i) if i == "Self_" => {
                proc_macro2::TokenTree::Ident(proc_macro2::Ident::new("Self", i.span()))
            }
            proc_macro2::TokenTree::Group(g) => {
                let mut inner = proc_macro2::Group::new(g.delimiter(), spelled(g.stream()));
                inner.set_span(g.span());
                proc_macro2::TokenTree::Group(inner)
            }
            tree => tree,
        })
        .collect()
}
