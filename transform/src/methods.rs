//! `#[differentiable]` on an `impl` block and on a method: each method becomes a function whose first parameter is
//! the receiver, and its entries stand beside it under names that begin or end with its own.

use crate::args::{self, Options};
use crate::associated::Associated;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::entries::{self, Around};
use crate::ty::Types;
use crate::{analyse, desugar, fence, lent, names, operators, places, traits};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::rc::Rc;
use syn::visit_mut::{self, VisitMut};

/// The receiver's name in the entries that take it as a plain parameter, and in `gradients`.
pub const RECEIVER: &str = "self_";

/// Expands the attribute on an `impl` block of a type's own methods.
pub fn expand_impl(
    mut options: Options,
    mut item: syn::ItemImpl,
    mut errors: Vec<Diagnostic>,
) -> TokenStream {
    options.name = None;
    if let Some((path, _)) = &item.trait_ {
        if let Some(exclusive) = places::index_trait(path) {
            return places::expand_index(&options, &item, exclusive, errors);
        }
        let name = path.segments.last().map(|s| s.ident.to_string());
        match name.as_deref().and_then(entries::operator) {
            Some(operator) => return operators::expand(&options, item, operator, errors),
            // The entries of what cannot be annotated itself stand beside the `impl`, with the type's own methods.
            None if is_conversion(path) => {}
            None if is_standard(path) => {
                errors.push(Diagnostic::new(Code::StandardTrait, path, ""));
                let errors = Diagnostics::from(errors).into_tokens();
                for member in &mut item.items {
                    if let syn::ImplItem::Fn(method) = member {
                        *method = without_marks(method);
                    }
                }
                return quote!(#item #errors);
            }
            None => return traits::expand_impl(&options, item, errors),
        }
    }
    options.around = Some(Rc::new(item.clone()));
    let mut siblings = Vec::new();
    let mut structs = Vec::new();
    let (generics, self_ty) = (item.generics.clone(), item.self_ty.clone());
    for member in &mut item.items {
        let syn::ImplItem::Fn(method) = member else {
            continue;
        };
        let options = own_options(&options, &mut method.attrs, &mut errors);
        let around = Around {
            generics: Some(&generics),
            receiver: receiver(&method.sig).cloned(),
            self_ty: Some(&self_ty),
            gradients: Some(gradients_name(&self_ty, &method.sig.ident)),
            ..Around::default()
        };
        siblings.extend(
            around
                .receiver
                .is_some()
                .then(|| places::way_of_method(&options, method, &generics))
                .flatten(),
        );
        if let Some(expanded) = expand_method(&options, &around, method, &mut errors) {
            siblings.extend(expanded.items);
            structs.push(expanded.structs);
        }
    }
    let generics = entries::with_open_parameters(&generics, &options);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let quiet = entries::quiet();
    let errors = Diagnostics::from(errors).into_tokens();
    quote! {
        #item
        #(#structs)*
        #quiet
        impl #impl_generics #self_ty #where_clause { #(#siblings)* }
        #errors
    }
}

/// The traits of the standard library by which values are made of others.
fn is_conversion(path: &syn::Path) -> bool {
    const NAMES: [&str; 5] = ["Default", "From", "Into", "TryFrom", "TryInto"];
    is_of_std(path, &NAMES)
}

/// Other traits of the standard library whose methods generic code of its own calls, where there is no derivative.
fn is_standard(path: &syn::Path) -> bool {
    const NAMES: [&str; 27] = [
        "AsMut",
        "AsRef",
        "Borrow",
        "BorrowMut",
        "Clone",
        "Debug",
        "Deref",
        "DerefMut",
        "Display",
        "DoubleEndedIterator",
        "Drop",
        "Eq",
        "Error",
        "ExactSizeIterator",
        "Extend",
        "FromIterator",
        "FromStr",
        "Hash",
        "IntoIterator",
        "Iterator",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Product",
        "Sum",
        "ToOwned",
        "ToString",
    ];
    is_of_std(path, &NAMES)
}

fn is_of_std(path: &syn::Path, names: &[&str]) -> bool {
    const MODULES: [&str; 13] = [
        "std", "alloc", "core", "borrow", "clone", "cmp", "convert", "default", "fmt", "hash",
        "iter", "ops", "str",
    ];
    let mut segments = path.segments.iter().rev();
    let last = segments.next();
    last.is_some_and(|s| names.iter().any(|n| s.ident == n))
        && segments.all(|s| MODULES.iter().any(|m| s.ident == m))
}

/// Expands the attribute on a single method in a plain `impl`, where methods can be added and nothing else.
pub fn expand_single(
    options: &Options,
    item: syn::ItemFn,
    mut errors: Vec<Diagnostic>,
) -> TokenStream {
    let mut method = syn::ImplItemFn {
        attrs: item.attrs,
        vis: item.vis,
        modifiers: item.modifiers,
        sig: item.sig,
        block: *item.block,
    };
    let around = Around {
        receiver: receiver(&method.sig).cloned(),
        in_plain_impl: true,
        ..Around::default()
    };
    let expanded = expand_method(options, &around, &mut method, &mut errors);
    let items = expanded.map(|e| e.items).unwrap_or_default();
    let quiet = entries::quiet();
    let errors = Diagnostics::from(errors).into_tokens();
    quote!(#method #(#quiet #items)* #errors)
}

/// Whether the type of an `impl` borrows something.
pub fn has_lifetimes(item: &syn::ItemImpl) -> bool {
    entries::borrows(&item.self_ty)
}

/// What stands in for a method with errors, so that one mistake is one error: the same signature with a body that is
/// never run, because the crate does not compile.
pub fn stand_in(
    function: &syn::ItemFn,
    options: &Options,
) -> Option<(syn::ItemFn, Options, crate::Analysed)> {
    let mut function = function.clone();
    function.block = syn::parse_quote!({ loop {} });
    let options = Options {
        detached: args::Detached::Allow,
        ..options.clone()
    };
    let mut errors = fence::fence(&function);
    let analysed = match errors.is_empty() {
        true => analyse(&function, &options, &mut errors)?,
        false => return None,
    };
    let analysed = crate::Analysed {
        stands_in: true,
        ..analysed
    };
    Some((function, options, analysed))
}

/// Writes a type where a signature says `Self`.
pub fn spell_self(sig: &mut syn::Signature, self_ty: &syn::Type) {
    struct Spelled<'a>(&'a syn::Type);
    impl VisitMut for Spelled<'_> {
        fn visit_type_mut(&mut self, ty: &mut syn::Type) {
            match ty {
                syn::Type::Path(p) if p.path.is_ident("Self") => *ty = self.0.clone(),
                ty => visit_mut::visit_type_mut(self, ty),
            }
        }
    }
    Spelled(self_ty).visit_signature_mut(sig);
}

