//! What is generated around the sweeps: the name space and its public entries (CONTRACT §1).

use crate::Analysed;
use crate::args::{Detached, Mode, Options};
use crate::diagnostics::{Code, Diagnostic};
use crate::emit::{self, Style};
use crate::forward;
use crate::ir::*;
use crate::masks;
use crate::reverse::{self, Sweep};
use crate::second;
use crate::ty::Ty;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;

/// The user's function, without our marks on its parameters and locals.
pub fn primal(function: &syn::ItemFn) -> syn::ItemFn {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_attributes_mut(&mut self, attrs: &mut Vec<syn::Attribute>) {
            attrs.retain(|a| !a.path().is_ident("constant") && !a.path().is_ident("watch"));
        }
        fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    }
    let mut function = function.clone();
    for input in &mut function.sig.inputs {
        if let syn::FnArg::Typed(t) = input {
            Strip.visit_attributes_mut(&mut t.attrs);
        }
    }
    Strip.visit_block_mut(&mut function.block);
    function
}

/// The user's function with the warnings that belong inside it, so that `#[allow]` on it silences them.
pub fn with_warnings(mut function: syn::ItemFn, warnings: TokenStream) -> syn::ItemFn {
    if !warnings.is_empty()
        && let Ok(stmt) = syn::parse2::<syn::Stmt>(quote!(const _: () = { #warnings };))
    {
        function.block.stmts.insert(0, stmt);
    }
    function
}

/// Names of the generated entries' own locals, which a user's local of the same name makes way for.
pub fn is_reserved(name: &str) -> bool {
    const OURS: [&str; 12] = [
        "__rt",
        "__tape",
        "__value",
        "__pullback",
        "__seed",
        "__connected",
        "__dot",
        "__in",
        "__t",
        "__bar",
        "__shadow",
        "__scratch",
    ];
    OURS.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// Mistakes in what the attribute asks for.
pub fn check_inputs(f: &Function, function: &syn::ItemFn, options: &Options) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for name in options.wrt.iter().flatten() {
        match f.params.iter().find(|p| p.field == *name) {
            None => {
                let names: Vec<String> =
                    f.params.iter().map(|p| format!("`{}`", p.field)).collect();
                let detail = format!("`{name}` is none of {}", names.join(", "));
                out.push(Diagnostic::new(Code::WrtUnknown, name, detail));
            }
            Some(p) if Ty::of(&p.ty).is_constant() => {
                let ty = p.ty.to_token_stream();
                out.push(Diagnostic::new(
                    Code::WrtNoTangent,
                    name,
                    format!("`{name}` is of type `{ty}`"),
                ));
            }
            Some(_) => {}
        }
    }
    if let syn::ReturnType::Type(_, ty) = &function.sig.output
        && matches!(**ty, syn::Type::Reference(_))
    {
        let detail = "the function returns a reference";
        out.push(Diagnostic::new(Code::ActiveReference, ty, detail));
    }
    out
}

/// A function's signature in the forms that the entries need.
struct Shape<'a> {
    f: &'a Function,
    function: &'a syn::ItemFn,
    rt: TokenStream,
    /// The name space.
    space: Ident,
    /// Type and constant arguments by name, for calls of generated functions.
    turbofish: TokenStream,
    /// `use<…>` of an opaque type that may live as long as `'static`.
    captures: TokenStream,
    ret: TokenStream,
}

impl Shape<'_> {
    fn is_reference(p: &Param) -> bool {
        matches!(p.ty, syn::Type::Reference(_))
    }

    fn is_exclusive(p: &Param) -> bool {
        matches!(&p.ty, syn::Type::Reference(r) if r.mutability.is_some())
    }

    fn referent(p: &Param) -> TokenStream {
        match &p.ty {
            syn::Type::Reference(r) => r.elem.to_token_stream(),
            ty => ty.to_token_stream(),
        }
    }

    /// The owned tangent's type.
    fn tangent(&self, p: &Param) -> TokenStream {
        tangent_type(&self.rt, &Ty::of(&p.ty), &Self::referent(p))
    }

    /// What is borrowed to add to.
    fn shadow(&self, p: &Param) -> TokenStream {
        let of = Self::referent(p);
        match Ty::of(&p.ty).peeled() {
            Ty::Slice(t) if t.is_float() => of,
            ty if ty.is_float() => of,
            _ => {
                let rt = &self.rt;
                quote!(<#of as #rt::Differentiable>::Shadow)
            }
        }
    }

    fn seed(&self) -> TokenStream {
        tangent_type(&self.rt, &self.f.vars[self.f.ret].ty, &self.ret)
    }

    fn name(&self, p: &Param) -> Ident {
        self.f.vars[p.var].ident.clone()
    }

    /// The parameters as the user has them, but for patterns, which get a name.
    fn params(&self) -> Vec<TokenStream> {
        self.f
            .params
            .iter()
            .map(|p| {
                let (name, ty) = (self.name(p), &p.ty);
                let mutable = self.f.vars[p.var].mutable.then(|| quote!(mut));
                quote!(#mutable #name: #ty)
            })
            .collect()
    }

    fn plain_params(&self) -> Vec<TokenStream> {
        self.f
            .params
            .iter()
            .map(|p| {
                let (name, ty) = (self.name(p), &p.ty);
                quote!(#name: #ty)
            })
            .collect()
    }

    fn names(&self) -> Vec<Ident> {
        self.f.params.iter().map(|p| self.name(p)).collect()
    }

    fn inputs(&self) -> Vec<&Param> {
        self.f.params.iter().filter(|p| p.active).collect()
    }
}

/// The tangent of a type, spelled out where syntax tells it.
fn tangent_type(rt: &TokenStream, ty: &Ty, written: &TokenStream) -> TokenStream {
    match ty.peeled() {
        Ty::Float(_) => written.clone(),
        Ty::Slice(t) if t.is_float() => {
            let name = match **t {
                Ty::Float(Some("f32")) => quote!(f32),
                _ => quote!(f64),
            };
            quote!(::std::vec::Vec<#name>)
        }
        _ => quote!(<#written as #rt::Differentiable>::Tangent),
    }
}

/// One type or a tuple of several; a bare one where there is one.
fn tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => one.clone(),
        parts => quote!((#(#parts),*)),
    }
}

/// Lints that generated code is exempt from.
fn quiet() -> TokenStream {
    quote!(#[allow(warnings, clippy::all, clippy::pedantic, clippy::nursery)])
}

fn shape<'a>(function: &'a syn::ItemFn, options: &Options, f: &'a Function) -> Shape<'a> {
    let krate = match &options.krate {
        Some(path) => path.to_token_stream(),
        None => quote!(::pullback),
    };
    let generics = &function.sig.generics;
    let args: Vec<Ident> = generics
        .params
        .iter()
        .filter_map(|p| match p {
            syn::GenericParam::Type(t) => Some(t.ident.clone()),
            syn::GenericParam::Const(c) => Some(c.ident.clone()),
            syn::GenericParam::Lifetime(_) => None,
        })
        .collect();
    let turbofish = if args.is_empty() {
        quote!()
    } else {
        quote!(::<#(#args),*>)
    };
    let ret = match &function.sig.output {
        syn::ReturnType::Default => quote!(()),
        syn::ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    Shape {
        f,
        function,
        rt: quote!(#krate::rt),
        space: space(function, options),
        turbofish,
        captures: quote!(use<#(#args),*>),
        ret,
    }
}

fn space(function: &syn::ItemFn, options: &Options) -> Ident {
    let mut name = options
        .name
        .clone()
        .unwrap_or_else(|| function.sig.ident.clone());
    // A name from the attribute's own span is exempt from the lint on the case of type names.
    name.set_span(Span::call_site().located_at(name.span()));
    name
}

/// The types of the pullback's parameters after the seed.
fn pullback_params(s: &Shape, sweep: &Sweep) -> Vec<TokenStream> {
    let mut out = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| Shape::is_reference(p) && !Shape::is_exclusive(p))
    {
        let ty = elided(&p.ty);
        out.push(quote!(#ty));
    }
    for p in
        s.f.params
            .iter()
            .filter(|p| sweep.adjoints.contains_key(&p.var) && Shape::is_reference(p))
    {
        let ty = elided_tokens(&s.shadow(p));
        out.push(quote!(&mut #ty));
    }
    out
}

/// A type with its lifetimes left out.
fn elided(ty: &syn::Type) -> syn::Type {
    struct Elide;
    impl VisitMut for Elide {
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident != "static" {
                l.ident = Ident::new("_", l.ident.span());
            }
        }
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            r.lifetime = None;
            self.visit_type_mut(&mut r.elem);
        }
    }
    let mut ty = ty.clone();
    Elide.visit_type_mut(&mut ty);
    ty
}

fn elided_tokens(ty: &TokenStream) -> TokenStream {
    match syn::parse2::<syn::Type>(ty.clone()) {
        Ok(ty) => elided(&ty).to_token_stream(),
        Err(_) => ty.clone(),
    }
}

/// The inputs by value that have an adjoint, in order.
fn by_value<'a>(s: &'a Shape, sweep: &'a Sweep) -> Vec<&'a Param> {
    s.f.params
        .iter()
        .filter(|p| sweep.adjoints.contains_key(&p.var) && !Shape::is_reference(p))
        .collect()
}

/// The function that runs forward and gives what reverses it.
fn sweep_fn(s: &Shape, sweep: &Sweep, name: &str, masks: Option<&masks::Masked>) -> TokenStream {
    let f = &sweep.f;
    let rt = &s.rt;
    let mut style = Style::of(&sweep.forward);
    style.pullbacks = sweep.pullbacks.clone();
    style.connected = masks.map(|m| m.calls.clone()).unwrap_or_default();
    style.hidden.insert(f.ret);
    let mut style_reverse = Style::of(&sweep.reverse);
    style_reverse.pullbacks = sweep.pullbacks.clone();
    let storage = sweep.storage.iter().map(|(v, init)| {
        let name = &f.vars[*v].ident;
        quote!(let mut #name = #init;)
    });
    let ret = &f.vars[f.ret].ident;
    let forward = if f.early_return {
        let label = Ident::new("body", Span::mixed_site());
        style.body = Some(label.clone());
        style.labelled.insert(FUNCTION);
        let label = emit::lifetime(&label);
        let body = emit::block_tokens(f, &sweep.forward, &style);
        let ty = &s.ret;
        quote!(let #ret: #ty; #label: { #body })
    } else {
        let forward = emit::block_tokens(f, &sweep.forward, &style);
        quote!(#forward)
    };
    let reverse = emit::block_tokens(f, &sweep.reverse, &style_reverse);
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let params = s.params();
    let ret_ty = &s.ret;
    let seed_ty = s.seed();
    let seed = &f.vars[sweep.seed].ident;
    let types = pullback_params(s, sweep);
    let mut names = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| Shape::is_reference(p) && !Shape::is_exclusive(p))
    {
        names.push(s.name(p));
    }
    for p in
        s.f.params
            .iter()
            .filter(|p| sweep.adjoints.contains_key(&p.var) && Shape::is_reference(p))
    {
        names.push(f.vars[sweep.adjoints[&p.var]].ident.clone());
    }
    let values = by_value(s, sweep);
    let value_types = values.iter().map(|p| s.tangent(p));
    let value_bars = values.iter().map(|p| &f.vars[sweep.adjoints[&p.var]].ident);
    let function = format_ident!("{}", name);
    // As long as the primal, so that an index that was good there needs no check here.
    let cut = s.f.params.iter().filter_map(|p| {
        let bar = sweep.adjoints.get(&p.var)?;
        let shared = Shape::is_reference(p) && !Shape::is_exclusive(p);
        let (bar, name) = (&f.vars[*bar].ident, s.name(p));
        (shared && matches!(Ty::of(&p.ty).peeled(), Ty::Slice(_)))
            .then(|| quote!(let #bar = &mut #bar[..#name.len()];))
    });
    let quiet = quiet();
    let captures = &s.captures;
    let (mask_ty, mask_value) = match masks {
        None => (quote!(), quote!()),
        Some(m) => {
            let outputs =
                s.f.params
                    .iter()
                    .filter(|p| Shape::is_exclusive(p))
                    .map(|p| p.var);
            let masks: Vec<&Ident> = std::iter::once(s.f.ret)
                .chain(outputs)
                .filter_map(|v| m.masks.get(&v))
                .collect();
            let value = if masks.is_empty() {
                quote!(0_u64)
            } else {
                quote!(#(#masks)|*)
            };
            (quote!(u64,), quote!(#value,))
        }
    };
    let tape_used = format_ident!("__tape");
    let mask_entry = masks.map(|m| &m.entry);
    let entry = emit::block_tokens(f, &sweep.entry, &style_reverse);
    let (space, turbofish) = (&s.space, &s.turbofish);
    quote! {
        #[doc(hidden)]
        #[inline]
        #quiet
        pub fn #function #generics (#(#params,)* #tape_used: &mut #rt::Tape) -> (
            #ret_ty,
            #mask_ty
            impl FnOnce(#seed_ty, #(#types,)* &mut #rt::Tape) -> (#(#value_types,)*) + Send + 'static + #captures,
        ) #where_clause {
            use #rt as __rt;
            let _ = #space::__primal #turbofish;
            #(#storage)*
            #entry
            #mask_entry
            #forward
            (#ret, #mask_value move |mut #seed: #seed_ty, #(#names: #types,)* #tape_used: &mut #rt::Tape| {
                #(#cut)*
                #reverse
                (#(#value_bars,)*)
            })
        }
    }
}

/// Makes the owned tangents, runs the pullback, and gives the tangents in the order of the inputs.
fn collect(
    s: &Shape,
    sweep: &Sweep,
    pullback: TokenStream,
    seed: TokenStream,
) -> (TokenStream, Vec<TokenStream>) {
    let rt = &s.rt;
    let mut makes = Vec::new();
    let mut args = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| Shape::is_reference(p) && !Shape::is_exclusive(p))
    {
        let name = s.name(p);
        args.push(quote!(#name));
    }
    let mut results = Vec::new();
    let mut values = Vec::new();
    for p in &s.f.params {
        let bar = format_ident!("__{}_bar", s.name(p).to_string().trim_start_matches("r#"));
        let name = s.name(p);
        let active = sweep.adjoints.contains_key(&p.var);
        if p.active {
            results.push(quote!(#bar));
        } else if !active {
            continue;
        }
        // A buffer that is no input can still be written with what depends on one.
        if Shape::is_reference(p) {
            makes.push(quote!(let mut #bar = #rt::zero(&*#name);));
            if active {
                let of = Shape::referent(p);
                args.push(quote!(<#of as #rt::Differentiable>::shadow(&mut #bar)));
            }
        } else if active {
            values.push(quote!(#bar));
        } else {
            makes.push(quote!(let #bar = #rt::zero(&#name);));
        }
    }
    let run = quote! {
        let (#(#values,)*) = #pullback(#seed, #(#args,)* __tape);
    };
    (quote!(#(#makes)* ), {
        let mut out = results;
        out.insert(0, run);
        out
    })
}

/// All entries: tokens for inside the user's function (warnings) and beside it.
pub fn entries(
    function: &syn::ItemFn,
    options: &Options,
    analysed: &Analysed,
    errors: &mut Vec<Diagnostic>,
) -> (TokenStream, TokenStream) {
    let f = &analysed.f;
    let s = shape(function, options, f);
    let mut items = Vec::new();
    if options.mode != Mode::Forward {
        let sweep = reverse::reverse(f, &analysed.activity);
        errors.extend(sweep.diagnostics.iter().cloned());
        reverse_entries(&s, &sweep, &mut items);
        let masked = masks::masked(f, &analysed.activity);
        let masked_sweep = reverse::reverse_masked(&masked.f, &analysed.activity);
        gradients_entry(&s, &masked_sweep, &masked, &analysed.activity, &mut items);
    }
    if options.mode != Mode::Reverse {
        forward_entries(&s, analysed, &mut items);
    }
    if options.order > 1 {
        match second::tangent_function(f, &analysed.activity) {
            Ok(tangent) => second_entries(&s, &tangent, errors, &mut items),
            Err(error) => errors.push(error),
        }
    }
    items.push(primal_use(&s));
    let warnings = warnings(&s, options, analysed, errors);
    let (vis, space) = (&function.vis, &s.space);
    let quiet = quiet();
    let doc = format!("The derivatives of [`{}`].", function.sig.ident);
    let structs = if options.mode == Mode::Forward {
        quote!()
    } else {
        gradients_struct(&s, options)
    };
    let outside = quote! {
        #[doc = #doc]
        #quiet
        #vis enum #space {}
        #structs
        #quiet
        impl #space { #(#items)* }
    };
    (warnings, outside)
}

/// Who uses a derivative uses the function, whatever the lint on dead code would say.
fn primal_use(s: &Shape) -> TokenStream {
    let (generics, name, turbofish, quiet) = (
        &s.function.sig.generics,
        &s.function.sig.ident,
        &s.turbofish,
        quiet(),
    );
    let where_clause = &generics.where_clause;
    quote! {
        #[doc(hidden)]
        #quiet
        fn __primal #generics () #where_clause {
            let _ = #name #turbofish;
        }
    }
}

fn reverse_entries(s: &Shape, sweep: &Sweep, items: &mut Vec<TokenStream>) {
    let rt = &s.rt;
    let space = &s.space;
    let quiet = quiet();
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let turbofish = &s.turbofish;
    let params = s.plain_params();
    let names = s.names();
    let ret = &s.ret;
    let sweep_name = if sweep.is_leaf { "__call" } else { "__sweep" };
    items.push(sweep_fn(s, sweep, sweep_name, None));
    let sweep_ident = format_ident!("{}", sweep_name);
    let run = quote!(#space::#sweep_ident #turbofish);

    let tangents: Vec<TokenStream> = s.inputs().iter().map(|p| s.tangent(p)).collect();
    let tangent_tuple = tuple(&tangents);
    let is_scalar = matches!(s.f.vars[s.f.ret].ty, Ty::Float(_) | Ty::Unknown);
    if is_scalar {
        let (makes, mut results) = collect(
            s,
            sweep,
            quote!(__pullback),
            quote!(<#ret as #rt::Real>::one()),
        );
        let run_pullback = results.remove(0);
        let result = tuple(&results);
        // A parameter by value that is not Copy is gone after the sweep: zeros come first.
        items.push(quote! {
            /// The value and the gradient: one tangent for each differentiated parameter, in order.
            #[inline]
            #quiet
            pub fn value_and_grad #generics (#(#params),*) -> (#ret, #tangent_tuple) #where_clause {
                #space::value_and_grad_with #turbofish(&mut #rt::Tape::new(), #(#names),*)
            }
            /// The same in a workspace that later calls use again.
            #[inline]
            #quiet
            pub fn value_and_grad_with #generics (__tape: &mut #rt::Tape, #(#params),*) -> (#ret, #tangent_tuple) #where_clause {
                #makes
                let (__value, __pullback) = #run(#(#names,)* __tape);
                #run_pullback
                (__value, #result)
            }
            /// The gradient: one tangent for each differentiated parameter, in order.
            #[inline]
            #quiet
            pub fn grad #generics (#(#params),*) -> #tangent_tuple #where_clause {
                #space::value_and_grad #turbofish(#(#names),*).1
            }
            /// The same in a workspace that later calls use again.
            #[inline]
            #quiet
            pub fn grad_with #generics (__tape: &mut #rt::Tape, #(#params),*) -> #tangent_tuple #where_clause {
                #space::value_and_grad_with #turbofish(__tape, #(#names),*).1
            }
        });
        items.push(accumulate_entry(s, sweep, &run));
    }
    items.push(vjp_entry(s, sweep, &run, &tangent_tuple));
    items.push(call_entries(s, sweep, Family::Plain));
}

fn accumulate_entry(s: &Shape, sweep: &Sweep, run: &TokenStream) -> TokenStream {
    let (rt, ret, quiet) = (&s.rt, &s.ret, quiet());
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let params = s.plain_params();
    let names = s.names();
    let mut buffers = Vec::new();
    let mut args = Vec::new();
    let mut values = Vec::new();
    let mut adds = Vec::new();
    let mut makes = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| Shape::is_reference(p) && !Shape::is_exclusive(p))
    {
        let name = s.name(p);
        args.push(quote!(#name));
    }
    for p in &s.f.params {
        let bar = format_ident!("__{}_bar", s.name(p).to_string().trim_start_matches("r#"));
        if p.active {
            let shadow = s.shadow(p);
            buffers.push(quote!(#bar: &mut #shadow));
        }
        if !sweep.adjoints.contains_key(&p.var) {
            continue;
        }
        if !p.active {
            // No input, but written with what depends on one: its adjoint starts from zero and is dropped.
            if Shape::is_reference(p) {
                let (name, of) = (s.name(p), Shape::referent(p));
                makes.push(quote!(let mut #bar = #rt::zero(&*#name);));
                args.push(quote!(<#of as #rt::Differentiable>::shadow(&mut #bar)));
            } else {
                values.push(quote!(_));
            }
            continue;
        }
        if Shape::is_exclusive(p) {
            // The cotangent of the final state is zero; what comes out is added like any other.
            let t = format_ident!("{}_t", bar);
            let (name, of) = (s.name(p), Shape::referent(p));
            makes.push(quote!(let mut #t = #rt::zero(&*#name);));
            args.push(quote!(<#of as #rt::Differentiable>::shadow(&mut #t)));
            adds.push(quote!(#rt::accumulate(#bar, #t);));
        } else if Shape::is_reference(p) {
            args.push(quote!(#bar));
        } else {
            let t = format_ident!("{}_t", bar);
            values.push(quote!(#t));
            adds.push(quote!(#rt::accumulate(#bar, #t);));
        }
    }
    quote! {
        /// Adds the gradient into buffers of the caller's and gives the value.
        #[inline]
        #quiet
        pub fn accumulate_grad #generics (#(#params,)* #(#buffers),*) -> #ret #where_clause {
            let __tape = &mut #rt::Tape::new();
            #(#makes)*
            let (__value, __pullback) = #run(#(#names,)* __tape);
            let (#(#values,)*) = __pullback(<#ret as #rt::Real>::one(), #(#args,)* __tape);
            #(#adds)*
            __value
        }
    }
}

fn vjp_entry(s: &Shape, sweep: &Sweep, run: &TokenStream, _tangents: &TokenStream) -> TokenStream {
    let (rt, ret, quiet) = (&s.rt, &s.ret, quiet());
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let params = s.plain_params();
    let names = s.names();
    let seed = s.seed();
    let mut makes = Vec::new();
    let mut args = Vec::new();
    let mut values = Vec::new();
    let mut results = Vec::new();
    let mut types = Vec::new();
    let mut exclusive = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| Shape::is_reference(p) && !Shape::is_exclusive(p))
    {
        let name = s.name(p);
        args.push(quote!(#name));
    }
    let mut before = Vec::new();
    for p in &s.f.params {
        let bar = format_ident!("__{}_bar", s.name(p).to_string().trim_start_matches("r#"));
        let name = s.name(p);
        let active = sweep.adjoints.contains_key(&p.var);
        if !p.active {
            if active && Shape::is_reference(p) {
                let of = Shape::referent(p);
                before.push(quote!(let mut #bar = #rt::zero(&*#name);));
                args.push(quote!(<#of as #rt::Differentiable>::shadow(&mut #bar)));
            } else if active {
                values.push(quote!(_));
            }
            continue;
        }
        if Shape::is_exclusive(p) {
            let shadow = elided_tokens(&s.shadow(p));
            exclusive.push((bar.clone(), quote!(&mut #shadow)));
            if active {
                args.push(quote!(#bar));
            }
            continue;
        }
        types.push(s.tangent(p));
        results.push(quote!(#bar));
        if Shape::is_reference(p) {
            makes.push(quote!(let mut #bar = #rt::zero(&*#name);));
            if active {
                let of = Shape::referent(p);
                args.push(quote!(<#of as #rt::Differentiable>::shadow(&mut #bar)));
            }
        } else if active {
            values.push(quote!(#bar));
        } else {
            before.push(quote!(let #bar = #rt::zero(&#name);));
        }
    }
    let ty = tuple(&types);
    let result = tuple(&results);
    let (ex_names, ex_types): (Vec<_>, Vec<_>) = exclusive.into_iter().unzip();
    quote! {
        /// The value and the pullback: a function from a cotangent of the value to the tangents.
        #[inline]
        #quiet
        pub fn vjp #generics (#(#params),*) -> (#ret, impl FnOnce(#seed #(, #ex_types)*) -> #ty) #where_clause {
            #(#before)*
            let mut __tape = #rt::Tape::new();
            let (__value, __pullback) = #run(#(#names,)* &mut __tape);
            (__value, move |__seed: #seed #(, #ex_names: #ex_types)*| {
                let __tape = &mut __tape;
                #(#makes)*
                let (#(#values,)*) = __pullback(__seed, #(#args,)* __tape);
                #result
            })
        }
    }
}

/// What other differentiable functions call.
/// Which of the generated functions a set of call entries belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Family {
    /// The function itself.
    Plain,
    /// The function with masks.
    Masked,
    /// The function's tangent function.
    Tangent,
}

impl Family {
    /// The names of the sweep of a function that calls others, of the call, and of its way back.
    fn names(self) -> [Ident; 3] {
        let names = match self {
            Family::Plain => ["__sweep", "__call", "__back"],
            Family::Masked => ["__masked", "__masked_call", "__masked_back"],
            Family::Tangent => ["__jvp_sweep", "__jvp_call", "__jvp_back"],
        };
        names.map(|n| format_ident!("{}", n))
    }
}

fn call_entries(s: &Shape, sweep: &Sweep, family: Family) -> TokenStream {
    let (rt, ret, quiet, space) = (&s.rt, &s.ret, quiet(), &s.space);
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let turbofish = &s.turbofish;
    let params = s.plain_params();
    let names = s.names();
    let seed = s.seed();
    let [sweep_name, call_name, back_name] = family.names();
    let masked = family == Family::Masked;
    let (bits_ty, bits) = if masked {
        (quote!(u64,), quote!(__bits,))
    } else {
        (quote!(), quote!())
    };
    let call = (!sweep.is_leaf).then(|| quote! {
        #[doc(hidden)]
        #[inline]
        #quiet
        pub fn #call_name #generics (#(#params,)* __tape: &mut #rt::Tape) -> (#ret, #bits_ty #rt::OnTape) #where_clause {
            let (__value, #bits __pullback) = #space::#sweep_name #turbofish(#(#names,)* __tape);
            __tape.push_frame(__pullback);
            (__value, #bits #rt::OnTape)
        }
    });
    let mut again_types = Vec::new();
    let mut again_names = Vec::new();
    let mut shadow_types = Vec::new();
    let mut shadow_names = Vec::new();
    let mut bounds = Vec::new();
    let mut opens = Vec::new();
    let mut args = Vec::new();
    let mut shadow_args = Vec::new();
    let mut values = Vec::new();
    let mut adds = Vec::new();
    for (n, p) in s.f.params.iter().enumerate() {
        let name = s.name(p);
        let shared = Shape::is_reference(p) && !Shape::is_exclusive(p);
        if shared {
            again_types.push(p.ty.to_token_stream());
            again_names.push(quote!(#name));
            args.push(quote!(#name));
        } else {
            again_types.push(quote!(#rt::Owned));
            again_names.push(quote!(_));
        }
        let generic = format_ident!("__S{}", n);
        shadow_types.push(generic.clone());
        if !sweep.adjoints.contains_key(&p.var) {
            shadow_names.push(quote!(_));
            continue;
        }
        let shadow_name = format_ident!("__shadow{}", n);
        shadow_names.push(quote!(mut #shadow_name));
        let shadow = s.shadow(p);
        bounds.push(quote!(#generic: #rt::Shadow<#shadow>));
        if !Shape::is_reference(p) {
            let t = format_ident!("__t{}", n);
            values.push(quote!(#t));
            adds.push(quote!(if let Some(s) = #shadow_name.open() { #rt::accumulate(s, #t); }));
            continue;
        }
        let (scratch, bar) = (format_ident!("__scratch{}", n), format_ident!("__bar{}", n));
        let of = Shape::referent(p);
        opens.push(if shared {
            quote! {
                let mut #scratch;
                let #bar = match #shadow_name.open() {
                    Some(s) => s,
                    None => {
                        #scratch = #rt::zero(#name);
                        <#of as #rt::Differentiable>::shadow(&mut #scratch)
                    }
                };
            }
        } else {
            quote!(let Some(#bar) = #shadow_name.open() else { return; };)
        });
        shadow_args.push(quote!(#bar));
    }
    let types = pullback_params(s, sweep);
    let value_types = by_value(s, sweep)
        .into_iter()
        .map(|p| s.tangent(p))
        .collect::<Vec<_>>();
    let where_predicates = where_clause
        .as_ref()
        .map(|w| w.predicates.iter().collect::<Vec<_>>())
        .unwrap_or_default();
    let generic_params = generics.params.iter();
    let tuple_args = s.f.params.iter().map(|p| elided(&p.ty));
    let (pullback_ty, pullback_bound, take) = if sweep.is_leaf {
        (
            quote!(__P),
            quote!(__P: FnOnce(#seed, #(#types,)* &mut #rt::Tape) -> (#(#value_types,)*),),
            quote!(),
        )
    } else {
        (
            quote!(#rt::OnTape),
            quote!(),
            quote! {
                let __pullback = __tape.pop_frame(#rt::frame_type(
                    |(#(#names,)* __tape): (#(#tuple_args,)* &mut #rt::Tape)| {
                        let (__value, #bits __pullback) = #space::#sweep_name #turbofish(#(#names,)* __tape);
                        (__value, __pullback)
                    }
                ));
            },
        )
    };
    let leaf_generic = sweep.is_leaf.then(|| quote!(__P,));
    // Lifetimes come first among generic parameters, and ours are types.
    let lifetimes = generics
        .params
        .iter()
        .filter(|p| matches!(p, syn::GenericParam::Lifetime(_)));
    let others = generic_params.filter(|p| !matches!(p, syn::GenericParam::Lifetime(_)));
    quote! {
        #call
        #[doc(hidden)]
        #[inline]
        #quiet
        pub fn #back_name<#(#lifetimes,)* #(#others,)* #leaf_generic #(#shadow_types),*>(
            __pullback: #pullback_ty,
            __seed: #seed,
            (#(#again_names,)*): (#(#again_types,)*),
            (#(#shadow_names,)*): (#(#shadow_types,)*),
            __tape: &mut #rt::Tape,
        ) where #pullback_bound #(#bounds,)* #(#where_predicates,)* {
            use #rt::Shadow as _;
            #take
            #(#opens)*
            let (#(#values,)*) = __pullback(__seed, #(#args,)* #(#shadow_args,)* __tape);
            #(#adds)*
        }
    }
}

fn forward_entries(s: &Shape, analysed: &Analysed, items: &mut Vec<TokenStream>) {
    let t = forward::forward(&analysed.f, &analysed.activity);
    let f = &t.f;
    let (rt, ret, quiet, space) = (&s.rt, &s.ret, quiet(), &s.space);
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let turbofish = &s.turbofish;
    let params = s.params();
    let names = s.names();
    let ret_dot_ty = s.seed();
    let mut style = Style::of(&t.body);
    style.duals = t.duals.clone();
    let value = &f.vars[f.ret].ident;
    let value_dot = match t.dots.get(&f.ret) {
        Some(dot) => f.vars[*dot].ident.to_token_stream(),
        None => quote!(__rt::zero(&#value)),
    };
    let body = if f.early_return {
        let label = Ident::new("body", Span::mixed_site());
        style.body = Some(label.clone());
        style.labelled.insert(FUNCTION);
        style.hidden.insert(f.ret);
        let mut dot_decl = quote!();
        if let Some(dot) = t.dots.get(&f.ret) {
            style.hidden.insert(*dot);
            let dot = &f.vars[*dot].ident;
            dot_decl = quote!(let #dot: #ret_dot_ty;);
        }
        let label = emit::lifetime(&label);
        let body = emit::block_tokens(f, &t.body, &style);
        quote!(let #value: #ret; #dot_decl #label: { #body })
    } else {
        emit::block_tokens(f, &t.body, &style)
    };
    let mut dot_types = Vec::new();
    let mut dot_names = Vec::new();
    let mut bounds = Vec::new();
    let mut opens = Vec::new();
    let mut public_types = Vec::new();
    let mut public_names = Vec::new();
    let mut public_args = Vec::new();
    for (n, p) in s.f.params.iter().enumerate() {
        let generic = format_ident!("__D{}", n);
        dot_types.push(generic.clone());
        let dot = t.dots.get(&p.var).map(|d| f.vars[*d].ident.clone());
        if p.active {
            let public = format_ident!("__dot{}", n);
            let ty = s.tangent(p);
            let arg = if Shape::is_exclusive(p) {
                let shadow = s.shadow(p);
                public_types.push(quote!(&mut #shadow));
                quote!(&mut *#public)
            } else {
                public_types.push(ty);
                match (Shape::is_reference(p), Ty::of(&p.ty).peeled()) {
                    (true, Ty::Slice(_)) => quote!(&#public[..]),
                    (true, _) => quote!(&#public),
                    _ => quote!(#public),
                }
            };
            public_names.push(public.clone());
            public_args.push(if dot.is_some() {
                arg
            } else {
                quote!({ let _ = #public; #rt::Skip })
            });
        } else {
            public_args.push(quote!(#rt::Skip));
        }
        let Some(dot) = dot else {
            dot_names.push(quote!(_));
            continue;
        };
        let shadow = s.shadow(p);
        let name = s.name(p);
        let hidden = format_ident!("__in{}", n);
        dot_names.push(quote!(mut #hidden));
        let of = Shape::referent(p);
        if Shape::is_exclusive(p) {
            let scratch = format_ident!("__scratch{}", n);
            bounds.push(quote!(#generic: #rt::Shadow<#shadow>));
            opens.push(quote! {
                let mut #scratch;
                let #dot = match #hidden.open() {
                    Some(s) => s,
                    None => {
                        #scratch = #rt::zero(&*#name);
                        <#of as #rt::Differentiable>::shadow(&mut #scratch)
                    }
                };
            });
        } else if Shape::is_reference(p) {
            let scratch = format_ident!("__scratch{}", n);
            bounds.push(quote!(#generic: #rt::Direction<#shadow>));
            opens.push(quote! {
                let mut #scratch;
                let #dot: &#shadow = match #hidden.look() {
                    Some(s) => s,
                    None => {
                        #scratch = #rt::zero(&*#name);
                        <#of as #rt::Differentiable>::shadow(&mut #scratch)
                    }
                };
            });
        } else {
            let ty = s.tangent(p);
            bounds.push(quote!(#generic: #rt::Given<#ty>));
            opens.push(
                quote!(let mut #dot: #ty = #hidden.given().unwrap_or_else(|| #rt::zero(&#name));),
            );
        }
    }
    let lifetimes: Vec<_> = generics
        .params
        .iter()
        .filter(|p| matches!(p, syn::GenericParam::Lifetime(_)))
        .collect();
    let others: Vec<_> = generics
        .params
        .iter()
        .filter(|p| !matches!(p, syn::GenericParam::Lifetime(_)))
        .collect();
    let where_predicates: Vec<_> = where_clause
        .as_ref()
        .map(|w| w.predicates.iter().collect())
        .unwrap_or_default();
    let types: Vec<TokenStream> = s.f.params.iter().map(|p| p.ty.to_token_stream()).collect();
    let (primal_pat, primal_ty) = match names.as_slice() {
        [one] => (quote!(#one), tuple(&types)),
        names => (quote!((#(#names),*)), tuple(&types)),
    };
    let dot_pat = match public_names.as_slice() {
        [one] => quote!(#one),
        names => quote!((#(#names),*)),
    };
    let dot_ty = tuple(&public_types);
    items.push(quote! {
        #[doc(hidden)]
        #[inline]
        #quiet
        pub fn __jvp<#(#lifetimes,)* #(#others,)* #(#dot_types),*>(
            #(#params,)*
            (#(#dot_names,)*): (#(#dot_types,)*),
        ) -> (#ret, #ret_dot_ty) where #(#bounds,)* #(#where_predicates,)* {
            use #rt as __rt;
            use #rt::{Direction as _, Given as _, Shadow as _};
            let _ = #space::__primal #turbofish;
            #(#opens)*
            #body
            (#value, #value_dot)
        }
        /// Forward mode: the value and its tangent along the inputs' tangents.
        #[inline]
        #quiet
        pub fn jvp #generics (#primal_pat: #primal_ty, #dot_pat: #dot_ty) -> (#ret, #ret_dot_ty) #where_clause {
            #space::__jvp(#(#names,)* (#(#public_args,)*))
        }
    });
}

/// Order two: the reverse of the tangent function.
fn second_entries(
    s: &Shape,
    tangent: &Function,
    errors: &mut Vec<Diagnostic>,
    items: &mut Vec<TokenStream>,
) {
    let activity = crate::analysis::activity::analyse(tangent);
    let sweep = reverse::reverse(tangent, &activity);
    errors.extend(sweep.diagnostics.iter().cloned());
    let ret = &s.ret;
    let s2 = Shape {
        f: tangent,
        function: s.function,
        rt: s.rt.clone(),
        space: s.space.clone(),
        turbofish: s.turbofish.clone(),
        captures: s.captures.clone(),
        ret: quote!((#ret, #ret)),
    };
    let [sweep_name, call_name, _] = Family::Tangent.names();
    let name = if sweep.is_leaf { call_name } else { sweep_name };
    items.push(sweep_fn(&s2, &sweep, &name.to_string(), None));
    items.push(call_entries(&s2, &sweep, Family::Tangent));
    if !matches!(s.f.vars[s.f.ret].ty, Ty::Float(_)) {
        return;
    }
    let (rt, quiet, space, turbofish) = (&s.rt, quiet(), &s.space, &s.turbofish);
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let names = s.names();
    let types: Vec<TokenStream> = s.f.params.iter().map(|p| p.ty.to_token_stream()).collect();
    let inputs = s.inputs();
    let tangents: Vec<TokenStream> = inputs.iter().map(|p| s.tangent(p)).collect();
    let directions: Vec<Ident> = inputs
        .iter()
        .map(|p| format_ident!("__{}_dot", s.name(p).to_string().trim_start_matches("r#")))
        .collect();
    let (primal_pat, primal_ty) = match names.as_slice() {
        [one] => (quote!(#one), tuple(&types)),
        names => (quote!((#(#names),*)), tuple(&types)),
    };
    let direction_pat = match directions.as_slice() {
        [one] => quote!(#one),
        all => quote!((#(#all),*)),
    };
    let result_ty = tuple(&tangents);
    // The tangent function takes the inputs, and then a direction for each that has one.
    let mut call = names.iter().map(|n| quote!(#n)).collect::<Vec<_>>();
    let mut zeros = Vec::new();
    for p in
        s.f.params
            .iter()
            .filter(|p| !s.f.vars[p.var].ty.is_constant())
    {
        let reference = Shape::is_reference(p);
        let direction = match inputs.iter().position(|q| q.var == p.var) {
            Some(n) => directions[n].clone(),
            None => {
                let zero =
                    format_ident!("__{}_zero", s.name(p).to_string().trim_start_matches("r#"));
                let name = s.name(p);
                zeros.push(quote!(let #zero = #rt::zero(&#name);));
                zero
            }
        };
        call.push(if reference {
            quote!(&#direction)
        } else {
            quote!(#direction)
        });
    }
    let mut again = Vec::new();
    let mut shadows = Vec::new();
    let mut values = Vec::new();
    let mut makes = Vec::new();
    let mut results = std::collections::HashMap::new();
    for (n, p) in tangent.params.iter().enumerate() {
        let is_direction = n >= s.f.params.len();
        let reference = Shape::is_reference(p);
        if reference {
            again.push(call[n].clone());
        }
        let Some(_) = sweep.adjoints.get(&p.var) else {
            continue;
        };
        let bar = format_ident!("__bar{}", n);
        if reference {
            let argument = &call[n];
            let of = Shape::referent(p);
            makes.push(quote!(let mut #bar = #rt::zero(&*#argument);));
            shadows.push(quote!(<#of as #rt::Differentiable>::shadow(&mut #bar)));
        } else {
            values.push(quote!(#bar));
        }
        if !is_direction {
            results.insert(p.var, bar);
        }
    }
    let parts: Vec<TokenStream> = inputs
        .iter()
        .map(|p| match results.get(&p.var) {
            Some(bar) => quote!(#bar),
            None => {
                let name = s.name(p);
                quote!(#rt::zero(&#name))
            }
        })
        .collect();
    let result = tuple(&parts);
    let sweep_ident = &name;
    items.push(quote! {
        /// The Hessian times a direction.
        #[inline]
        #quiet
        pub fn hvp #generics (#primal_pat: #primal_ty, #direction_pat: #result_ty) -> #result_ty #where_clause {
            let __tape = &mut #rt::Tape::new();
            #(#zeros)*
            #(#makes)*
            let (_, __pullback) = #space::#sweep_ident #turbofish(#(#call,)* __tape);
            let (#(#values,)*) = __pullback(
                (<#ret as #rt::Real>::zero(), <#ret as #rt::Real>::one()), #(#again,)* #(#shadows,)* __tape,
            );
            #result
        }
    });
}

fn gradients_name(s: &Shape, options: &Options) -> Ident {
    let base = options
        .name
        .clone()
        .unwrap_or_else(|| s.function.sig.ident.clone())
        .to_string();
    let camel: String = base
        .trim_start_matches("r#")
        .split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map(|c| c.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect();
    Ident::new(
        &format!("{camel}Gradients"),
        Span::call_site().located_at(s.function.sig.ident.span()),
    )
}

fn gradients_generics(s: &Shape) -> Vec<Ident> {
    (0..s.inputs().len())
        .map(|n| format_ident!("T{}", n))
        .collect()
}

fn gradients_struct(s: &Shape, options: &Options) -> TokenStream {
    let vis = &s.function.vis;
    let name = gradients_name(s, options);
    let fields: Vec<&Ident> = s.inputs().iter().map(|p| &p.field).collect();
    let generic = !s.function.sig.generics.params.is_empty();
    let doc = format!(
        "The gradients of `{}`: `None` where the input is not connected to the result.",
        s.function.sig.ident
    );
    let field_docs = fields.iter().map(|f| format!("With respect to `{f}`."));
    let quiet = quiet();
    if generic {
        let params = gradients_generics(s);
        return quote! {
            #[doc = #doc]
            #quiet
            #[derive(Clone, Debug, PartialEq)]
            #vis struct #name<#(#params),*> { #(#[doc = #field_docs] pub #fields: ::core::option::Option<#params>,)* }
        };
    }
    let types = s.inputs().iter().map(|p| s.tangent(p)).collect::<Vec<_>>();
    quote! {
        #[doc = #doc]
        #quiet
        #[derive(Clone, Debug, PartialEq)]
        #vis struct #name { #(#[doc = #field_docs] pub #fields: ::core::option::Option<#types>,)* }
    }
}

fn gradients_entry(
    s: &Shape,
    sweep: &Sweep,
    masked: &masks::Masked,
    _activity: &crate::analysis::activity::Activity,
    items: &mut Vec<TokenStream>,
) {
    let name = if sweep.is_leaf {
        "__masked_call"
    } else {
        "__masked"
    };
    items.push(sweep_fn(s, sweep, name, Some(masked)));
    items.push(call_entries(s, sweep, Family::Masked));
    if !matches!(s.f.vars[s.f.ret].ty, Ty::Float(_) | Ty::Unknown) {
        return;
    }
    let sweep_name = format_ident!("{}", name);
    let (rt, ret, space, quiet) = (&s.rt, &s.ret, &s.space, quiet());
    let generics = &s.function.sig.generics;
    let where_clause = &generics.where_clause;
    let turbofish = &s.turbofish;
    let params = s.plain_params();
    let names = s.names();
    let options = Options {
        name: Some(s.space.clone()),
        ..Options::default()
    };
    let name = gradients_name(s, &options);
    let ty = if generics.params.is_empty() {
        quote!(#name)
    } else {
        let types = s.inputs().iter().map(|p| s.tangent(p)).collect::<Vec<_>>();
        quote!(#name<#(#types),*>)
    };
    let (makes, mut results) = collect(
        s,
        sweep,
        quote!(__pullback),
        quote!(<#ret as #rt::Real>::one()),
    );
    let run = results.remove(0);
    let fields = s.inputs().into_iter().zip(results).map(|(p, value)| {
        let field = &p.field;
        match masked.bits.iter().find(|(v, _)| *v == p.var) {
            Some((_, bit)) => {
                let bit = proc_macro2::Literal::u32_unsuffixed(*bit);
                quote!(#field: (__connected >> #bit & 1 == 1).then_some(#value))
            }
            None => quote!(#field: { let _ = #value; ::core::option::Option::None }),
        }
    });
    items.push(quote! {
        /// The gradients with `None` for each input that the path taken does not connect to the result.
        #[inline]
        #quiet
        pub fn gradients #generics (#(#params),*) -> #ty #where_clause {
            let __tape = &mut #rt::Tape::new();
            #makes
            let (_, __connected, __pullback) = #space::#sweep_name #turbofish(#(#names,)* __tape);
            #run
            #name { #(#fields),* }
        }
    });
}

/// Warnings for inputs that cannot reach the result.
fn warnings(
    s: &Shape,
    options: &Options,
    analysed: &Analysed,
    errors: &mut Vec<Diagnostic>,
) -> TokenStream {
    let mut out = TokenStream::new();
    if options.detached == Detached::Allow {
        return out;
    }
    for p in s.inputs() {
        if analysed.activity.is_active(p.var) {
            continue;
        }
        let why = crate::analysis::why::explain(&analysed.f, &analysed.activity, p.var);
        if options.detached == Detached::Deny {
            errors.push(Diagnostic::at(Code::DetachedInput, p.span, why));
            continue;
        }
        let note = format!(
            "`{}` cannot influence the result of `{}` through a derivative: {why}. Its gradient is `None`, and \
             `grad` gives zeros for it. Mark it `#[constant]` if that is meant, or silence this with \
             `#[differentiable(detached = \"allow\")]` or `#[allow(deprecated)]` on the function",
            p.field, s.function.sig.ident,
        );
        let span = p.span;
        let item = quote::quote_spanned!(span=> has_no_gradient);
        let here = quote::quote_spanned!(span=> Input::has_no_gradient);
        out.extend(quote! {
            {
                struct Input;
                impl Input {
                    #[deprecated(note = #note)]
                    const fn #item() {}
                }
                #here();
            }
        });
    }
    out
}

/// What stands in for the derivatives of a function with errors, so that one mistake is one error.
pub fn stubs(function: &syn::ItemFn, options: &Options) -> TokenStream {
    let name = space(function, options);
    let vis = &function.vis;
    let quiet = quiet();
    let names = [
        "grad",
        "grad_with",
        "value_and_grad",
        "value_and_grad_with",
        "gradients",
        "accumulate_grad",
        "vjp",
        "jvp",
    ];
    let _ = function.span();
    // Whatever is asked of a function that could not be differentiated type-checks as diverging.
    let methods = names.iter().map(|n| {
        let ident = Ident::new(n, Span::call_site());
        quote! {
            /// Stands in for a derivative that could not be generated.
            pub const #ident: fn() -> ! = || loop {};
        }
    });
    let _ = methods;
    quote! {
        #quiet
        #vis enum #name {}
    }
}
