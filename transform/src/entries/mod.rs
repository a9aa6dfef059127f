//! What is generated around the sweeps: the name space and its public entries (`grad`, `vjp`, `jvp`, …).

mod again;
mod by_name;
mod calls;
mod checked;
mod collect;
mod facts;
mod forward;
mod functions;
mod generics;
mod gradients;
mod jacobian;
mod objects;
mod operators;
mod outcome;
mod reachability;
mod receiver;
mod reverse;
mod rule;
mod second;
mod shape;
mod shield;
mod stubs;
mod sweep;
mod types;
mod vector;
mod warnings;
mod watched;

pub use rule::{check_fixed, check_rules, no_rule_for_all, without_body};
pub use shape::krate;
pub use shape::sibling;
pub use stubs::stubs;

use crate::Analysed;
use crate::args::Mode;
use crate::args::Options;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::masks;
use crate::ty::Types;
use calls::{Family, call_entry};
use forward::{forward_entries, forward_entry};
pub use generics::with_open_parameters;
pub use gradients::camel;
use gradients::{gradients_entry, gradients_struct};
pub use objects::{
    OfObject, are_for_objects, asked_for_objects, entries_of_object, whole_of_object,
};
pub use operators::{Header, Operator, operator, rule};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use reverse::reverse_entries;
use second::second_entries;
use shape::shape;
pub use shape::{quiet, runtime};
use sweep::sweep_fn;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
pub use types::borrows;
use warnings::warnings;

/// The user's function, without our marks on its parameters and locals.
pub fn primal(function: &syn::ItemFn) -> syn::ItemFn {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
            const OURS: [&str; 3] = ["constant", "watch", "checkpoint"];
            attrs.retain(|a| {
                let one = std::slice::from_ref(a);
                !OURS.iter().any(|name| crate::lower::is_marked(one, name))
            });
        }
        fn visit_local_mut(&mut self, local: &mut syn::Local) {
            let marks = local.attrs.len();
            syn::visit_mut::visit_local_mut(self, local);
            if local.attrs.len() < marks {
                // A local that bears an attribute is not superfluous to clippy (`let_and_return`). This one is not of
                // a lint, which the crate may forbid to set.
                local.attrs.push(syn::parse_quote!(#[rustfmt::skip]));
            }
        }
        fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    }
    let mut function = function.clone();
    for input in &mut function.sig.inputs {
        Strip.visit_attributes_mut(match input {
            syn::FnArg::Typed(t) => &mut t.attrs,
            syn::FnArg::Receiver(r) => &mut r.attrs,
        });
    }
    Strip.visit_block_mut(&mut function.block);
    function
}

