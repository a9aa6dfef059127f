//! syn → IR. A file per family: expressions, places, calls and methods, control flow, loops, iterators, patterns.

mod arrays;
mod bindings;
mod branches;
mod calls;
mod closures;
mod control;
mod data;
mod eager;
mod elements;
mod expr;
mod fallible;
mod infer;
mod iterators;
mod loops;
mod macros;
mod methods;
mod opaque;
mod operators;
mod pattern;
mod place;
mod positions;
mod reals;
mod rearranged;
mod scrutinee;
mod vectors;
mod ways;

use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::names::Names;
use crate::ty::{Ty, Types};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::collections::HashMap;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

pub use bindings::assert_plain;
pub use infer::literal_ty;
pub(crate) use opaque::is_compound;
pub use operators::arithmetic;

/// What the lowering of a function's signature needs to know of the attribute's options.
pub struct Wanted<'a> {
    /// The inputs named in `wrt(…)`.
    pub wrt: Option<&'a [syn::Ident]>,
    /// The `impl` around a method.
    pub around: Option<&'a syn::ItemImpl>,
    /// The signature as it is written, before a name made way for one of ours.
    pub written: &'a syn::Signature,
}

/// Something that `break`, `continue` or `return` can leave.
struct Scope {
    id: ScopeId,
    label: Option<String>,
    is_loop: bool,
    /// The variable that takes the value of `break value`.
    value: Option<VarId>,
}

/// The state of the lowering.
pub struct Lower {
    f: Function,
    by_name: HashMap<String, VarId>,
    /// Variables whose type is written by a name that is not known, or made by a function of such a type.
    named: std::collections::HashSet<VarId>,
    /// Variables that a pattern has bound to a part of memory by reference.
    bound: std::collections::HashSet<VarId>,
    scopes: Vec<Scope>,
    next_scope: ScopeId,
    out: Block,
    diagnostics: Vec<Diagnostic>,
    constants: HashMap<String, Ty>,
    /// What is declared before the body.
    entry: Block,
    /// How many blocks are around the current statement.
    depth: usize,
    /// Whether rustc was asked if `vec!` is std's.
    vec_asked: bool,
    /// The expression that is lowered next stands for its effect.
    for_effect: bool,
    /// Where the operator stands that was lowered last.
    operator: Option<Span>,
}

/// Lowers a function whose local names are already unique.
pub fn lower(item: &syn::ItemFn, wanted: &Wanted) -> (Function, Vec<Diagnostic>) {
    let mut names = Names::of(item.to_token_stream());
    let mut types = Types::of_generics(&item.sig.generics).within(wanted.around);
    types.itself = itself(item, &types);
    // The reverse sweep and its caller use these names for parameters of their own.
    let ret = Var::new(names.fresh("value"), return_ty(&types, &item.sig.output));
    let f = Function {
        vars: vec![ret],
        params: Vec::new(),
        body: Block::new(),
        ret: 0,
        early_return: false,
        plain: false,
        tidy: true,
        measures: Vec::new(),
        ways: Vec::new(),
        names,
        types,
        closure: None,
        watched: Vec::new(),
        asked: HashMap::new(),
        masked: false,
    };
    let mut lower = Lower::of(f, HashMap::new());
    lower.params(&item.sig, wanted);
    lower.body(&item.block);
    lower.f.body = std::mem::take(&mut lower.entry);
    lower.f.body.append(&mut lower.out);
    (lower.f, lower.diagnostics)
}

/// Methods by whose names ndarray gives views.
const VIEWS: [&str; 7] = ["view", "row", "column", "diag", "t", "slice", "index_axis"];

/// The function's name and result, if that is a number, unless a call by that name may be of something else: in an
/// `impl` a function beside it, with type parameters the function at other types, and inside a function of that name.
fn itself(item: &syn::ItemFn, types: &Types) -> Option<(syn::Ident, Ty)> {
    let name = &item.sig.ident;
    let is_hidden = |s: &syn::Stmt| matches!(s, syn::Stmt::Item(syn::Item::Fn(inner)) if inner.sig.ident == *name);
    let is_alone = types.own.is_none() && !types.generic;
    let result = return_ty(types, &item.sig.output);
    let is_number = matches!(result, Ty::Float(_) | Ty::Int(_) | Ty::Bool);
    let is_known = is_number && is_alone && !item.block.stmts.iter().any(is_hidden);
    is_known.then(|| (name.clone(), result))
}

