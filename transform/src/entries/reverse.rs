//! `grad`, `value_and_grad`, `accumulate_grad` and `vjp`.

use super::calls::Family;
use super::calls::call_entry;
use super::collect::{Collected, Passed, collect};
use super::functions::Way;
use super::outcome::Outcome;
use super::shape::{Shape, by_value, pullback_params_with};
use super::sweep::sweep_fn;
use super::types::{elided_tokens, tuple};
use crate::reverse::Sweep;
use proc_macro2::TokenStream;
use quote::format_ident;
use quote::{ToTokens, quote};

/// The sweeps for gradients, where they differ from those for callers.
const JOINT: &str = "__joint_sweep";

/// The entries of reverse mode. Gradients run the sweeps with loops that are reversed while they run, where there
/// are such; callees and `accumulate_grad` do not, since slopes take time and space as large as the inputs, however
/// few of them a call reads.
pub(super) fn reverse_entries(
    s: &Shape,
    sweep: &Sweep,
    joint: Option<&Sweep>,
    items: &mut Vec<TokenStream>,
) {
    if let Some(refused) = super::rule::refused_reverse(s) {
        items.push(refused);
        return;
    }
    let rt = &s.rt;
    let generics = &s.function.sig.generics;
    let turbofish = &s.turbofish;
    let params = s.receiving_params();
    let names = s.names().iter().map(ToTokens::to_token_stream).collect();
    let names = s.with_functions(names, Way::Reverse);
    let receiving = s.receiving_names();
    let receive = s.receive();
    let (receiver, others) = s.split_params();
    items.push(sweep_fn(s, sweep, Family::Plain.sweep(), None));
    let run = s.path(Family::Plain.sweep());
    let open = s.hidden(Way::Reverse).open;
    let run = quote!(#run #open);
    let run_joint = joint.map(|_| s.path(JOINT)).map(|path| quote!(#path #open));
    if !s.takes_plain_functions() {
        items.push(super::vector::no_plain_functions(s));
        items.push(call_entry(s, sweep, Family::Plain));
        return;
    }

    let tangents: Vec<TokenStream> = s.inputs().iter().map(|p| s.tangent(p)).collect();
    let tangent_tuple = tuple(&tangents);
    if let Some(outcome) = Outcome::of(s) {
        let number_clause = outcome.clause(s);
        let whole = joint.unwrap_or(sweep);
        let run_whole = run_joint.as_ref().unwrap_or(&run);
        items.extend(joint.map(|joint| sweep_fn(s, joint, JOINT, None)));
        let Collected {
            makes,
            run: run_pullback,
            tangents: results,
        } = collect(s, whole, quote!(__pullback), outcome.one());
        let result = tuple(&results);
        let number = outcome.number();
        let both = outcome.with(quote!((#number, #tangent_tuple)));
        let gradient = outcome.with(tangent_tuple.clone());
        let (open, pair) = (outcome.open(), outcome.close(quote!((__value, #result))));
        let [value_and_grad, value_and_grad_with, grad, grad_with] =
            ["value_and_grad", "value_and_grad_with", "grad", "grad_with"].map(|e| s.ident(e));
        let value_and_grad_path = s.path("value_and_grad");
        let with_path = s.path("value_and_grad_with");
        let first = s.receiver.as_ref().map(|r| {
            let name = r.self_token;
            quote!(#name,)
        });
        let rest = &receiving[usize::from(first.is_some())..];
        let second = outcome.second(quote!(#value_and_grad_path #turbofish(#(#receiving),*)));
        let second_with = outcome.second(quote!(#with_path #turbofish(#first __tape, #(#rest),*)));
        // A parameter by value that is not Copy is gone after the sweep: zeros come first.
        items.push(quote! {
            /// The value and the gradient: one tangent for each differentiated parameter, in order.
            #[inline]
            pub fn #value_and_grad #generics (#(#params),*) -> #both #number_clause {
                #with_path #turbofish(#first &mut #rt::Tape::once(), #(#rest),*)
            }
            /// The same in a workspace that later calls use again.
            #[inline]
            pub fn #value_and_grad_with #generics (#receiver __tape: &mut #rt::Tape, #(#others),*) -> #both #number_clause {
                #receive
                #makes
                let (__value, __pullback) = #run_whole(#(#names,)* __tape);
                #open
                #run_pullback
                #pair
            }
            /// The gradient: one tangent for each differentiated parameter, in order.
            #[inline]
            pub fn #grad #generics (#(#params),*) -> #gradient #number_clause {
                #second
            }
            /// The same in a workspace that later calls use again.
            #[inline]
            pub fn #grad_with #generics (#receiver __tape: &mut #rt::Tape, #(#others),*) -> #gradient #number_clause {
                #second_with
            }
        });
        items.push(accumulate_entry(s, sweep, &run, &outcome));
    } else {
        items.push(super::vector::refusals(
            s,
            &super::vector::one_real_number(s),
        ));
    }
    items.push(vjp_entry(s, sweep, &run));
    items.push(call_entry(s, sweep, Family::Plain));
}

pub(super) fn accumulate_entry(
    s: &Shape,
    sweep: &Sweep,
    run: &TokenStream,
    outcome: &Outcome,
) -> TokenStream {
    let (rt, ret) = (&s.rt, &s.ret);
    let generics = &s.function.sig.generics;
    let number_clause = outcome.clause(s);
    let params = s.receiving_params();
    let receive = s.receive();
    let names = s.names().iter().map(ToTokens::to_token_stream).collect();
    let names = s.with_functions(names, Way::Reverse);
    let mut buffers = Vec::new();
    let mut adds = Vec::new();
    let mut passed = Passed::of(s);
    for p in &s.f.params {
        let bar = s.bar(p);
        if p.active {
            let shadow = s.shadow(p);
            buffers.push(quote!(#bar: &mut #shadow));
        }
        if !s.has_adjoint(p, sweep) {
            continue;
        }
        if p.function.is_some() {
            passed.function(&bar);
            continue;
        }
        if !p.active {
            passed.dropped(p, &bar);
            continue;
        }
        if Shape::is_reference(p) && !Shape::is_exclusive(p) {
            passed.args.push(quote!(#bar));
            continue;
        }
        let t = format_ident!("{}_t", bar);
        if Shape::is_exclusive(p) {
            // The cotangent of the final state is zero; what comes out is added like any other.
            passed.zero(p, &t);
            passed.lend(p, &t);
        } else {
            passed.values.push(quote!(#t));
        }
        adds.push(quote!(#rt::accumulate(#bar, #t);));
    }
    let Passed {
        makes,
        late,
        args,
        values,
        ..
    } = passed;
    let entry = s.ident("accumulate_grad");
    let (one, open, value) = (
        outcome.one(),
        outcome.open(),
        outcome.close(quote!(__value)),
    );
    quote! {
        /// Adds the gradient into buffers of the caller's and gives the value.
        #[inline]
        pub fn #entry #generics (#(#params,)* #(#buffers),*) -> #ret #number_clause {
            #receive
            let __tape = &mut #rt::Tape::once();
            #(#makes)*
            let (__value, __pullback) = #run(#(#names,)* __tape);
            #open
            #(#late)*
            let (#(#values,)*) = __pullback(#one, #(#args,)* __tape);
            #(#adds)*
            #value
        }
    }
}

pub(super) fn vjp_entry(s: &Shape, sweep: &Sweep, run: &TokenStream) -> TokenStream {
    let (rt, ret) = (&s.rt, &s.ret);
    let generics = &s.function.sig.generics;
    let where_clause = s.where_clause();
    let params = s.receiving_params();
    let receive = s.receive();
    let names = s.names().iter().map(ToTokens::to_token_stream).collect();
    let names = s.with_functions(names, Way::Reverse);
    let seed = s.seed();
    let mut inside = Vec::new();
    let mut results = Vec::new();
    let mut types = Vec::new();
    let mut exclusive = Vec::new();
    let mut passed = Passed::of(s);
    for p in &s.f.params {
        let bar = s.bar(p);
        let (zero, name) = (s.zero(p), s.name(p));
        let active = s.has_adjoint(p, sweep);
        if p.function.is_some() && active {
            passed.function(&bar);
            continue;
        }
        if !p.active {
            if active {
                passed.dropped(p, &bar);
            }
            continue;
        }
        if Shape::is_exclusive(p) {
            let shadow = elided_tokens(&s.shadow(p));
            exclusive.push((bar.clone(), quote!(&mut #shadow)));
            if active {
                passed.args.push(quote!(#bar));
            }
            continue;
        }
        types.push(s.tangent(p));
        results.push(quote!(#bar));
        if Shape::is_reference(p) {
            // The pullback may run long after the function did, or never.
            inside.push(quote!(let mut #bar = #zero(&*#name);));
            if active {
                passed.lend(p, &bar);
            }
        } else if active {
            passed.values.push(quote!(#bar));
        } else {
            passed.makes.push(quote!(let #bar = #zero(&#name);));
        }
    }
    let Passed {
        makes,
        late,
        args,
        values,
        ..
    } = passed;
    let ty = tuple(&types);
    let result = tuple(&results);
    // As in a call: in a box, a pullback has no part in what the functions borrow.
    let boxed = s.functions().next().map(|_| {
        let given = pullback_params_with(s, sweep, Some(&quote!(#rt::NoTangent)));
        let values = by_value(s, sweep).into_iter().map(|p| s.tangent(p));
        quote! {
            let __pullback: #rt::Box<
                dyn ::core::ops::FnOnce(#seed, #(#given,)* &mut #rt::Tape) -> (#(#values,)*)
            > = #rt::Box::new(__pullback);
        }
    });
    let (ex_names, ex_types): (Vec<_>, Vec<_>) = exclusive.into_iter().unzip();
    let (shape, fitted) = match s.differs(ret) {
        true => (
            quote!(let __shape = #rt::shape!(__value);),
            quote!(#rt::fitted(__shape, __seed)),
        ),
        false => (quote!(), quote!(__seed)),
    };
    let entry = s.ident("vjp");
    let pullback = s.said(quote!(impl ::core::ops::FnOnce(#seed #(, #ex_types)*) -> #ty));
    quote! {
        /// The value and the pullback: a function from a cotangent of the value to the tangents.
        #[inline]
        pub fn #entry #generics (#(#params),*) -> (#ret, #pullback) #where_clause {
            #receive
            #(#makes)*
            let mut __tape = #rt::Tape::once();
            let (__value, __pullback) = #run(#(#names,)* &mut __tape);
            #boxed
            #(#late)*
            #shape
            (__value, move |__seed: #seed #(, #ex_names: #ex_types)*| {
                let __tape = &mut __tape;
                #(#inside)*
                let (#(#values,)*) = __pullback(#fitted, #(#args,)* __tape);
                #result
            })
        }
    }
}
