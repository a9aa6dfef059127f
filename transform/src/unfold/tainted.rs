//! Which names may carry a derivative, by a coarse look at the syntax. What this misses is not lost: it stays
//! as the user wrote it, and is refused if it does carry one.

use super::closures::flat;
use crate::ty::Types;
use proc_macro2::TokenTree;
use quote::ToTokens;
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{Expr, Pat};

/// The names that something active may reach.
#[derive(Default)]
pub(super) struct Tainted {
    names: HashSet<String>,
    changed: bool,
    /// Whether a chain of an iterator leaves what it begins with as it is, whatever its closures see.
    chains_read: bool,
}

/// Whether a parameter is active, by its position, pattern and type.
pub(super) fn tainted(item: &syn::ItemFn, wrt: Option<&[syn::Ident]>, types: &Types) -> Tainted {
    from(Tainted::default(), item, wrt, types)
}

/// Likewise where the iterators are asked about that nothing active goes into.
pub(super) fn of_iterators(
    item: &syn::ItemFn,
    wrt: Option<&[syn::Ident]>,
    types: &Types,
) -> Tainted {
    let tainted = Tainted {
        chains_read: true,
        ..Tainted::default()
    };
    from(tainted, item, wrt, types)
}

fn from(
    mut tainted: Tainted,
    item: &syn::ItemFn,
    wrt: Option<&[syn::Ident]>,
    types: &Types,
) -> Tainted {
    for (n, input) in item.sig.inputs.iter().enumerate() {
        let syn::FnArg::Typed(input) = input else {
            continue;
        };
        let named = match &*input.pat {
            Pat::Ident(p) => p.ident.to_string(),
            _ => format!("arg{n}"),
        };
        let wanted = wrt.is_none_or(|wrt| wrt.iter().any(|w| *w == named));
        if wanted
            && !crate::lower::is_marked(&input.attrs, "constant")
            && !types.of(&input.ty).is_constant()
        {
            tainted.pat(&input.pat);
        }
    }
    loop {
        tainted.changed = false;
        tainted.visit_block(&item.block);
        if !tainted.changed {
            return tainted;
        }
    }
}

impl Tainted {
    /// Whether a tainted name occurs in the tokens.
    pub(super) fn meets(&self, tokens: &impl ToTokens) -> bool {
        flat(tokens.to_token_stream())
            .iter()
            .any(|tree| match tree {
                TokenTree::Ident(i) => self.names.contains(&i.to_string()),
                TokenTree::Literal(l) => {
                    let text = l.to_string();
                    text.contains('{') && self.names.iter().any(|n| text.contains(n))
                }
                _ => false,
            })
    }

    /// Whether the name is tainted.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    fn add(&mut self, name: String) {
        self.changed |= self.names.insert(name);
    }

    fn pat(&mut self, pat: &Pat) {
        struct Find<'a>(&'a mut Tainted);
        impl<'ast> Visit<'ast> for Find<'_> {
            fn visit_pat_ident(&mut self, p: &'ast syn::PatIdent) {
                self.0.add(p.ident.to_string());
                visit::visit_pat_ident(self, p);
            }
        }
        Find(self).visit_pat(pat);
    }

    /// Every name in the expression is memory that something active was written to.
    fn written(&mut self, e: &Expr) {
        match e {
            Expr::Path(p) => self.extend(p.path.get_ident()),
            Expr::Field(f) => self.written(&f.base),
            Expr::Index(i) => self.written(&i.expr),
            Expr::Paren(p) => self.written(&p.expr),
            Expr::Group(p) => self.written(&p.expr),
            Expr::Unary(u) => self.written(&u.expr),
            Expr::Reference(r) => self.written(&r.expr),
            Expr::MethodCall(m) => self.written(&m.receiver),
            Expr::Tuple(t) => t.elems.iter().for_each(|e| self.written(e)),
            Expr::Array(t) => t.elems.iter().for_each(|e| self.written(e)),
            _ => {}
        }
    }

    fn extend(&mut self, ident: Option<&syn::Ident>) {
        if let Some(ident) = ident {
            self.add(ident.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Tainted {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            if self.meets(&init.expr) {
                self.pat(&local.pat);
            }
            // What a closure receives, if it is called with something active or captures something.
            if let Expr::Closure(c) = &*init.expr
                && self.meets(&local.pat)
            {
                c.inputs.iter().for_each(|p| self.pat(p));
            }
            // What is written through a reference is written to what it refers to.
            if matches!(&*init.expr, Expr::Reference(r) if r.mutability.is_some())
                && self.meets(&local.pat)
            {
                self.written(&init.expr);
            }
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_assign(&mut self, e: &'ast syn::ExprAssign) {
        if self.meets(&e.right) {
            self.written(&e.left);
        }
        visit::visit_expr_assign(self, e);
    }

    fn visit_expr_binary(&mut self, e: &'ast syn::ExprBinary) {
        if crate::lower::is_compound(&e.op) && self.meets(&e.right) {
            self.written(&e.left);
        }
        visit::visit_expr_binary(self, e);
    }

    fn visit_expr_method_call(&mut self, e: &'ast syn::ExprMethodCall) {
        let reads =
            self.chains_read && (super::chain::is_adaptor(e) || super::consumers::is_consumer(e));
        if !reads && e.args.iter().any(|a| self.meets(a)) {
            self.written(&e.receiver);
        }
        if self.meets(e) {
            self.closures(&e.args);
        }
        visit::visit_expr_method_call(self, e);
    }

    fn visit_expr_call(&mut self, e: &'ast syn::ExprCall) {
        if self.meets(e) {
            for arg in &e.args {
                if matches!(arg, Expr::Reference(r) if r.mutability.is_some()) {
                    self.written(arg);
                }
            }
            self.closures(&e.args);
            // A closure that is called with something active.
            self.extend(super::closures::named(&e.func));
        }
        visit::visit_expr_call(self, e);
    }

    fn visit_expr_for_loop(&mut self, e: &'ast syn::ExprForLoop) {
        if self.meets(&e.expr) {
            self.pat(&e.pat);
        } else if self.meets(&e.pat) {
            self.written(&e.expr);
        }
        visit::visit_expr_for_loop(self, e);
    }

    fn visit_expr_let(&mut self, e: &'ast syn::ExprLet) {
        if self.meets(&e.expr) {
            self.pat(&e.pat);
        }
        visit::visit_expr_let(self, e);
    }

    fn visit_expr_match(&mut self, e: &'ast syn::ExprMatch) {
        if self.meets(&e.expr) {
            e.arms.iter().for_each(|a| self.pat(&a.pat));
        }
        visit::visit_expr_match(self, e);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl Tainted {
    /// Closures among the arguments receive what the other arguments are.
    fn closures<'a>(&mut self, args: impl IntoIterator<Item = &'a Expr>) {
        for arg in args {
            match arg {
                Expr::Closure(c) => c.inputs.iter().for_each(|p| self.pat(p)),
                arg => self.extend(super::closures::named(arg)),
            }
        }
    }
}
