//! What other differentiable functions call: the value, and a pullback that adds to the adjoints of the arguments.

use super::functions::{Hidden, Way};
use super::shape::{Shape, by_value};
use super::types::{elided, elided_tokens};
use crate::reverse::Sweep;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::ToTokens;
use quote::format_ident;
use quote::quote;

/// Which of the generated functions a call entry belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Family {
    /// The function itself.
    Plain,
    /// The function with masks.
    Masked,
    /// The function's tangent function.
    Tangent,
}

impl Family {
    /// The sweep, which runs forward and gives what reverses it.
    pub(super) fn sweep(self) -> &'static str {
        match self {
            Family::Plain => "__sweep",
            Family::Masked => "__masked_sweep",
            Family::Tangent => "__jvp_sweep",
        }
    }

    /// What differentiable callers call.
    pub(super) fn call(self) -> &'static str {
        match self {
            Family::Plain => "__call",
            Family::Masked => "__masked_call",
            Family::Tangent => "__jvp_call",
        }
    }
}

/// The entry that differentiable callers call.
pub(super) fn call_entry(s: &Shape, sweep: &Sweep, family: Family) -> TokenStream {
    let (rt, ret) = (&s.rt, &s.ret);
    let way = match family {
        Family::Masked => Way::Masked,
        _ => Way::Reverse,
    };
    let workspace = way.workspace(rt);
    let tape = match way {
        Way::Masked => quote!(#rt::Observer::tape(__tape)),
        Way::Reverse | Way::Forward => quote!(__tape),
    };
    let Hidden {
        generics,
        bounds: given,
        turbofish,
        ..
    } = &s.hidden(way);
    let where_clause = s.calling_where(given.as_ref());
    let params = s.calling_params();
    let calling = s.calling_names();
    let names = s.names();
    let seed = s.seed();
    let (call, sweep_path) = (s.ident(family.call()), s.path(family.sweep()));
    let (bits_ty, bits) = if family == Family::Masked {
        (quote!(u64,), quote!(__bits,))
    } else {
        (quote!(), quote!())
    };
    let way_back = Back::of(s, sweep);
    let Back {
        again_types,
        again_names,
        shadow_types,
        shadow_names,
        opens,
        lengths,
        args,
        values,
        adds,
        ..
    } = &way_back;
    // What a function that is given as a parameter borrows is in the type of every closure made here, though none of
    // them keeps it; in a box it is not.
    let boxed = s.functions().next().is_some();
    let (keep, take) = if sweep.is_leaf || s.borrows || boxed {
        (quote!(), quote!())
    } else {
        let tuple_args = s.f.params.iter().map(|p| elided(&p.ty));
        (
            quote!(#tape.push_frame(__pullback);),
            quote! {
                let __pullback = #tape.pop_frame(#rt::frame_type(
                    |(#(#names,)* __tape): (#(#tuple_args,)* &mut #workspace)| {
                        let (__value, #bits __pullback) = #sweep_path #turbofish(#(#names,)* __tape);
                        (__value, __pullback)
                    }
                ));
            },
        )
    };
    let signature = quote! {
        ::core::ops::FnOnce(#seed, (#(#again_types,)*), (#(#shadow_types,)*), &mut #workspace)
    };
    let bounds = s.opaque_bounds(way);
    let (back_ty, back) = match boxed {
        true => {
            let ty = quote!(#rt::Box<dyn #signature + ::core::marker::Send>);
            (ty.clone(), quote!(let __back: #ty = #rt::Box::new))
        }
        false => (s.said(quote!(impl #signature + #bounds)), quote!()),
    };
    let closure = quote! {
        move |
            __seed: #seed,
            (#(#again_names,)*): (#(#again_types,)*),
            (#(#shadow_names,)*): (#(#shadow_types,)*),
            __tape: &mut #workspace,
        | {
            #take
            #(#opens)*
            let (#(#values,)*) = __pullback(__seed, #(#args,)* __tape);
            #(#adds)*
        }
    };
    let result = match boxed {
        true => quote!(#back(#closure); (__value, #bits __back)),
        false => quote!((__value, #bits #closure)),
    };
    quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #call #generics (#(#params,)* __tape: &mut #workspace) -> (
            #ret,
            #bits_ty
            #back_ty,
        ) #where_clause {
            let (__value, #bits __pullback) = #sweep_path #turbofish(#(#calling,)* __tape);
            #(#lengths)*
            #keep
            #result
        }
    }
}

/// How the pullback that callers get leads to the function's own.
#[derive(Default)]
struct Back {
    again_types: Vec<TokenStream>,
    again_names: Vec<TokenStream>,
    shadow_types: Vec<TokenStream>,
    shadow_names: Vec<TokenStream>,
    opens: Vec<TokenStream>,
    /// How long the slices and vectors are that the function has changed.
    lengths: Vec<TokenStream>,
    args: Vec<TokenStream>,
    values: Vec<TokenStream>,
    adds: Vec<TokenStream>,
}

impl Back {
    fn of(s: &Shape, sweep: &Sweep) -> Back {
        let rt = &s.rt;
        let mut b = Back::default();
        let mut shadow_args = Vec::new();
        let owned = by_value(s, sweep).len();
        for (n, p) in s.f.params.iter().enumerate() {
            let name = s.name(p);
            let shared = Shape::is_shared(p);
            if shared {
                b.again_types.push(elided(&p.ty).to_token_stream());
                b.again_names.push(quote!(#name));
                b.args.push(quote!(#name));
            } else {
                b.again_types.push(quote!(#rt::Owned));
                b.again_names.push(quote!(_));
            }
            if !s.has_adjoint(p, sweep) {
                b.shadow_types.push(quote!(#rt::Unused));
                b.shadow_names.push(quote!(_));
                continue;
            }
            let shadow = format_ident!("__shadow{}", n);
            b.shadow_names.push(quote!(#shadow));
            if !Shape::is_reference(p) {
                let ty = s.tangent(p);
                b.shadow_types
                    .push(quote!(::core::option::Option<&mut #ty>));
                let t = format_ident!("__t{}", n);
                b.values.push(quote!(#t));
                b.adds
                    .push(quote!(if let #rt::Some(s) = #shadow { #rt::accumulate(s, #t); }));
                continue;
            }
            let ty = elided_tokens(&s.shadow(p));
            b.shadow_types
                .push(quote!(::core::option::Option<&mut #ty>));
            let (scratch, bar) = (format_ident!("__scratch{}", n), format_ident!("__bar{}", n));
            if p.function.is_some() {
                b.opens.push(quote! {
                    let mut #scratch = #rt::Tangent::neutral();
                    let #bar = #shadow.unwrap_or(&mut #scratch);
                });
                shadow_args.push(quote!(#bar));
                continue;
            }
            let (zero, lent) = (s.zero(p), s.lent(p, &scratch));
            b.opens.push(if shared {
                quote! {
                    let mut #scratch;
                    let #bar = match #shadow {
                        #rt::Some(s) => s,
                        #rt::None => {
                            #scratch = #zero(#name);
                            #lent
                        }
                    };
                }
            } else {
                // Nobody asks for this one's cotangent, but what else the call was given may depend on it.
                let is_row = match &p.ty {
                    syn::Type::Reference(r) => {
                        matches!(s.f.types.of(&r.elem), Ty::Slice(_) | Ty::Vec(_))
                    }
                    _ => false,
                };
                let neutral = match is_row {
                    true => {
                        let len = format_ident!("__len{}", n);
                        b.lengths.push(quote!(let #len = #name.len();));
                        quote!(#rt::neutral_elements(#len))
                    }
                    false => quote!(#rt::Tangent::neutral()),
                };
                quote! {
                    let mut #scratch;
                    let #bar = match #shadow {
                        #rt::Some(s) => s,
                        #rt::None => {
                            #scratch = #neutral;
                            #lent
                        }
                    };
                }
            });
            shadow_args.push(quote!(#bar));
        }
        debug_assert_eq!(owned, b.values.len());
        b.args.extend(shadow_args);
        b
    }
}
