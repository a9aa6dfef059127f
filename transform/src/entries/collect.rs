//! What an entry passes to the pullback and gets from it, parameter by parameter.

use super::shape::Shape;
use crate::ir::Param;
use crate::reverse::Sweep;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The tangents of all inputs as one run of the pullback gives them.
pub(super) struct Collected {
    /// What stands before the function runs: a parameter by value may be gone after that.
    pub makes: TokenStream,
    /// Runs the pullback.
    pub run: TokenStream,
    /// The tangents, in the order of the inputs.
    pub tangents: Vec<TokenStream>,
}

/// Makes the owned tangents, runs the pullback, and gives the tangents in the order of the inputs.
pub(super) fn collect(
    s: &Shape,
    sweep: &Sweep,
    pullback: TokenStream,
    seed: TokenStream,
) -> Collected {
    let mut passed = Passed::of(s);
    let mut tangents = Vec::new();
    for p in &s.f.params {
        let bar = s.bar(p);
        let active = s.has_adjoint(p, sweep);
        if p.active {
            tangents.push(quote!(#bar));
        } else if !active {
            continue;
        }
        if p.function.is_some() {
            passed.function(&bar);
            continue;
        }
        // A buffer that is no input can still be written with what depends on one.
        if Shape::is_reference(p) {
            passed.zero(p, &bar);
            if active {
                passed.lend(p, &bar);
            }
        } else if active {
            passed.values.push(quote!(#bar));
        } else {
            let (zero, name) = (s.zero(p), s.name(p));
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
    Collected {
        makes: quote!(#(#makes)*),
        run: quote! {
            #(#late)*
            let (#(#values,)*) = #pullback(#seed, #(#args,)* __tape);
        },
        tangents,
    }
}

/// What the pullback is called with and what it gives.
pub(super) struct Passed<'a> {
    s: &'a Shape<'a>,
    /// Tangents that are made before the function runs.
    pub makes: Vec<TokenStream>,
    /// Tangents of buffers that come back with another shape, made once the function has run.
    pub late: Vec<TokenStream>,
    /// The arguments after the seed.
    pub args: Vec<TokenStream>,
    /// The patterns of what comes back.
    pub values: Vec<TokenStream>,
}

impl<'a> Passed<'a> {
    /// The arguments that the pullback looks at again.
    pub fn of(s: &'a Shape<'a>) -> Passed<'a> {
        Passed {
            s,
            makes: Vec::new(),
            late: Vec::new(),
            args: s.passed_again().collect(),
            values: Vec::new(),
        }
    }

    /// A function that was given as a parameter: none of what it captured is asked for.
    pub fn function(&mut self, bar: &Ident) {
        let rt = &self.s.rt;
        self.makes.push(quote!(let mut #bar = #rt::NoTangent;));
        self.args.push(quote!(&mut #bar));
    }

    /// Makes the zero tangent of what a parameter refers to.
    pub fn zero(&mut self, p: &Param, tangent: &Ident) {
        let (zero, name) = (self.s.zero(p), self.s.name(p));
        let made = match self.s.is_reshaped(p) {
            true => &mut self.late,
            false => &mut self.makes,
        };
        made.push(quote!(let mut #tangent = #zero(&*#name);));
    }

    /// Lends an owned tangent to the pullback.
    pub fn lend(&mut self, p: &Param, tangent: &Ident) {
        self.args.push(self.s.lent(p, tangent));
    }

    /// No input, but written with what depends on one: its adjoint starts from zero and is dropped.
    pub fn dropped(&mut self, p: &Param, bar: &Ident) {
        if Shape::is_reference(p) {
            self.zero(p, bar);
            self.lend(p, bar);
        } else {
            self.values.push(quote!(_));
        }
    }
}

impl Shape<'_> {
    /// The name of a parameter's tangent in an entry.
    pub(super) fn bar(&self, p: &Param) -> Ident {
        let name = self.name(p).to_string();
        format_ident!("__{}_bar", name.trim_start_matches("r#"))
    }
}
