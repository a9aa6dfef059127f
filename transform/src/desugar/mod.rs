//! Forms of the language that are short for others, rewritten before names are resolved.

mod conditions;
mod ends;
mod iterators;
mod paths;

use crate::names::Names;
use quote::ToTokens;
use syn::visit_mut::VisitMut;

/// `let pattern = value else { … }; rest` becomes `match value { pattern => { rest } _ => { … } }`, in which the
/// pattern binds as it does in the user's function, by value or by reference.
pub fn desugar(item: &mut syn::ItemFn) {
    paths::OfTypes.visit_block_mut(&mut item.block);
    iterators::AsMethods.visit_block_mut(&mut item.block);
    let names = Names::of(item.to_token_stream());
    LetElse { names }.visit_block_mut(&mut item.block);
    HereOrThere { left: 4 }.visit_block_mut(&mut item.block);
    let names = Names::of(item.to_token_stream());
    conditions::Conditions { names }.visit_block_mut(&mut item.block);
    let fallible = Fallible::of(&item.sig.output);
    let mut ends = ends::Ends {
        option: fallible == Some(Fallible::Option),
        closures: 0,
    };
    ends.visit_block_mut(&mut item.block);
    let names = Names::of(item.to_token_stream());
    Try { names, fallible }.visit_block_mut(&mut item.block);
}

/// `let r = if c { &mut a } else { &mut b }; rest` becomes `if c { let r = &mut a; rest } else { … }`: which
/// memory a reference names is then known everywhere. What follows is written twice, so only a few times.
struct HereOrThere {
    left: usize,
}

