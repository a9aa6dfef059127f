//! A function's signature in the forms that the entries need.

use super::rule::Rules;
use super::{Around, shield};
use crate::args::Options;
use crate::ir::*;
use crate::reverse::Sweep;
use crate::ty::Ty;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;

/// Where a function's entries stand, and so what they are called.
#[derive(Clone)]
pub(super) enum Home {
    /// In a type beside the function, under their own names.
    Space(Ident),
    /// Beside a method, in the same `impl`: `norm_grad` for `norm`.
    Siblings,
}

/// A function's signature in the forms that the entries need.
pub(super) struct Shape<'a> {
    pub(super) f: &'a Function,
    pub(super) function: &'a syn::ItemFn,
    pub(super) rt: TokenStream,
    /// Where the entries stand.
    pub(super) home: Home,
    /// The name of the struct that `gradients` gives; without one it gives a tuple.
    pub(super) gradients: Option<Ident>,
    /// The user's `self`, `&self` or `&mut self`.
    pub(super) receiver: Option<syn::Receiver>,
    /// Which parameters have adjoints is settled by a trait or a rule, whatever the body does with them.
    pub(super) fixed: bool,
    /// The user's own rules.
    pub(super) rules: Rules,
    /// The bounds that the entries need besides the user's.
    pub(super) bounds: Option<syn::WhereClause>,
    /// The `impl` has lifetimes of its own: no closure made in it is `'static`.
    pub(super) borrows: bool,
    /// Type and constant arguments by name, for calls of generated functions.
    pub(super) turbofish: TokenStream,
    /// `use<…>` of an opaque type that may live as long as `'static`.
    pub(super) captures: TokenStream,
    pub(super) ret: TokenStream,
}

