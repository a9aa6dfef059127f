//! Methods that move the elements of a sequence to other places, such as `sort_by` and `reverse`: where each comes
//! from is asked of the values and kept as numbers, and the elements are then moved one by one, so that their
//! adjoints find the way back.

use super::Lower;
use super::infer::peel;
use crate::ir::*;
use crate::ty::Ty;
use quote::{format_ident, quote, quote_spanned};
use syn::parse_quote_spanned;
use syn::spanned::Spanned;

/// The methods, with the number of their arguments, what is asked instead, and whether elements are dropped.
const METHODS: [(&str, usize, &str, bool); 18] = [
    ("sort", 0, "sorted", false),
    ("sort_unstable", 0, "sorted", false),
    ("sort_by", 1, "sorted_by", false),
    ("sort_unstable_by", 1, "sorted_by", false),
    ("sort_by_key", 1, "sorted_by_key", false),
    ("sort_unstable_by_key", 1, "sorted_by_key", false),
    ("sort_by_cached_key", 1, "sorted_by_cached_key", false),
    ("select_nth_unstable_by", 2, "selected_by", false),
    ("select_nth_unstable_by_key", 2, "selected_by_key", false),
    ("reverse", 0, "reversed", false),
    ("rotate_left", 1, "rotated_left", false),
    ("rotate_right", 1, "rotated_right", false),
    ("copy_within", 2, "copied_within", false),
    ("retain", 1, "retained", true),
    ("dedup", 0, "deduplicated", true),
    ("dedup_by_key", 1, "deduplicated_by_key", true),
    ("dedup_by", 1, "deduplicated_by", true),
    ("swap_with_slice", 1, "", false),
];

impl Lower {
    /// A method that moves elements, on what is a sequence, or is asked to be one.
    pub(super) fn rearranged(
        &mut self,
        m: &syn::ExprMethodCall,
        for_effect: bool,
    ) -> Option<Option<Expr>> {
        let name = m.method.to_string();
        let (_, _, question, drops) = *METHODS
            .iter()
            .find(|(n, arity, ..)| *n == name && *arity == m.args.len())?;
        let ty = self.infer(&m.receiver);
        let is_unknown = matches!(ty.peeled(), Ty::Unknown);
        // None of them gives anything that could be used here.
        let may_be = ty.is_sequence() || is_unknown && self.is_place(&m.receiver);
        if !for_effect || !may_be {
            return None;
        }
        let at = m.method.span();
        let receiver = &m.receiver;
        let [part, old, k] = ["part", "old", "k"].map(|name| self.f.names.fresh(name));
        // A user's own method of this name is of another type, says rustc.
        let place = self.referent(receiver)?;
        self.sequence(&place, at);
        let whole: syn::Expr = parse_quote_spanned!(at=> (#receiver)[..]);
        if question.is_empty() {
            return Some(self.exchanged(m, &whole));
        }
        let question = format_ident!("{question}", span = at);
        let args = &m.args;
        let asked: syn::Expr = parse_quote_spanned!(at=> __rt::#question(&#whole, #args));
        let order = self.order(&asked, &name, m);
        let moved: syn::Expr = parse_quote_spanned! {at=> {
            let #part = &mut #whole;
            let #old = #part.to_vec();
            for #k in 0..#order.len() {
                #part[#k] = #old[#order[#k]].clone();
            }
        }};
        self.structured(&moved, None);
        if drops {
            let truncated: syn::ExprMethodCall =
                parse_quote_spanned!(at=> #receiver.truncate(#order.len()));
            return self.vector_method(&truncated, true);
        }
        Some(Some(Expr::Use(Operand::Lit(quote!(())))))
    }

    /// `a.swap_with_slice(b)`
    fn exchanged(&mut self, m: &syn::ExprMethodCall, whole: &syn::Expr) -> Option<Expr> {
        let at = m.method.span();
        let other: syn::Expr = match peel(&m.args[0]) {
            syn::Expr::Reference(r) => (*r.expr).clone(),
            e => e.clone(),
        };
        let [part, with, old, k] =
            ["part", "with", "old", "k"].map(|name| self.f.names.fresh(name));
        let exchange: syn::Expr = parse_quote_spanned! {at=> {
            let #part = &mut #whole;
            let #with = &mut (#other)[..];
            assert_eq!(
                #part.len(), #with.len(), "destination and source slices have different lengths"
            );
            for #k in 0..#part.len() {
                let #old = #part[#k].clone();
                #part[#k] = #with[#k].clone();
                #with[#k] = #old;
            }
        }};
        self.structured(&exchange, None);
        Some(Expr::Use(Operand::Lit(quote!(()))))
    }

    /// The numbers of the elements in their new order, which have no derivative.
    fn order(&mut self, asked: &syn::Expr, name: &str, m: &syn::ExprMethodCall) -> syn::Ident {
        let opaque = self.opaque(asked, Cut::NoDerivative(format!("`{name}`")));
        let integers = Ty::Vec(Box::new(Ty::Int(Some("usize".into()))));
        let var = self.f.fresh("order", integers);
        self.f.vars[var].ascription = Some(quote_spanned!(m.method.span()=> __rt::Vec<usize>));
        self.push(Kind::Let(var, Expr::Opaque(opaque)), m.span());
        let ident = self.f.vars[var].ident.clone();
        self.by_name.insert(ident.to_string(), var);
        ident
    }
}
