//! Methods behind `dyn Trait`: what an annotated trait asks of its `impl`s so that its objects differentiate, and the
//! entries of the objects themselves.
//!
//! The sweeps of a method give closures, each of a type of its own, so they are no methods of an object. Four hidden
//! methods are: whether the `impl` has the method itself or leaves it to the trait, the forward sweep, which leaves the
//! closure as a frame on the tape, the reverse sweep, which finds it there, and forward mode. The receiver, by which
//! both sweeps are found, is passed to a pullback again in any case; so the objects need no box.

use super::calls::{Family, call_entry};
use super::forward::forward_entry;
use super::shape::{Shape, by_value, pullback_params, shape};
use super::sweep::sweep_fn;
use super::types::{elided, elided_tokens};
use super::{Around, sibling};
use crate::Analysed;
use crate::args::Options;
use crate::ir::Param;
use crate::reverse::Sweep;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The hidden methods' names.
const OWN: &str = "__object_own";
const SWEEP: &str = "__object_sweep";
const BACK: &str = "__object_back";
const JVP: &str = "__object_jvp";

/// The hidden methods of one method, as both the trait and its `impl`s declare them.
struct Forms<'a> {
    s: &'a Shape<'a>,
    sweep: &'a Sweep,
    /// The user's method.
    method: Ident,
    /// The parameters after the receiver.
    others: Vec<&'a Param>,
}

