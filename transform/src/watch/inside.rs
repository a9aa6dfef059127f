//! `#[watch(inside)] let y = layer(x);`: the watched locals of a function that is called, through the path that leads
//! behind the call.
//!
//! The callee's macro gives the type of what is told, the caller's names it by the callee's path, and rustc joins the
//! two. When the sweeps run, the caller asks before the call, and the callee tells between the two ends of its
//! pullback; so each call tells its own, also in loops and in recursion.

use super::{Told, Watched};
use crate::analysis::activity::{Activity, changed};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Arg, Block, Callee, Expr, Function, Kind, Operand, Place, Stmt, VarId, each_stmt};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

/// A function whose watched locals are asked for.
#[derive(Clone, Debug)]
pub struct Inside {
    /// The name space, or the type that has the method.
    pub of: TokenStream,
    /// The number of the method's name, 0 of a function.
    pub method: u64,
    /// The function itself: what it tells contains another of the kind.
    pub itself: bool,
    /// The callee's own name.
    pub name: Ident,
}

/// A number for a method's name, which two types have in common where the names are the same (FNV-1a).
pub fn number_of(method: &Ident) -> u64 {
    let bytes = method.unraw().to_string().into_bytes();
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What the call tells that gives the local its value.
pub(super) fn of_value(
    value: &syn::Expr,
    own: &Ident,
    around: Option<&syn::ItemImpl>,
) -> Result<Inside, Diagnostic> {
    let self_ty = around.map(|item| &*item.self_ty);
    let is_generic = around.is_some_and(|item| {
        let of = |p: &syn::GenericParam| !matches!(p, syn::GenericParam::Lifetime(_));
        item.generics.params.iter().any(of)
    });
    let refused = |at: &dyn ToTokens, detail: &str| {
        let detail = detail.to_string();
        Err(Diagnostic::new(
            Code::WatchInside,
            at.to_token_stream(),
            detail,
        ))
    };
    match value {
        syn::Expr::Paren(e) => of_value(&e.expr, own, around),
        syn::Expr::Group(e) => of_value(&e.expr, own, around),
        syn::Expr::Call(call) => {
            let syn::Expr::Path(path) = &*call.func else {
                return refused(&call.func, "the function is not called by its name");
            };
            let mut path = path.path.clone();
            let Some(last) = path.segments.pop() else {
                return refused(&call.func, "the function has no name");
            };
            let (name, owner) = (last.ident, path.segments.last());
            let is_type =
                |s: &syn::PathSegment| s.ident.unraw().to_string().starts_with(char::is_uppercase);
            if owner.is_some_and(is_type) {
                path.segments.pop_punct();
                let of = match (path.is_ident("Self"), self_ty) {
                    (true, Some(ty)) => ty.to_token_stream(),
                    _ => path.to_token_stream(),
                };
                if path.is_ident("Self") && is_generic {
                    return refused(&name, "the `impl` is generic");
                }
                let itself = path.is_ident("Self") && name == *own;
                let method = number_of(&name);
                return Ok(Inside {
                    of,
                    method,
                    itself,
                    name,
                });
            }
            let itself = path.segments.is_empty() && name == *own && self_ty.is_none();
            path.segments.push(name.clone().into());
            let of = path.to_token_stream();
            Ok(Inside {
                of,
                method: 0,
                itself,
                name,
            })
        }
        syn::Expr::MethodCall(call) => {
            let is_self = matches!(&*call.receiver, syn::Expr::Path(p) if p.path.is_ident(crate::methods::RECEIVER));
            let (true, Some(ty)) = (is_self, self_ty) else {
                let detail = format!(
                    "the type that has `{}` is not written here: write the call as `Type::{}(…)`",
                    call.method, call.method
                );
                return refused(&call.method, &detail);
            };
            if is_generic {
                return refused(&call.method, "the `impl` is generic");
            }
            Ok(Inside {
                of: ty.to_token_stream(),
                method: number_of(&call.method),
                itself: call.method == *own,
                name: call.method.clone(),
            })
        }
        other => refused(other, "the value is not the call of a function"),
    }
}

/// Finds the calls that are asked: what such a call writes leads on as its result does.
pub fn settle(f: &mut Function) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    if f.watched.iter().any(|w| w.inside().is_some()) {
        let mut body = std::mem::take(&mut f.body);
        block(f, &mut body, &mut errors);
        f.body = body;
    }
    errors
}