impl Shape<'_> {
    /// Whether the adjoint is borrowed from the caller: that of a function's environment always is.
    pub(super) fn is_reference(p: &Param) -> bool {
        p.function.is_some() || matches!(p.ty, syn::Type::Reference(_))
    }

    /// Whether the pullback looks at the parameter again.
    pub(super) fn is_shared(p: &Param) -> bool {
        p.function.is_none() && Self::is_reference(p) && !Self::is_exclusive(p)
    }

    pub(super) fn is_exclusive(p: &Param) -> bool {
        matches!(&p.ty, syn::Type::Reference(r) if r.mutability.is_some())
    }

    /// A buffer that may come back with another shape: its adjoint is made once the function has run.
    pub(super) fn is_reshaped(&self, p: &Param) -> bool {
        Self::is_exclusive(p) && !self.f.types.of(&p.ty).is_fixed()
    }

    pub(super) fn referent(p: &Param) -> TokenStream {
        match &p.ty {
            syn::Type::Reference(r) => r.elem.to_token_stream(),
            ty => ty.to_token_stream(),
        }
    }

    /// The owned tangent's type.
    pub(super) fn tangent(&self, p: &Param) -> TokenStream {
        if let Some(given) = &p.function {
            return given.environment.to_token_stream();
        }
        tangent_type(&self.rt, &self.f.types.of(&p.ty), &Self::referent(p))
    }

    /// The function that makes a parameter's zero tangent.
    pub(super) fn zero(&self, p: &Param) -> TokenStream {
        let (rt, of) = (&self.rt, Self::referent(p));
        said_at(&of, quote!(#rt::Differentiable::zero_tangent))
    }

    /// What is borrowed to add to: of a slice's tangent a slice, of another the tangent itself.
    pub(super) fn shadow(&self, p: &Param) -> TokenStream {
        let (of, rt) = (Self::referent(p), &self.rt);
        match Self::slice(p) {
            Some(elem) if self.f.types.of(elem).is_float() => of,
            Some(_) => {
                let named = without_elision(&of);
                said_at(&of, quote!(<#named as #rt::Differentiable>::Shadow))
            }
            None => self.tangent(p),
        }
    }

    /// The borrow of an owned tangent.
    pub(super) fn lent(&self, p: &Param, tangent: &Ident) -> TokenStream {
        match Self::slice(p) {
            Some(_) => quote!(&mut #tangent[..]),
            None => quote!(&mut #tangent),
        }
    }

    /// The element type of a parameter that is a reference to a slice.
    pub(super) fn slice(p: &Param) -> Option<&syn::Type> {
        let syn::Type::Reference(r) = &p.ty else {
            return None;
        };
        match &*r.elem {
            syn::Type::Slice(s) => Some(&s.elem),
            _ => None,
        }
    }

    pub(super) fn seed(&self) -> TokenStream {
        tangent_type(&self.rt, &self.f.vars[self.f.ret].ty, &self.ret)
    }

    pub(super) fn name(&self, p: &Param) -> Ident {
        self.f.vars[p.var].ident.clone()
    }

    /// The parameters as the user has them, but for patterns, which get a name.
    pub(super) fn params(&self) -> Vec<TokenStream> {
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

    pub(super) fn plain_params(&self) -> Vec<TokenStream> {
        self.f
            .params
            .iter()
            .map(|p| {
                let (name, ty) = (self.name(p), &p.ty);
                quote!(#name: #ty)
            })
            .collect()
    }

    pub(super) fn names(&self) -> Vec<Ident> {
        self.f.params.iter().map(|p| self.name(p)).collect()
    }

    /// The parameters by shared reference, which the pullback looks at again.
    pub(super) fn passed_again(&self) -> impl Iterator<Item = TokenStream> {
        self.f
            .params
            .iter()
            .filter(|p| Self::is_shared(p))
            .map(|p| self.name(p).to_token_stream())
    }

    /// The name of an entry where it stands.
    pub(super) fn ident(&self, entry: &str) -> Ident {
        match self.home {
            Home::Space(_) => Ident::new(entry, Span::call_site()),
            Home::Siblings => sibling(&self.function.sig.ident, entry),
        }
    }

    /// The path to an entry.
    pub(super) fn path(&self, entry: &str) -> TokenStream {
        let ident = self.ident(entry);
        match &self.home {
            Home::Space(space) => quote!(#space::#ident),
            Home::Siblings => quote!(Self::#ident),
        }
    }

    /// Whether the pullback adds to an adjoint of the parameter.
    pub(super) fn has_adjoint(&self, p: &Param, sweep: &Sweep) -> bool {
        match self.fixed {
            true => p.active || p.is_differentiable_function(),
            false => sweep.adjoints.contains_key(&p.var),
        }
    }

    pub(super) fn where_clause(&self) -> Option<&syn::WhereClause> {
        self.bounds.as_ref()
    }

    /// What the opaque types of closures promise besides being callable.
    pub(super) fn opaque_bounds(&self) -> TokenStream {
        let captures = &self.captures;
        if self.borrows {
            quote!(::core::marker::Send + #captures)
        } else {
            quote!(::core::marker::Send + 'static + #captures)
        }
    }

    /// The parameters of an entry that a user's call looks like: a method's begin with its receiver.
    pub(super) fn receiving_params(&self) -> Vec<TokenStream> {
        let mut params = self.plain_params();
        if let (Some(receiver), Some(first)) = (&self.receiver, params.first_mut()) {
            let mut receiver = receiver.clone();
            receiver.attrs.clear();
            receiver.mutability = None;
            *first = receiver.to_token_stream();
        }
        params
    }

    /// The parameters of an entry that differentiable callers call. A receiver is borrowed, also where the method
    /// takes it by value: the caller cannot know, and must not lose it.
    pub(super) fn calling_params(&self) -> Vec<TokenStream> {
        let mut params = self.receiving_params();
        if let (true, Some(first)) = (self.receiver_by_value(), params.first_mut()) {
            *first = quote!(&self);
        }
        params
    }

    /// The arguments that lead from there to the sweep.
    pub(super) fn calling_names(&self) -> Vec<TokenStream> {
        let mut names: Vec<TokenStream> = self
            .receiving_names()
            .iter()
            .map(ToTokens::to_token_stream)
            .collect();
        if let (true, Some(first)) = (self.receiver_by_value(), names.first_mut()) {
            *first = quote!(::core::clone::Clone::clone(self));
        }
        names
    }

    /// The bounds of such an entry.
    pub(super) fn calling_where(&self, given: Option<&syn::WhereClause>) -> Option<TokenStream> {
        let given = given.map(|w| &w.predicates);
        match (self.receiver_by_value(), given) {
            // The lifetime keeps rustc from judging the bound before the entry is used.
            (true, given) => {
                let given = given.into_iter().flatten();
                Some(quote!(where #(#given,)* for<'__use> Self: ::core::clone::Clone))
            }
            (false, Some(given)) => Some(quote!(where #given)),
            (false, None) => None,
        }
    }

    /// The `&` with which a public entry passes its receiver on to one that borrows it.
    pub(super) fn receiver_lent(&self) -> Option<TokenStream> {
        self.receiver_by_value().then(|| quote!(&))
    }

    fn receiver_by_value(&self) -> bool {
        match self.receiver.as_ref().map(|r| &r.kind) {
            Some(syn::ReceiverKind::Reference(..)) | None => false,
            Some(_) => true,
        }
    }

    /// Which arguments the pullback looks at again, for callers that pass `&mut` where `&` may be asked for.
    pub(super) fn again_entry(&self) -> Option<TokenStream> {
        if !self
            .f
            .params
            .iter()
            .any(|p| matches!(p.ty, syn::Type::Reference(_)))
        {
            return None;
        }
        let (again, rt) = (self.ident("__again"), &self.rt);
        let (receiver, borrowed) = match &self.receiver {
            Some(_) => (Some(quote!(&self)), true),
            None => (None, false),
        };
        let kinds: Vec<TokenStream> = self
            .f
            .params
            .iter()
            .map(|p| match Self::is_shared(p) {
                true => quote!(#rt::Copied),
                false => quote!(#rt::NotLookedAt),
            })
            .collect();
        let sized = (self.fixed && borrowed).then(|| quote!(where Self: ::core::marker::Sized));
        Some(quote! {
            #[doc(hidden)]
            #[inline]
            pub fn #again(#receiver) -> (#(#kinds,)*) #sized { (#(#kinds,)*) }
        })
    }

    /// How a caller keeps a receiver whose memory changes: a copy where the pullback will look at it again.
    pub(super) fn keep_entry(&self) -> Option<TokenStream> {
        let receiver = self.receiver.as_ref()?;
        let (keep, rt) = (self.ident("__keep"), &self.rt);
        let shared = matches!(receiver.kind, syn::ReceiverKind::Reference(_, _, None));
        // A trait's own bounds, without those of the method's type parameters.
        let sized = self.fixed.then(|| quote!(Self: ::core::marker::Sized,));
        Some(if shared {
            quote! {
                #[doc(hidden)]
                #[inline]
                pub fn #keep(&self) -> Self where #sized for<'__use> Self: ::core::clone::Clone {
                    ::core::clone::Clone::clone(self)
                }
            }
        } else {
            quote! {
                #[doc(hidden)]
                #[inline]
                pub fn #keep(&self) -> #rt::Owned { #rt::Owned }
            }
        })
    }

    /// The receiver of such an entry, and its other parameters.
    pub(super) fn split_params(&self) -> (Option<TokenStream>, Vec<TokenStream>) {
        let mut params = self.receiving_params();
        if self.receiver.is_none() {
            return (None, params);
        }
        let receiver = params.remove(0);
        (Some(quote!(#receiver,)), params)
    }

    /// The receiver, and the other parameters as forward mode takes them: a tuple, the bare one where there is
    /// one, nothing where there is none.
    pub(super) fn primal_tuple(&self) -> (Option<TokenStream>, TokenStream) {
        let (receiver, _) = self.split_params();
        let others = self.f.params.iter().skip(usize::from(receiver.is_some()));
        let (names, types): (Vec<_>, Vec<_>) = others.map(|p| (self.name(p), &p.ty)).unzip();
        let primal = match (names.as_slice(), &receiver) {
            ([], Some(_)) => quote!(),
            ([one], _) => quote!(#one: #(#types)*,),
            _ => quote!((#(#names),*): (#(#types),*),),
        };
        (receiver, primal)
    }

    /// The arguments that lead from such an entry to one that has no receiver.
    pub(super) fn receiving_names(&self) -> Vec<Ident> {
        let mut names = self.names();
        if let (Some(receiver), Some(first)) = (&self.receiver, names.first_mut()) {
            *first = receiver.self_token.into();
        }
        names
    }

    /// Gives the receiver the name that the other entries know it by.
    pub(super) fn receive(&self) -> Option<TokenStream> {
        let receiver = self.receiver.as_ref()?.self_token;
        let name = self.names().into_iter().next()?;
        Some(quote!(let #name = #receiver;))
    }

    /// A method's inputs may have types that only its `impl` can name.
    pub(super) fn gradients_are_generic(&self) -> bool {
        matches!(self.home, Home::Siblings) || !self.function.sig.generics.params.is_empty()
    }

    /// A generated type that mentions several tangents, at the first parameter whose type could have none.
    pub(super) fn said(&self, ty: TokenStream) -> TokenStream {
        let known = |p: &&Param| {
            let ty = self.f.types.of(&p.ty);
            let ty = ty.peeled();
            ty.is_float() || ty.is_constant() || ty.is_sequence()
        };
        match self.f.params.iter().find(|p| p.active && !known(p)) {
            Some(p) => said_at(&Self::referent(p), ty),
            None => ty,
        }
    }

    /// What `gradients` gives.
    pub(super) fn gradients_type(&self) -> TokenStream {
        let types = self.inputs().into_iter().map(|p| self.tangent(p));
        match &self.gradients {
            Some(name) if self.gradients_are_generic() => quote!(#name<#(#types),*>),
            Some(name) => quote!(#name),
            None => quote!((#(::core::option::Option<#types>,)*)),
        }
    }

    /// Whether nothing that the function gives or changes can carry a derivative.
    pub(super) fn gives_nothing(&self) -> bool {
        self.f.vars[self.f.ret].ty.is_constant() && !self.f.params.iter().any(Self::is_exclusive)
    }

    /// Who uses a derivative uses the function, whatever the lint on dead code would say.
    pub(super) fn primal_entry(&self) -> Option<TokenStream> {
        let Home::Space(_) = self.home else {
            return None;
        };
        let (generics, name) = (&self.function.sig.generics, &self.function.sig.ident);
        let (rt, where_clause) = (&self.rt, self.where_clause());
        // That a bound called `Real` is ours is asked here, once.
        let reals = self.f.types.reals.iter().map(|param| {
            let at = Span::call_site().located_at(param.span());
            quote_spanned!(at=> #rt::assert_real::<#param>();)
        });
        let (params, names, ret) = (self.plain_params(), self.names(), &self.ret);
        // What stands for an `impl Trait` cannot be named in a call of the function.
        let written: Vec<Ident> = arguments(generics)
            .into_iter()
            .filter(|name| !crate::desugar::is_argument(name))
            .collect();
        let written = match written.as_slice() {
            [] => quote!(),
            names => quote!(::<#(#names),*>),
        };
        Some(quote! {
            #[doc(hidden)]
            fn __primal #generics (#(#params),*) -> #ret #where_clause {
                #(#reals)*
                #name #written(#(#names),*)
            }
        })
    }

    /// The statement that uses the function.
    pub(super) fn primal_use(&self) -> TokenStream {
        let turbofish = &self.primal_turbofish();
        match &self.home {
            Home::Space(space) => quote!(let _ = #space::__primal #turbofish;),
            Home::Siblings => {
                let name = &self.function.sig.ident;
                quote!(let _ = Self::#name #turbofish;)
            }
        }
    }

    pub(super) fn inputs(&self) -> Vec<&Param> {
        self.f.params.iter().filter(|p| p.active).collect()
    }
}

/// The tangent of a type, spelled out where syntax tells it.
pub(super) fn tangent_type(rt: &TokenStream, ty: &Ty, written: &TokenStream) -> TokenStream {
    // Of a type that is known through, the tangent is the same for any lifetime.
    let named = match syn::parse2::<syn::Type>(written.clone()) {
        Ok(written) if ty.is_known() => with_lifetimes(&written, "static").to_token_stream(),
        _ => without_elision(written),
    };
    let tangent = || said_at(written, quote!(<#named as #rt::Differentiable>::Tangent));
    match ty.peeled() {
        Ty::Float(_) => written.clone(),
        Ty::Slice(t) if t.is_float() => {
            let element = match &**t {
                Ty::Float(scalar) => scalar.written(),
                _ => None,
            };
            match element {
                Some(element) => quote!(#rt::Vec<#element>),
                None => tangent(),
            }
        }
        _ => tangent(),
    }
}

/// The type with a lifetime where one is left out: a tangent owns what it holds and is the same for any, and in
/// a return type no lifetime may be left out.
fn without_elision(of: &TokenStream) -> TokenStream {
    struct Named(bool);
    impl VisitMut for Named {
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident == "_" {
                l.ident = Ident::new("static", l.ident.span());
                self.0 = true;
            }
        }
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            if r.lifetime.is_none() {
                r.lifetime = Some(syn::Lifetime::new("'static", Span::call_site()));
                self.0 = true;
            }
            syn::visit_mut::visit_type_reference_mut(self, r);
        }
    }
    let mut named = Named(false);
    match syn::parse2::<syn::Type>(of.clone()) {
        Ok(mut ty) => {
            named.visit_type_mut(&mut ty);
            if named.0 {
                ty.to_token_stream()
            } else {
                of.clone()
            }
        }
        Err(_) => of.clone(),
    }
}

/// Generated tokens that stand where `of` does in the user's source. A type without a tangent is named in many
/// generated signatures; rustc reports the same mistake at the same place once.
pub(super) fn said_at(of: &impl ToTokens, tokens: TokenStream) -> TokenStream {
    fn put(tokens: TokenStream, span: Span) -> TokenStream {
        let moved = tokens.into_iter().map(|mut tree| {
            if let TokenTree::Group(group) = &tree {
                let mut inner = Group::new(group.delimiter(), put(group.stream(), span));
                inner.set_span(span);
                return TokenTree::Group(inner);
            }
            // Names keep what they refer to.
            let at = match &tree {
                TokenTree::Ident(ident) => span.resolved_at(ident.span()),
                _ => span,
            };
            tree.set_span(at);
            tree
        });
        moved.collect()
    }
    let first = of.to_token_stream().into_iter().next();
    put(tokens, first.map_or_else(Span::call_site, |t| t.span()))
}

/// One type or a tuple of several; a bare one where there is one.
pub(super) fn tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [one] => one.clone(),
        parts => quote!((#(#parts),*)),
    }
}

/// Lints that generated code is exempt from.
pub fn quiet() -> TokenStream {
    // A crate may forbid the group of unused things; this is the exemption from being told that it is exempt.
    // Unused variables are denied by name more often than forbidden; naming more groups would meet `forbid`.
    quote!(#[allow(forbidden_lint_groups, warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)])
}

/// The path of what generated code uses.
pub fn runtime(options: &Options) -> TokenStream {
    let krate = krate(options);
    quote!(#krate::rt)
}

/// Where the crate `pullback` is found.
pub fn krate(options: &Options) -> TokenStream {
    match &options.krate {
        Some(path) => path.to_token_stream(),
        None => quote!(::pullback),
    }
}

pub(super) fn shape<'a>(
    function: &'a syn::ItemFn,
    options: &Options,
    around: &Around,
    f: &'a Function,
) -> Shape<'a> {
    let args = arguments(&function.sig.generics);
    let outer = around.generics.map(arguments).unwrap_or_default();
    let in_impl = around.generics.is_some() || around.receiver.is_some();
    let borrows = around
        .generics
        .is_some_and(|g| g.lifetimes().next().is_some());
    let mut captured: Vec<TokenStream> = args.iter().map(|a| a.to_token_stream()).collect();
    let mut given: Vec<&crate::functions::Given> = Vec::new();
    for function in f.params.iter().filter_map(|p| p.function.as_deref()) {
        if given.iter().any(|g| g.name == function.name) {
            continue;
        }
        given.push(function);
        captured.push(function.pullback.to_token_stream());
        captured.push(function.environment.to_token_stream());
    }
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
        rt: runtime(options),
        home: match in_impl {
            true => Home::Siblings,
            false => Home::Space(space(function, options)),
        },
        gradients: match in_impl {
            true => around.gradients.clone(),
            false => Some(super::gradients::gradients_name(function, options)),
        },
        receiver: around.receiver.clone(),
        fixed: around.fixed || Rules::of(options).any(),
        rules: Rules::of(options),
        bounds: bounds(function, options, around, f),
        borrows,
        turbofish,
        captures: quote!(use<#(#outer,)* #(#captured),*>),
        ret,
    }
}

/// The user's bounds, and that a type parameter whose values carry derivatives is differentiable.
fn bounds(
    function: &syn::ItemFn,
    options: &Options,
    around: &Around,
    f: &Function,
) -> Option<syn::WhereClause> {
    let rt = runtime(options);
    let mut all: Vec<syn::WherePredicate> = Vec::new();
    if let Some(given) = &function.sig.generics.where_clause {
        all.extend(given.predicates.iter().cloned());
    }
    let inputs = f.params.iter().filter(|p| p.active).map(|p| &p.ty);
    let inputs = quote!(#(#inputs)*);
    for name in open_parameters(&function.sig.generics, &f.types) {
        if !crate::names::mentions(&inputs, &name) {
            continue;
        }
        // A receiver that changes is copied before a pullback looks at it again.
        all.push(syn::parse_quote! {
            #name: #rt::Differentiable + ::core::clone::Clone + ::core::marker::Send + 'static
        });
    }
    if around.declares {
        all.push(syn::parse_quote! {
            Self: ::core::marker::Sized + #rt::Differentiable + ::core::clone::Clone + ::core::marker::Send + 'static
        });
    }
    // A trait's `impl` may not ask for more than the trait.
    if !around.fixed && !around.declares {
        let parameters = parameters(function, around);
        let types = signature_types(function, f);
        all.extend(shield::assumptions(&rt, types, &parameters));
    }
    (!all.is_empty()).then(|| syn::parse_quote!(where #(#all),*))
}

/// The types whose tangents the entries name.
pub(super) fn signature_types<'a>(
    function: &'a syn::ItemFn,
    f: &'a Function,
) -> impl Iterator<Item = &'a syn::Type> {
    let inputs = f.params.iter().filter(|p| p.active).map(|p| &p.ty);
    let result = match &function.sig.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, ty) => Some(&**ty),
    };
    inputs.chain(result)
}

/// The parameters of the function and of what stands around it.
pub(super) fn parameters(function: &syn::ItemFn, around: &Around) -> Vec<Ident> {
    let mut all = arguments(&function.sig.generics);
    all.extend(around.generics.map(arguments).unwrap_or_default());
    all
}

/// The type parameters that are neither known to be real numbers nor known to carry no derivative.
fn open_parameters(generics: &syn::Generics, types: &crate::ty::Types) -> Vec<Ident> {
    let open = |p: &&syn::TypeParam| {
        let name = &p.ident;
        matches!(types.of(&syn::parse_quote!(#name)), Ty::Unknown)
    };
    generics
        .type_params()
        .filter(open)
        .map(|p| p.ident.clone())
        .collect()
}

/// The generics of an `impl` with bounds that let derivatives pass through values of its type parameters.
pub fn with_open_parameters(generics: &syn::Generics, options: &Options) -> syn::Generics {
    let rt = runtime(options);
    let mut generics = generics.clone();
    // A receiver that changes is copied before a pullback looks at it again.
    let clone = quote!(::core::clone::Clone + ::core::marker::Send);
    for name in open_parameters(&generics, &crate::ty::Types::of_generics(&generics)) {
        let bound = syn::parse_quote!(#name: #rt::Differentiable + #clone + 'static);
        generics.make_where_clause().predicates.push(bound);
    }
    generics
}

/// The names of the type and constant parameters.
pub(super) fn arguments(generics: &syn::Generics) -> Vec<Ident> {
    let name = |p: &syn::GenericParam| match p {
        syn::GenericParam::Type(t) => Some(t.ident.clone()),
        syn::GenericParam::Const(c) => Some(c.ident.clone()),
        syn::GenericParam::Lifetime(_) => None,
    };
    generics.params.iter().filter_map(name).collect()
}

/// The name of an entry beside a method. What differentiable callers call is named so that rustc, when it finds
/// none, tells the reader what to do.
pub fn sibling(method: &Ident, entry: &str) -> Ident {
    let method = method.unraw();
    let name = match entry.strip_prefix("__") {
        Some("call") => format!("__differentiable_{method}"),
        Some("masked_call") => format!("__masked_{method}"),
        Some(entry) => format!("__{entry}_{method}"),
        None => format!("{method}_{entry}"),
    };
    Ident::new(&name, Span::call_site().located_at(method.span()))
}

pub(super) fn space(function: &syn::ItemFn, options: &Options) -> Ident {
    let mut name = options
        .name
        .clone()
        .unwrap_or_else(|| function.sig.ident.clone());
    // A name from the attribute's own span is exempt from the lint on the case of type names.
    name.set_span(Span::call_site().located_at(name.span()));
    name
}

/// The types of the pullback's parameters after the seed.
pub(super) fn pullback_params(s: &Shape, sweep: &Sweep) -> Vec<TokenStream> {
    pullback_params_with(s, sweep, None)
}

/// The same where the tangent of every function's environment is known.
pub(super) fn pullback_params_with(
    s: &Shape,
    sweep: &Sweep,
    environment: Option<&TokenStream>,
) -> Vec<TokenStream> {
    let mut out = Vec::new();
    for p in s.f.params.iter().filter(|p| Shape::is_shared(p)) {
        let ty = elided(&p.ty);
        out.push(quote!(#ty));
    }
    for p in
        s.f.params
            .iter()
            .filter(|p| s.has_adjoint(p, sweep) && Shape::is_reference(p))
    {
        let ty = match (environment, &p.function) {
            (Some(environment), Some(_)) => environment.clone(),
            _ => elided_tokens(&s.shadow(p)),
        };
        out.push(quote!(&mut #ty));
    }
    out
}

/// A type with its lifetimes left out.
pub(super) fn elided(ty: &syn::Type) -> syn::Type {
    with_lifetimes(ty, "_")
}

/// A type with another lifetime for each that it has.
fn with_lifetimes(ty: &syn::Type, name: &'static str) -> syn::Type {
    struct Replace(&'static str);
    impl VisitMut for Replace {
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident != "static" {
                l.ident = Ident::new(self.0, l.ident.span());
            }
        }
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            r.lifetime = (self.0 != "_").then(|| syn::Lifetime::new("'static", Span::call_site()));
            self.visit_type_mut(&mut r.elem);
        }
    }
    let mut ty = ty.clone();
    Replace(name).visit_type_mut(&mut ty);
    ty
}

pub(super) fn elided_tokens(ty: &TokenStream) -> TokenStream {
    match syn::parse2::<syn::Type>(ty.clone()) {
        Ok(ty) => elided(&ty).to_token_stream(),
        Err(_) => ty.clone(),
    }
}

/// The inputs by value that have an adjoint, in order.
pub(super) fn by_value<'a>(s: &'a Shape, sweep: &'a Sweep) -> Vec<&'a Param> {
    s.f.params
        .iter()
        .filter(|p| s.has_adjoint(p, sweep) && !Shape::is_reference(p))
        .collect()
}
