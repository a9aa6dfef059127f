//! `#[differentiable] impl Index` and `impl IndexMut`: the body names a place, and the same body names the part of the
//! tangent that belongs to it. What the body looks at besides is known when the value is at hand, and is kept.

use crate::args::Options;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::{entries, names};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};

/// Whether the trait is `Index` or `IndexMut`, and whether it is the latter.
pub fn index_trait(path: &syn::Path) -> Option<bool> {
    match path.segments.last()?.ident.to_string().as_str() {
        "Index" => Some(false),
        "IndexMut" => Some(true),
        _ => None,
    }
}

/// Expands the attribute on the `impl` of `Index` or `IndexMut`.
pub fn expand_index(
    options: &Options,
    item: &syn::ItemImpl,
    exclusive: bool,
    mut errors: Vec<Diagnostic>,
) -> TokenStream {
    let method = item.items.iter().find_map(|member| match member {
        syn::ImplItem::Fn(method) => Some(method),
        _ => None,
    });
    let mut generated = TokenStream::new();
    if let Some(method) = method
        && let Some(syn::FnArg::Typed(index)) = method.sig.inputs.last()
    {
        match twin(&method.block, &[&index.pat]) {
            Ok(twin) if exclusive => generated = same_body(options, item, method, index, &twin),
            Ok(twin) => generated = index_place(options, item, index, &twin),
            Err(error) => errors.push(*error),
        }
    }
    let errors = Diagnostics::from(errors).into_tokens();
    quote!(#item #generated #errors)
}

/// What the body is made into.
struct Twin {
    /// What is done with the value at hand.
    before: Vec<syn::Stmt>,
    /// What is looked at there: names, types and values.
    kept: Vec<(Ident, TokenStream, syn::Expr)>,
    /// Whether the index is looked at again.
    again: bool,
    /// The part of `__t`, by exclusive and by shared reference.
    part: syn::Expr,
    peek: syn::Expr,
    /// The body as it is compared.
    text: String,
}

/// The rule of an index: `impl IndexPlace`.
fn index_place(
    options: &Options,
    item: &syn::ItemImpl,
    index: &syn::PatType,
    twin: &Twin,
) -> TokenStream {
    let rt = entries::runtime(options);
    let output = item.items.iter().find_map(|member| match member {
        syn::ImplItem::Type(ty) if ty.ident == "Output" => Some(&ty.ty),
        _ => None,
    });
    let (pat, ty) = (&index.pat, &index.ty);
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let self_ty = &item.self_ty;
    let Twin {
        before,
        part,
        peek,
        text,
        ..
    } = twin;
    let (names, types): (Vec<_>, Vec<_>) = twin.kept.iter().map(|(n, ty, _)| (n, ty)).unzip();
    let kept = twin.kept.iter().map(|(name, ty, value)| {
        let at = value.span();
        quote_spanned!(at=> let #name: #ty = #value;)
    });
    let (again_ty, again) = match twin.again {
        true => (quote!(#ty,), quote!(__index,)),
        false => (quote!(), quote!()),
    };
    let named = twin.again.then(|| quote!(let #pat = __index;));
    let quiet = entries::quiet();
    // Where nothing of the value is asked for, the tangent is indexed as the value is, also where a caller cannot see
    // the type.
    let alike = (twin.kept.is_empty() && item.generics.params.is_empty()).then(|| {
        quote! {
            #quiet
            impl ::core::ops::Index<#ty> for <#self_ty as #rt::Differentiable>::Tangent {
                type Output = <#output as #rt::Differentiable>::Shadow;
                #[inline]
                fn index(&self, __index: #ty) -> &Self::Output {
                    <#self_ty as #rt::IndexPlace<#ty>>::peek((#again), self)
                }
            }
            #quiet
            impl ::core::ops::IndexMut<#ty> for <#self_ty as #rt::Differentiable>::Tangent {
                #[inline]
                fn index_mut(&mut self, __index: #ty) -> &mut Self::Output {
                    <#self_ty as #rt::IndexPlace<#ty>>::part((#again), self)
                }
            }
        }
    });
    // At the type, so that rustc says there what is missing.
    let out = quote_spanned!(output.span()=> <#output as #rt::Differentiable>::Shadow);
    quote! {
        #quiet
        impl #impl_generics #rt::IndexPlace<#ty> for #self_ty #where_clause {
            type Key = (#(#types,)* #again_ty);
            type Out = #out;
            const BODY: &'static str = #text;
            #[inline]
            fn key(&self, __index: #ty) -> Self::Key {
                let #pat = __index;
                #(#before)*
                #(#kept)*
                (#(#names,)* #again)
            }
            #[inline]
            fn part(
                (#(#names,)* #again): Self::Key,
                __t: &mut <Self as #rt::Differentiable>::Tangent,
            ) -> &mut Self::Out {
                #named
                #part
            }
            #[inline]
            fn peek(
                (#(#names,)* #again): Self::Key,
                __t: &<Self as #rt::Differentiable>::Tangent,
            ) -> &Self::Out {
                #named
                #peek
            }
        }
        #alike
    }
}

/// The way of a method that gives a reference to a part of its receiver; a method whose body does not say where it leads
/// has one that nobody can use.
pub fn way_of_method(
    options: &Options,
    method: &syn::ImplItemFn,
    generics: &syn::Generics,
) -> Option<TokenStream> {
    let rt = entries::runtime(options);
    let (vis, sig) = (&method.vis, &method.sig);
    let name = crate::sibling(&sig.ident, "__way");
    let params: Vec<&syn::PatType> = sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            syn::FnArg::Typed(p) => Some(p),
            syn::FnArg::Receiver(_) => None,
        })
        .collect();
    let elem = match &sig.output {
        syn::ReturnType::Type(_, ty) => match &**ty {
            syn::Type::Reference(gives) => Some(&gives.elem),
            _ => None,
        },
        syn::ReturnType::Default => None,
    };
    let followed = elem.and_then(|elem| {
        if crate::ty::Types::default().of(elem).is_constant() || !sig.generics.params.is_empty() {
            return None;
        }
        let pats: Vec<&syn::Pat> = params.iter().map(|p| &*p.pat).collect();
        let only_names = pats.iter().all(|p| matches!(p, syn::Pat::Ident(_)));
        let twin = twin(&method.block, &pats).ok()?;
        (only_names || !twin.again).then_some((elem, pats, twin))
    });
    let Some((elem, pats, twin)) = followed else {
        let lends = elem.is_some() || sig.ident.to_string().ends_with("_mut");
        let quiet = entries::quiet();
        let types = params.iter().map(|p| &p.ty);
        return (lends && sig.generics.params.is_empty()).then(|| {
            quote! {
                #quiet
                #[doc(hidden)]
                #vis fn #name(&self, #(_: #types),*) -> <Self as #rt::LeadsSomewhere>::Way
                where
                    for<'__use> Self: #rt::LeadsSomewhere,
                {
                    loop {}
                }
            }
        });
    };
    let (before, part, peek) = (&twin.before, &twin.part, &twin.peek);
    let names: Vec<&Ident> = twin.kept.iter().map(|(n, ..)| n).collect();
    let kept = twin.kept.iter().map(|(name, ty, value)| {
        let at = value.span();
        quote_spanned!(at=> let #name: #ty = #value;)
    });
    let again = twin.again.then(|| quote!(#(#pats,)*));
    let tangent = quote!(<Self as #rt::Differentiable>::Tangent);
    let out = quote!(<#elem as #rt::Differentiable>::Shadow);
    let captured = generics.params.iter().map(|p| match p {
        syn::GenericParam::Lifetime(l) => l.lifetime.to_token_stream(),
        syn::GenericParam::Type(t) => t.ident.to_token_stream(),
        syn::GenericParam::Const(c) => c.ident.to_token_stream(),
    });
    let quiet = entries::quiet();
    let at = sig.ident.span();
    Some(quote_spanned! {at=>
        #quiet
        #[doc(hidden)]
        #[inline]
        #vis fn #name(&self, #(#params),*)
            -> impl #rt::Way<#tangent, Out = #out> + ::core::marker::Copy + ::core::marker::Send + use<#(#captured),*>
        {
            #(#before)*
            #(#kept)*
            #rt::by_method::<#tangent, #out, _, _, _>(
                (#(#names,)* #again),
                |(#(#names,)* #again), __t| #part,
                |(#(#names,)* #again), __t| #peek,
            )
        }
    })
}

/// The proof that an exclusive index leads where the shared one does: its body is the same.
fn same_body(
    options: &Options,
    item: &syn::ItemImpl,
    method: &syn::ImplItemFn,
    index: &syn::PatType,
    twin: &Twin,
) -> TokenStream {
    let rt = entries::runtime(options);
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let (self_ty, ty, text) = (&item.self_ty, &index.ty, &twin.text);
    let at = method.sig.ident.span();
    let proof =
        item.generics.params.is_empty().then(
            || quote_spanned!(at=> const _: () = <#self_ty as #rt::IndexMutPlace<#ty>>::SAME;),
        );
    quote_spanned! {at=>
        impl #impl_generics #rt::IndexMutPlace<#ty> for #self_ty #where_clause {
            const SAME: () = ::core::assert!(
                #rt::same_text(<Self as #rt::IndexPlace<#ty>>::BODY, #text),
                "`index` and `index_mut` must give references to the same place: write both bodies alike, but for `mut`"
            );
        }
        #proof
    }
}

/// The twin of a body that gives a reference to a part of `self`.
fn twin(block: &syn::Block, index: &[&syn::Pat]) -> Result<Twin, Box<Diagnostic>> {
    let mut maker = Maker {
        kept: Vec::new(),
        locals: Vec::new(),
        in_branch: false,
        again: false,
    };
    let (before, tail) = maker.straight(block)?;
    let part = maker.tail(tail)?;
    let peek = shared(part.clone());
    Ok(Twin {
        before,
        kept: maker.kept,
        again: maker.again,
        part,
        peek,
        text: compared(block, index),
    })
}

struct Maker {
    kept: Vec<(Ident, TokenStream, syn::Expr)>,
    /// What the body defines before it gives its reference.
    locals: Vec<Ident>,
    in_branch: bool,
    again: bool,
}

fn refused<T>(at: &impl ToTokens, detail: &str) -> Result<T, Box<Diagnostic>> {
    Err(Box::new(Diagnostic::new(Code::PlaceBody, at, detail)))
}

impl Maker {
    /// The statements of a body, without its assertions, which the user's own method makes, and what it gives.
    fn straight<'b>(
        &mut self,
        block: &'b syn::Block,
    ) -> Result<(Vec<syn::Stmt>, &'b syn::Expr), Box<Diagnostic>> {
        let Some((syn::Stmt::Expr(tail, None), stmts)) = block.stmts.split_last() else {
            return refused(block, "the body does not end with a reference");
        };
        let mut before = Vec::new();
        for stmt in stmts {
            match stmt {
                syn::Stmt::Local(local) => {
                    bound(&local.pat, &mut self.locals);
                    before.push(stmt.clone());
                }
                syn::Stmt::Macro(m) if is_assertion(&m.mac) => {}
                stmt => return refused(stmt, "this statement stands before the reference"),
            }
        }
        Ok((before, tail))
    }

    /// What the body gives, as the part of `__t`.
    fn tail(&mut self, e: &syn::Expr) -> Result<syn::Expr, Box<Diagnostic>> {
        match e {
            syn::Expr::Paren(p) => self.tail(&p.expr),
            syn::Expr::Group(g) => self.tail(&g.expr),
            syn::Expr::Reference(r) => {
                let place = self.place(&r.expr)?;
                Ok(syn::parse_quote!(&mut #place))
            }
            syn::Expr::Block(b) if b.label.is_none() => self.branch(&b.block),
            syn::Expr::If(i) if let Some((_, els)) = &i.else_branch => {
                if matches!(&*i.cond, syn::Expr::Let(_)) {
                    return refused(&i.cond, "the place is chosen by a pattern");
                }
                let cond = self.looked_at(&i.cond, quote!(bool))?;
                let (then, els) = (self.branch(&i.then_branch)?, self.in_branch(els)?);
                Ok(syn::parse_quote!(if #cond { #then } else { #els }))
            }
            syn::Expr::Match(m) => {
                let on = self.looked_at_again(&m.expr)?;
                let mut arms = Vec::new();
                for arm in &m.arms {
                    // A guard belongs to the pattern.
                    self.unseen(&arm.pat)?;
                    let body = self.in_branch(&arm.body)?;
                    let pat = &arm.pat;
                    arms.push(quote!(#pat => #body,));
                }
                Ok(syn::parse_quote!(match #on { #(#arms)* }))
            }
            // The user's own method has said it.
            syn::Expr::Macro(m) if diverges(&m.mac) => {
                Ok(syn::parse_quote!(::core::unreachable!()))
            }
            e => refused(e, "this is no reference to a part of `self`"),
        }
    }

    fn branch(&mut self, block: &syn::Block) -> Result<syn::Expr, Box<Diagnostic>> {
        match block.stmts.as_slice() {
            [syn::Stmt::Expr(tail, None)] => self.in_branch(tail),
            [syn::Stmt::Macro(m)] if diverges(&m.mac) => {
                Ok(syn::parse_quote!(::core::unreachable!()))
            }
            _ => refused(block, "more than a reference is in this branch"),
        }
    }

    fn in_branch(&mut self, e: &syn::Expr) -> Result<syn::Expr, Box<Diagnostic>> {
        let outer = std::mem::replace(&mut self.in_branch, true);
        let tail = self.tail(e);
        self.in_branch = outer;
        tail
    }

    /// A part of `self` as the part of `__t`.
    fn place(&mut self, e: &syn::Expr) -> Result<syn::Expr, Box<Diagnostic>> {
        match e {
            syn::Expr::Paren(p) => self.place(&p.expr),
            syn::Expr::Group(g) => self.place(&g.expr),
            syn::Expr::Path(p) if p.path.is_ident("self") => Ok(syn::parse_quote!(__t)),
            syn::Expr::Unary(u)
                if matches!(u.op, syn::UnOp::Deref(_))
                    && matches!(&*u.expr, syn::Expr::Path(p) if p.path.is_ident("self")) =>
            {
                Ok(syn::parse_quote!((*__t)))
            }
            syn::Expr::Field(f) => {
                let (base, member) = (self.place(&f.base)?, &f.member);
                Ok(syn::parse_quote!(#base.#member))
            }
            syn::Expr::Index(i) => {
                let base = self.place(&i.expr)?;
                let index = match &*i.index {
                    syn::Expr::Range(r) => {
                        let limits = &r.limits;
                        let mut bound = |b: &Option<Box<syn::Expr>>| match b {
                            Some(b) => self.looked_at(b, quote!(usize)).map(Some),
                            None => Ok(None),
                        };
                        let (from, to) = (bound(&r.start)?, bound(&r.end)?);
                        quote!(#from #limits #to)
                    }
                    index => self.looked_at(index, quote!(usize))?.to_token_stream(),
                };
                Ok(syn::parse_quote!(#base[#index]))
            }
            e => refused(e, "this is no part of `self`, by its fields and indices"),
        }
    }

    /// An index, a bound or a condition: kept under a name of its own, or computed again in a branch, where it may have
    /// a meaning there alone.
    fn looked_at(&mut self, e: &syn::Expr, ty: TokenStream) -> Result<syn::Expr, Box<Diagnostic>> {
        if matches!(e, syn::Expr::Lit(_)) {
            return Ok(e.clone());
        }
        if !self.in_branch {
            let name = format_ident!("__kept{}", self.kept.len());
            self.kept.push((name.clone(), ty, e.clone()));
            return Ok(syn::parse_quote!(#name));
        }
        self.looked_at_again(e)
    }

    /// An expression of the index; the fields of `self` in it, which are read without a condition, are kept.
    fn looked_at_again(&mut self, e: &syn::Expr) -> Result<syn::Expr, Box<Diagnostic>> {
        self.again = true;
        let mut out = e.clone();
        let mut fields = Fields(self);
        fields.visit_expr_mut(&mut out);
        self.unseen(&out)?;
        Ok(out)
    }

    /// Refuses what looks at the value in a way that is not kept.
    fn unseen(&self, e: &impl ToTokens) -> Result<(), Box<Diagnostic>> {
        let tokens = e.to_token_stream();
        let sees = |name: &Ident| names::mentions(&tokens, name);
        if sees(&format_ident!("self")) || self.locals.iter().any(sees) {
            return refused(e, "this looks at the value inside a branch");
        }
        Ok(())
    }
}

/// Keeps the fields of `self` and the locals in an expression, which are taken for sizes.
struct Fields<'m>(&'m mut Maker);

impl VisitMut for Fields<'_> {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        if is_field(e)
            || matches!(&*e, syn::Expr::Path(p) if self.0.locals.iter().any(|l| p.path.is_ident(l)))
        {
            let name = format_ident!("__kept{}", self.0.kept.len());
            self.0.kept.push((name.clone(), quote!(usize), e.clone()));
            *e = syn::parse_quote!(#name);
            return;
        }
        visit_mut::visit_expr_mut(self, e);
    }
}

/// `self.size.0`
fn is_field(e: &syn::Expr) -> bool {
    let syn::Expr::Field(f) = e else { return false };
    matches!(&*f.base, syn::Expr::Path(p) if p.path.is_ident("self")) || is_field(&f.base)
}

/// `assert!` and its like.
pub fn is_assertion(mac: &syn::Macro) -> bool {
    let name = mac.path.segments.last().map(|s| s.ident.to_string());
    name.is_some_and(|n| {
        matches!(
            n.trim_start_matches("debug_"),
            "assert" | "assert_eq" | "assert_ne"
        )
    })
}

fn diverges(mac: &syn::Macro) -> bool {
    let name = mac.path.segments.last().map(|s| s.ident.to_string());
    name.is_some_and(|n| {
        matches!(
            n.as_str(),
            "panic" | "unreachable" | "todo" | "unimplemented"
        )
    })
}

fn bound(pat: &syn::Pat, out: &mut Vec<Ident>) {
    struct Find<'o>(&'o mut Vec<Ident>);
    impl<'ast> syn::visit::Visit<'ast> for Find<'_> {
        fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
            self.0.push(p.ident.clone());
            syn::visit::visit_pat_ident(self, p);
        }
    }
    syn::visit::Visit::visit_pat(&mut Find(out), pat);
}

/// The same by shared reference.
fn shared(mut e: syn::Expr) -> syn::Expr {
    struct Shared;
    impl VisitMut for Shared {
        fn visit_expr_reference_mut(&mut self, r: &mut syn::ExprReference) {
            r.mutability = None;
            visit_mut::visit_expr_reference_mut(self, r);
        }
    }
    Shared.visit_expr_mut(&mut e);
    e
}

/// The body without `mut`, with the index's names by their order: what `index` and `index_mut` have in common.
fn compared(block: &syn::Block, index: &[&syn::Pat]) -> String {
    let mut names = Vec::new();
    index.iter().for_each(|pat| bound(pat, &mut names));
    fn walk(tokens: TokenStream, names: &[Ident], out: &mut String) {
        for tree in tokens {
            match tree {
                TokenTree::Group(g) => {
                    let (open, close) = match g.delimiter() {
                        proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                        proc_macro2::Delimiter::Bracket => ("[", "]"),
                        proc_macro2::Delimiter::Brace => ("{", "}"),
                        proc_macro2::Delimiter::None => ("", ""),
                    };
                    out.push_str(open);
                    walk(g.stream(), names, out);
                    out.push_str(close);
                }
                TokenTree::Ident(i) if i == "mut" => {}
                TokenTree::Ident(i) => {
                    match names.iter().position(|n| n.unraw() == i.unraw()) {
                        Some(n) => out.push_str(&format!("#{n}")),
                        None => out.push_str(&i.to_string()),
                    }
                    out.push(' ');
                }
                tree => {
                    out.push_str(&tree.to_string());
                    out.push(' ');
                }
            }
        }
    }
    let mut out = String::new();
    walk(block.to_token_stream(), &names, &mut out);
    out
}
