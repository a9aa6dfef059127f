//! Patterns: which part of the matched value each variable is bound to.

use super::Lower;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

/// The last step of a place that an `Option` of a reference refers to, as `v.last()` gives it.
pub(super) const ELEMENT: &str = "element";
/// How a variable is bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum By {
    /// By value.
    #[default]
    Value,
    /// By shared reference.
    Shared,
    /// By exclusive reference.
    Exclusive,
}

impl By {
    /// By reference.
    pub(super) fn of(exclusive: bool) -> By {
        if exclusive { By::Exclusive } else { By::Shared }
    }

    /// As what is bound out of something of the type.
    pub(super) fn behind(ty: &Ty) -> By {
        match ty {
            Ty::Ref(_, exclusive) => By::of(*exclusive),
            _ => By::Value,
        }
    }
}

/// The step to what is in an `Option` or a `Result`, where it is not known which.
pub(super) const FULL: &str = "Full";

/// What a pattern is matched against.
#[derive(Clone, Default)]
pub(super) struct Subject {
    /// The memory, if a derivative may flow from it.
    pub place: Option<Place>,
    /// The type, as far as known.
    pub ty: Ty,
    /// How variables are bound.
    pub by: By,
    /// Whether the pattern can fail to match, so that a name in it may be a constant's.
    pub refutable: bool,
}

impl Subject {
    fn part(&self, step: Proj, ty: Ty) -> Subject {
        Subject {
            place: self.place.clone().map(|p| p.then(step)),
            ty,
            ..self.clone()
        }
    }

    /// Something without a derivative, that may fail to match.
    pub(super) fn constant(ty: Ty) -> Subject {
        Subject {
            ty,
            refutable: true,
            ..Subject::default()
        }
    }
}

impl Lower {
    /// `let pattern = var;`
    pub(super) fn destructure(&mut self, pat: &syn::Pat, from: VarId) {
        self.push(Kind::Destructure(pat.to_token_stream(), from), pat.span());
        let ty = self.f.vars[from].ty.clone();
        let by = By::behind(&ty);
        let mut place = Place::var(from);
        if by != By::Value {
            place = place.then(Proj::Deref);
        }
        let subject = Subject {
            place: (!ty.is_constant()).then_some(place),
            ty: ty.peeled().clone(),
            by,
            refutable: false,
        };
        self.bind(pat, &subject);
    }

    /// Declares the pattern's variables and says what each is bound to.
    pub(super) fn bind(&mut self, pat: &syn::Pat, on: &Subject) {
        match pat {
            syn::Pat::Ident(p) => {
                if on.refutable && is_constant_name(p) {
                    self.ambiguous(p, on);
                    return;
                }
                let by = match &p.by_ref {
                    Some(_) => By::of(p.mutability.is_some()),
                    None => on.by,
                };
                self.bind_variable(
                    &p.ident,
                    on,
                    by,
                    p.mutability.is_some() && p.by_ref.is_none(),
                );
                if let Some((_, inner)) = &p.subpat {
                    self.bind(inner, on);
                }
            }
            syn::Pat::Type(t) => {
                let subject = Subject {
                    ty: self.f.types.of(&t.ty),
                    ..on.clone()
                };
                self.bind(&t.pat, &subject);
            }
            syn::Pat::Paren(p) => self.bind(&p.pat, on),
            syn::Pat::Guard(g) => self.bind(&g.pat, on),
            syn::Pat::Reference(r) => {
                self.bind(
                    &r.pat,
                    &Subject {
                        by: By::Value,
                        ty: on.ty.peeled().clone(),
                        ..on.clone()
                    },
                );
            }
            syn::Pat::Tuple(t) => self.bind_tuple(t, on),
            syn::Pat::TupleStruct(t)
                if super::calls::is_std_variant(&t.path) && t.elems.len() == 1 =>
            {
                self.bind_variant(t, on);
            }
            syn::Pat::Slice(s) => self.bind_slice(s, on),
            syn::Pat::Or(o) => self.bind_or(o, on),
            syn::Pat::Wild(_)
            | syn::Pat::Lit(_)
            | syn::Pat::Path(_)
            | syn::Pat::Range(_)
            | syn::Pat::Rest(_)
            | syn::Pat::Const(_) => {}
            syn::Pat::TupleStruct(t) => self.bind_fields(t, on),
            syn::Pat::Struct(s) => {
                for f in &s.fields {
                    let step = self.step(&s.path, f.member.clone(), on);
                    self.bind(&f.pat, &on.part(step, Ty::Unknown));
                }
            }
            _ => self.refuse(Code::UnsupportedPattern, pat, "this kind of pattern"),
        }
    }