/// Derives a method's entries; its own marks and warnings are put right in place.
fn expand_method(
    options: &Options,
    around: &Around,
    method: &mut syn::ImplItemFn,
    errors: &mut Vec<Diagnostic>,
) -> Option<entries::Expansion> {
    let mut function = as_function(method);
    if let Some(item) = &options.around {
        Associated::of(item).visit_item_fn_mut(&mut function);
    }
    // Where `Self` is one type, the receiver's says which: a missing tangent is then told at that type. With lifetimes
    // of the `impl` in it, no type of an entry may say `Self`: tangents, and closures, are the same for any lifetime.
    if let Some(item) = options.around.as_deref() {
        let params = &item.generics.params;
        if has_lifetimes(item) {
            spell_self(&mut function.sig, &item.self_ty);
        } else if params.is_empty()
            && around.receiver.is_some()
            && let Some(syn::FnArg::Typed(first)) = function.sig.inputs.first_mut()
        {
            let self_ty = &item.self_ty;
            match &mut *first.ty {
                syn::Type::Reference(r) => r.elem = self_ty.clone(),
                syn::Type::Path(p) if p.path.is_ident("Self") => *first.ty = (**self_ty).clone(),
                _ => {}
            }
        }
    }
    if options.has_rule() {
        errors.extend(crate::watch::in_rule(&function, options));
        function = entries::without_body(&function);
        errors.extend(entries::check_rules(options));
    }
    *method = without_marks(method);
    // What makes a value that borrows its arguments is a function of references, as one that gives a reference is.
    let lends = options.around.as_deref().is_some_and(has_lifetimes)
        && matches!(&function.sig.output, syn::ReturnType::Type(_, ty) if is_self(ty, options));
    if !is_wanted(&function) || lends {
        return constant_maker(&function, options, around)
            .or_else(|| lent::entries(&function, options, around));
    }
    desugar::name_parameters(&mut function);
    // Each method is judged by itself, whatever is wrong with another.
    let mut found = fence::fence(&function);
    // A trait's methods are as public as the trait is.
    let of_trait = options
        .around
        .as_ref()
        .is_some_and(|item| item.trait_.is_some());
    function.vis = match of_trait {
        true => syn::parse_quote!(pub),
        false => method.vis.clone(),
    };
    let analysed = match found.is_empty() {
        true => analyse(&function, options, &mut found),
        false => None,
    };
    errors.append(&mut found);
    let Some(analysed) = analysed else {
        let (function, options, analysed) = stand_in(&function, options)?;
        let expanded = entries::entries(&function, &options, &analysed, around, &mut Vec::new());
        return Some(entries::Expansion {
            warnings: TokenStream::new(),
            ..expanded
        });
    };
    let expanded = entries::entries(&function, options, &analysed, around, errors);
    *method = with_warnings(method, expanded.warnings.clone());
    Some(expanded)
}

