//! Indices of a type's own: `m[(i, j)]`. Which part of the tangent they lead to is for rustc to find, by the type.

use super::Lower;
use super::infer::peel;
use crate::ir::*;
use crate::ty::Ty;
use crate::unfold::chain;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// Methods of std's types that give references.
const NOT_OURS: [&str; 19] = [
    "as_mut",
    "as_ref",
    "as_slice",
    "as_mut_slice",
    "borrow",
    "borrow_mut",
    "chunks_exact_mut",
    "chunks_mut",
    "first_mut",
    "get",
    "get_mut",
    "iter_mut",
    "last_mut",
    "split_at_mut",
    "split_first_mut",
    "split_last_mut",
    "unwrap",
    "values_mut",
    "view_mut",
];

impl Lower {
    /// Whether only the type of what is indexed tells where the index leads: the type is not known, and the index is
    /// more than an integer, or the type is one that was written by a name.
    pub(super) fn leads_by_a_way(&self, base: &Place, index: &syn::Expr) -> bool {
        if !matches!(self.f.place_ty(base).peeled(), Ty::Unknown) {
            return false;
        }
        let index = peel(index);
        let structured = match index {
            syn::Expr::Tuple(_) | syn::Expr::Struct(_) => true,
            syn::Expr::Range(_) => false,
            syn::Expr::Path(p) => match self.lookup(&p.path) {
                Some(v) => matches!(self.f.vars[v].ty, Ty::Tuple(_)),
                None => false,
            },
            _ => false,
        };
        let whole = base.path.iter().all(|s| matches!(s, Proj::Deref));
        structured
            || whole && self.named.contains(&base.base) && !matches!(index, syn::Expr::Range(_))
    }

    /// The part of a place that the index leads to.
    pub(super) fn way(&mut self, base: Place, index: &syn::Expr) -> Option<Place> {
        let at = self.looked_up(index)?;
        self.step_by(base, None, vec![at], index.span())
    }

    /// Whether a method gives a reference to memory that is followed: it is dereferenced or written through, or its name
    /// says so; a method that does not is a type error.
    pub(super) fn gives_a_place(&self, m: &syn::ExprMethodCall, through: bool) -> bool {
        let name = m.method.to_string();
        (through || name.ends_with("_mut"))
            && !NOT_OURS.contains(&name.as_str())
            && self.is_place(&m.receiver)
            && matches!(self.infer(&m.receiver).peeled(), Ty::Unknown)
            && !m
                .args
                .iter()
                .any(|a| matches!(peel(a), syn::Expr::Closure(_)))
    }

    /// Whether a method may be one of the user's own, which gives a sequence: nothing is known of the receiver, and
    /// neither it nor the method is an iterator's.
    pub(super) fn may_be_ours(&self, m: &syn::ExprMethodCall) -> bool {
        !NOT_OURS.contains(&m.method.to_string().as_str())
            && matches!(self.infer(&m.receiver).peeled(), Ty::Unknown)
            && !chain::is_chain(&m.receiver)
            && !chain::is_source(m)
            && !chain::is_adaptor(m)
            && !m
                .args
                .iter()
                .any(|a| matches!(peel(a), syn::Expr::Closure(_)))
    }

    /// The memory that the reference which a method gives leads to.
    pub(super) fn place_of_method(&mut self, m: &syn::ExprMethodCall) -> Option<Place> {
        let base = self.place(&m.receiver)?;
        let mut args = Vec::new();
        for arg in &m.args {
            args.push(self.looked_up(arg)?);
        }
        self.step_by(base, Some(m.method.clone()), args, m.method.span())
    }

