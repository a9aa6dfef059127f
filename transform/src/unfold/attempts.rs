//! Consumers whose items are each an `Option` or a `Result`, and that stop at the first that has no value:
//! `try_fold`, `sum::<Option<f64>>()`, `collect::<Result<Vec<_>, _>>()`.

use super::Unfold;
use super::chain::Chain;
use super::items::{Item, Mode};
use super::stages::Result;
use crate::desugar::Fallible;
use crate::diagnostics::{Code, Diagnostic};
use quote::{ToTokens, format_ident};
use syn::{Expr, Lifetime, Stmt, Type, parse_quote};

/// How an item is made into an `Option` or a `Result`, with statements that go before.
type Made<'m> = &'m mut dyn FnMut(&mut Unfold, Item, &mut Vec<Stmt>) -> Result<Expr>;

impl Unfold<'_> {
    /// What is done with each item's value, and what comes out of it at the end.
    ///
    /// `value` makes the item, `go` takes its value.
    fn attempt(
        &mut self,
        chain: Chain,
        of: Fallible,
        mut setup: Vec<Stmt>,
        value: Made,
        go: &mut dyn FnMut(&mut Unfold, Expr) -> Vec<Stmt>,
        end: Expr,
    ) -> Result<Expr> {
        let all: Lifetime = self.label("whole");
        let full = match of {
            Fallible::Option => format_ident!("Some"),
            Fallible::Result => format_ident!("Ok"),
        };
        let stmts = self.drive(chain, &mut |this, item, _| {
            let mut out = Vec::new();
            let value = value(this, item, &mut out)?;
            let value = super::closures::paren(value);
            let found = this.fresh("found");
            let taken = go(this, parse_quote!(#found));
            out.push(match of {
                Fallible::Option => parse_quote! {
                    match #value { Some(#found) => { #(#taken)* } None => break #all None }
                },
                Fallible::Result => {
                    let error = this.fresh("error");
                    parse_quote! {
                        match #value { Ok(#found) => { #(#taken)* } Err(#error) => break #all Err(#error) }
                    }
                }
            });
            Ok(out)
        })?;
        setup.extend(stmts);
        Ok(parse_quote!(#all: { #(#setup)* #full(#end) }))
    }

    /// `collect`, `sum` and `product` of what may have no value, if the type says so.
    pub(super) fn attempted(
        &mut self,
        chain: &Chain,
        name: &str,
        ty: Option<&Type>,
    ) -> Result<Option<Expr>> {
        let Some((of, inner)) = ty.and_then(payload) else {
            return Ok(None);
        };
        let (total, value) = match name {
            "collect" => {
                if !matches!(&inner, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Vec"))
                {
                    return Ok(None);
                }
                (self.fresh("collected"), parse_quote!(__rt::vec![]))
            }
            name => {
                let sum = name == "sum";
                let Some(start) = self.start_of_total(Some(&inner), sum) else {
                    return Ok(None);
                };
                (self.fresh(name), start)
            }
        };
        let inner = (!matches!(inner, Type::Infer(_))).then(|| quote::quote!(: #inner));
        let start: Expr = value;
        let setup = vec![parse_quote!(let mut #total #inner = #start;)];
        let whole = self.attempt(
            chain.clone(),
            of,
            setup,
            &mut |this, item, out| Ok(this.value(item, out)),
            &mut |_, found| {
                vec![match name {
                    "collect" => parse_quote!(#total.push(#found);),
                    "sum" => parse_quote!(#total += #found;),
                    _ => parse_quote!(#total *= #found;),
                }]
            },
            parse_quote!(#total),
        )?;
        let result = self.fresh("result");
        Ok(Some(parse_quote!({ let #result: #ty = #whole; #result })))
    }

    /// `try_fold` and `try_for_each`.
    pub(super) fn tried(
        &mut self,
        chain: Chain,
        init: Option<&Expr>,
        f: &Expr,
        ty: Option<&Type>,
    ) -> Result<Expr> {
        let by_closure = match super::chain::peel(f) {
            Expr::Closure(c) => Fallible::of_closure(c),
            _ => None,
        };
        let Some(of) = by_closure.or_else(|| ty.and_then(Fallible::of_type)) else {
            let detail = "it is not clear whether the closure gives an `Option` or a `Result`";
            let help = "write its type, as in `|sum, x| -> Option<f64> { … }`";
            return Err(Diagnostic::new(Code::IteratorNotYet, f, detail).with_help(help));
        };
        let state = self.fresh("folded");
        let setup = init.map(|init| -> Stmt { parse_quote!(let mut #state = #init;) });
        let folds = init.is_some();
        let end: Expr = match folds {
            true => parse_quote!(#state),
            false => parse_quote!(()),
        };
        self.attempt(
            chain,
            of,
            setup.into_iter().collect(),
            &mut |this, item, out| {
                let mut items = vec![(item, Mode::Take)];
                if folds {
                    items.insert(0, (Item::Value(parse_quote!(#state)), Mode::Take));
                }
                this.apply(f, items, out)
            },
            &mut |_, found| match folds {
                true => vec![parse_quote!(#state = #found;)],
                false => vec![parse_quote!(let _ = #found;)],
            },
            end,
        )
    }
}

/// `Option<T>` and `Result<T, E>`, with `T`.
fn payload(ty: &Type) -> Option<(Fallible, Type)> {
    let of = Fallible::of_type(ty)?;
    let Type::Path(path) = ty else { return None };
    match &path.path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(a) => match a.args.first()? {
            syn::GenericArgument::Type(t) => Some((of, t.clone())),
            _ => None,
        },
        _ => syn::parse2(quote::quote!(_).to_token_stream())
            .ok()
            .map(|t| (of, t)),
    }
}