/// Whether a type is that of the `impl`.
fn is_self(ty: &syn::Type, options: &Options) -> bool {
    let written = |ty: &syn::Type| ty.to_token_stream().to_string();
    let of = options.around.as_deref();
    matches!(ty, syn::Type::Path(p) if p.path.is_ident("Self"))
        || of.is_some_and(|item| written(ty) == written(&item.self_ty))
}

/// The entries that callers use of an associated function that makes a value of the type from constants alone, as
/// `Matrix::zeros(n, n)` does. A caller cannot see that its arguments carry no derivative where they are fields.
fn constant_maker(
    function: &syn::ItemFn,
    options: &Options,
    around: &Around,
) -> Option<entries::Expansion> {
    let item = options.around.as_deref()?;
    let sig = &function.sig;
    let syn::ReturnType::Type(_, gives) = &sig.output else {
        return None;
    };
    if !is_self(gives, options)
        || has_lifetimes(item)
        || around.receiver.is_some()
        || !sig.generics.params.is_empty()
    {
        return None;
    }
    let mut whole = function.clone();
    desugar::name_parameters(&mut whole);
    let name = &sig.ident;
    let args = whole.sig.inputs.iter().map(|input| match input {
        syn::FnArg::Typed(p) => match &*p.pat {
            syn::Pat::Ident(i) => Some(i.ident.clone()),
            _ => None,
        },
        syn::FnArg::Receiver(_) => None,
    });
    let args: Vec<Ident> = args.collect::<Option<_>>()?;
    whole.block = syn::parse_quote!({ Self::#name(#(#args),*) });
    let options = Options {
        wrt: Some(Vec::new()),
        ..options.clone()
    };
    let mut errors = fence::fence(&whole);
    let analysed = match errors.is_empty() {
        true => analyse(&whole, &options, &mut errors)?,
        false => return None,
    };
    let items = entries::called(&whole, &options, &analysed, around);
    Some(entries::Expansion {
        items,
        ..Default::default()
    })
}

/// The method without our marks on its parameters and locals.
pub fn without_marks(method: &syn::ImplItemFn) -> syn::ImplItemFn {
    let plain = entries::primal(&method_as_item(method));
    syn::ImplItemFn {
        sig: plain.sig,
        block: *plain.block,
        ..method.clone()
    }
}

/// The method with the warnings that belong inside it.
pub fn with_warnings(method: &syn::ImplItemFn, warnings: TokenStream) -> syn::ImplItemFn {
    let with = entries::with_warnings(method_as_item(method), warnings);
    syn::ImplItemFn {
        block: *with.block,
        ..method.clone()
    }
}

/// The options of the block with those that the method has of its own.
pub fn own_options(
    block: &Options,
    attrs: &mut Vec<syn::Attribute>,
    errors: &mut Vec<Diagnostic>,
) -> Options {
    let mut options = block.clone();
    attrs.retain(|a| {
        let name = a.path().segments.last().map(|s| &s.ident);
        if name.is_none_or(|name| name != "differentiable") {
            return true;
        }
        let list = match &a.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let (own, found) = args::parse(list);
        errors.extend(found);
        let krate = options.krate.take().or(own.krate.clone());
        let around = options.around.take();
        options = Options {
            krate,
            around,
            ..own
        };
        false
    });
    options
}

/// What a derivative could be asked of: something may vary, and the result is no reference.
pub fn is_wanted(function: &syn::ItemFn) -> bool {
    let varies = function.sig.inputs.iter().any(|input| match input {
        syn::FnArg::Typed(p) => {
            !Types::default().of(&p.ty).is_constant()
                && !crate::lower::is_marked(&p.attrs, "constant")
        }
        syn::FnArg::Receiver(_) => false,
    });
    let lends = match &function.sig.output {
        syn::ReturnType::Type(_, ty) => is_lent(ty),
        syn::ReturnType::Default => false,
    };
    varies && !lends
}

/// Whether a result may refer to what carries a derivative: not text that is there forever.
pub fn is_lent(ty: &syn::Type) -> bool {
    let syn::Type::Reference(r) = ty else {
        return false;
    };
    let forever = r.lifetime.as_ref().is_some_and(|l| l.ident == "static");
    !(forever && Types::default().of(&r.elem).is_constant())
}

/// Whether a function stands in an `impl`, as far as it shows.
pub fn is_method(function: &syn::ItemFn) -> bool {
    receiver(&function.sig).is_some()
        || names::mentions(&function.to_token_stream(), &format_ident!("Self"))
}

/// The receiver among a method's parameters.
pub fn receiver(sig: &syn::Signature) -> Option<&syn::Receiver> {
    match sig.inputs.first() {
        Some(syn::FnArg::Receiver(receiver)) => Some(receiver),
        _ => None,
    }
}

fn method_as_item(method: &syn::ImplItemFn) -> syn::ItemFn {
    syn::ItemFn {
        attrs: method.attrs.clone(),
        vis: method.vis.clone(),
        modifiers: Default::default(),
        sig: method.sig.clone(),
        block: Box::new(method.block.clone()),
    }
}

/// The method as a function: its receiver is a parameter with a name and a type.
pub fn as_function(method: &syn::ImplItemFn) -> syn::ItemFn {
    let mut function = method_as_item(method);
    if let Some(receiver) = receiver(&method.sig) {
        let name = Ident::new(RECEIVER, receiver.self_token.span);
        let attrs = &receiver.attrs;
        let typed: syn::FnArg = match &receiver.kind {
            syn::ReceiverKind::Reference(_, lifetime, None) => {
                syn::parse_quote!(#(#attrs)* #name: & #lifetime Self)
            }
            syn::ReceiverKind::Reference(_, lifetime, Some(_)) => {
                syn::parse_quote!(#(#attrs)* #name: & #lifetime mut Self)
            }
            syn::ReceiverKind::Typed(_, ty) => {
                let mutability = &receiver.mutability;
                syn::parse_quote!(#(#attrs)* #mutability #name: #ty)
            }
            _ => {
                let mutability = &receiver.mutability;
                syn::parse_quote!(#(#attrs)* #mutability #name: Self)
            }
        };
        if let Some(first) = function.sig.inputs.first_mut() {
            *first = typed;
        }
        Rename.visit_block_mut(&mut function.block);
    }
    function
}

/// Gives `self` in a body the name of the parameter.
struct Rename;

impl VisitMut for Rename {
    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        if path.path.is_ident("self")
            && let Some(segment) = path.path.segments.first_mut()
        {
            segment.ident = Ident::new(RECEIVER, segment.ident.span());
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        mac.tokens = renamed(mac.tokens.clone());
        visit_mut::visit_macro_mut(self, mac);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// `self` in the arguments of a macro, but not in a path such as `self::f`.
fn renamed(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.into_iter().peekable();
    let mut out = Vec::new();
    while let Some(tree) = trees.next() {
        out.push(match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), renamed(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            TokenTree::Ident(ident) if ident == "self" => {
                let path = matches!(trees.peek(), Some(TokenTree::Punct(p)) if p.as_char() == ':');
                TokenTree::Ident(match path {
                    true => ident,
                    false => Ident::new(RECEIVER, ident.span()),
                })
            }
            tree => tree,
        });
    }
    out.into_iter().collect()
}

/// `DenseForwardGradients` for `Dense::forward`.
fn gradients_name(self_ty: &syn::Type, method: &Ident) -> Ident {
    let ty = match self_ty {
        syn::Type::Path(p) => p.path.segments.last().map(|s| s.ident.to_string()),
        _ => None,
    };
    let name = format_ident!("{}_{}", ty.unwrap_or_default(), method);
    let camel = entries::camel(&name.to_string());
    Ident::new(
        &format!("{camel}Gradients"),
        Span::call_site().located_at(method.span()),
    )
}
