//! Rules of the user's own, `vjp = path` and `jvp = path`, which stand in the place of the generated sweeps.
//!
//! A rule that does not fit its function is one error at its path. So it is called through a trait that is made
//! for the function: rustc's message for the trait says which signature is wanted.

mod signature;

use super::calls::Family;
use super::collect::{Collected, collect};
use super::forward::Directions;
use super::functions::observer;
use super::shape::{Shape, pullback_params};
use super::types::{elided, elided_tokens, tuple};
use crate::Analysed;
use crate::args::{Mode, Options};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::Param;
use crate::reverse::Sweep;
use crate::ty::Ty;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use signature::{jvp_signature, spoken, vjp_signature};
use syn::Path;
use syn::parse::Parser;

/// The user's own rules for a function.
#[derive(Clone, Default)]
pub(super) struct Rules {
    /// The value and its pullback.
    pub(super) vjp: Option<Path>,
    /// The value and its tangent.
    pub(super) jvp: Option<Path>,
}

impl Rules {
    pub(super) fn of(options: &Options) -> Rules {
        Rules {
            vjp: options.vjp.clone(),
            jvp: options.jvp.clone(),
        }
    }

    /// The body of the function is not looked at.
    pub(super) fn any(&self) -> bool {
        self.vjp.is_some() || self.jvp.is_some()
    }

    /// The modes that the rules give, if there are any.
    pub(super) fn mode(&self) -> Option<Mode> {
        match (&self.vjp, &self.jvp) {
            (None, None) => None,
            (Some(_), None) => Some(Mode::Reverse),
            (None, Some(_)) => Some(Mode::Forward),
            (Some(_), Some(_)) => Some(Mode::Both),
        }
    }

    pub(super) fn lacks_reverse(&self) -> bool {
        self.vjp.is_none() && self.jvp.is_some()
    }
}

/// What the options ask for and a rule cannot give.
pub fn check_rules(options: &Options) -> Option<Diagnostic> {
    let rule = options.vjp.as_ref().or(options.jvp.as_ref())?;
    let at = options.order_span.filter(|_| options.order > 1)?;
    let detail = format!(
        "the rule `{}` gives first derivatives",
        spoken(&rule.to_token_stream())
    );
    Some(Diagnostic::at(Code::OwnRuleOrder, at, detail))
}

/// A rule is for one function; what a block's attribute asks for is for each in it.
pub fn no_rule_for_all(options: &mut Options) -> Option<Diagnostic> {
    let (vjp, jvp) = (options.vjp.take(), options.jvp.take());
    vjp.or(jvp)
        .map(|rule| Diagnostic::new(Code::OwnRuleBlock, rule, ""))
}

/// What an `impl` of a trait has to give, a rule of its own must give.
pub fn check_fixed(options: &Options) -> Option<Diagnostic> {
    match (&options.vjp, &options.jvp) {
        (Some(rule), None) | (None, Some(rule)) => {
            Some(Diagnostic::new(Code::OwnRuleHalf, rule, ""))
        }
        _ => None,
    }
}

/// A function whose signature is that of `function`, and whose body says nothing.
pub fn without_body(function: &syn::ItemFn) -> syn::ItemFn {
    syn::ItemFn {
        block: Box::new(syn::parse_quote!({ loop {} })),
        ..function.clone()
    }
}

/// Whether a rule's pullback changes the parameter's cotangent in place: the state after becomes the state before.
fn is_state(p: &Param) -> bool {
    p.active && Shape::is_exclusive(p)
}

/// Whether a rule's pullback gives the parameter's cotangent.
fn is_given(p: &Param) -> bool {
    p.active && !Shape::is_exclusive(p)
}