    /// An index or an argument, which is looked at more than once.
    fn looked_up(&mut self, e: &syn::Expr) -> Option<Operand> {
        match peel(e) {
            syn::Expr::Lit(l) => Some(Operand::Lit(quote!(#l))),
            e if self.changes_nothing(e) => {
                let opaque = self.opaque(e, Cut::NoDerivative("an index".into()));
                Some(self.settled("at", opaque, e.span()))
            }
            e => self.value(e),
        }
    }

    fn step_by(
        &mut self,
        base: Place,
        method: Option<syn::Ident>,
        args: Vec<Operand>,
        span: proc_macro2::Span,
    ) -> Option<Place> {
        let mut of = base.clone();
        if of.path.is_empty() && matches!(self.f.vars[of.base].ty, Ty::Ref(..)) {
            of = of.then(Proj::Deref);
        }
        let tokens = crate::emit::place_tokens(&self.f, &of, false)?;
        let given: Vec<_> = args
            .iter()
            .map(|o| super::operand_tokens(&self.f, o))
            .collect();
        let mut reads = vec![of.base];
        reads.extend(of.operands().chain(&args).filter_map(|o| match o {
            Operand::Var(v) => Some(*v),
            Operand::Lit(_) => None,
        }));
        let tokens = match &method {
            Some(name) => {
                let way = crate::sibling(name, "__way");
                quote!(#tokens.#way(#(#given),*))
            }
            None => {
                let at = proc_macro2::Span::call_site().located_at(span);
                quote_spanned!(at=> __rt::index_way!(#tokens, #(&#given),*))
            }
        };
        let opaque = Opaque {
            cut: Cut::NoDerivative("an index".into()),
            ..Opaque::reading(tokens, reads, span)
        };
        let way = self.settled("way", opaque, span);
        if let Operand::Var(v) = &way {
            let root = self.f.root(&base);
            self.f.ways.push((*v, root));
        }
        Some(base.then(Proj::Way(Box::new(Way { method, args, way }))))
    }

    /// A constant that can be computed again.
    fn settled(&mut self, name: &str, opaque: Opaque, span: proc_macro2::Span) -> Operand {
        let var = self.f.fresh(name, Ty::Constant);
        self.f.vars[var].temp = false;
        self.push(Kind::Let(var, Expr::Opaque(opaque)), span);
        Operand::Var(var)
    }
}

impl Lower {
    /// Notes a variable whose type is written by a name.
    pub(super) fn note_name(&mut self, var: VarId, written: &syn::Type) {
        let written = match written {
            syn::Type::Reference(r) => &r.elem,
            ty => ty,
        };
        let is_name = matches!(written, syn::Type::Path(p)
            if p.path.segments.last().is_some_and(|s| !is_indexed_alike(&s.ident)));
        if is_name && matches!(self.f.vars[var].ty.peeled(), Ty::Unknown) {
            self.named.insert(var);
        }
    }

    /// Notes a variable that is made by a function of a type or written out as one: `Matrix::zeros(n, n)`.
    pub(super) fn note_maker(
        &mut self,
        pat: &syn::Pat,
        written: Option<&syn::Type>,
        init: &syn::Expr,
    ) {
        let syn::Pat::Ident(p) = pat else { return };
        let Some(var) = self.by_name.get(&p.ident.to_string()).copied() else {
            return;
        };
        if let Some(written) = written {
            return self.note_name(var, written);
        }
        let made = match peel(init) {
            syn::Expr::Call(c) => match peel(&c.func) {
                syn::Expr::Path(p) => of_a_type(&p.path),
                _ => false,
            },
            syn::Expr::Struct(_) => true,
            syn::Expr::MethodCall(m) if m.method == "clone" => match peel(&m.receiver) {
                syn::Expr::Path(p) => self
                    .lookup(&p.path)
                    .is_some_and(|v| self.named.contains(&v)),
                _ => false,
            },
            syn::Expr::Path(p) => self
                .lookup(&p.path)
                .is_some_and(|v| v != var && self.named.contains(&v)),
            _ => false,
        };
        if made && matches!(self.f.vars[var].ty.peeled(), Ty::Unknown) {
            self.named.insert(var);
        }
    }
}

/// `Matrix::zeros`, but not `Vec::new`.
fn of_a_type(path: &syn::Path) -> bool {
    let mut segments = path.segments.iter().rev();
    segments.next();
    segments.next().is_some_and(|s| {
        s.ident.to_string().starts_with(char::is_uppercase) && !is_indexed_alike(&s.ident)
    })
}

/// Types whose tangents are indexed as they are: another type of such a name is a type error, and nothing worse.
fn is_indexed_alike(name: &syn::Ident) -> bool {
    const NAMES: [&str; 7] = [
        "Vec", "Box", "Tensor", "SVector", "SMatrix", "DVector", "DMatrix",
    ];
    let name = name.to_string();
    NAMES.contains(&name.as_str()) || name.starts_with("Array")
}
