//! Closures that are passed to differentiable functions: with each call they also give what reverses it, or the
//! tangent of the result.
//!
//! Such a closure captures by reference, as long as the call runs. What reverses one of its calls lives longer, so it
//! owns what it needs: memory that was captured or received is never looked at again.

use crate::analysis::activity::{self, Activity};
use crate::callee::entry_path;
use crate::diagnostics::Diagnostic;
use crate::emit::{self, Style};
use crate::ir::*;
use crate::masks;
use crate::ty::Ty;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashMap;

/// The captured variables that carry a derivative around the closure, by their numbers: its environment.
fn environment(lifted: &Lifted, outer: &Function, activity: &Activity) -> Vec<usize> {
    let carries = |v: &VarId| {
        let root = outer.root(&Place::var(*v));
        let constant = outer.vars[*v].ty.is_constant() || outer.vars[root].ty.is_constant();
        activity.is_active(root) && !constant
    };
    let captures = lifted.captures.iter().enumerate();
    captures
        .filter(|(_, v)| carries(v))
        .map(|(n, _)| n)
        .collect()
}

/// The closure as a function whose active parameters are known.
pub fn with_activity(lifted: &Lifted, outer: &Function, activity: &Activity) -> Function {
    let mut f = lifted.f.clone();
    let own = lifted.inputs.len();
    let environment = environment(lifted, outer, activity);
    for n in 0..f.params.len() {
        let varies = match n.checked_sub(own) {
            None => !f.vars[f.params[n].var].ty.is_constant(),
            Some(captured) => environment.contains(&captured),
        };
        f.params[n].active = varies && f.params[n].function.is_none();
    }
    f.plain = outer.plain;
    f.tidy = outer.tidy;
    f.masked = outer.masked;
    f.names.join(&outer.names);
    f
}

