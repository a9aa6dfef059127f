//! What a chain runs through, where it needs a name first. Arrays of ndarray's, whose type the signature or a `let`
//! shows, are run through element by element: `iter`, `indexed_iter`, `map`, `fold`; parts of arrays that are made in the
//! header of a loop, and parts of slices by their indices. The compiler is asked whether the type is what it seems.

use super::chain::{self, is_place, peel};
use super::consumers::is_consumer;
use super::slices;
use super::tainted::Tainted;
use crate::names::Names;
use std::collections::HashMap;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Pat, Stmt, Type, parse_quote};

/// Writes them so. Gives whether there were any.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut known = Known::default();
    known.visit_item_fn(item);
    let mut elements = Elements {
        names: Names::of(quote::ToTokens::to_token_stream(&item)),
        known: known.0,
        tainted,
        changed: false,
    };
    elements.visit_block_mut(&mut item.block);
    elements.changed
}

/// The number of axes of the arrays whose types are written; zero if it is told at run time.
#[derive(Default)]
struct Known(HashMap<String, usize>);

impl<'ast> Visit<'ast> for Known {
    fn visit_pat_type(&mut self, p: &'ast syn::PatType) {
        self.learn(&p.pat, axes(&p.ty));
    }
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            let axes = self.axes_of(&init.expr);
            self.learn(&local.pat, axes);
        }
        visit::visit_local(self, local);
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

impl Known {
    fn learn(&mut self, pat: &Pat, axes: Option<usize>) {
        if let (Pat::Ident(p), Some(axes)) = (pat, axes) {
            self.0.insert(p.ident.to_string(), axes);
        }
    }

