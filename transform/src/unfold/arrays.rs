//! What ndarray does with closures, as chains over vectors: `mapv`, `Zip`, the iterators over rows and axes; and
//! `array!`. What each stands for asks a trait of ndarray's types, so that a user's own method of that name is found
//! by the compiler.

use super::chain::{is_place, peel};
use super::tainted::Tainted;
use crate::names::Names;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Ident, Pat, Stmt, parse_quote};

/// Writes them so. Gives whether there were any.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut arrays = Arrays {
        names: Names::of(quote::ToTokens::to_token_stream(&item)),
        tainted,
        changed: false,
    };
    arrays.visit_block_mut(&mut item.block);
    arrays.changed
}

struct Arrays<'a> {
    names: Names,
    tainted: &'a Tainted,
    changed: bool,
}

/// Methods of iterators that a number has not.
const RUNS: [&str; 9] = [
    "into_iter",
    "enumerate",
    "zip",
    "map",
    "filter",
    "fold",
    "for_each",
    "skip",
    "rev",
];

/// One of the arrays that run in step.
struct Side {
    of: Expr,
    written: bool,
    elements: Ident,
}

impl Arrays<'_> {
    fn method(&mut self, m: &ExprMethodCall) -> Option<Expr> {
        let args: Vec<&Expr> = m.args.iter().collect();
        Some(match (m.method.to_string().as_str(), args.as_slice()) {
            ("mapv" | "mapv_into", [f]) => {
                let (elements, mapped) = (self.names.fresh("elements"), self.names.fresh("mapped"));
                let (of, bound) = self.named(&m.receiver);
                parse_quote!({
                    #bound
                    __rt::nd::assert_array(&#of);
                    let #elements: __rt::Vec<_> = #of.elements_in_order();
                    let #mapped: __rt::Vec<_> = #elements.iter().copied().map(#f).collect();
                    #of.refilled_with(#mapped)
                })
            }
            ("mapv_inplace" | "map_inplace" | "par_mapv_inplace", [f]) if is_place(&m.receiver) => {
                let (elements, element) =
                    (self.names.fresh("elements"), self.names.fresh("element"));
                let of = &m.receiver;
                let f: Expr = match m.method == "map_inplace" {
                    true => (*f).clone(),
                    false => parse_quote!(|#element| *#element = (#f)(*#element)),
                };
                parse_quote!({
                    __rt::nd::assert_array(&#of);
                    let mut #elements: __rt::Vec<_> = #of.elements_in_order();
                    #elements.iter_mut().for_each(#f);
                    #of.set_elements_in_order(#elements);
                })
            }
            ("outer_iter", []) => self.parts(m, &parse_quote!(__rt::nd::Axis(0)), "index_axis")?,
            ("axis_iter", [axis]) if matches!(axis, Expr::Call(_) | Expr::Path(_)) => {
                self.parts(m, axis, "index_axis")?
            }
            ("for_each" | "map_collect", [f]) => self.zipped(m, None, f)?,
            ("fold", [init, f]) => self.zipped(m, Some(init), f)?,
            _ => return None,
        })
    }

    /// `rows` and `columns` where they are run through. Many a type has methods of these names that give a number.
    fn lanes(&mut self, e: &mut Expr) {
        let Expr::MethodCall(m) = e else { return };
        let written = match m.method.to_string().as_str() {
            _ if !m.args.is_empty() || !self.tainted.meets(m) => None,
            "rows" => self.parts(m, &parse_quote!(__rt::nd::Axis(0)), "row"),
            "columns" => self.parts(m, &parse_quote!(__rt::nd::Axis(1)), "column"),
            _ => None,
        };
        if let Some(written) = written {
            self.changed = true;
            *e = written;
        }
    }

    /// The parts of an array along an axis, by their numbers.
    fn parts(&mut self, m: &ExprMethodCall, axis: &Expr, part: &str) -> Option<Expr> {
        let of = &m.receiver;
        if !is_place(of) {
            return None;
        }
        let i = self.names.fresh("i");
        let part = Ident::new(part, m.method.span());
        let part: Expr = match part == "index_axis" {
            true => parse_quote!(#of.#part(#axis, #i)),
            false => parse_quote!(#of.#part(#i)),
        };
        Some(parse_quote!(
            (0..#of.len_of(#axis)).map(|#i| { __rt::nd::assert_array(&#of); #part })
        ))
    }

    /// `Zip::from(…).and(…)` and what is done with the elements.
    fn zipped(&mut self, m: &ExprMethodCall, init: Option<&Expr>, f: &Expr) -> Option<Expr> {
        let sides = self.sides(&m.receiver)?;
        let Expr::Closure(closure) = peel(f) else {
            return None;
        };
        let mut inputs: Vec<Pat> = closure.inputs.iter().cloned().collect();
        let state = init.map(|_| inputs.remove(0));
        if inputs.len() != sides.len() {
            return None;
        }
        let mut closure = closure.clone();
        let mut stmts: Vec<Stmt> = Vec::new();
        let mut chain: Option<Expr> = None;
        let first = sides.first()?.of.clone();
        for side in &sides {
            let (of, elements) = (&side.of, &side.elements);
            stmts.push(parse_quote!(__rt::nd::assert_array(&#of);));
            if chain.is_some() {
                stmts.push(parse_quote!(__rt::nd::assert_alike(&#first, &#of);));
            }
            let next: Expr = match side.written {
                true => {
                    stmts.push(
                        parse_quote!(let mut #elements: __rt::Vec<_> = #of.elements_in_order();),
                    );
                    parse_quote!(#elements.iter_mut())
                }
                false => {
                    stmts
                        .push(parse_quote!(let #elements: __rt::Vec<_> = #of.elements_in_order();));
                    parse_quote!(#elements.iter())
                }
            };
            chain = Some(match chain {
                None => next,
                Some(before) => parse_quote!(#before.zip(#next)),
            });
        }
        let pattern = inputs.into_iter().reduce(|a, b| parse_quote!((#a, #b)))?;
        closure.inputs = state.into_iter().chain([pattern]).collect();
        let written: Vec<Stmt> = sides
            .iter()
            .filter(|side| side.written)
            .map(|Side { of, elements, .. }| parse_quote!(#of.set_elements_in_order(#elements);))
            .collect();
        let result = self.names.fresh("result");
        let run: Stmt = match (m.method.to_string().as_str(), init) {
            ("for_each", _) => parse_quote!(#chain.for_each(#closure);),
            (_, None) => {
                parse_quote!(let #result: __rt::Vec<_> = #chain.map(#closure).collect();)
            }
            (_, Some(init)) => parse_quote!(let #result = #chain.fold(#init, #closure);),
        };
        let value: Option<Expr> = match m.method.to_string().as_str() {
            "for_each" => None,
            "fold" => Some(parse_quote!(#result)),
            _ => Some(parse_quote!(#first.refilled_with(#result))),
        };
        Some(parse_quote!({ #(#stmts)* #run #(#written)* #value }))
    }

    fn sides(&mut self, e: &Expr) -> Option<Vec<Side>> {
        match peel(e) {
            Expr::MethodCall(m) if m.method == "and" && m.args.len() == 1 => {
                let mut sides = self.sides(&m.receiver)?;
                sides.push(self.side(&m.args[0])?);
                Some(sides)
            }
            Expr::Call(c) if c.args.len() == 1 => {
                let Expr::Path(p) = peel(&c.func) else {
                    return None;
                };
                let names = crate::names::of_path(&p.path);
                let zip =
                    matches!(names.as_slice(), [.., zip, from] if zip == "Zip" && from == "from");
                zip.then(|| self.side(&c.args[0]))
                    .flatten()
                    .map(|side| vec![side])
            }
            _ => None,
        }
    }

    fn side(&mut self, e: &Expr) -> Option<Side> {
        let (of, written) = match peel(e) {
            Expr::Reference(r) => (&*r.expr, r.mutability.is_some()),
            Expr::MethodCall(m) if m.method == "view" && m.args.is_empty() => (&*m.receiver, false),
            Expr::MethodCall(m) if m.method == "view_mut" && m.args.is_empty() => {
                (&*m.receiver, true)
            }
            e => (e, false),
        };
        is_place(of).then(|| Side {
            of: of.clone(),
            written,
            elements: self.names.fresh("elements"),
        })
    }

    /// The array as something that can be written more than once, and the statement that makes it so.
    fn named(&mut self, e: &Expr) -> (Expr, Option<Stmt>) {
        if is_place(e) {
            return (e.clone(), None);
        }
        let name = self.names.fresh("array");
        // Memory at an index that is computed is borrowed.
        let bound = match peel(e) {
            Expr::Index(_) | Expr::Field(_) => parse_quote!(let #name = &#e;),
            e => parse_quote!(let #name = #e;),
        };
        (parse_quote!(#name), Some(bound))
    }

    /// `array![…]`
    fn array(&mut self, mac: &syn::Macro) -> Option<Expr> {
        if mac.path.segments.last()?.ident != "array" {
            return None;
        }
        let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        let list = syn::parse::Parser::parse2(parser, mac.tokens.clone()).ok()?;
        let mut elements: Vec<Expr> = list.into_iter().collect();
        let mut shape = vec![elements.len()];
        while let Some(Expr::Array(first)) = elements.first() {
            let count = first.elems.len();
            let mut inner = Vec::new();
            for e in elements {
                match e {
                    Expr::Array(row) if row.elems.len() == count => inner.extend(row.elems),
                    _ => return None,
                }
            }
            shape.push(count);
            elements = inner;
        }
        if matches!(elements.first(), Some(Expr::Repeat(_)) | None) {
            return None;
        }
        let (path, names) = (&mac.path, self.names.fresh("of_ndarray"));
        let list = self.names.fresh("list");
        let shape: Expr = match shape.as_slice() {
            [n] => parse_quote!(#n),
            dims => parse_quote!((#(#dims),*)),
        };
        // A macro of the user's own is no `fn` of this type.
        Some(parse_quote!({
            let #names: fn() -> __rt::nd::Array1<u8> = || #path![0u8];
            let _ = #names;
            let #list = [#(#elements),*];
            __rt::nd::Array::from_shape_and_elements(#shape, #list.to_vec())
        }))
    }
}

impl VisitMut for Arrays<'_> {
    fn visit_expr_mut(&mut self, e: &mut Expr) {
        match e {
            Expr::ForLoop(l) => self.lanes(&mut l.expr),
            Expr::MethodCall(m) if RUNS.iter().any(|run| m.method == run) => {
                self.lanes(&mut m.receiver);
                m.args.iter_mut().for_each(|arg| self.lanes(arg));
            }
            _ => {}
        }
        let written = match e {
            Expr::MethodCall(m) if self.tainted.meets(m) => self.method(m),
            Expr::Macro(m) if self.tainted.meets(&m.mac) => self.array(&m.mac),
            _ => None,
        };
        if let Some(written) = written {
            self.changed = true;
            *e = written;
        }
        visit_mut::visit_expr_mut(self, e);
    }
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}