fn block(f: &mut Function, stmts: &mut Block, errors: &mut Vec<Diagnostic>) {
    let mut n = 0;
    while n < stmts.len() {
        for inner in stmts[n].blocks_mut() {
            block(f, inner, errors);
        }
        if let Kind::Watch(_, number) = stmts[n].kind
            && let Some(inside) = f.watched[number].inside().cloned()
        {
            match call_before(f, &stmts[..n], &inside.name) {
                Some((v, outputs)) => {
                    f.asked.insert(v, number);
                    let span = stmts[n].span;
                    for output in outputs {
                        let kind = Kind::Watch(output, number);
                        stmts.insert(n + 1, Stmt { kind, span });
                        n += 1;
                    }
                }
                None => errors.push(not_differentiated(&inside.name)),
            }
        }
        n += 1;
    }
}

/// The last call before, if it is of this function, and what it may change.
fn call_before(f: &Function, stmts: &[Stmt], name: &Ident) -> Option<(VarId, Vec<VarId>)> {
    let (v, callee, args) = stmts.iter().rev().find_map(|stmt| match &stmt.kind {
        Kind::Let(v, Expr::Call(callee, args)) => Some((*v, callee, args)),
        _ => None,
    })?;
    let named = matches!(callee, Callee::Function(_) | Callee::Method(..));
    (named && name.unraw() == callee.name()).then(|| (v, changed(f, args)))
}

/// The calls that are asked in vain, since no argument carries a derivative.
pub fn unheard(f: &Function, activity: &Activity) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    each_stmt(&f.body, &mut |stmt| {
        let Kind::Let(v, Expr::Call(_, args)) = &stmt.kind else {
            return;
        };
        let varied = |v: VarId| activity.varied[v] && !f.vars[v].ty.is_constant();
        let carries = |arg: &Arg| match arg {
            Arg::Value(Operand::Var(v)) => varied(*v),
            Arg::Value(Operand::Lit(_)) => false,
            Arg::Shared(p, _) | Arg::Exclusive(p, _) | Arg::Receiver(p) => varied(f.root(p)),
            Arg::Function(v, _) => varied(*v),
            Arg::Closure(l, _) => l.captures.iter().any(|v| varied(f.root(&Place::var(*v)))),
        };
        if let Some(inside) = f.asked.get(v).and_then(|n| f.watched[*n].inside())
            && !args.iter().any(carries)
        {
            errors.push(not_differentiated(&inside.name));
        }
    });
    errors
}

fn not_differentiated(name: &Ident) -> Diagnostic {
    let detail = format!("no derivative goes into this call of `{name}`");
    Diagnostic::new(Code::WatchInside, name, detail)
}

impl Watched {
    /// The function that is asked, if it is one.
    pub fn inside(&self) -> Option<&Inside> {
        match &self.told {
            Told::Inside(inside) => Some(inside),
            Told::Value(_) => None,
        }
    }
}

impl Inside {
    /// The type of what is told.
    pub fn locals(&self, rt: &TokenStream) -> TokenStream {
        let (of, method) = (&self.of, self.method);
        match method {
            0 => quote!(<#of as #rt::Facts<0>>::Locals),
            _ => {
                let method = proc_macro2::Literal::u64_unsuffixed(method);
                quote!(<#of as #rt::Methods<#method, 0>>::Locals)
            }
        }
    }
}
