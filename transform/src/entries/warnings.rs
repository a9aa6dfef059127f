//! What is said of inputs that cannot reach the result: at the parameter, and at each place where its ways end.
//!
//! Stable macros cannot warn. A use of something deprecated, inside the user's function and at the user's own tokens,
//! warns there, and `#[allow(deprecated)]` and `#[expect(deprecated)]` on the function silence it. Its path is what
//! rustc prints first, so it is chosen as prose. Where callees decide, the item is deprecated for the answer `true`
//! alone.

use super::facts::Callees;
use super::shape::{Shape, quiet};
use crate::analysis::reach::{Call, Cut, Edge, Input, Reach, Why};
use crate::args::{Detached, Options};
use crate::diagnostics::{Code, Diagnostic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// What is said about the inputs that no derivative leads from.
pub(super) fn warnings(
    s: &Shape,
    options: &Options,
    callees: &Callees,
    watched: Option<&Reach>,
    errors: &mut Vec<Diagnostic>,
) -> TokenStream {
    // A method beside others, whose result has no derivative or which is asked for its receiver's sake, is no
    // mistake.
    let in_block = options.around.is_some();
    if options.detached == Detached::Allow || in_block && s.gives_nothing() {
        return TokenStream::new();
    }
    let mut said = Said {
        s,
        deny: options.detached == Detached::Deny,
        callees: *callees,
        out: TokenStream::new(),
        errors,
    };
    let told: Vec<&Input> = callees
        .reach
        .inputs
        .iter()
        .filter(|input| !in_block || input.field != crate::methods::RECEIVER)
        // What is only written to is told as an output, if nothing reaches it.
        .filter(|input| {
            !s.f.params
                .get(input.position)
                .is_some_and(Shape::is_exclusive)
        })
        .collect();
    // Of a method, a watched local counts as well.
    let locals: Vec<&Input> = watched.iter().flat_map(|reach| &reach.inputs).collect();
    let is_never = |input: &&&Input| !input.link.is_connected();
    let never: Vec<&Input> = told.iter().filter(is_never).copied().collect();
    let vain: Vec<&Input> = locals.iter().filter(is_never).copied().collect();
    for input in never.iter().chain(&vain) {
        said.input(input, None);
    }
    said.places(&[&never[..], &vain[..]].concat(), None);
    said.callees_cut(&told);
    if let Some(reach) = watched {
        said.callees.reach = reach;
        said.callees_cut(&locals);
        said.callees.reach = callees.reach;
    }
    said.outputs();
    let connected = callees
        .reach
        .inputs
        .iter()
        .any(|input| input.link.is_connected());
    if !never.is_empty() && !connected {
        said.function();
    }
    match said.out.is_empty() {
        true => said.out,
        false => {
            let (rt, out) = (&s.rt, &said.out);
            quote! {
                #[allow(unused_imports)]
                use #rt::Otherwise as _;
                #out
            }
        }
    }
}

struct Said<'a> {
    s: &'a Shape<'a>,
    deny: bool,
    callees: Callees<'a>,
    out: TokenStream,
    errors: &'a mut Vec<Diagnostic>,
}