impl Lower {
    /// What lowers the function, of which only the variable for the result is there.
    fn of(f: Function, constants: HashMap<String, Ty>) -> Lower {
        Lower {
            scopes: vec![Scope {
                id: FUNCTION,
                label: None,
                is_loop: false,
                value: Some(f.ret),
            }],
            next_scope: FUNCTION + 1,
            f,
            by_name: HashMap::new(),
            named: Default::default(),
            bound: Default::default(),
            out: Block::new(),
            diagnostics: Vec::new(),
            constants,
            entry: Block::new(),
            depth: 0,
            vec_asked: false,
            for_effect: false,
            operator: None,
        }
    }
}

fn return_ty(types: &Types, output: &syn::ReturnType) -> Ty {
    match output {
        syn::ReturnType::Default => Ty::Tuple(Vec::new()),
        syn::ReturnType::Type(_, ty) => types.of(ty),
    }
}

/// Whether a parameter or local carries `#[constant]`.
pub fn is_marked(attrs: &[syn::Attribute], name: &str) -> bool {
    attrs.iter().any(|a| {
        let segments = &a.path().segments;
        a.path().is_ident(name)
            || segments.len() == 2 && segments[0].ident == "pullback" && segments[1].ident == name
    })
}

impl Lower {
    fn params(&mut self, sig: &syn::Signature, wanted: &Wanted) {
        for (n, (input, written)) in sig.inputs.iter().zip(&wanted.written.inputs).enumerate() {
            let (syn::FnArg::Typed(typed), syn::FnArg::Typed(written)) = (input, written) else {
                continue;
            };
            let ty = self.f.types.of(&typed.ty);
            let (ident, field, mutable) = match &*typed.pat {
                syn::Pat::Ident(p) => {
                    let field = match &*written.pat {
                        syn::Pat::Ident(written) => written.ident.clone(),
                        _ => p.ident.clone(),
                    };
                    (p.ident.clone(), field, p.mutability.is_some())
                }
                other => {
                    let name = format!("arg{n}");
                    let ident = self.f.names.fresh(&name);
                    let field = syn::Ident::new(&name, other.span());
                    (ident, field, false)
                }
            };
            let constant = is_marked(&typed.attrs, "constant")
                || wanted.wrt.is_some_and(|wrt| !wrt.contains(&field));
            let marked = is_marked(&typed.attrs, "constant");
            let given = crate::functions::given(sig, &typed.ty, &ident, marked, &self.f.types);
            if let Some(given) = given {
                self.function_parameter(&ident, typed, field, given);
                continue;
            }
            let var = self.declare(&ident, ty.clone(), mutable);
            self.note_name(var, &typed.ty);
            let active = !constant && !ty.is_constant();
            self.f.params.push(Param {
                var,
                ty: (*typed.ty).clone(),
                active,
                span: typed.pat.span(),
                field,
                function: None,
            });
            if !matches!(&*typed.pat, syn::Pat::Ident(_)) {
                self.destructure(&typed.pat, var);
            }
        }
    }

    /// A parameter that is a function. Generated code knows it by another name, since the user's name stands for a
    /// plain function there.
    fn function_parameter(
        &mut self,
        ident: &syn::Ident,
        typed: &syn::PatType,
        field: syn::Ident,
        mut given: crate::functions::Given,
    ) {
        let own = self.f.names.fresh(&format!("{}_function", ident.unraw()));
        let functions = self.f.params.iter().filter_map(|p| p.function.clone());
        match functions.into_iter().find(|other| other.name == given.name) {
            Some(other) => {
                given.pullback = other.pullback.clone();
                given.environment = other.environment.clone();
            }
            None => {
                let mut fresh = |what: &str| self.f.names.fresh(&format!("{}{what}", given.name));
                (given.pullback, given.environment) = (fresh("Pullback"), fresh("Environment"));
            }
        }
        let ty = match given.differentiable {
            true => Ty::Ref(Box::new(Ty::Function), false),
            false => Ty::Constant,
        };
        let var = self.declare(&own, ty, false);
        self.by_name.insert(ident.to_string(), var);
        self.f.params.push(Param {
            var,
            ty: (*typed.ty).clone(),
            active: false,
            span: typed.pat.span(),
            field,
            function: Some(std::rc::Rc::new(given)),
        });
    }