/// The types that a reverse rule is asked to have.
fn vjp_arguments(s: &Shape) -> TokenStream {
    let types = s.f.params.iter().map(|p| elided(&p.ty));
    let given = s.f.params.iter().filter(|p| is_given(p));
    let given = tuple(
        &given
            .map(|p| elided_tokens(&s.tangent(p)))
            .collect::<Vec<_>>(),
    );
    let states = s.f.params.iter().filter(|p| is_state(p));
    let states = states.map(|p| elided_tokens(&s.shadow(p)));
    let (ret, seed) = (&s.ret, s.seed());
    quote!((#(#types,)*), #ret, #seed, #given #(, #states)*)
}

/// The statements that run the reverse rule, up to the value and the pullback.
fn run_vjp(s: &Shape, path: &Path) -> TokenStream {
    let states = s.f.params.iter().filter(|p| is_state(p)).count();
    let names = s.names();
    let params: Vec<Ident> = (0..names.len()).map(|n| format_ident!("A{}", n)).collect();
    let (state, state_names): (Vec<Ident>, Vec<Ident>) = (0..states)
        .map(|n| (format_ident!("X{}", n), format_ident!("x{}", n)))
        .unzip();
    let fields = (0..names.len()).map(syn::Index::from);
    let wanted = Wanted::of(s, path, "reverse", vjp_signature(s, path));
    let generics = quote!(A, R, S, T #(, #state)*);
    let declared = wanted.declared(
        &generics,
        &quote!(A, R, S, T #(, #state: ?Sized)*),
        quote! {
            trait Rule<A, R, S, T #(, #state: ?Sized)*>: ::core::marker::Copy {
                type Pullback: ::core::marker::Send + 'static;
                fn run(self, arguments: A) -> (R, Self::Pullback);
                fn back(self, pullback: Self::Pullback, seed: S #(, #state_names: &mut #state)*) -> T;
            }
            impl<F: ::core::marker::Copy, P, R, S, T #(, #params)* #(, #state: ?Sized)*>
                Rule<(#(#params,)*), R, S, T #(, #state)*> for F
            where
                F: ::core::ops::FnOnce(#(#params),*) -> (R, P),
                P: ::core::ops::FnOnce(S #(, &mut #state)*) -> T + ::core::marker::Send + 'static,
            {
                type Pullback = P;
                fn run(self, arguments: (#(#params,)*)) -> (R, P) {
                    self(#(arguments.#fields),*)
                }
                fn back(self, pullback: P, seed: S #(, #state_names: &mut #state)*) -> T {
                    pullback(seed #(, #state_names)*)
                }
            }
            impl<A, R, S, T #(, #state: ?Sized)*> Rule<#generics> for Unfit {
                type Pullback = ();
                fn run(self, _: A) -> (R, ()) { loop {} }
                fn back(self, _: (), _: S #(, #state_names: &mut #state)*) -> T { loop {} }
            }
        },
    );
    let arguments = vjp_arguments(s);
    let rule = wanted.rule(path, &arguments);
    quote_spanned! {wanted.at=>
        #declared
        #rule
        let (__value, __pullback) = Rule::<#arguments>::run(__rule, (#(#names,)*));
    }
}

/// The call of its pullback.
fn run_back(s: &Shape, path: &Path, seed: TokenStream, states: &[Ident]) -> TokenStream {
    let (at, arguments) = (place(path), vjp_arguments(s));
    quote_spanned!(at=> Rule::<#arguments>::back(__rule, __pullback, #seed #(, #states)*))
}

/// The body of a sweep whose reverse is the user's rule.
pub(super) fn sweep_body(s: &Shape, sweep: &Sweep, family: Family) -> Option<TokenStream> {
    let path = s.rules.vjp.as_ref()?;
    let rt = &s.rt;
    if family == Family::Masked {
        let run = s.path(Family::Plain.sweep());
        let (turbofish, names) = (&s.turbofish, s.names());
        // What a rule connects cannot be seen: all that it gives a tangent for.
        let bits = s.f.params.iter().enumerate();
        let bits = bits.filter(|(_, p)| p.active);
        let bits = bits.fold(0_u64, |all, (n, _)| all | 1 << n.min(63));
        let bits = proc_macro2::Literal::u64_suffixed(bits);
        let (seed, types, observer) = (s.seed(), pullback_params(s, sweep), observer());
        let back: Vec<Ident> = (0..types.len())
            .map(|n| format_ident!("__back{}", n))
            .collect();
        return Some(quote! {
            let (__value, __pullback) = #run #turbofish(#(#names,)* #rt::Observer::tape(__tape));
            (__value, #bits, move |__seed: #seed, #(#back: #types,)* __tape: &mut #observer| {
                __pullback(__seed, #(#back,)* #rt::Observer::tape(__tape))
            })
        });
    }
    let run = run_vjp(s, path);
    let seed = s.seed();
    let types = pullback_params(s, sweep);
    let is_shared = |p: &&Param| Shape::is_reference(p) && !Shape::is_exclusive(p);
    let mut names: Vec<TokenStream> =
        s.f.params
            .iter()
            .filter(is_shared)
            .map(|_| quote!(_))
            .collect();
    let (mut given, mut results) = (Vec::new(), Vec::new());
    let (mut states, mut adds) = (Vec::new(), Vec::new());
    for (n, p) in s.f.params.iter().enumerate() {
        let (t, shadow) = (format_ident!("__t{}", n), format_ident!("__shadow{}", n));
        if is_state(p) {
            states.push(shadow.clone());
        } else if is_given(p) {
            given.push(quote!(#t));
        } else {
            continue;
        }
        if !Shape::is_reference(p) {
            results.push(t);
            continue;
        }
        names.push(quote!(#shadow));
        if !Shape::is_exclusive(p) {
            adds.push(quote!(#rt::accumulate(#shadow, #t);));
        }
    }
    let (given, back) = (tuple(&given), run_back(s, path, quote!(__seed), &states));
    Some(quote! {
        #run
        (__value, move |__seed: #seed, #(#names: #types,)* __tape: &mut #rt::Tape| {
            let #given = #back;
            #(#adds)*
            (#(#results,)*)
        })
    })
}

/// The types that a forward rule is asked to have.
fn jvp_arguments(s: &Shape) -> TokenStream {
    let types: Vec<_> =
        s.f.params
            .iter()
            .map(|p| elided(&p.ty).into_token_stream())
            .collect();
    let inputs = s.inputs();
    let directions: Vec<TokenStream> = inputs.iter().map(|p| direction(s, p)).collect();
    let (types, directions) = (tuple(&types), tuple(&directions));
    let (ret, ret_dot) = (&s.ret, s.seed());
    quote!(#types, #directions, #ret, #ret_dot)
}

/// A direction goes to a forward rule as its parameter does.
fn direction(s: &Shape, p: &Param) -> TokenStream {
    let shadow = elided_tokens(&s.shadow(p));
    match (Shape::is_exclusive(p), Shape::is_reference(p)) {
        (true, _) => quote!(&mut #shadow),
        (_, true) => quote!(&#shadow),
        _ => elided_tokens(&s.tangent(p)),
    }
}

/// The name of the direction along a parameter.
fn along(s: &Shape, p: &Param) -> Option<Ident> {
    let n = s.f.params.iter().position(|q| q.var == p.var)?;
    p.active.then(|| format_ident!("__along{}", n))
}

/// What differentiable callers call in forward mode, and `jvp`.
/// Gives whether there is one.
pub(super) fn forward_entries(
    s: &Shape,
    analysed: &Analysed,
    items: &mut Vec<TokenStream>,
) -> bool {
    let (directions, body) = forward_body(s, analysed);
    items.push(super::forward::hidden_entry(s, &directions, body.as_ref()));
    items.push(super::forward::public_entry(s, &directions, body.is_some()));
    body.is_some()
}

/// What differentiable callers call in forward mode, if there is a rule.
pub(super) fn forward_entry(s: &Shape, analysed: &Analysed) -> Option<TokenStream> {
    let (directions, body) = forward_body(s, analysed);
    s.rules
        .any()
        .then(|| super::forward::hidden_entry(s, &directions, body.as_ref()))
}

fn forward_body(s: &Shape, analysed: &Analysed) -> (Directions, Option<TokenStream>) {
    let directions = Directions::of(s, |p| along(s, p));
    let body = match (&s.rules.jvp, &s.rules.vjp) {
        (Some(path), _) => {
            let opens = &directions.opens;
            let run = run_jvp(s, path);
            Some(quote!(#(#opens)* #run))
        }
        (None, Some(_)) => slope(s, analysed),
        (None, None) => None,
    };
    (directions, body)
}

/// The call of the forward rule.
fn run_jvp(s: &Shape, path: &Path) -> TokenStream {
    let names: Vec<TokenStream> = s.names().iter().map(ToTokens::to_token_stream).collect();
    let inputs = s.inputs();
    let directions = inputs.iter().filter_map(|p| along(s, p));
    let directions: Vec<TokenStream> = directions.map(|d| quote!(#d)).collect();
    let (names, directions) = (tuple(&names), tuple(&directions));
    let arguments = jvp_arguments(s);
    let wanted = Wanted::of(s, path, "forward", jvp_signature(s, path));
    let generics = quote!(A, D, R, V);
    let declared = wanted.declared(
        &generics,
        &generics,
        quote! {
            trait Rule<A, D, R, V> {
                fn run(self, arguments: A, directions: D) -> (R, V);
            }
            impl<F: ::core::ops::FnOnce(A, D) -> (R, V), A, D, R, V> Rule<A, D, R, V> for F {
                fn run(self, arguments: A, directions: D) -> (R, V) {
                    self(arguments, directions)
                }
            }
            impl<A, D, R, V> Rule<A, D, R, V> for Unfit {
                fn run(self, _: A, _: D) -> (R, V) { loop {} }
            }
        },
    );
    let rule = wanted.rule(path, &arguments);
    quote_spanned! {wanted.at=>
        #declared
        #rule
        Rule::<#arguments>::run(__rule, #names, #directions)
    }
}

/// The slope of a function that gives one real number, from the gradient that its reverse rule gives.
fn slope(s: &Shape, analysed: &Analysed) -> Option<TokenStream> {
    let is_number = matches!(s.f.vars[s.f.ret].ty, Ty::Float(_));
    let inputs = s.inputs();
    if !is_number || inputs.iter().any(|p| Shape::is_exclusive(p)) {
        return None;
    }
    let sweep = crate::reverse::reverse(&analysed.f, &analysed.activity);
    let (rt, ret, names, turbofish) = (&s.rt, &s.ret, s.names(), &s.turbofish);
    let one = quote!(<#ret as #rt::Real>::one());
    let Collected {
        makes,
        run: back,
        tangents,
    } = collect(s, &sweep, quote!(__pullback), one);
    let mut adds = Vec::new();
    let inputs = s.f.params.iter().enumerate().filter(|(_, p)| p.active);
    for ((n, p), t) in inputs.zip(tangents) {
        let dot = format_ident!("__in{}", n);
        let dot_of = match (Shape::slice(p), Shape::is_reference(p)) {
            (Some(_), _) => quote!(#rt::inner_elements(&#t, __dot)),
            (None, true) => quote!(#rt::Tangent::dot(&#t, __dot)),
            (None, false) => quote!(#rt::Tangent::dot(&#t, &__dot)),
        };
        adds.push(quote! {
            if let ::core::option::Option::Some(__dot) = #dot { __slope += #dot_of; }
        });
    }
    let run = s.path(Family::Plain.sweep());
    Some(quote! {
        let __tape = &mut #rt::Tape::once();
        #makes
        let (__value, __pullback) = #run #turbofish(#(#names,)* __tape);
        #back
        let mut __slope = 0.0_f64;
        #(#adds)*
        (__value, <#ret as #rt::Real>::from_f64(__slope))
    })
}

/// What is said of a rule that does not fit.
struct Wanted {
    message: String,
    note: String,
    /// The path, at which rustc is made to say whatever it has to say: the same mistake there is said once.
    at: Span,
}

impl Wanted {
    fn of(s: &Shape, path: &Path, mode: &str, signature: String) -> Wanted {
        let (path_text, name) = (spoken(&path.to_token_stream()), &s.function.sig.ident);
        Wanted {
            message: format!("`{path_text}` does not fit as the rule for {mode} mode of `{name}`"),
            note: format!("the rule must be callable as `{signature}`"),
            at: place(path),
        }
    }

    /// The trait of rules that fit, and what chooses a stand-in for one that does not.
    ///
    /// rustc has words of its own for a function that takes other arguments. So the rule is asked for by a method
    /// that is found for rules that fit, and otherwise, one reference further in, one that asks for the impossible.
    fn declared(
        &self,
        generics: &TokenStream,
        params: &TokenStream,
        items: TokenStream,
    ) -> TokenStream {
        let Wanted { message, note, .. } = self;
        let types = generics.clone().into_iter();
        let types = types.filter(|t| matches!(t, proc_macro2::TokenTree::Ident(_)));
        quote_spanned! {self.at=>
            #items
            #[diagnostic::on_unimplemented(message = #message, label = "this has another signature", note = #note)]
            trait Fits {}
            #[derive(::core::clone::Clone, ::core::marker::Copy)]
            struct Unfit;
            struct Given<F, #params>(F, #(::core::marker::PhantomData<#types>),*);
            trait Fitting<F> { fn rule(&self) -> F; }
            impl<F: Rule<#generics> + ::core::marker::Copy, #params> Fitting<F> for &Given<F, #generics> {
                fn rule(&self) -> F { self.0 }
            }
            trait Otherwise<F> { fn rule(&self) -> Unfit where F: Fits; }
            impl<F, #params> Otherwise<F> for Given<F, #generics> {
                fn rule(&self) -> Unfit where F: Fits { Unfit }
            }
        }
    }

    /// The rule, or its stand-in.
    fn rule(&self, path: &Path, arguments: &TokenStream) -> TokenStream {
        let count = arguments_in(arguments);
        let phantoms = (0..count).map(|_| quote!(::core::marker::PhantomData));
        quote_spanned!(self.at=> let __rule = (&&Given::<_, #arguments>(#path, #(#phantoms),*)).rule();)
    }
}

/// How many types stand in a list.
fn arguments_in(types: &TokenStream) -> usize {
    let parser = syn::punctuated::Punctuated::<syn::Type, syn::Token![,]>::parse_terminated;
    parser.parse2(types.clone()).map_or(0, |types| types.len())
}

/// Where the rule is named, for generated tokens.
fn place(path: &Path) -> Span {
    let last = path.segments.last();
    last.map_or_else(Span::call_site, |s| {
        Span::call_site().located_at(s.ident.span())
    })
}

/// Reverse mode where only a forward rule is given: using it is the error.
pub(super) fn refused_reverse(s: &Shape) -> Option<TokenStream> {
    if !s.rules.lacks_reverse() {
        return None;
    }
    let rt = &s.rt;
    let mut out = super::vector::refusals(s, &quote!(Self: #rt::ReverseRule));
    let (ret, seed) = (&s.ret, s.seed());
    let generics = &s.function.sig.generics;
    let given = s.where_clause().into_iter().flat_map(|w| &w.predicates);
    let given: Vec<_> = given.collect();
    let bounds = quote!(where #(#given,)* for<'__use> Self: #rt::ReverseRule);
    let params: Vec<TokenStream> = s.receiving_params();
    let types: Vec<_> = s.f.params.iter().map(|p| elided(&p.ty)).collect();
    let again = s.f.params.iter().zip(&types);
    let again: Vec<TokenStream> = again
        .map(
            |(p, ty)| match Shape::is_reference(p) && !Shape::is_exclusive(p) {
                true => quote!(#ty),
                false => quote!(#rt::Owned),
            },
        )
        .collect();
    let unused = types.iter().map(|_| quote!(#rt::Unused));
    let unused: Vec<TokenStream> = unused.collect();
    let back = quote!(fn(#seed, (#(#again,)*), (#(#unused,)*), &mut #rt::Tape));
    let (observer, mut observed) = (observer(), generics.clone());
    observed
        .params
        .push(syn::parse_quote!(#observer: #rt::Observer));
    let masked_back = quote!(fn(#seed, (#(#again,)*), (#(#unused,)*), &mut #observer));
    let tangents: Vec<TokenStream> = s.inputs().iter().map(|p| s.tangent(p)).collect();
    let tangents = tuple(&tangents);
    let (vjp, call, masked) = (s.ident("vjp"), s.ident("__call"), s.ident("__masked_call"));
    out.extend(quote! {
        #[doc(hidden)]
        pub fn #vjp #generics (#(#params),*) -> (#ret, fn(#seed) -> #tangents) #bounds { loop {} }
        #[doc(hidden)]
        pub fn #call #generics (#(#params,)* _: &mut #rt::Tape) -> (#ret, #back) #bounds { loop {} }
        #[doc(hidden)]
        pub fn #masked #observed (#(#params,)* _: &mut #observer) -> (#ret, u64, #masked_back) where #(#given),* { loop {} }
    });
    Some(out)
}