    /// `Some(pattern)`, `Ok(pattern)` and `Err(pattern)`, of which the last has no derivative.
    fn bind_variant(&mut self, t: &syn::PatTupleStruct, on: &Subject) {
        let Some(name) = t.path.segments.last().map(|s| &s.ident) else {
            return;
        };
        if name == "Err" {
            let error = Subject {
                place: None,
                ty: Ty::Unknown,
                ..on.clone()
            };
            return self.bind(&t.elems[0], &error);
        }
        if let Some(place) = &on.place
            && let Some(Proj::Part(step, _)) = place.path.last()
            && step == ELEMENT
        {
            let mut place = place.clone();
            place.path.pop();
            let ty = self.f.place_ty(&place);
            let element = Subject {
                place: Some(place),
                ty,
                ..on.clone()
            };
            return self.bind(&t.elems[0], &element);
        }
        if let Some(place) = &on.place
            && let Some(Proj::Part(step, _)) = place.path.last()
            && step == FULL
        {
            let full = Subject {
                ty: Ty::Unknown,
                ..on.clone()
            };
            return self.bind(&t.elems[0], &full);
        }
        let zero = syn::Member::Unnamed(syn::Index::from(0));
        let name = syn::Ident::new(&name.to_string(), t.path.span());
        let part = on.part(Proj::Part(name, zero), on.ty.payload());
        self.bind(&t.elems[0], &part);
    }

    /// The fields of a tuple struct or a variant.
    fn bind_fields(&mut self, t: &syn::PatTupleStruct, on: &Subject) {
        let rest = t.elems.iter().position(|p| matches!(p, syn::Pat::Rest(_)));
        for (n, p) in t.elems.iter().enumerate() {
            if rest.is_some_and(|r| n > r) && on.place.is_some() {
                self.refuse(
                    Code::UnsupportedPattern,
                    p,
                    "a field after `..`, whose number is not written here",
                );
                continue;
            }
            let step = self.step(&t.path, member(n), on);
            self.bind(p, &on.part(step, Ty::Unknown));
        }
    }

    /// The way to a field. A struct's are reached by their names; whether a path is a struct's or a variant's can
    /// be told where it has two capital letters, or where the pattern must match.
    fn step(&self, path: &syn::Path, member: syn::Member, on: &Subject) -> Proj {
        match (super::data::variant(path), path.segments.last()) {
            (Some(name), _) => Proj::Part(name, member),
            (None, Some(last)) if on.refutable => Proj::Part(last.ident.clone(), member),
            _ => Proj::Field(member),
        }
    }

