//! The tokens of operands and places.

use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The tokens of a place, to write to or only to read. A dereference before a further step is left to
/// auto-dereference.
pub fn place_tokens(f: &Function, place: &Place, write: bool) -> Option<TokenStream> {
    let base = f.vars.get(place.base)?;
    let mut out = base.ident.to_token_stream();
    let borrow = if write { quote!(&mut) } else { quote!(&) };
    for (n, step) in place.path.iter().enumerate() {
        let last = n + 1 == place.path.len();
        // What is borrowed already is borrowed again.
        let plain = borrow.clone();
        let borrow = match (n, &base.ty) {
            (1, Ty::Ref(..)) if matches!(place.path[0], Proj::Deref) => quote!(#borrow *),
            _ => borrow.clone(),
        };
        // The field around may be marked `#[constant]`, which rustc knows.
        let inside = base.generated && place.path[..n].iter().any(is_field);
        out = match step {
            // The tangent of a reference is owned, that of a box is a box.
            Proj::Deref if last && base.generated && (n > 0 || !matches!(base.ty, Ty::Ref(..))) => {
                quote!((*__rt::behind!(#borrow #out)))
            }
            Proj::Deref if last && !base.generated => {
                // What is behind several references is no place that rustc would find by itself.
                let all = place.path.iter().all(|step| matches!(step, Proj::Deref));
                let stars = std::iter::repeat_n(quote!(*), if all { n + 1 } else { 1 });
                quote!((#(#stars)* #out))
            }
            Proj::Deref if last => quote!((*#out)),
            Proj::Value => quote!(__rt::operand!(&*#out)),
            Proj::Deref => out,
            Proj::Field(member @ syn::Member::Named(_)) if inside => {
                quote!((*__rt::inside!(#plain #out, #member)).#member)
            }
            Proj::Field(member) => quote!(#out.#member),
            Proj::Index(o) => {
                let i = operand_tokens(f, o);
                quote!(#out[#i])
            }
            Proj::Way(way) if base.generated => {
                let way = operand_tokens(f, &way.way);
                match write {
                    true => quote!((*__rt::part(&#way, #borrow #out))),
                    false => quote!((*__rt::peek(&#way, #borrow #out))),
                }
            }
            Proj::Way(way) => {
                let args = way.args.iter().map(|o| operand_tokens(f, o));
                match &way.method {
                    Some(method) => quote!((*#out.#method(#(#args),*))),
                    None => quote!(#out[#(#args)*]),
                }
            }
            // A vector that is being indexed for writing cannot be asked for its length.
            Proj::FromEnd(k) if write => {
                let k = operand_tokens(f, k);
                quote!((*__rt::from_end(&mut #out[..], #k)))
            }
            Proj::FromEnd(k) => {
                let k = behind(f, k);
                quote!(#out[#out.len() - 1 #k])
            }
            Proj::At(tokens, _) | Proj::Span(tokens, _) => quote!(#out[#tokens]),
            Proj::Run if base.generated => out,
            Proj::Run => quote!(__rt::sequence(&#out)),
            Proj::Range(a, b, closed) => {
                let a = a.as_ref().map(|o| operand_tokens(f, o));
                let b = b.as_ref().map(|o| operand_tokens(f, o));
                let limits = if *closed { quote!(..=) } else { quote!(..) };
                quote!(#out[#a #limits #b])
            }
            Proj::Middle(front, back) => {
                let middle = if write {
                    quote!(middle_mut)
                } else {
                    quote!(middle)
                };
                quote!((*__rt::#middle(#plain #out[..], #front, #back)))
            }
            Proj::Part(name, member) => {
                let part = crate::derive::accessor(&name.to_string(), member, write);
                match (inside, write) {
                    (false, _) => quote!((*(#borrow #out).#part())),
                    (true, false) => quote!((*__rt::inside!(#plain #out, #part()).#part())),
                    (true, true) => quote!((*__rt::inside!(#plain #out, mut #part()).#part())),
                }
            }
        };
    }
    Some(out)
}

/// The exchange of what belongs to two places, spelled `a` and `b`: two parts of one variable cannot be borrowed
/// both at once.
pub fn exchange(
    f: &Function,
    one: &Place,
    other: &Place,
    a: TokenStream,
    b: TokenStream,
) -> TokenStream {
    if f.root(one) != f.root(other) {
        return quote!(::core::mem::swap(&mut #a, &mut #b););
    }
    quote! {{
        let __one = __rt::take(&mut #a);
        let __other = ::core::mem::replace(&mut #b, __one);
        #a = __other;
    }}
}

/// How far an element is from the last one.
pub(super) fn behind(f: &Function, k: &Operand) -> Option<TokenStream> {
    let k = operand_tokens(f, k);
    (k.to_string() != "0").then(|| quote!(- #k))
}

/// The tokens of an operand.
pub fn operand_tokens(f: &Function, operand: &Operand) -> TokenStream {
    match operand {
        Operand::Var(v) => f.vars[*v].ident.to_token_stream(),
        Operand::Lit(tokens) => tokens.clone(),
    }
}

/// Whether a step leads to what a struct or an enum has, which may be marked.
fn is_field(step: &Proj) -> bool {
    matches!(step, Proj::Field(_) | Proj::Part(..))
}