    fn body(&mut self, block: &syn::Block) {
        let ret = self.f.ret;
        let unit = matches!(&self.f.vars[ret].ty, Ty::Tuple(t) if t.is_empty());
        self.f.early_return = crate::lower::control::returns_early(block);
        if self.f.early_return {
            self.f.vars[ret].mutable = true;
            self.f.vars[ret].deferred = true;
            self.push(Kind::Declare(ret), block.span());
        }
        let Some((tail, stmts)) = split_tail(block) else {
            self.stmts(&block.stmts);
            if unit {
                self.set_ret(Expr::Use(Operand::Lit(quote::quote!(()))), block.span());
            }
            return;
        };
        self.stmts(stmts);
        let span = tail.span();
        if unit && !matches!(tail, syn::Expr::Return(_)) {
            // Its branches need not say that they give nothing.
            self.effect(tail);
            return self.set_ret(Expr::Use(Operand::Lit(quote::quote!(()))), span);
        }
        let ty = self.f.vars[ret].ty.clone();
        let known = self.of_written_type(tail, &ty);
        if let Some(expr) = self.rhs(known.as_ref().unwrap_or(tail)) {
            self.set_ret(expr, span);
        }
    }

    fn set_ret(&mut self, expr: Expr, span: Span) {
        let ret = self.f.ret;
        if self.f.early_return {
            let ty = self.f.vars[ret].ty.clone();
            let expr = self.stored(expr, ty, span);
            self.push(Kind::Assign(Place::var(ret), expr), span);
            self.push(
                Kind::Exit {
                    target: FUNCTION,
                    again: false,
                },
                span,
            );
        } else {
            self.push(Kind::Let(ret, expr), span);
        }
    }

    /// A variable of the user's.
    fn declare(&mut self, ident: &syn::Ident, ty: Ty, mutable: bool) -> VarId {
        let id = self.f.vars.len();
        self.f.vars.push(Var {
            mutable,
            ..Var::new(ident.clone(), ty)
        });
        self.by_name.insert(ident.to_string(), id);
        id
    }

    /// A function that gives back what it gets, always of one type: an integer literal that passes through it
    /// has the same type in the reverse sweep as in the forward sweep, where other uses may have fixed it.
    fn same_integer(&mut self, span: Span) -> VarId {
        let var = self.f.fresh("same_integer", Ty::Unknown);
        let expr = Expr::Raw(quote::quote!(|n| n), Vec::new());
        let kind = Kind::Let(var, expr);
        self.entry.push(Stmt { kind, span });
        var
    }