/// The user's function with the warnings that belong inside it, so that `#[allow]` on it silences them.
pub fn with_warnings(mut function: syn::ItemFn, warnings: TokenStream) -> syn::ItemFn {
    if !warnings.is_empty()
        && let Ok(stmt) = syn::parse2::<syn::Stmt>(quote!(const _: () = { #warnings };))
    {
        function.block.stmts.insert(0, stmt);
    }
    function
}

/// Names of the generated entries' own locals, which a user's local of the same name makes way for.
pub fn is_reserved(name: &str) -> bool {
    const OURS: [&str; 16] = [
        "__own",
        "__bits",
        "__heard",
        "__rt",
        "__tape",
        "__value",
        "__pullback",
        "__seed",
        "__connected",
        "__dot",
        "__in",
        "__t",
        "__bar",
        "__shadow",
        "__scratch",
        "__len",
    ];
    OURS.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// Mistakes in what the attribute asks for, as far as the signature tells.
pub fn check_inputs(function: &syn::ItemFn, options: &Options) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = stubs::check_name(function, options).into_iter().collect();
    let types = Types::of_generics(&function.sig.generics).within(options.around.as_deref());
    let params: Vec<&syn::PatType> = function
        .sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            syn::FnArg::Typed(p) => Some(p),
            syn::FnArg::Receiver(_) => None,
        })
        .collect();
    let named = |p: &&&syn::PatType, name: &Ident| matches!(&*p.pat, syn::Pat::Ident(i) if i.ident.unraw() == name.unraw());
    for name in options.wrt.iter().flatten() {
        let Some(p) = params.iter().find(|p| named(p, name)) else {
            let names: Vec<String> = params
                .iter()
                .filter_map(|p| match &*p.pat {
                    syn::Pat::Ident(i) => Some(format!("`{}`", i.ident)),
                    _ => None,
                })
                .collect();
            let detail = match names.as_slice() {
                [] => format!("there is no parameter `{name}`"),
                [one] => format!("`{name}` is not {one}"),
                names => format!("`{name}` is none of {}", names.join(", ")),
            };
            out.push(Diagnostic::new(Code::WrtUnknown, name, detail));
            continue;
        };
        if types.of(&p.ty).is_constant() {
            let detail = format!("`{name}` is of type `{}`", p.ty.to_token_stream());
            out.push(Diagnostic::new(Code::WrtNoTangent, name, detail));
        } else if crate::lower::is_marked(&p.attrs, "constant") {
            let detail = format!("`{name}` is marked `#[constant]`");
            let help = format!("remove `#[constant]`, or leave `{name}` out of `wrt`");
            out.push(Diagnostic::new(Code::WrtNoTangent, name, detail).with_help(help));
        }
    }
    out.extend(shield::unknown_numbers(&function.sig.generics, &types));
    for p in &params {
        let is_constant = types.of(&p.ty).is_constant()
            || crate::lower::is_marked(&p.attrs, "constant")
            || options
                .wrt
                .as_ref()
                .is_some_and(|wrt| !wrt.iter().any(|name| named(&p, name)));
        if let Some(name) = (!is_constant)
            .then(|| shield::without_tangent(&p.ty))
            .flatten()
        {
            let help = "keep values that carry a derivative in a `Vec`, or mark the parameter `#[constant]`";
            let error = Diagnostic::new(
                Code::UnsupportedType,
                &p.ty,
                format!("`{name}` carries no derivative"),
            );
            out.push(error.with_help(help));
        }
        if !is_constant && let Some(object) = changed_object(&p.ty) {
            let help = format!(
                "take `&mut impl {object}` instead of `&mut dyn {object}`, or mark the parameter `#[constant]`"
            );
            let detail = "an object that is changed through `&mut` is not differentiated";
            out.push(Diagnostic::new(Code::UnsupportedType, &p.ty, detail).with_help(help));
        }
    }
    let may_vary = |p: &&syn::PatType| !types.of(&p.ty).is_constant();
    let is_input =
        |p: &&syn::PatType| may_vary(p) && !crate::lower::is_marked(&p.attrs, "constant");
    // A list of inputs is checked name by name, and a method is refused as such.
    if options.wrt.is_none()
        && params.len() == function.sig.inputs.len()
        && !params.iter().any(is_input)
    {
        let error = Diagnostic::new(Code::NoInputs, &function.sig.ident, "");
        out.push(if params.iter().any(may_vary) {
            Diagnostic {
                detail: "every parameter is marked `#[constant]`".into(),
                ..error.with_help("remove one of the marks")
            }
        } else if params.is_empty() {
            Diagnostic {
                detail: "there are no parameters".into(),
                ..error
            }
        } else {
            Diagnostic {
                detail: "no parameter has a derivative".into(),
                ..error
            }
        });
    }
    for p in &params {
        let wanted = options
            .wrt
            .as_ref()
            .is_none_or(|wrt| wrt.iter().any(|name| named(&p, name)));
        if wanted && types.is_vague(&p.ty) && !crate::lower::is_marked(&p.attrs, "constant") {
            out.push(Diagnostic::new(Code::VagueInput, &p.ty, ""));
        }
    }
    if let syn::ReturnType::Type(_, ty) = &function.sig.output
        && crate::methods::is_lent(ty)
    {
        let detail = "the function returns a reference";
        let help = "return the value itself, as in `-> f64` and `*best`, or its index";
        out.push(Diagnostic::new(Code::ActiveReference, ty, detail).with_help(help));
    }
    out
}

/// The trait of an object behind `&mut`.
fn changed_object(ty: &syn::Type) -> Option<String> {
    let syn::Type::Reference(r) = ty else {
        return None;
    };
    let syn::Type::TraitObject(object) = &*r.elem else {
        return None;
    };
    let bounds = object.bounds.to_token_stream().to_string();
    r.mutability.map(|_| bounds)
}

/// What stands around a function whose entries are made: nothing, or an `impl`.
#[derive(Default)]
pub struct Around<'a> {
    /// The generics of the `impl`.
    pub generics: Option<&'a syn::Generics>,
    /// The user's receiver, which the function has as its first parameter.
    pub receiver: Option<syn::Receiver>,
    /// The type that has the `impl`.
    pub self_ty: Option<&'a syn::Type>,
    /// The function stands in an `impl` of which nothing else is known, with or without a receiver.
    pub in_plain_impl: bool,
    /// The name of the struct that `gradients` gives, where one can stand beside.
    pub gradients: Option<Ident>,
    /// The method is one of a trait's.
    pub fixed: bool,
    /// It stands in the trait itself, whose `Self` is unknown; an `impl` knows more without the trait's bounds.
    pub declares: bool,
}