impl<'a> Forms<'a> {
    /// `None` where a trait object has no such method: what decides must be the same in the trait and in an `impl`.
    fn of(
        s: &'a Shape<'a>,
        sweep: &'a Sweep,
        method: &Ident,
        receiver: Option<&syn::Receiver>,
    ) -> Option<Forms<'a>> {
        let by_reference = matches!(
            receiver.map(|r| &r.kind),
            Some(syn::ReceiverKind::Reference(_, None, None))
        );
        let generics = &s.function.sig.generics.params;
        let plain = generics
            .iter()
            .all(|p| matches!(p, syn::GenericParam::Lifetime(_)));
        let [first, others @ ..] = s.f.params.as_slice() else {
            return None;
        };
        let functions = s.f.params.iter().any(|p| p.function.is_some());
        (by_reference && plain && !functions && first.active).then(|| Forms {
            s,
            sweep,
            method: method.clone(),
            others: others.iter().collect(),
        })
    }

    /// The hidden method of that name.
    fn ident(&self, form: &str) -> Ident {
        sibling(&self.method, form)
    }

    fn names(&self) -> Vec<Ident> {
        self.others.iter().map(|p| self.s.name(p)).collect()
    }

    fn adjoint(&self, p: &Param) -> Ident {
        format_ident!("__bar_{}", self.s.bar(p))
    }

    /// Those whose memory the pullback looks at again, besides the receiver.
    fn shared(&self) -> impl Iterator<Item = &&'a Param> {
        self.others.iter().filter(|p| Shape::is_shared(p))
    }

    /// Those whose adjoints are borrowed, besides the receiver.
    fn lent(&self) -> impl Iterator<Item = &&'a Param> {
        let (s, sweep) = (self.s, self.sweep);
        let lent = move |p: &&&Param| s.has_adjoint(p, sweep) && Shape::is_reference(p);
        self.others.iter().filter(lent)
    }

    fn head_own(&self) -> TokenStream {
        let name = self.ident(OWN);
        quote!(fn #name(&self) -> bool)
    }

    fn head_sweep(&self) -> TokenStream {
        let (rt, ret, name) = (&self.s.rt, &self.s.ret, self.ident(SWEEP));
        let generics = &self.s.function.sig.generics;
        let (names, types) = (self.names(), self.others.iter().map(|p| &p.ty));
        quote!(fn #name #generics (&self, #(#names: #types,)* __tape: &mut #rt::Tape) -> (#ret, u64))
    }

    fn head_back(&self) -> TokenStream {
        let (rt, seed, name) = (&self.s.rt, self.s.seed(), self.ident(BACK));
        let generics = &self.s.function.sig.generics;
        let shared: Vec<Ident> = self.shared().map(|p| self.s.name(p)).collect();
        let shared_types = self.shared().map(|p| elided(&p.ty));
        let lent: Vec<Ident> = self.lent().map(|p| self.adjoint(p)).collect();
        let lent_types = self.lent().map(|p| elided_tokens(&self.s.shadow(p)));
        let values = by_value(self.s, self.sweep);
        let values = values.iter().map(|p| self.s.tangent(p));
        quote! {
            fn #name #generics (
                &self,
                __seed: #seed,
                #(#shared: #shared_types,)*
                __bar: &mut #rt::DynTangent,
                #(#lent: &mut #lent_types,)*
                __tape: &mut #rt::Tape,
            ) -> (#(#values,)*)
        }
    }

    fn head_jvp(&self) -> TokenStream {
        let (rt, ret, dot) = (&self.s.rt, &self.s.ret, self.s.seed());
        let name = self.ident(JVP);
        let generics = &self.s.function.sig.generics;
        let (names, types) = (self.names(), self.others.iter().map(|p| &p.ty));
        let dots = self.others.iter().map(|p| {
            let (shadow, tangent) = (self.s.shadow(p), self.s.tangent(p));
            match (p.active, Shape::is_reference(p), Shape::is_exclusive(p)) {
                (false, ..) => quote!(#rt::Unused),
                (_, false, _) => quote!(#rt::Given<#tangent>),
                (_, _, false) => quote!(::core::option::Option<&#shadow>),
                (_, _, true) => quote!(::core::option::Option<&mut #shadow>),
            }
        });
        quote! {
            fn #name #generics (
                &self,
                #(#names: #types,)*
                __dots: (::core::option::Option<&#rt::DynTangent>, #(#dots,)*),
            ) -> (#ret, #dot)
        }
    }

    /// In an `impl`: the sweeps that it has, and their frames.
    fn given(&self) -> TokenStream {
        let (s, rt) = (self.s, &self.s.rt);
        let [own, sweep, back, jvp] = [
            self.head_own(),
            self.head_sweep(),
            self.head_back(),
            self.head_jvp(),
        ];
        let (run, forward) = (s.path(Family::Masked.sweep()), s.path("__jvp"));
        let names = self.names();
        let shared = self.shared().map(|p| s.name(p));
        let lent = self.lent().map(|p| self.adjoint(p));
        let types = self.others.iter().map(|p| elided(&p.ty));
        let dots = (1..=self.others.len()).map(|n| {
            let n = syn::Index::from(n);
            quote!(__dots.#n)
        });
        let witness = quote! {
            |(__object, #(#names,)* __tape): (&Self, #(#types,)* &mut #rt::Tape)| {
                let (__value, _, __pullback) = #run(__object, #(#names,)* __tape);
                (__value, __pullback)
            }
        };
        quote! {
            #own { true }
            #sweep {
                let (__value, __bits, __pullback) = #run(self, #(#names,)* __tape);
                __tape.push_frame(__pullback);
                (__value, __bits)
            }
            #back {
                let __pullback = __tape.pop_frame(#rt::frame_type(#witness));
                let __bar = #rt::object_adjoint(__bar, || #rt::Differentiable::zero_tangent(self));
                __pullback(__seed, self, #(#shared,)* __bar, #(#lent,)* __tape)
            }
            #jvp { #forward(self, #(#names,)* (#rt::object_tangent(__dots.0), #(#dots,)*)) }
        }
    }
}

/// What an annotated trait asks of each `impl` for a method of its objects; `objects` is whether it has any.
pub fn asked_for_objects(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    around: &Around,
    objects: bool,
) -> Vec<TokenStream> {
    let s = shape(function, options, around, &analysed.f);
    let sweep = crate::reverse::reverse(&analysed.f, &analysed.activity);
    let method = &function.sig.ident;
    let Some(forms) = Forms::of(&s, &sweep, method, s.receiver.as_ref()) else {
        return Vec::new();
    };
    let sized = (!objects).then(|| quote!(where Self: ::core::marker::Sized));
    let heads = [
        forms.head_own(),
        forms.head_sweep(),
        forms.head_back(),
        forms.head_jvp(),
    ];
    // Every annotated `impl` gives them, so that what is missing in another is the sweeps alone. What is not the
    // `impl`'s own is not called.
    let [own, others @ ..] = heads;
    let others = others
        .iter()
        .map(|head| quote!(#[doc(hidden)] #head #sized { ::core::unreachable!() }));
    let own = quote!(#[doc(hidden)] #own #sized { false });
    std::iter::once(own).chain(others).collect()
}

/// What an `impl` of an annotated trait gives for it.
pub(super) fn given_for_objects(s: &Shape, sweep: &Sweep) -> Option<TokenStream> {
    let method = &s.function.sig.ident;
    Some(Forms::of(s, sweep, method, s.receiver.as_ref())?.given())
}

/// What the value behind an object says of its tangent and its numbers. In a trait it says nothing, for an `impl` that
/// leaves every method to the trait.
pub fn whole_of_object(options: &Options, given: bool) -> TokenStream {
    let rt = super::runtime(options);
    let bodies = match given {
        true => [
            quote!(#rt::DynTangent::new(#rt::Differentiable::zero_tangent(self))),
            quote!(#rt::Differentiable::coordinates(self, __visit)),
            quote!(#rt::Differentiable::coordinates_mut(self, __visit)),
        ],
        false => [quote!(#rt::Tangent::neutral()), quote!(), quote!()],
    };
    let [zero, walk, walk_mut] = bodies;
    let quiet = super::quiet();
    quote! {
        #[doc(hidden)]
        #quiet
        fn __object_zero(&self) -> #rt::DynTangent { #zero }
        #[doc(hidden)]
        #quiet
        fn __object_coordinates(&self, __visit: &mut dyn ::core::ops::FnMut(f64)) { #walk }
        #[doc(hidden)]
        #quiet
        fn __object_coordinates_mut(&mut self, __visit: &mut dyn ::core::ops::FnMut(&mut f64)) { #walk_mut }
    }
}

/// Whether these are hidden methods for objects.
pub fn are_for_objects(items: &[syn::TraitItemFn]) -> bool {
    let hidden = |item: &syn::TraitItemFn| item.sig.ident.to_string().starts_with(OWN);
    items.iter().any(hidden)
}

/// The entries of a trait's objects for a method.
#[derive(Default)]
pub struct OfObject {
    /// Functions beside the object, which lead to the entries of the value behind.
    pub functions: Vec<TokenStream>,
    /// What callers call, as methods of what borrows the object.
    pub methods: Vec<TokenStream>,
}

/// What the trait itself says of the method is used where the value has nothing else to say. The function has the
/// object as its first parameter and a name of its own; `method` and `receiver` are the user's.
pub fn entries_of_object(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    around: &Around,
    (method, receiver, has_body): (&Ident, Option<&syn::Receiver>, bool),
) -> OfObject {
    let s = shape(function, options, around, &analysed.f);
    let sweep = crate::reverse::reverse(&analysed.f, &analysed.activity);
    let mut out = OfObject::default();
    let Some(forms) = Forms::of(&s, &sweep, method, receiver) else {
        return out;
    };
    let masked = crate::masks::masked(&analysed.f, &analysed.activity);
    let masked_sweep = crate::reverse::reverse(&masked.f, &analysed.activity);
    let mut items = vec![
        sweep_fn(&s, &sweep, Family::Plain.sweep(), None),
        call_entry(&s, &sweep, Family::Plain),
        sweep_fn(&s, &masked_sweep, Family::Masked.sweep(), Some(&masked)),
        call_entry(&s, &masked_sweep, Family::Masked),
        forward_entry(&s, analysed),
    ];
    items.extend(s.again_entry());
    let led = [Family::Plain.sweep(), Family::Masked.sweep(), "__jvp"];
    let called = [
        Family::Plain.call(),
        Family::Masked.call(),
        "__jvp",
        "__again",
    ];
    for mut item in super::as_impl_items(items) {
        // What a trait asks for its `impl`s alone.
        item.sig.generics.where_clause = None;
        let is = |entry: &&&str| s.ident(entry) == item.sig.ident;
        let called = called.iter().find(is);
        out.methods.extend(called.map(|entry| {
            let name = forms.ident(entry);
            let (object, entry) = (s.f.params.first().map(Shape::referent), s.ident(entry));
            as_method(&item, &name, &quote!(<#object>::#entry))
        }));
        if let Some(entry) = led.iter().find(is) {
            let own = format_ident!("__default{}", item.sig.ident);
            let mut leading = item.clone();
            let block = forms.leading(entry, has_body.then_some(&own), &mut leading.sig);
            leading.block = syn::parse_quote!({ #block });
            out.functions.push(leading.to_token_stream());
            if !has_body {
                continue;
            }
            item.sig.ident = own;
            // The function stands for a method that the object has under its own name.
            let used = s.primal_use().to_string();
            let is_other = |stmt: &syn::Stmt| stmt.to_token_stream().to_string() != used;
            item.block.stmts.retain(is_other);
        }
        out.functions.push(item.to_token_stream());
    }
    out
}

/// The function as a method of what borrows its first argument. Its closures are made in the function, since the type
/// of one that is made here would have the lifetime.
fn as_method(function: &syn::ImplItemFn, name: &Ident, path: &TokenStream) -> TokenStream {
    let mut method = function.clone();
    method.sig.ident = name.clone();
    let mut args = Vec::new();
    for (n, input) in method.sig.inputs.iter_mut().enumerate() {
        if let (1.., syn::FnArg::Typed(p)) = (n, input) {
            let name = format_ident!("__argument{}", n);
            *p.pat = syn::parse_quote!(#name);
            args.push(name);
        }
    }
    let object = match method.sig.inputs.first_mut() {
        Some(first) => {
            *first = syn::parse_quote!(&self);
            Some(quote!(self.0,))
        }
        None => {
            method.sig.inputs.push(syn::parse_quote!(&self));
            None
        }
    };
    method.block = syn::parse_quote!({ #path(#object #(#args),*) });
    method.to_token_stream()
}

impl Forms<'_> {
    /// The body of an object's entry: it leads to the value behind, or to what the trait itself says.
    fn leading(&self, entry: &str, own: Option<&Ident>, sig: &mut syn::Signature) -> TokenStream {
        let (s, rt) = (self.s, &self.s.rt);
        let names = self.names();
        let Some(object) = s.names().into_iter().next() else {
            return TokenStream::new();
        };
        let is_own = self.ident(OWN);
        if entry == "__jvp" {
            if let Some(syn::FnArg::Typed(last)) = sig.inputs.last_mut() {
                *last.pat = syn::parse_quote!(__dots);
            }
            let jvp = self.ident(JVP);
            let own = own.map(|own| {
                quote!(if !#object.#is_own() { return Self::#own(#object, #(#names,)* __dots); })
            });
            return quote!(#own #object.#jvp(#(#names,)* __dots));
        }
        let is_masked = entry == Family::Masked.sweep();
        let (workspace, tape, bits) = match is_masked {
            true => (
                super::functions::observer(),
                quote!(#rt::Observer::tape(__tape)),
                Some(quote!(__bits,)),
            ),
            false => (quote!(#rt::Tape), quote!(__tape), None),
        };
        let (sweep, back) = (self.ident(SWEEP), self.ident(BACK));
        let shared: Vec<Ident> = self.shared().map(|p| s.name(p)).collect();
        let lent: Vec<Ident> = self.lent().map(|p| self.adjoint(p)).collect();
        let (types, seed) = (pullback_params(s, self.sweep), s.seed());
        let dynamic = quote! {
            let (__value, __bits) = #object.#sweep(#(#names,)* #tape);
        };
        let pullback_names: Vec<Ident> = std::iter::once(object.clone())
            .chain(shared.iter().cloned())
            .chain(std::iter::once(format_ident!("__bar")))
            .chain(lent.iter().cloned())
            .collect();
        let back = quote!(#object.#back(__seed, #(#shared,)* __bar, #(#lent,)* #tape));
        let closure = |body: TokenStream| {
            quote! {
                move |__seed: #seed, #(#pullback_names: #types,)* __tape: &mut #workspace| #body
            }
        };
        match own {
            None => {
                let closure = closure(back);
                quote!(#dynamic (__value, #bits #closure))
            }
            Some(own) => {
                let both = match is_masked {
                    true => quote!((__value, __bits, __pullback)),
                    false => quote!((__value, __pullback)),
                };
                let zero_bits = (!is_masked).then(|| quote!(let __bits = 0_u64;));
                let closure = closure(quote! {
                    match __pullback {
                        #rt::Some(__pullback) => __pullback(__seed, #(#pullback_names,)* __tape),
                        #rt::None => #back,
                    }
                });
                quote! {
                    let (__value, __bits, __pullback) = if #object.#is_own() {
                        #dynamic
                        (__value, __bits, #rt::None)
                    } else {
                        let #both = Self::#own(#object, #(#names,)* __tape);
                        #zero_bits
                        (__value, __bits, #rt::Some(__pullback))
                    };
                    (__value, #bits #closure)
                }
            }
        }
    }
}