    /// Asks rustc once whether `vec!` is std's: a macro of the user's own of that name would be another beside the
    /// one that is imported here, and so ambiguous.
    fn std_vec(&mut self, path: &syn::Path) {
        if !std::mem::replace(&mut self.vec_asked, true) {
            let kind = Kind::Raw(
                quote::quote!({ use __rt::macros::*; let _ = || -> __rt::Vec<u8> { #path![] }; }),
            );
            let span = path.span();
            self.entry.push(Stmt { kind, span });
        }
    }

    fn push(&mut self, kind: Kind, span: Span) {
        let operator = self.operator.take();
        if let Kind::Let(v, Expr::Binary(..)) = &kind {
            self.f.vars[*v].operator = operator;
        }
        if let Kind::Let(v, Expr::Call(Callee::Method(name, _), _)) = &kind {
            self.f.vars[*v].part = VIEWS.iter().any(|view| name == view);
        }
        self.out.push(Stmt { kind, span });
    }

    /// Lowers into a block of its own.
    fn block(&mut self, body: impl FnOnce(&mut Self)) -> Block {
        let outer = std::mem::take(&mut self.out);
        self.depth += 1;
        body(self);
        self.depth -= 1;
        std::mem::replace(&mut self.out, outer)
    }

    /// Gives an expression a name, unless it is one already.
    fn name(&mut self, expr: Expr, ty: Ty, span: Span) -> Operand {
        match expr {
            Expr::Use(operand) => operand,
            Expr::Load(place) if let Some(var) = self.loaded(&place, &ty) => Operand::Var(var),
            expr => {
                let name = self.name_for(&expr);
                let var = self.f.fresh(&name, ty);
                self.push(Kind::Let(var, expr), span);
                Operand::Var(var)
            }
        }
    }

    /// What is read from memory is called after the memory; what is computed is called `t`.
    fn name_for(&self, expr: &Expr) -> String {
        let Expr::Load(place) = expr else {
            return "t".into();
        };
        let name = self.f.vars[place.base].ident.to_string();
        let name = name.trim_start_matches("r#");
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        match stem.strip_suffix('_') {
            Some(stem) if !stem.is_empty() && stem.len() + 1 < name.len() => stem.to_string(),
            _ => name.to_string(),
        }
    }

    /// The variable that holds what is in a place already, read before in this block and not changed since.
    fn loaded(&self, place: &Place, ty: &Ty) -> Option<VarId> {
        if !matches!(ty, Ty::Float(_) | Ty::Int(_)) {
            return None;
        }
        let root = self.f.root(place);
        let wanted = format!("{place:?}");
        for stmt in self.out.iter().rev() {
            let changes = match &stmt.kind {
                Kind::Let(var, Expr::Load(p)) => {
                    let var_info = &self.f.vars[*var];
                    if !var_info.mutable && var_info.temp && format!("{p:?}") == wanted {
                        return Some(*var);
                    }
                    false
                }
                Kind::Let(_, e) => self.may_change(e, root),
                Kind::Assign(p, e) | Kind::Update(p, _, e) => {
                    self.f.root(p) == root || self.may_change(e, root)
                }
                Kind::Declare(_) | Kind::Bind(..) | Kind::Alias(..) => false,
                Kind::Raw(_) | Kind::Check(..) | Kind::Observe(_) | Kind::Watch(..) => false,
                _ => true,
            };
            if changes {
                return None;
            }
        }
        None
    }

    /// Whether evaluating an expression may change the memory of a variable.
    fn may_change(&self, e: &Expr, root: VarId) -> bool {
        match e {
            Expr::Call(_, args) => args.iter().any(|a| match a {
                Arg::Exclusive(p, _) => self.f.root(p) == root,
                Arg::Receiver(p) => self.f.root(p) == root && self.f.may_be_changed(p),
                _ => false,
            }),
            Expr::Removed(p, _) => self.f.root(p) == root,
            Expr::Opaque(o) | Expr::Refused(o, _) => !o.pure,
            _ => false,
        }
    }

    /// What is stored is a value with a name, unless its rule can do without the result.
    fn stored(&mut self, expr: Expr, ty: Ty, span: Span) -> Expr {
        match expr {
            Expr::Method(..)
            | Expr::Binary(BinOp::Div, ..)
            | Expr::Call(..)
            | Expr::Build(_)
            | Expr::Removed(..) => Expr::Use(self.name(expr, ty, span)),
            expr => expr,
        }
    }

    fn refuse(&mut self, code: Code, at: &impl ToTokens, detail: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(code, at, detail));
    }

    fn lookup(&self, path: &syn::Path) -> Option<VarId> {
        path.get_ident()
            .and_then(|i| self.by_name.get(&i.to_string()))
            .copied()
    }
}

/// The value of a block and what comes before it.
fn split_tail(block: &syn::Block) -> Option<(&syn::Expr, &[syn::Stmt])> {
    match block.stmts.split_last() {
        Some((syn::Stmt::Expr(tail, None), rest)) => Some((tail, rest)),
        _ => None,
    }
}

/// The tokens of an operand.
pub fn operand_tokens(f: &Function, operand: &Operand) -> TokenStream {
    match operand {
        Operand::Var(v) => f.vars[*v].ident.to_token_stream(),
        Operand::Lit(tokens) => tokens.clone(),
    }
}