/// What is generated for a function.
#[derive(Default)]
pub struct Expansion {
    /// Tokens for inside the user's function.
    pub warnings: TokenStream,
    /// The entries.
    pub items: Vec<TokenStream>,
    /// What `gradients` gives.
    pub structs: TokenStream,
}

impl Expansion {
    /// The name space of a free function.
    pub fn space(&self, function: &syn::ItemFn, options: &Options) -> TokenStream {
        let (vis, space) = (&function.vis, shape::space(function, options));
        let quiet = quiet();
        let doc = format!("The derivatives of [`{}`].", function.sig.ident);
        let (structs, items) = (&self.structs, &self.items);
        quote! {
            #[doc = #doc]
            #quiet
            #vis enum #space {}
            #structs
            #quiet
            impl #space { #(#items)* }
        }
    }
}

/// The entries that an `impl` of an annotated trait has to give: the others follow from these.
pub fn given_by_impl(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    around: &Around,
    errors: &mut Vec<Diagnostic>,
) -> Vec<TokenStream> {
    let s = shape(function, options, around, &analysed.f);
    let sweep = crate::reverse::reverse(&analysed.f, &analysed.activity);
    errors.extend(sweep.diagnostics.iter().cloned());
    errors.extend(analysed.f.watched.first().map(|w| {
        let detail = "the trait has the `gradients` of its methods, not the `impl`";
        Diagnostic::new(Code::WatchUnheard, &w.field, detail)
    }));
    let (masked, masked_sweep) = observed(analysed);
    let forward = rule::forward_entry(&s, analysed).unwrap_or_else(|| forward_entry(&s, analysed));
    let mut given = vec![
        sweep_fn(&s, &sweep, Family::Plain.sweep(), None),
        sweep_fn(&s, &masked_sweep, Family::Masked.sweep(), Some(&masked)),
        forward,
    ];
    given.extend(objects::given_for_objects(&s, &sweep));
    given
}

/// The entries that differentiable callers use, and no others.
pub fn called(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    around: &Around,
) -> Vec<TokenStream> {
    let s = shape(function, options, around, &analysed.f);
    let sweep = crate::reverse::reverse(&analysed.f, &analysed.activity);
    let masked = masks::masked(&analysed.f, &analysed.activity);
    let masked_sweep = crate::reverse::reverse(&masked.f, &analysed.activity);
    let mut items = vec![
        sweep_fn(&s, &sweep, Family::Plain.sweep(), None),
        call_entry(&s, &sweep, Family::Plain),
        sweep_fn(&s, &masked_sweep, Family::Masked.sweep(), Some(&masked)),
        call_entry(&s, &masked_sweep, Family::Masked),
        forward_entry(&s, analysed),
    ];
    items.extend(s.keep_entry());
    items.extend(s.again_entry());
    items
}