    /// A name with a capital letter may be a constant, a variant or a variable: only rustc can tell. Where the
    /// value carries a derivative, the difference matters.
    fn ambiguous(&mut self, p: &syn::PatIdent, on: &Subject) {
        let Some(place) = &on.place else { return };
        if p.ident == "None" || on.ty.is_constant() {
            return;
        }
        let root = self.f.root(place);
        let (name, span) = (&p.ident, p.ident.span());
        if name.to_string().contains(char::is_lowercase) {
            // Only what has no fields is matched by this.
            let at = proc_macro2::Span::call_site().located_at(span);
            let check = quote_spanned!(at=> let _ = |v| ::core::matches!(v, #name {}););
            self.push(Kind::Check(check, root), span);
            return;
        }
        let detail = format!(
            "`{name}` may be a constant or a new variable; begin it with a small letter if it is a variable, \
             and compare in a guard if it is a constant",
        );
        let diagnostic = Diagnostic::new(Code::UnsupportedPattern, name, detail);
        let opaque = Opaque {
            pure: false,
            ..Opaque::reading(TokenStream::new(), vec![root], span)
        };
        self.push(Kind::Refused(opaque, Box::new(diagnostic)), span);
    }

    fn bind_variable(&mut self, ident: &syn::Ident, on: &Subject, by: By, mutable: bool) {
        let span = ident.span();
        if let Some(place) = &on.place
            && matches!(place.path.last(), Some(Proj::Part(step, _)) if step == ELEMENT)
        {
            let detail = "an `Option` of a reference gets a name";
            self.refuse(Code::ActiveReference, ident, detail);
        }
        let place = on.place.clone().filter(|_| !on.ty.is_constant());
        let ty = match by {
            By::Value => on.ty.clone(),
            by => Ty::Ref(Box::new(on.ty.clone()), by == By::Exclusive),
        };
        let var = self.declare(ident, ty, mutable);
        match place {
            Some(place) if by != By::Value => {
                self.f.vars[var].alias = Some(place);
                self.bound.insert(var);
            }
            place => self.push(Kind::Bind(var, place), span),
        }
    }

    fn bind_tuple(&mut self, t: &syn::PatTuple, on: &Subject) {
        let rest = t.elems.iter().position(|p| matches!(p, syn::Pat::Rest(_)));
        let types = match on.ty.peeled() {
            Ty::Tuple(ts) => Some(ts.clone()),
            _ => None,
        };
        for (n, p) in t.elems.iter().enumerate() {
            let at = match rest {
                Some(r) if n == r => continue,
                Some(r) if n > r => match &types {
                    Some(ts) => ts.len() + n - t.elems.len(),
                    None => {
                        self.refuse(
                            Code::UnsupportedPattern,
                            p,
                            "an element after `..` in a tuple whose length is not written here",
                        );
                        continue;
                    }
                },
                _ => n,
            };
            let ty = types
                .as_ref()
                .and_then(|ts| ts.get(at).cloned())
                .unwrap_or_default();
            self.bind(
                p,
                &on.part(Proj::Field(syn::Member::Unnamed(syn::Index::from(at))), ty),
            );
        }
    }

    fn bind_slice(&mut self, s: &syn::PatSlice, on: &Subject) {
        let element = on.ty.element();
        let rest = s.elems.iter().position(is_rest);
        for (n, p) in s.elems.iter().enumerate() {
            let literal = |n: usize| {
                let n = proc_macro2::Literal::usize_unsuffixed(n);
                Operand::Lit(quote!(#n))
            };
            let from_end = literal(s.elems.len() - 1 - n);
            match rest {
                Some(r) if r == n => {
                    let syn::Pat::Ident(i) = p else { continue };
                    let step = match s.elems.len() - 1 - n {
                        0 => Proj::Range(Some(literal(n)), None, false),
                        behind => Proj::Middle(n, behind),
                    };
                    let by = match &i.by_ref {
                        Some(_) => By::of(i.mutability.is_some()),
                        None => on.by,
                    };
                    let part = match by {
                        // By value, it is an array in its turn.
                        By::Value => Ty::Array(Box::new(element.clone()), None),
                        _ => Ty::Slice(Box::new(element.clone())),
                    };
                    let part = on.part(step, part);
                    self.bind_variable(&i.ident, &part, by, false);
                }
                Some(r) if n > r => {
                    self.bind(p, &on.part(Proj::FromEnd(from_end), element.clone()))
                }
                _ => self.bind(p, &on.part(Proj::Index(literal(n)), element.clone())),
            }
        }
    }

    /// Every alternative must bind each variable to the same part.
    fn bind_or(&mut self, o: &syn::PatOr, on: &Subject) {
        let mut first: Option<String> = None;
        for case in &o.cases {
            let vars = self.f.vars.len();
            let names = self.by_name.clone();
            let binds = self.block(|l| l.bind(case, on));
            let parts = self.parts(&binds, vars);
            match &first {
                None => {
                    first = Some(parts);
                    self.out.extend(binds);
                }
                Some(first) => {
                    let same = *first == parts;
                    // The first alternative's variables stand for all.
                    self.f.vars.truncate(vars);
                    self.by_name = names;
                    if !same && on.place.is_some() {
                        self.refuse(
                            Code::UnsupportedPattern,
                            o,
                            "the alternatives bind a variable to different parts of the value",
                        );
                    }
                }
            }
        }
    }

    /// The parts that variables are bound to, in the order of their names.
    fn parts(&self, binds: &Block, from: usize) -> String {
        let mut parts: Vec<String> = binds
            .iter()
            .filter_map(|s| match &s.kind {
                Kind::Bind(v, place) => Some(format!("{} {place:?}", self.f.vars[*v].ident)),
                _ => None,
            })
            .collect();
        for var in &self.f.vars[from..] {
            if let Some(place) = &var.alias {
                parts.push(format!("{} {place:?}", var.ident));
            }
        }
        parts.sort();
        parts.join(";")
    }
}

fn member(n: usize) -> syn::Member {
    syn::Member::Unnamed(syn::Index::from(n))
}

/// Whether rustc would take the name for a constant's, if there is one.
fn is_constant_name(p: &syn::PatIdent) -> bool {
    !crate::rename::is_binding(p)
}

/// `..` or `name @ ..`.
fn is_rest(p: &syn::Pat) -> bool {
    match p {
        syn::Pat::Rest(_) => true,
        syn::Pat::Ident(i) => {
            matches!(&i.subpat, Some((_, sub)) if matches!(**sub, syn::Pat::Rest(_)))
        }
        _ => false,
    }
}
