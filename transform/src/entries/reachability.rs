//! `reachability()`: what is known of each input, as data.

use super::facts::Callees;
use super::shape::Shape;
use crate::analysis::reach::{Cut, Edge, Input, Link};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::HashSet;
use syn::ext::IdentExt;

pub(super) fn reachability_entry(s: &Shape, callees: &Callees, by_rule: bool) -> TokenStream {
    let rt = &s.rt;
    let entry = s.ident("reachability");
    let name = s.function.sig.ident.unraw().to_string();
    let line = number(s.function.sig.ident.span().start().line);
    let inputs = callees.reach.inputs.iter().map(|input| {
        let name = input.field.unraw().to_string();
        let reach = match by_rule {
            true => quote!(#rt::Reach::Sometimes { when: &["the rule that was given for the function passes it on"] }),
            false => reach(rt, &s.function.sig.ident, input, callees),
        };
        quote!(#rt::ReachOf { input: #name, reach: #reach })
    });
    let asks = callees
        .reach
        .inputs
        .iter()
        .any(|input| Callees::asks(&input.link));
    let parts = callees.list_of_parts();
    let otherwise = asks.then(|| quote!(use #rt::Otherwise as _; #parts));
    quote! {
        /// Which inputs a derivative can reach the result from, when, and where the ways of the others end.
        pub fn #entry() -> &'static #rt::Reachability {
            #otherwise
            static REACHABILITY: #rt::Reachability = #rt::Reachability {
                function: #name,
                file: ::core::file!(),
                line: #line,
                inputs: &[#(#inputs),*],
            };
            &REACHABILITY
        }
    }
}

fn reach(rt: &TokenStream, own: &Ident, input: &Input, callees: &Callees) -> TokenStream {
    let link = &input.link;
    let never = {
        let through = called(rt, own, link, callees);
        let cuts = input.cuts.iter().map(|c| cut(rt, c));
        quote!(#rt::Reach::Never { cuts: &[#(#cuts,)* #(#through),*] })
    };
    if !link.is_connected() {
        return never;
    }
    let mut when = callees.reach.when(&link.when);
    let edges: Vec<usize> = link.ways.iter().flatten().map(|(call, _)| *call).collect();
    let unconditional = link.when.iter().any(Vec::is_empty);
    if unconditional {
        when = calls(&edges, callees);
    }
    let sometimes = quote!(#rt::Reach::Sometimes { when: &[#(#when),*] });
    let some = match callees
        .is_whole(link)
        .map(|e| e.to_string() == "true" || e.is_empty())
    {
        Some(true) => quote!(#rt::Reach::Always),
        None => sometimes,
        Some(false) => {
            let whole = callees.is_whole(link);
            quote!(if #whole { #rt::Reach::Always } else { #sometimes })
        }
    };
    match callees.is_detached(link) {
        Some(detached) => quote!(if #detached { #never } else { #some }),
        None => some,
    }
}

/// The calls that a connection depends on, in words.
fn calls(edges: &[usize], callees: &Callees) -> Vec<String> {
    let mut out = Vec::new();
    for call in edges.iter().filter_map(|n| callees.reach.calls.get(*n)) {
        let line = call.span.map_or(0, |span| span.start().line);
        let text = match &call.part {
            Some(part) => format!("{} (line {line}) has a derivative", part.text()),
            None => format!(
                "the path taken inside `{}` (line {line}) connects it",
                call.callee.name()
            ),
        };
        if !out.contains(&text) {
            out.push(text);
        }
    }
    if out.is_empty() {
        out.push("the trips of its loops connect it".into());
    }
    out
}

/// The calls behind which the ways end, one for each way: the first that passes nothing on.
fn called(rt: &TokenStream, own: &Ident, link: &Link, callees: &Callees) -> Vec<TokenStream> {
    let cut = |edge: &Edge| {
        let call = callees.reach.calls.get(edge.0)?;
        let name = call.callee.name();
        if callees.is_itself(own, call) {
            return None;
        }
        let what = match &call.part {
            Some(_) => "a `#[constant]` field".to_string(),
            None => format!("a call of `{name}`"),
        };
        let why = call.reason();
        let place = call.span?.start();
        let (line, column) = (number(place.line), number(place.column + 1));
        let cut =
            quote!(#rt::Cut { what: #what, why: #why, text: #name, line: #line, column: #column });
        Some((callees.is_cut(*edge)?, cut))
    };
    let mut told = Vec::new();
    let mut seen = HashSet::new();
    for way in &link.ways {
        let mut found = way.iter().filter_map(cut).rev();
        let Some((_, last)) = found.next() else {
            continue;
        };
        let one = found.fold(
            last,
            |rest, (is_cut, cut)| quote!(if #is_cut { #cut } else { #rest }),
        );
        if seen.insert(one.to_string()) {
            told.push(one);
        }
    }
    told
}

fn cut(rt: &TokenStream, cut: &Cut) -> TokenStream {
    let (what, why) = (cut.why.noun(), cut.why.reason());
    let text = cut
        .text
        .as_ref()
        .map(|piece| piece.text.clone())
        .unwrap_or_default();
    let (line, column) = cut.start();
    let (line, column) = (number(line), number(column));
    quote!(#rt::Cut { what: #what, why: #why, text: #text, line: #line, column: #column })
}

fn number(n: usize) -> Literal {
    Literal::usize_unsuffixed(n)
}