/// What an annotated trait asks of each `impl` for a method without a body, and the entries that follow from it.
pub fn asked_by_trait(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    around: &Around,
) -> Vec<TokenStream> {
    let s = shape(function, options, around, &analysed.f);
    let sweep = crate::reverse::reverse(&analysed.f, &analysed.activity);
    let masked = masks::masked(&analysed.f, &analysed.activity);
    let mut items = Vec::new();
    reverse_entries(&s, &sweep, None, &mut items);
    gradients_entry(&s, &sweep, &masked, None, &mut items);
    forward_entries(&s, analysed, &mut items);
    items.extend(s.keep_entry());
    items.extend(s.again_entry());
    let asked = [
        s.ident(Family::Plain.sweep()),
        s.ident(Family::Masked.sweep()),
        s.ident("__jvp"),
    ];
    let mut items = as_trait_items(items);
    for item in items
        .iter_mut()
        .filter(|item| asked.contains(&item.sig.ident))
    {
        item.default = None;
        item.semi_token = Some(Default::default());
        for (n, input) in item.sig.inputs.iter_mut().enumerate() {
            if let syn::FnArg::Typed(p) = input {
                let name = Ident::new(&format!("__argument{n}"), p.pat.span());
                *p.pat = syn::parse_quote!(#name);
            }
        }
    }
    items.iter().map(ToTokens::to_token_stream).collect()
}

/// Items of an `impl` as a trait has them: without a visibility of their own.
pub fn as_trait_items(items: Vec<TokenStream>) -> Vec<syn::TraitItemFn> {
    let functions = as_impl_items(items).into_iter();
    let functions = functions.map(|function| syn::TraitItemFn {
        attrs: function.attrs,
        modifiers: function.modifiers,
        sig: function.sig,
        default: Some(function.block),
        semi_token: None,
    });
    functions.collect()
}

/// Tokens of functions as what they are.
fn as_impl_items(items: Vec<TokenStream>) -> Vec<syn::ImplItemFn> {
    let Ok(holder) = syn::parse2::<syn::ItemImpl>(quote!(impl Holder { #(#items)* })) else {
        return Vec::new();
    };
    let functions = holder.items.into_iter().filter_map(|item| match item {
        syn::ImplItem::Fn(function) => Some(function),
        _ => None,
    });
    functions.collect()
}

/// The sweeps with masks, under an observer.
fn observed(analysed: &Analysed) -> (masks::Masked, crate::reverse::Sweep) {
    let (f, activity) = analysed.observed();
    let masked = masks::masked(f, activity);
    let sweep = crate::reverse::reverse(&masked.f, activity);
    (masked, sweep)
}

/// All entries of a function.
pub fn entries(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    around: &Around,
    errors: &mut Vec<Diagnostic>,
) -> Expansion {
    let f = &analysed.f;
    let s = shape(function, options, around, f);
    let mut items = Vec::new();
    let inner = facts::inner(function);
    let callees = facts::Callees {
        rt: &s.rt,
        options,
        reach: &analysed.reach,
        block: around.gradients.is_some(),
        inner: &inner,
        list: None,
    };
    let can_be_given = !around.fixed && !around.declares && by_name::can_be_given(&s);
    let mut locals = None;
    if options.mode != Mode::Forward {
        let sweep = crate::reverse::reverse(f, &analysed.activity);
        errors.extend(sweep.diagnostics.iter().cloned());
        let joint = crate::reverse::joint(f, &analysed.activity, &sweep);
        reverse_entries(&s, &sweep, joint.as_ref(), &mut items);
        let (masked, masked_sweep) = observed(analysed);
        let always = match around.fixed || around.declares || f.plain || s.rules.any() {
            true => None,
            false => callees
                .always()
                .map(|known| (callees.list_of_parts(), known)),
        };
        gradients_entry(&s, &masked_sweep, &masked, always, &mut items);
        locals = watched::inside(&s, around, &masked);
        if can_be_given && !s.rules.lacks_reverse() {
            items.push(by_name::reverse_by_name(&s, &sweep, Family::Plain));
            items.push(by_name::reverse_by_name(&s, &masked_sweep, Family::Masked));
        }
    }
    if options.mode != Mode::Reverse {
        let is_given = forward_entries(&s, analysed, &mut items);
        if can_be_given && is_given {
            items.push(by_name::forward_by_name(&s));
        }
    }
    if options.order > 1 {
        match crate::second::tangent_function(f, &analysed.activity) {
            Ok(tangent) => second_entries(&s, &tangent, errors, &mut items),
            Err(error) => errors.push(error),
        }
    }
    if !around.fixed && !around.declares {
        items.extend(jacobian::jacobian_entry(&s, options.mode));
    }
    items.extend(s.primal_entry());
    items.extend(s.keep_entry());
    items.extend(s.again_entry());
    let mut structs = match options.mode {
        Mode::Forward => TokenStream::new(),
        _ => gradients_struct(&s),
    };
    structs.extend(locals.as_ref().map(|locals| locals.item.clone()));
    if !around.fixed && !around.declares {
        let parameters = generics::parameters(function, around);
        let types = generics::signature_types(function, f);
        structs.extend(shield::demand(&s.rt, types, &parameters));
    }
    let by_rule = s.rules.any();
    if !around.fixed && !around.declares {
        structs.extend(facts::facts(
            &s,
            &callees,
            around,
            locals.map(|l| l.name),
            !by_rule && !analysed.stands_in,
        ));
        items.push(reachability::reachability_entry(&s, &callees, by_rule));
    }
    let mut warnings = match by_rule {
        true => TokenStream::new(),
        false => {
            let watched = analysed.watched.as_ref().map(|w| &w.reach);
            warnings(&s, options, &callees, watched, errors)
        }
    };
    warnings.extend(watched::demands(&s));
    Expansion {
        warnings,
        items,
        structs,
    }
}
