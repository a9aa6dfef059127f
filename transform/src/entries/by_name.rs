//! A function that is passed to another by its name: in the forms that a parameter bounded by `Fn` has in the
//! entries that callers use, so that `integrate(my_function, 0.0, 1.0)` needs no closure around it.

use super::calls::Family;
use super::functions::{Hidden, Way};
use super::shape::Shape;
use crate::ir::Param;
use crate::reverse::Sweep;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

impl Family {
    /// What stands for the function where it is passed by its name.
    fn by_name(self) -> &'static str {
        match self {
            Family::Masked => "__masked_by_name",
            _ => "__differentiable_by_name",
        }
    }
}

/// Whether the function can be one that is given to another: it only looks at what it borrows, and gives a value.
pub(super) fn can_be_given(s: &Shape) -> bool {
    let plain = |p: &Param| {
        let has_lifetime = |ty: &syn::Type| ty.to_token_stream().to_string().contains(['\'', '&']);
        // What is constant may be of a type that has no tangent.
        let ty = s.f.types.of(&p.ty);
        let numbers = ty.peeled().is_float() || ty.is_sequence() && ty.element().is_float();
        // Of a trait object no copy can be kept.
        let is_object = crate::names::mentions(&p.ty.to_token_stream(), &format_ident!("dyn"));
        p.function.is_none()
            && !is_object
            && (p.active || ty.is_constant() || numbers)
            && match &p.ty {
                syn::Type::Reference(r) => r.mutability.is_none() && !has_lifetime(&r.elem),
                syn::Type::ImplTrait(_) => false,
                ty => !has_lifetime(ty) && !crate::methods::is_lent(ty),
            }
    };
    let gives = !s.gives_nothing() && !s.f.vars[s.f.ret].ty.is_constant();
    gives && !s.borrows && !s.ret.to_string().contains(['&', '\'']) && s.f.params.iter().all(plain)
}

/// The form in reverse mode, with masks or without: with the value, the pullback of this one call.
pub(super) fn reverse_by_name(s: &Shape, sweep: &Sweep, family: Family) -> TokenStream {
    let (rt, ret, seed) = (&s.rt, &s.ret, s.seed());
    let (mut shadow_types, mut shadow_names, mut lent) = (Vec::new(), Vec::new(), Vec::new());
    let (mut copies, mut again) = (Vec::new(), Vec::new());
    for ((n, p), name) in s.f.params.iter().enumerate().zip(s.receiving_names()) {
        let shadow = s.lent_tangent(&p.ty);
        shadow_types.push(quote!(::core::option::Option<&mut #shadow>));
        if s.has_adjoint(p, sweep) {
            let shadow = format_ident!("__shadow{}", n);
            shadow_names.push(quote!(#shadow));
            lent.push(quote!(#shadow));
        } else {
            shadow_names.push(quote!(_));
            lent.push(quote!(#rt::Unused));
        }
        again.push(match Shape::is_shared(p) {
            true => {
                let copy = format_ident!("__copy{}", n);
                copies.push(quote!(let #copy = #rt::Copies::copy(#name);));
                quote!(::core::borrow::Borrow::borrow(&#copy))
            }
            false => quote!(#rt::Owned),
        });
    }
    let (bits_ty, bits, moved) = match family {
        // The first bit is that of what a function captures: nothing.
        Family::Masked => (quote!(u64,), quote!(__bits,), quote!(__bits << 1,)),
        _ => (quote!(), quote!(), quote!()),
    };
    let way = match family {
        Family::Masked => Way::Masked,
        _ => Way::Reverse,
    };
    let Hidden {
        generics,
        turbofish,
        ..
    } = &s.hidden(way);
    let (entry, call) = (s.ident(family.by_name()), s.path(family.call()));
    let (params, bounds, workspace) = (s.receiving_params(), where_clause(s), way.workspace(rt));
    let (borrow, names, promises) = (s.receiver_lent(), s.receiving_names(), s.opaque_bounds(way));
    quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #entry #generics (#(#params,)* __tape: &mut #workspace) -> (
            #ret,
            #bits_ty
            impl ::core::ops::FnOnce(
                #seed, (#(#shadow_types,)*), &mut #rt::NoTangent, &mut #workspace,
            ) + #promises,
        ) #bounds {
            #(#copies)*
            let (__value, #bits __pullback) = #call #turbofish(#borrow #(#names,)* __tape);
            (__value, #moved move |
                __seed: #seed,
                (#(#shadow_names,)*): (#(#shadow_types,)*),
                _: &mut #rt::NoTangent,
                __tape: &mut #workspace,
            | __pullback(__seed, (#(#again,)*), (#(#lent,)*), __tape))
        }
    }
}

/// The form in forward mode: the tangents stand behind the arguments, that of the result behind the result.
pub(super) fn forward_by_name(s: &Shape) -> TokenStream {
    let (rt, ret, ret_dot) = (&s.rt, &s.ret, s.seed());
    let (mut dots, mut types) = (Vec::new(), Vec::new());
    for (n, p) in s.f.params.iter().enumerate() {
        let dot = s.lent_tangent(&p.ty);
        dots.push(format_ident!("__dot{}", n));
        types.push(match Shape::is_reference(p) {
            true => quote!(&#dot),
            false => dot,
        });
    }
    let (entry, call, turbofish) = (s.ident("__jvp_by_name"), s.path("__jvp"), &s.turbofish);
    let (generics, params, bounds) = (
        &s.function.sig.generics,
        s.receiving_params(),
        where_clause(s),
    );
    let (borrow, names) = (s.receiver_lent(), s.receiving_names());
    quote! {
        #[doc(hidden)]
        #[inline]
        pub fn #entry #generics (#(#params,)* #(#dots: #types),*) -> (#ret, #ret_dot) #bounds {
            #call #turbofish(#borrow #(#names,)* (#(#rt::along(#dots),)*))
        }
    }
}

/// The bounds: a copy of what is borrowed is kept until the pullback runs.
fn where_clause(s: &Shape) -> Option<TokenStream> {
    let rt = &s.rt;
    let given = s.calling_where(s.where_clause());
    let given = given.and_then(|b| syn::parse2::<syn::WhereClause>(b).ok());
    let given = given.into_iter().flat_map(|w| w.predicates);
    let copied = s.f.params.iter().filter_map(|p| match &p.ty {
        // The lifetime keeps rustc from judging the bound before the entry is used.
        syn::Type::Reference(r) => {
            let ty = &r.elem;
            Some(quote!(for<'__use> #ty: #rt::Copies))
        }
        _ => None,
    });
    let all: Vec<TokenStream> = given.map(|p| p.to_token_stream()).chain(copied).collect();
    (!all.is_empty()).then(|| quote!(where #(#all),*))
}