impl Said<'_> {
    fn name(&self) -> &Ident {
        &self.s.function.sig.ident
    }

    /// What a derivative would lead to.
    fn result(&self) -> String {
        let exclusive = self.s.f.params.iter().any(Shape::is_exclusive);
        let gives = !self.s.f.vars[self.s.f.ret].ty.is_constant();
        match (gives, exclusive) {
            (_, false) => format!("the result of `{}`", self.name()),
            (true, true) => format!("the result of `{}` or what it writes", self.name()),
            (false, true) => format!("what `{}` writes", self.name()),
        }
    }

    /// Of inputs behind whose calls nothing passes, which the callees know.
    fn callees_cut(&mut self, inputs: &[&Input]) {
        let before = std::mem::take(&mut self.out);
        for input in inputs {
            if input.link.is_connected()
                && let Some(detached) = self.callees.is_detached(&input.link)
            {
                self.input(input, Some(&detached));
                self.calls(input, &detached);
                self.places(&[input], Some(&detached));
            }
        }
        let told = std::mem::replace(&mut self.out, before);
        if !told.is_empty() {
            let parts = self.callees.list_of_parts();
            self.out.extend(quote!({ #parts #told }));
        }
    }

    /// At the name of a parameter or of a watched local.
    fn input(&mut self, input: &Input, detached: Option<&TokenStream>) {
        let is_local = input.position >= self.s.f.params.len();
        let (field, result) = (&input.field, self.result());
        let chain = format!("no chain of differentiable operations leads from it to {result}");
        let mut lines = vec![match (self.deny && detached.is_none(), is_local) {
            // The code's own words come before.
            (true, _) => chain,
            (false, false) => format!("`{field}` has no gradient: {chain}"),
            (false, true) => format!("the watched `{field}` has no gradient: {chain}"),
        }];
        let mut ends: Vec<String> = input.cuts.iter().map(Cut::sentence).collect();
        if detached.is_some() {
            ends.extend(self.ways_of(input));
        }
        match ends.as_slice() {
            [one] if input.cuts.first().is_some_and(|c| c.why == Why::Unused) => {
                lines.push(format!("  {one}"));
            }
            [one] => lines.push(format!("  the chain ends at {one}")),
            many => {
                lines.push("  the chains end at".into());
                lines.extend(many.iter().map(|end| format!("    {end}")));
            }
        }
        let mut remedies: Vec<&str> = input
            .cuts
            .iter()
            .filter_map(|c| c.why.remedy(is_local))
            .collect();
        remedies.dedup();
        if let [remedy] = remedies.as_slice()
            && detached.is_none()
        {
            lines.push(format!("  to give it a gradient: {remedy}"));
        }
        lines.extend(self.if_meant(is_local, detached.is_some()));
        let (at, code) = match is_local {
            false => (field.span(), ("Input", Code::DetachedInput)),
            true => (field.span(), ("Local", Code::WatchCut)),
        };
        self.say(code, "has_no_gradient", &lines.join("\n"), at, detached);
    }

    /// The ways to silence it, where the table of errors does not say them.
    fn if_meant(&self, is_local: bool, by_callees: bool) -> Vec<String> {
        let allow = format!(
            "keep it{} without this warning by `#[differentiable(detached = \"allow\")]` or `#[allow(deprecated)]` on \
             `{}`",
            if is_local { "" } else { " one" },
            self.name()
        );
        let none = "until then `gradients` gives `None` for it";
        match (self.deny, is_local) {
            (true, _) if !by_callees => vec![],
            (true, false) => vec![
                "  if that is meant: mark it `#[constant]`, or write `#[differentiable(detached = \"allow\")]`".into(),
            ],
            (true, true) => vec![
                "  if that is meant: remove `#[watch]`, or write `#[differentiable(detached = \"allow\")]`".into(),
            ],
            (false, false) => vec![
                format!("  if that is meant: mark it `#[constant]`, which makes it no input, or {allow}"),
                format!("  {none}, and `grad` exact zeros"),
            ],
            (false, true) => vec![
                format!("  if that is meant: remove `#[watch]`, or {allow}"),
                format!("  {none}"),
            ],
        }
    }

    /// At each place where ways end, once for all inputs.
    fn places(&mut self, never: &[&Input], detached: Option<&TokenStream>) {
        let mut told: Vec<(&Cut, Vec<String>)> = Vec::new();
        for input in never {
            for cut in input.cuts.iter().filter(|c| c.why != Why::Unused) {
                let field = format!("`{}`", input.field);
                match told
                    .iter_mut()
                    .find(|(c, _)| c.place() == cut.place() && c.why == cut.why)
                {
                    Some((_, fields)) => fields.push(field),
                    None => told.push((cut, vec![field])),
                }
            }
        }
        for (cut, fields) in told {
            if self.deny {
                continue;
            }
            let result = self.result();
            let from = fields.join(" and ");
            let note = format!(
                "the chain from {from} to {result} ends here: {}",
                cut.why.reason()
            );
            self.say(
                ("Derivative", Code::DetachedInput),
                "ends_here",
                &note,
                cut.mark(),
                detached,
            );
        }
    }

    /// For each way that leads through calls: which of them may end it.
    fn ways_of(&self, input: &Input) -> Vec<String> {
        let mut out = Vec::new();
        for way in &input.link.ways {
            let mut calls: Vec<_> = self.calls_of(input);
            calls.retain(|(edge, ..)| way.contains(edge));
            let (parts, calls): (Vec<_>, Vec<_>) =
                calls.iter().partition(|(.., call)| call.part.is_some());
            let Some((_, at, call)) = calls.first().or(parts.first()) else {
                continue;
            };
            let mut names: Vec<String> = Vec::new();
            for (.., call) in &calls {
                let name = format!("`{}`", call.callee.name());
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            // Which of them it is, rustc knows, and marks it.
            let mut what = match calls.len() + parts.len() {
                1 => call.place(),
                _ if calls.is_empty() || parts.is_empty() && names.len() == 1 => call.place(),
                _ => format!("in a call of {}", names.join(" or ")),
            };
            if let ([_, ..], Some(part)) =
                (&calls[..], parts.first().and_then(|p| p.2.part.as_ref()))
            {
                what += &format!(", or in {} if that is marked `#[constant]`", part.text());
            }
            let text = format!("line {}, column {}, {what}", at.line, at.column + 1);
            if !out.contains(&text) {
                out.push(text);
            }
        }
        out
    }

    /// The calls that a way from the input leads through and that may cut it.
    fn calls_of(&self, input: &Input) -> Vec<(Edge, proc_macro2::LineColumn, &Call)> {
        let mut out: Vec<(Edge, proc_macro2::LineColumn, &Call)> = Vec::new();
        for edge in input.link.ways.iter().flatten() {
            let Some(call) = self.callees.reach.calls.get(edge.0) else {
                continue;
            };
            if let Some(span) = call.span
                && self.callees.is_cut(*edge).is_some()
                && !self.callees.is_itself(self.name(), call)
                && !out.iter().any(|(known, ..)| known == edge)
            {
                out.push((*edge, span.start(), call));
            }
        }
        out.sort_by_key(|(_, at, _)| (at.line, at.column));
        out
    }

    /// At each call behind which the ways end.
    fn calls(&mut self, input: &Input, detached: &TokenStream) {
        if self.deny {
            return;
        }
        let asked = self.calls_of(input).into_iter();
        let asked: Vec<(Edge, Call)> = asked.map(|(edge, _, call)| (edge, call.clone())).collect();
        let mut fields = Vec::new();
        for (edge, call) in asked {
            let Some(cut) = self.callees.is_cut(edge) else {
                continue;
            };
            let at = call.span.unwrap_or_else(Span::call_site);
            let note = format!(
                "the chain from `{}` to {} ends here: {}",
                input.field,
                self.result(),
                call.reason()
            );
            let both = quote!((#detached) && #cut);
            // Of fields there may be many: one sentence for all of them.
            if call.part.is_some() {
                fields.push((at, both));
                continue;
            }
            self.say(
                ("Derivative", Code::DetachedInput),
                "ends_here",
                &note,
                at,
                Some(&both),
            );
        }
        if !fields.is_empty() {
            let note = format!(
                "the chain from `{}` to {} ends here: the field is marked `#[constant]`, or holds nothing that has a \
                 derivative",
                input.field,
                self.result()
            );
            self.when("Derivative", "ends_here", &note, &fields);
        }
    }

    /// Parameters by `&mut` that nothing leads to.
    fn outputs(&mut self) {
        for output in &self.callees.reach.deaf {
            // What is no input either is told as one that has no gradient.
            let told = self.callees.reach.inputs.iter();
            if told.clone().any(|i| i.link.is_connected()) && !self.deny {
                let note = format!(
                    "what `{}` leaves in `{output}` does not depend on any input through a derivative\n  \
                     if that is meant, give `{output}` a type without derivatives, or mark it `#[constant]`",
                    self.name()
                );
                let at = output.span();
                self.say(
                    ("Output", Code::DetachedInput),
                    "has_no_derivative",
                    &note,
                    at,
                    None,
                );
            }
        }
    }

    /// At the function's name.
    fn function(&mut self) {
        if self.deny {
            return;
        }
        let name = self.name().clone();
        let note = format!(
            "no parameter of `{name}` reaches its result through a derivative, so every gradient of it is zero\n  if \
             that is meant, remove `#[differentiable]`: constants may go into any function"
        );
        self.say(
            ("Function", Code::DetachedInput),
            "has_no_gradient",
            &note,
            name.span(),
            None,
        );
    }

    fn say(
        &mut self,
        (subject, code): (&str, Code),
        what: &str,
        note: &str,
        at: Span,
        when: Option<&TokenStream>,
    ) {
        if self.deny {
            match when {
                None => self.errors.push(Diagnostic::at(code, at, note.to_string())),
                Some(when) => self.out.extend(quote_spanned! {at=>
                    const _: () = if #when { ::core::panic!("{}", #note) };
                }),
            }
            return;
        }
        match when {
            None => {
                let quiet = quiet();
                let (subject, item) = (format_ident!("{}", subject), Ident::new(what, at));
                self.out.extend(quote! {
                    {
                        #quiet
                        mod #subject {
                            #[deprecated(note = #note)]
                            pub(super) const #item: () = ();
                        }
                        let () = #subject::#item;
                    }
                });
            }
            Some(when) => self.when(subject, what, note, &[(at, when.clone())]),
        }
    }

    /// The same at each of these places, if what stands there is so.
    fn when(&mut self, subject: &str, what: &str, note: &str, places: &[(Span, TokenStream)]) {
        let (subject, item) = (format_ident!("{}", subject), format_ident!("{}", what));
        let uses = places.iter().map(|(at, when)| {
            let item = Ident::new(what, *at);
            quote!(let () = #subject::<{ #when }>::#item;)
        });
        self.out.extend(quote! {
            {
                struct #subject<const CUT: bool>;
                trait Passes {
                    #[allow(non_upper_case_globals)]
                    const #item: () = ();
                }
                impl<const CUT: bool> Passes for #subject<CUT> {}
                #[allow(non_upper_case_globals, dead_code)]
                impl #subject<true> {
                    #[deprecated(note = #note)]
                    const #item: () = ();
                }
                #(#uses)*
            }
        });
    }
}