/// The closure that gives what reverses it along with its result.
pub fn reverse(
    lifted: &Lifted,
    outer: &Function,
    activity: &Activity,
    by_reference: bool,
) -> (TokenStream, Vec<Diagnostic>) {
    if let Some(path) = &lifted.named {
        let entry = match outer.masked {
            true => "__masked_by_name",
            false => "__differentiable_by_name",
        };
        return (entry_path(path, entry), Vec::new());
    }
    let mut f = with_activity(lifted, outer, activity);
    let inner = activity::analyse(&f);
    activity::settle_checks(&mut f.body, &f.ways, &inner);
    let masks = f.masked.then(|| masks::masked(&f, &inner));
    let sweep = match &masks {
        Some(masks) => crate::reverse::reverse(&masks.f, &inner),
        None => crate::reverse::reverse(&f, &inner),
    };
    let f = &sweep.f;
    let (style, style_reverse) = sweep.styles(masks.as_ref());
    let (storage, back) = (sweep.storage(), sweep.storage_back());
    let ret = &f.vars[f.ret].ident;
    let forward = if f.early_return {
        let (label, body) = labelled(f, &sweep.forward, style);
        let ty = f.vars[f.ret].ascription.as_ref().map(|ty| quote!(: #ty));
        quote!(let #ret #ty; #label: { #body })
    } else {
        emit::block_tokens(f, &sweep.forward, &style)
    };
    let reverse = emit::block_tokens(f, &sweep.reverse, &style_reverse);
    let entry = emit::block_tokens(f, &sweep.entry, &style_reverse);
    let mask_entry = masks.as_ref().map(|m| &m.entry);
    let mask = masks.as_ref().map(|m| match m.masks.get(&f.ret) {
        Some(mask) => quote!(#mask,),
        None => quote!(0_u64,),
    });
    let workspace = match &masks {
        Some(_) => quote!(__O),
        None => quote!(__rt::Tape),
    };
    let own = Own::of(lifted, f, &sweep.adjoints);
    let captured = Captured::of(lifted, outer, activity, f, &sweep.adjoints);
    let Own {
        params,
        zeros,
        shadows,
        opens,
        adds,
    } = &own;
    let Captured { types, takes, puts } = &captured;
    // Numbers go along with what reverses the call, as copies.
    let numbers = lifted.captured().filter(|(p, _)| !f.is_lent(p.var));
    let numbers = numbers.map(|(p, _)| {
        let name = &f.vars[p.var].ident;
        quote!(let #name = #name;)
    });
    let seed = &f.vars[sweep.seed].ident;
    // Where the function is lent, rustc tells the closure's signature to nobody.
    let shadow_types = shadows
        .iter()
        .map(|_| quote!(::core::option::Option<&mut _>));
    let (mut seed_type, mut seed_hint, mut seed_use) = (None, None, None);
    match &f.vars[f.ret].ty {
        Ty::Float(scalar) => {
            seed_type = scalar.written().map(|ty| quote!(: #ty));
        }
        // Without a derivative there is nobody to ask.
        ty if by_reference && !ty.is_constant() => {
            let hint = Ident::new("__seed_type", Span::mixed_site());
            seed_hint = Some(quote!(let #hint = __rt::tangent_type(&#ret);));
            seed_use = Some(quote!(let mut #seed = __rt::as_type(#seed, #hint);));
        }
        _ => {}
    }
    let of_type = Ident::new("__environment_type", Span::mixed_site());
    let env = Ident::new("__environment", Span::mixed_site());
    let types = match types.as_slice() {
        [] => quote!(__rt::NoTangent),
        types => quote!((#(#types,)*)),
    };
    let tokens = quote! {
        |#(#params,)* __tape: &mut #workspace| {
            let #of_type = __rt::type_of(|| #types);
            #(#numbers)*
            #(#zeros)*
            #storage
            #entry
            #mask_entry
            #forward
            #seed_hint
            (#ret, #mask move |
                mut #seed #seed_type,
                (#(#shadows,)*): (#(#shadow_types,)*),
                #env: &mut _,
                __tape: &mut #workspace,
            | {
                #seed_use
                let #env = __rt::of_type(#env, #of_type);
                #(#takes)*
                #(#opens)*
                #reverse
                #back
                #(#puts)*
                #(#adds)*
            })
        }
    };
    (tokens, sweep.diagnostics)
}

/// The body of a function that something leaves early, and its label.
fn labelled(f: &Function, block: &Block, mut style: Style) -> (syn::Lifetime, TokenStream) {
    let label = style.leave_body();
    (label, emit::block_tokens(f, block, &style))
}

/// The closure's own parameters and their adjoints.
#[derive(Default)]
struct Own {
    params: Vec<TokenStream>,
    zeros: Vec<TokenStream>,
    shadows: Vec<TokenStream>,
    opens: Vec<TokenStream>,
    adds: Vec<TokenStream>,
}

impl Own {
    fn of(lifted: &Lifted, f: &Function, adjoints: &HashMap<VarId, VarId>) -> Own {
        let mut own = Own {
            params: lifted.inputs.clone(),
            ..Own::default()
        };
        for (n, p) in f.params[..lifted.inputs.len()].iter().enumerate() {
            let Some(bar) = adjoints.get(&p.var) else {
                own.shadows.push(quote!(_));
                continue;
            };
            let (name, bar) = (&f.vars[p.var].ident, &f.vars[*bar].ident);
            let shadow = format_ident!("__shadow{}", n, span = Span::mixed_site());
            own.shadows.push(shadow.to_token_stream());
            let mut result = bar.clone();
            if matches!(f.vars[p.var].ty, Ty::Ref(..)) {
                result = format_ident!("__own{}", n, span = Span::mixed_site());
                own.zeros
                    .push(quote!(let mut #result = __rt::zero(&#name);));
                own.opens.push(quote!(let #bar = &mut #result;));
            }
            own.adds.push(quote! {
                if let __rt::Some(s) = #shadow { __rt::accumulate(s, #result); }
            });
        }
        own
    }
}

/// What the closure captures, and the adjoints.
#[derive(Default)]
struct Captured {
    types: Vec<TokenStream>,
    takes: Vec<TokenStream>,
    puts: Vec<TokenStream>,
}

impl Captured {
    fn of(
        lifted: &Lifted,
        outer: &Function,
        activity: &Activity,
        f: &Function,
        adjoints: &HashMap<VarId, VarId>,
    ) -> Captured {
        let mut out = Captured::default();
        let env = Ident::new("__environment", Span::mixed_site());
        let own = lifted.inputs.len();
        for (part, n) in environment(lifted, outer, activity).into_iter().enumerate() {
            let (p, part) = (&f.params[own + n], syn::Index::from(part));
            out.types.push(match &p.function {
                Some(given) => {
                    let environment = &given.environment;
                    quote!(<#environment as __rt::Tangent>::neutral())
                }
                None => {
                    let name = &outer.vars[lifted.captures[n]].ident;
                    quote!(__rt::zero(&#name))
                }
            });
            let Some(bar) = adjoints.get(&p.var) else {
                continue;
            };
            let bar = &f.vars[*bar].ident;
            if matches!(f.vars[p.var].ty, Ty::Ref(..)) {
                out.takes.push(quote!(let #bar = &mut #env.#part;));
                continue;
            }
            out.takes.push(quote! {
                let mut #bar = ::core::mem::replace(&mut #env.#part, __rt::Tangent::neutral());
            });
            out.puts.push(quote!(#env.#part = #bar;));
        }
        out
    }
}

/// The closure that gives its result's tangent as well. `around` has the tangents of what is captured: names that
/// they get, and the places where they are.
pub fn forward(
    lifted: &Lifted,
    outer: &Function,
    activity: &Activity,
    around: HashMap<VarId, (Ident, TokenStream)>,
) -> TokenStream {
    if let Some(path) = &lifted.named {
        return entry_path(path, "__jvp_by_name");
    }
    let mut f = with_activity(lifted, outer, activity);
    let inner = activity::analyse(&f);
    activity::settle_checks(&mut f.body, &f.ways, &inner);
    let names = around.iter().map(|(v, (name, _))| (*v, name.clone()));
    let t = crate::forward::forward_within(&f, &inner, &names.collect());
    let mut lets: Vec<(&Ident, &TokenStream)> = around
        .values()
        .filter(|(name, place)| *name != place.to_string())
        .map(|(name, place)| (name, place))
        .collect();
    lets.sort_by_key(|(name, _)| name.to_string());
    let lets = lets
        .iter()
        .map(|(name, place)| quote!(let #name = &#place;));
    let f = &t.f;
    let mut style = t.style();
    let value = &f.vars[f.ret].ident;
    let dot = match t.dots.get(&f.ret) {
        Some(dot) => f.vars[*dot].ident.to_token_stream(),
        None => quote!(__rt::zero(&#value)),
    };
    let body = if f.early_return {
        style.hidden.insert(f.ret);
        let mut declared = quote!();
        if let Some(dot) = t.dots.get(&f.ret) {
            style.hidden.insert(*dot);
            let dot = &f.vars[*dot].ident;
            declared = quote!(let #dot;);
        }
        let (label, body) = labelled(f, &t.body, style);
        let ty = f.vars[f.ret].ascription.as_ref().map(|ty| quote!(: #ty));
        quote!(let #value #ty; #declared #label: { #body })
    } else {
        emit::block_tokens(f, &t.body, &style)
    };
    let params = &lifted.inputs;
    let dots = f.params[..params.len()]
        .iter()
        .map(|p| match t.dots.get(&p.var) {
            Some(dot) => {
                let dot = &f.vars[*dot].ident;
                quote!(mut #dot)
            }
            None => quote!(_),
        });
    quote! {
        |#(#params,)* #(#dots),*| { #(#lets)* #body (#value, #dot) }
    }
}