impl VisitMut for HereOrThere {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        syn::visit_mut::visit_block_mut(self, block);
        for at in (0..block.stmts.len()).rev() {
            if self.left == 0 {
                return;
            }
            let syn::Stmt::Local(local) = &block.stmts[at] else {
                continue;
            };
            let (syn::Pat::Ident(pat), Some(init)) = (&local.pat, &local.init) else {
                continue;
            };
            if init.diverge.is_some() || !points(&init.expr) {
                continue;
            }
            self.left -= 1;
            let (pat, mut whole) = (pat.clone(), (*init.expr).clone());
            let rest = cut_off(block, at);
            follow(
                &mut whole,
                &|e| syn::parse_quote!({ let #pat = #e; #(#rest)* }),
            );
            block.stmts.push(syn::Stmt::Expr(whole, None));
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Takes a statement out of a block, and what follows it, which is given back.
fn cut_off(block: &mut syn::Block, at: usize) -> Vec<syn::Stmt> {
    let rest = block.stmts.split_off(at + 1);
    block.stmts.pop();
    // Items are visible in the whole block, also before they stand.
    let (items, rest) = rest
        .into_iter()
        .partition(|s| matches!(s, syn::Stmt::Item(_)));
    block.stmts.extend::<Vec<_>>(items);
    rest
}

/// The only expression of a block.
fn only(block: &syn::Block) -> Option<&syn::Expr> {
    match block.stmts.as_slice() {
        [syn::Stmt::Expr(e, None)] => Some(e),
        _ => None,
    }
}

/// Whether a condition has a pattern that may bind a name.
fn binds(cond: &syn::Expr) -> bool {
    match cond {
        syn::Expr::Let(l) => has_names(&l.pat),
        syn::Expr::Binary(b) => binds(&b.left) || binds(&b.right),
        syn::Expr::Paren(p) => binds(&p.expr),
        _ => false,
    }
}

/// Whether a pattern may bind a name.
fn has_names(pat: &syn::Pat) -> bool {
    struct Find(bool);
    impl<'ast> syn::visit::Visit<'ast> for Find {
        fn visit_pat_ident(&mut self, _: &'ast syn::PatIdent) {
            self.0 = true;
        }
        fn visit_field_pat(&mut self, _: &'ast syn::FieldPat) {
            self.0 = true;
        }
    }
    let mut find = Find(false);
    syn::visit::Visit::visit_pat(&mut find, pat);
    find.0
}

/// Whether a branch gives a reference on each path, and does nothing else.
fn points(e: &syn::Expr) -> bool {
    let is_reference = |e: &syn::Expr| match e {
        syn::Expr::Reference(r) => r.mutability.is_some() || !matches!(&*r.expr, syn::Expr::Lit(_)),
        e => points(e),
    };
    match e {
        // A name that a pattern binds would hide another one in what follows.
        syn::Expr::If(i) => {
            !binds(&i.cond)
                && only(&i.then_branch).is_some_and(is_reference)
                && i.else_branch.as_ref().is_some_and(|(_, e)| match &**e {
                    syn::Expr::Block(b) => only(&b.block).is_some_and(is_reference),
                    e => points(e),
                })
        }
        syn::Expr::Match(m) => m.arms.iter().all(|a| {
            !has_names(&a.pat)
                && match &*a.body {
                    syn::Expr::Block(b) if b.label.is_none() => {
                        only(&b.block).is_some_and(is_reference)
                    }
                    e => is_reference(e),
                }
        }),
        _ => false,
    }
}

/// Puts what follows behind each reference that a branch gives.
fn follow(e: &mut syn::Expr, rest: &dyn Fn(&syn::Expr) -> syn::Block) {
    let inside = |e: &mut syn::Expr| -> syn::Block {
        if points(e) {
            follow(e, rest);
            syn::parse_quote!({ #e })
        } else {
            rest(e)
        }
    };
    match e {
        syn::Expr::If(i) => {
            if let Some(syn::Stmt::Expr(e, None)) = i.then_branch.stmts.first_mut() {
                i.then_branch = inside(e);
            }
            if let Some((_, e)) = &mut i.else_branch {
                match &mut **e {
                    syn::Expr::Block(b) => {
                        if let Some(syn::Stmt::Expr(e, None)) = b.block.stmts.first_mut() {
                            b.block = inside(e);
                        }
                    }
                    e => follow(e, rest),
                }
            }
        }
        syn::Expr::Match(m) => {
            for arm in &mut m.arms {
                let mut body = (*arm.body).clone();
                if let syn::Expr::Block(b) = &body
                    && let Some(e) = only(&b.block)
                {
                    body = e.clone();
                }
                let block = inside(&mut body);
                *arm.body = syn::parse_quote!(#block);
                arm.comma = None;
            }
        }
        _ => {}
    }
}

/// What a function or a closure returns that `?` can leave.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Fallible {
    /// `Option`.
    Option,
    /// `Result`.
    Result,
}

impl Fallible {
    /// Read off the name of the written return type, which is also what `?` is used on.
    fn of(output: &syn::ReturnType) -> Option<Fallible> {
        let syn::ReturnType::Type(_, ty) = output else {
            return None;
        };
        Fallible::of_type(ty)
    }

    /// Read off the name of a type.
    pub(crate) fn of_type(ty: &syn::Type) -> Option<Fallible> {
        let syn::Type::Path(path) = ty else {
            return None;
        };
        let name = &path.path.segments.last()?.ident;
        if name == "Option" {
            Some(Fallible::Option)
        } else {
            (name == "Result").then_some(Fallible::Result)
        }
    }

    /// Read off a closure's written type, or off the variants that it ends with.
    pub(crate) fn of_closure(closure: &syn::ExprClosure) -> Option<Fallible> {
        match &closure.output {
            syn::ReturnType::Default => Fallible::of_value(&closure.body),
            written => Fallible::of(written),
        }
    }

    /// Read off the variants that a value is written with.
    fn of_value(e: &syn::Expr) -> Option<Fallible> {
        let of_path = |path: &syn::Path| {
            let name = path.segments.last()?.ident.to_string();
            match name.as_str() {
                "Some" | "None" => Some(Fallible::Option),
                "Ok" | "Err" => Some(Fallible::Result),
                _ => None,
            }
        };
        let of_block = |block: &syn::Block| match block.stmts.last() {
            Some(syn::Stmt::Expr(tail, _)) => Fallible::of_value(tail),
            _ => None,
        };
        match e {
            syn::Expr::Paren(p) => Fallible::of_value(&p.expr),
            syn::Expr::Group(g) => Fallible::of_value(&g.expr),
            syn::Expr::Path(p) => of_path(&p.path),
            syn::Expr::Call(c) => match &*c.func {
                syn::Expr::Path(p) => of_path(&p.path),
                _ => None,
            },
            syn::Expr::Block(b) => of_block(&b.block),
            syn::Expr::If(i) => {
                of_block(&i.then_branch).or_else(|| Fallible::of_value(&i.else_branch.as_ref()?.1))
            }
            syn::Expr::Match(m) => m.arms.iter().find_map(|arm| Fallible::of_value(&arm.body)),
            syn::Expr::Return(r) => Fallible::of_value(r.expr.as_ref()?),
            syn::Expr::MethodCall(m) => match (m.method.to_string().as_str(), m.args.len()) {
                ("ok_or" | "ok_or_else" | "map_err", 1) => Some(Fallible::Result),
                ("ok" | "err", 0) => Some(Fallible::Option),
                _ => None,
            },
            _ => None,
        }
    }
}

/// `value?` becomes a `match` that returns early.
struct Try {
    names: Names,
    /// What it leaves here, if that is known.
    fallible: Option<Fallible>,
}

impl VisitMut for Try {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        syn::visit_mut::visit_expr_mut(self, e);
        let syn::Expr::Try(t) = e else { return };
        let Some(fallible) = self.fallible else {
            return;
        };
        let value = &t.expr;
        let at = syn::spanned::Spanned::span(&t.question_token);
        let found = self.names.fresh("found");
        *e = match fallible {
            Fallible::Option => syn::parse_quote_spanned! {at=>
                match #value { Some(#found) => #found, None => return None }
            },
            Fallible::Result => {
                let error = self.names.fresh("error");
                syn::parse_quote_spanned! {at=>
                    match #value {
                        Ok(#found) => #found,
                        Err(#error) => return Err(::core::convert::From::from(#error)),
                    }
                }
            }
        };
    }

    /// Inside of a closure, `?` leaves the closure.
    fn visit_expr_closure_mut(&mut self, c: &mut syn::ExprClosure) {
        let outside = std::mem::replace(&mut self.fallible, Fallible::of_closure(c));
        self.visit_expr_mut(&mut c.body);
        self.fallible = outside;
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Gives each `impl Trait` among the parameters' types a name, as a type parameter, so that generated functions can
/// name it.
pub fn name_parameters(item: &mut syn::ItemFn) {
    let mut anonymous = Anonymous {
        names: Names::of(item.to_token_stream()),
        types: Vec::new(),
    };
    for input in &mut item.sig.inputs {
        if let syn::FnArg::Typed(input) = input {
            anonymous.visit_type_mut(&mut input.ty);
        }
    }
    let params = anonymous.types.into_iter().map(syn::GenericParam::Type);
    item.sig.generics.params.extend(params);
}

/// Whether a type parameter stands for an `impl Trait`.
pub fn is_argument(name: &syn::Ident) -> bool {
    name.to_string().starts_with(ARGUMENT)
}

/// What the type parameters that stand for `impl Trait` are called.
const ARGUMENT: &str = "Argument";

struct Anonymous {
    names: Names,
    types: Vec<syn::TypeParam>,
}

impl VisitMut for Anonymous {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        match ty {
            syn::Type::ImplTrait(t) => {
                let name = self.names.fresh(ARGUMENT);
                let bounds = &t.bounds;
                self.types.push(syn::parse_quote!(#name: #bounds));
                *ty = syn::parse_quote!(#name);
            }
            _ => syn::visit_mut::visit_type_mut(self, ty),
        }
    }
}

struct LetElse {
    names: Names,
}

impl VisitMut for LetElse {
    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        syn::visit_mut::visit_block_mut(self, block);
        // From the end, so that each takes the ones after it along.
        for at in (0..block.stmts.len()).rev() {
            let syn::Stmt::Local(local) = &mut block.stmts[at] else {
                continue;
            };
            let Some(init) = &mut local.init else {
                continue;
            };
            let Some((_, diverge)) = init.diverge.take() else {
                continue;
            };
            let value = (*init.expr).clone();
            let (pat, written) = match local.pat.clone() {
                syn::Pat::Type(t) => (*t.pat, Some(t.ty)),
                pat => (pat, None),
            };
            let rest = cut_off(block, at);
            let matched: syn::Expr = match written {
                Some(ty) => {
                    let typed = self.names.fresh("matched");
                    block
                        .stmts
                        .push(syn::parse_quote!(let #typed: #ty = #value;));
                    syn::parse_quote!(#typed)
                }
                None => value,
            };
            let whole: syn::Expr =
                syn::parse_quote!(match #matched { #pat => { #(#rest)* } _ => #diverge });
            block.stmts.push(syn::Stmt::Expr(whole, None));
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
