//! Methods that give a shared reference to numbers in their receiver: `fn row(&self, i: usize) -> &[f64]`. What a caller
//! reads there is a copy to its derivative, because nobody can change the memory while it is borrowed, so that the method
//! has the derivative of one that gives the copy.

use crate::args::Options;
use crate::methods::{self, RECEIVER};
use crate::ty::{Ty, Types};
use crate::{analyse, desugar, entries, fence, places};
use syn::visit::{self, Visit};

/// What differentiable callers use of such a method. Of one that is not understood they are told as before that it has no
/// derivative.
pub fn entries(
    function: &syn::ItemFn,
    options: &Options,
    around: &entries::Around,
) -> Option<entries::Expansion> {
    let mut function = copying(function, options)?;
    desugar::name_parameters(&mut function);
    let mut errors = fence::fence(&function);
    let analysed = match errors.is_empty() {
        true => analyse(&function, options, &mut errors)?,
        false => return None,
    };
    Some(entries::Expansion {
        items: entries::called(&function, options, &analysed, around),
        ..Default::default()
    })
}

/// The method that gives the copy, if the body says that all it gives is memory of the receiver's.
fn copying(function: &syn::ItemFn, options: &Options) -> Option<syn::ItemFn> {
    let around = options.around.as_deref()?;
    let rt = entries::runtime(options);
    let sig = &function.sig;
    let special = around.trait_.is_some() || methods::has_lifetimes(around);
    if special || options.has_rule() || !sig.generics.params.is_empty() {
        return None;
    }
    let syn::FnArg::Typed(receiver) = sig.inputs.first()? else {
        return None;
    };
    let shared = matches!(&*receiver.ty, syn::Type::Reference(r) if r.mutability.is_none());
    let named =
        matches!(&*receiver.pat, syn::Pat::Ident(p) if p.ident == RECEIVER && p.by_ref.is_none());
    let syn::ReturnType::Type(arrow, gives) = &sig.output else {
        return None;
    };
    let syn::Type::Reference(gives) = &**gives else {
        return None;
    };
    let types = Types::of_generics(&sig.generics).within(Some(around));
    let number = match (types.of(&gives.elem), &*gives.elem) {
        (Ty::Slice(of), syn::Type::Slice(s)) if of.is_float() => (*s.elem).clone(),
        _ => return None,
    };
    if !shared || !named || gives.mutability.is_some() {
        return None;
    }
    let mut asks = Asks(false);
    asks.visit_block(&function.block);
    if asks.0 {
        return None;
    }
    let mut copying = function.clone();
    copying.sig.output =
        syn::ReturnType::Type(*arrow, Box::new(syn::parse_quote!(#rt::Vec<#number>)));
    copied_block(&mut copying.block).then_some(copying)
}

/// Copies what a block gives; whether that is understood.
fn copied_block(block: &mut syn::Block) -> bool {
    match block.stmts.last_mut() {
        Some(syn::Stmt::Expr(tail, None)) => copied(tail),
        _ => false,
    }
}

fn copied(e: &mut syn::Expr) -> bool {
    match e {
        syn::Expr::Paren(p) => copied(&mut p.expr),
        syn::Expr::Group(g) => copied(&mut g.expr),
        syn::Expr::Block(b) if b.label.is_none() => copied_block(&mut b.block),
        syn::Expr::If(i) => {
            let els = i.else_branch.as_mut();
            copied_block(&mut i.then_branch) && els.is_some_and(|(_, els)| copied(els))
        }
        syn::Expr::Reference(r) if r.mutability.is_none() && is_of_receiver(&r.expr) => {
            let place = &r.expr;
            *e = match &**place {
                syn::Expr::Index(i) if matches!(&*i.index, syn::Expr::Range(_)) => {
                    syn::parse_quote!(#place.to_vec())
                }
                place => syn::parse_quote!(#place[..].to_vec()),
            };
            true
        }
        _ => false,
    }
}

/// A part of the receiver, by fields and indices.
fn is_of_receiver(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::Paren(p) => is_of_receiver(&p.expr),
        syn::Expr::Group(g) => is_of_receiver(&g.expr),
        syn::Expr::Field(f) => {
            matches!(&*f.base, syn::Expr::Path(p) if p.path.is_ident(RECEIVER))
                || is_of_receiver(&f.base)
        }
        syn::Expr::Index(i) => is_of_receiver(&i.expr),
        _ => false,
    }
}

/// Whether a body asks others, who need not be differentiable as long as nobody asks for this derivative.
struct Asks(bool);

impl<'ast> Visit<'ast> for Asks {
    fn visit_expr_call(&mut self, _: &'ast syn::ExprCall) {
        self.0 = true;
    }
    fn visit_expr_method_call(&mut self, m: &'ast syn::ExprMethodCall) {
        self.0 |= m.method != "len";
        visit::visit_expr_method_call(self, m);
    }
    fn visit_expr_macro(&mut self, _: &'ast syn::ExprMacro) {
        self.0 = true;
    }
    fn visit_stmt(&mut self, stmt: &'ast syn::Stmt) {
        self.0 |= matches!(stmt, syn::Stmt::Item(_) | syn::Stmt::Expr(_, Some(_)));
        if !matches!(stmt, syn::Stmt::Macro(m) if places::is_assertion(&m.mac)) {
            visit::visit_stmt(self, stmt);
        }
    }
    fn visit_macro(&mut self, _: &'ast syn::Macro) {
        self.0 = true;
    }
    fn visit_expr_return(&mut self, _: &'ast syn::ExprReturn) {
        self.0 = true;
    }
}