    /// Of what a `let` is given: a copy, or what a function of the type makes.
    fn axes_of(&self, e: &Expr) -> Option<usize> {
        match peel(e) {
            Expr::Path(p) => self.0.get(&p.path.get_ident()?.to_string()).copied(),
            Expr::Reference(r) => self.axes_of(&r.expr),
            Expr::MethodCall(m) => ["clone", "to_owned", "mapv", "map"]
                .contains(&m.method.to_string().as_str())
                .then(|| self.axes_of(&m.receiver))
                .flatten(),
            Expr::Call(c) => match peel(&c.func) {
                Expr::Path(p) => {
                    let mut segments = p.path.segments.iter().rev().skip(1);
                    axes_of_name(&segments.next()?.ident.to_string())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// `Array2<f64>`, `&ArrayView1<'_, f64>`.
fn axes(ty: &Type) -> Option<usize> {
    match ty {
        Type::Reference(r) => axes(&r.elem),
        Type::Paren(p) => axes(&p.elem),
        Type::Path(p) => axes_of_name(&p.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

fn axes_of_name(name: &str) -> Option<usize> {
    let kinds = ["ArrayViewMut", "ArrayView", "ArcArray", "CowArray", "Array"];
    let axes = kinds.iter().find_map(|kind| name.strip_prefix(kind))?;
    match axes {
        "D" => Some(0),
        axes => axes.parse().ok().filter(|n| (1..=6).contains(n)),
    }
}

struct Elements<'a> {
    names: Names,
    known: HashMap<String, usize>,
    tainted: &'a Tainted,
    changed: bool,
}

/// What goes before a chain or a loop, and behind it.
#[derive(Default)]
struct Around {
    before: Vec<Stmt>,
    behind: Vec<Stmt>,
}

impl Elements<'_> {
    fn axes_of(&self, e: &Expr) -> Option<usize> {
        match peel(e) {
            Expr::Path(p) => self.known.get(&p.path.get_ident()?.to_string()).copied(),
            _ => None,
        }
    }

    /// Gives what a chain runs through a name, down to its sources.
    fn chain(&mut self, e: &mut Expr, arity: Option<usize>, around: &mut Around) {
        let Expr::MethodCall(m) = e else { return };
        if chain::is_adaptor(m) {
            let arity = m.args.first().and_then(of_closure);
            self.chain(&mut m.receiver, arity, around);
            if m.method == "zip" || m.method == "chain" {
                m.args
                    .iter_mut()
                    .for_each(|arg| self.chain(arg, None, around));
            }
            return;
        }
        if slices::gives_parts(m) {
            if let Some(source) = slices::source(m, arity, &mut self.names, &mut around.before) {
                self.changed = true;
                *e = source;
            }
            return;
        }
        if let Some(source) = self.source(m, around) {
            self.changed = true;
            *e = source;
        }
    }

    fn source(&mut self, m: &ExprMethodCall, around: &mut Around) -> Option<Expr> {
        let name = m.method.to_string();
        let of = &m.receiver;
        if matches!(
            name.as_str(),
            "outer_iter" | "axis_iter" | "rows" | "columns"
        ) && !is_place(of)
        {
            return Some(self.with_a_name(m, around));
        }
        if name == "iter" && matches!(peel(of), Expr::MethodCall(part) if is_part(part)) {
            return Some(self.with_a_name(m, around));
        }
        let axes = self.axes_of(of).filter(|_| m.args.is_empty())?;
        let exclusive = name.ends_with("_mut");
        let indexed = match name.as_str() {
            "iter" | "iter_mut" if axes != 1 => false,
            "indexed_iter" | "indexed_iter_mut" if axes == 1 || axes == 2 => true,
            _ => return None,
        };
        let elements = self.names.fresh("elements");
        around
            .before
            .push(parse_quote!(__rt::nd::assert_array(&#of);));
        let all: Expr = match exclusive {
            true => {
                around
                    .before
                    .push(parse_quote!(let mut #elements: __rt::Vec<_> = #of.elements_in_order();));
                around
                    .behind
                    .push(parse_quote!(#of.set_elements_in_order(#elements);));
                parse_quote!(#elements.iter_mut())
            }
            false => {
                around
                    .before
                    .push(parse_quote!(let #elements: __rt::Vec<_> = #of.elements_in_order();));
                parse_quote!(#elements.iter())
            }
        };
        if !indexed {
            return Some(all);
        }
        if axes == 1 {
            return Some(parse_quote!(#all.enumerate()));
        }
        let (columns, k, element) = (
            self.names.fresh("columns"),
            self.names.fresh("k"),
            self.names.fresh("element"),
        );
        around
            .before
            .push(parse_quote!(let #columns: usize = #of.len_of(__rt::nd::Axis(1));));
        Some(parse_quote!(
            #all.enumerate().map(|(#k, #element)| ((#k / #columns, #k % #columns), #element))
        ))
    }

    /// The same method of a variable.
    fn with_a_name(&mut self, m: &ExprMethodCall, around: &mut Around) -> Expr {
        let array = self.names.fresh("array");
        let of = &m.receiver;
        around.before.push(parse_quote!(let #array = #of;));
        Expr::MethodCall(ExprMethodCall {
            receiver: Box::new(parse_quote!(#array)),
            ..m.clone()
        })
    }

    /// `a.map(f)` and its kin.
    fn whole(&mut self, m: &ExprMethodCall) -> Option<Expr> {
        self.axes_of(&m.receiver)?;
        let args: Vec<&Expr> = m.args.iter().collect();
        let (of, elements) = (&m.receiver, self.names.fresh("elements"));
        let value: Expr = match (m.method.to_string().as_str(), args.as_slice()) {
            ("map", [f]) => {
                let mapped = self.names.fresh("mapped");
                parse_quote!({
                    let #mapped: __rt::Vec<_> = #elements.iter().map(#f).collect();
                    #of.refilled_with(#mapped)
                })
            }
            ("fold", [init, f]) => parse_quote!(#elements.iter().fold(#init, #f)),
            ("for_each", [f]) => parse_quote!(#elements.iter().for_each(#f)),
            _ => return None,
        };
        Some(parse_quote!({
            __rt::nd::assert_array(&#of);
            let #elements: __rt::Vec<_> = #of.elements_in_order();
            #value
        }))
    }
}

/// The number of elements that a closure takes its argument apart into.
fn of_closure(f: &Expr) -> Option<usize> {
    match f {
        Expr::Closure(c) => c.inputs.first().and_then(slices::arity),
        _ => None,
    }
}

/// Methods that give a part of an array, which is an array of its own.
fn is_part(m: &ExprMethodCall) -> bool {
    [
        ("row", 1),
        ("column", 1),
        ("diag", 0),
        ("slice", 1),
        ("index_axis", 2),
    ]
    .contains(&(m.method.to_string().as_str(), m.args.len()))
}

fn block(body: &syn::Block) -> Expr {
    parse_quote!(#body)
}

/// Whether the body of a loop or a closure may be left for somewhere beyond it.
pub(super) fn leaves(body: &Expr) -> bool {
    struct Leaves(bool);
    impl<'ast> Visit<'ast> for Leaves {
        fn visit_expr(&mut self, e: &'ast Expr) {
            self.0 |= match e {
                Expr::Return(_) | Expr::Try(_) => true,
                Expr::Break(b) => b.label.is_some(),
                Expr::Continue(c) => c.label.is_some(),
                _ => false,
            };
            visit::visit_expr(self, e);
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
        fn visit_item(&mut self, _: &'ast syn::Item) {}
    }
    let mut leaves = Leaves(false);
    leaves.visit_expr(body);
    leaves.0
}

impl VisitMut for Elements<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        let mut around = Around::default();
        match e {
            Expr::ForLoop(f) if self.tainted.meets(&*f.expr) => {
                let before = f.expr.clone();
                self.chain(&mut f.expr, slices::arity(&f.pat), &mut around);
                if !around.behind.is_empty() && leaves(&block(&f.body)) {
                    f.expr = before;
                    return;
                }
            }
            Expr::MethodCall(m) if self.tainted.meets(m) => {
                if let Some(whole) = self.whole(m) {
                    self.changed = true;
                    *e = whole;
                    return;
                }
                let asks = chain::answer_of(m) || m.method == "max" || m.method == "min";
                if !is_consumer(m) && !asks {
                    return;
                }
                let arity = m.args.first().and_then(of_closure);
                self.chain(&mut m.receiver, arity, &mut around);
            }
            _ => return,
        }
        let Around { before, behind } = around;
        if before.is_empty() {
            return;
        }
        *e = match behind.is_empty() {
            true => parse_quote!({ #(#before)* #e }),
            false => parse_quote!({ #(#before)* #e; #(#behind)* }),
        };
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
