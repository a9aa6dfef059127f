//! Structs, variants and boxes that are built.

use super::Lower;
use super::infer::peel;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

impl Lower {
    /// `P { x: a, y, ..base }`.
    pub(super) fn struct_literal(&mut self, s: &syn::ExprStruct) -> Option<Expr> {
        let variant = variant(&s.path);
        let mut parts = Vec::new();
        for field in &s.fields {
            let part = match &variant {
                Some(name) => Proj::Part(name.clone(), field.member.clone()),
                None => Proj::Field(field.member.clone()),
            };
            parts.push((part, self.part(&field.expr)?));
        }
        let base = match &s.rest {
            None => None,
            Some(rest) => Some(match self.place(rest) {
                Some(place) => Expr::Load(place),
                None => match self.value(rest)? {
                    Operand::Var(v) => Expr::Load(Place::var(v)),
                    constant => Expr::Use(constant),
                },
            }),
        };
        let mut path = s.path.to_token_stream();
        if let Some(qself) = &s.qself {
            let whole = syn::ExprPath {
                attrs: Vec::new(),
                qself: Some(qself.clone()),
                path: s.path.clone(),
            };
            path = whole.to_token_stream();
        }
        Some(Expr::Build(Box::new(Build {
            path,
            call: false,
            parts,
            base,
        })))
    }

    /// What is put into a field.
    fn part(&mut self, e: &syn::Expr) -> Option<Expr> {
        let operand = self.value(e)?;
        self.no_reference(&operand, e);
        if let Operand::Var(v) = operand
            && let ty @ Ty::Ref(..) = self.f.vars[v].ty.clone()
            && !ty.is_constant()
        {
            let detail = format!(
                "`{}` is a reference, and is stored here",
                self.f.vars[v].ident
            );
            let diagnostic = Diagnostic::new(Code::ActiveReference, e, detail)
                .with_help("let the struct own a copy, as in `x.to_vec()`, or pass the reference itself to what uses it");
            let refused = Expr::Refused(self.opaque(e, Cut::None), Box::new(diagnostic));
            return Some(Expr::Use(self.name(refused, ty, e.span())));
        }
        Some(Expr::Use(operand))
    }

    /// `P(a, b)` or `Shape::Circle(r)`: a function whose name begins with a capital letter. That it is no
    /// function but a constructor is for the type checker to see.
    pub(super) fn constructor(&mut self, c: &syn::ExprCall, path: &syn::ExprPath) -> Option<Expr> {
        let name = &path.path.segments.last()?.ident;
        let mut parts = Vec::new();
        for (n, arg) in c.args.iter().enumerate() {
            let member = syn::Member::Unnamed(syn::Index::from(n));
            parts.push((Proj::Part(name.clone(), member), self.part(arg)?));
        }
        let build = Expr::Build(Box::new(Build {
            path: path.to_token_stream(),
            call: true,
            parts,
            base: None,
        }));
        let var = self.f.fresh("t", Ty::Unknown);
        self.push(Kind::Let(var, build), c.span());
        let ident = &self.f.vars[var].ident;
        let is_constructor = quote!(let _ = ::core::matches!(&#ident, #path(..)););
        self.push(Kind::Raw(is_constructor), c.span());
        Some(Expr::Use(Operand::Var(var)))
    }

    /// `Box::new(a)`.
    pub(super) fn boxed(&mut self, path: &syn::ExprPath, arg: &syn::Expr) -> Option<Expr> {
        let part = self.part(arg)?;
        let build = Expr::Build(Box::new(Build {
            path: path.to_token_stream(),
            call: true,
            parts: vec![(Proj::Deref, part)],
            base: None,
        }));
        let var = self.f.fresh("t", Ty::Unknown);
        self.push(Kind::Let(var, build), arg.span());
        let ident = &self.f.vars[var].ident;
        let is_std = quote!(__rt::same_box(#path, __rt::Box::new, &#ident););
        self.push(Kind::Raw(is_std), arg.span());
        Some(Expr::Use(Operand::Var(var)))
    }

    /// `place.clone()`, where the type is not known: what it gives has a tangent like the place's, says the type
    /// checker.
    pub(super) fn copy(&mut self, m: &syn::ExprMethodCall, mut place: Place) -> Expr {
        if m.method == "to_vec" {
            self.sequence(&place, m.method.span());
            return Expr::Copy(place, m.method.clone());
        }
        if place.path.is_empty() && matches!(self.f.vars[place.base].ty, Ty::Ref(..)) {
            place = place.then(Proj::Deref);
        }
        let of = crate::emit::place_tokens(&self.f, &place, false);
        let var = self.f.fresh("t", Ty::Unknown);
        let copy = Expr::Copy(place.clone(), m.method.clone());
        self.push(Kind::Let(var, copy), m.span());
        let ident = &self.f.vars[var].ident;
        let args = quote!(&#ident, &#of);
        self.check(&place, m.method.span(), quote!(assert_copy), args);
        Expr::Use(Operand::Var(var))
    }

    /// Asks the type checker, at the user's own tokens, if the place carries a derivative.
    fn check(&mut self, place: &Place, span: Span, question: TokenStream, args: TokenStream) {
        let at = Span::call_site().located_at(span);
        let question: TokenStream = question
            .into_iter()
            .map(|mut tree| {
                tree.set_span(at);
                tree
            })
            .collect();
        let tokens = quote_spanned!(at=> __rt::#question(#args););
        let root = self.f.root(place);
        self.push(Kind::Check(tokens, root), span);
    }

    /// Whether the expression names memory of a local.
    pub(super) fn is_place(&self, e: &syn::Expr) -> bool {
        match peel(e) {
            syn::Expr::Path(p) => self.lookup(&p.path).is_some(),
            syn::Expr::Field(f) => self.is_place(&f.base),
            syn::Expr::Index(i) => self.is_place(&i.expr),
            syn::Expr::Unary(u) => matches!(u.op, syn::UnOp::Deref(_)) && self.is_place(&u.expr),
            _ => false,
        }
    }

    /// Memory that is indexed, run through or exchanged like a slice is one, says the type checker.
    pub(super) fn sequence(&mut self, place: &Place, span: Span) {
        if !matches!(self.f.place_ty(place).peeled(), Ty::Unknown) {
            return;
        }
        if let Some(tokens) = crate::emit::place_tokens(&self.f, place, false) {
            self.check(place, span, quote!(assert_sequence), quote!(&#tokens));
        }
    }
}

/// Whether the path is that of a constructor: types and variants begin with a capital letter.
pub(super) fn is_constructor(path: &syn::Path) -> bool {
    path.segments
        .last()
        .is_some_and(|s| is_capital(&s.ident) && !is_constant(&s.ident))
}

/// `DT`, which can be called only if it is a function pointer.
fn is_constant(ident: &syn::Ident) -> bool {
    let name = ident.unraw().to_string();
    name.len() > 1 && !name.contains(char::is_lowercase) && name.contains('_')
}

fn is_capital(ident: &syn::Ident) -> bool {
    ident.unraw().to_string().starts_with(char::is_uppercase)
}

/// The name of the variant that a path is sure to name: `Shape::Circle`, `Self::Circle`. A single name is a
/// struct's or, imported, a variant's.
pub(super) fn variant(path: &syn::Path) -> Option<syn::Ident> {
    let mut segments = path.segments.iter().rev();
    let (last, before) = (segments.next()?, segments.next()?);
    (is_capital(&last.ident) && is_capital(&before.ident)).then(|| last.ident.clone())
}
