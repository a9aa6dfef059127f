//! What ends a chain: a sum, a fold, a new vector, the item that was looked for.

use super::Unfold;
use super::chain::Chain;
use super::items::{Item, Mode, block, written};
use super::stages::Result;
use crate::ty::{Scalar, Ty};
use quote::ToTokens;
use syn::{Expr, ExprMethodCall, Ident, Lifetime, Stmt, Type, parse_quote};

/// The methods that end a chain and are unfolded with it, with the number of their arguments.
const CONSUMERS: [(&str, usize); 18] = [
    ("sum", 0),
    ("product", 0),
    ("fold", 2),
    ("for_each", 1),
    ("collect", 0),
    ("min_by", 1),
    ("max_by", 1),
    ("min_by_key", 1),
    ("max_by_key", 1),
    ("reduce", 1),
    ("last", 0),
    ("nth", 1),
    ("find", 1),
    ("find_map", 1),
    ("unzip", 0),
    ("partition", 1),
    ("try_fold", 2),
    ("try_for_each", 1),
];

pub(super) fn is_consumer(m: &ExprMethodCall) -> bool {
    CONSUMERS.contains(&(m.method.to_string().as_str(), m.args.len()))
}

impl Unfold<'_> {
    /// The value of a chain that ends with the method, `None` if it stays as it is.
    pub(super) fn consume(
        &mut self,
        chain: Chain,
        m: &ExprMethodCall,
        expected: Option<&Type>,
    ) -> Result<Option<Expr>> {
        let written_type = turbofish(m)
            .or_else(|| expected.cloned())
            .filter(|t| !matches!(t, Type::Infer(_)));
        let name = m.method.to_string();
        let args: Vec<Expr> = m.args.iter().cloned().collect();
        if matches!(name.as_str(), "sum" | "product" | "collect")
            && let Some(value) = self.attempted(&chain, &name, written_type.as_ref())?
        {
            return Ok(Some(value));
        }
        Ok(Some(match (name.as_str(), args.as_slice()) {
            ("sum" | "product", []) => match self.total(chain, name == "sum", written_type)? {
                Some(value) => value,
                None => return Ok(None),
            },
            ("fold", [init, f]) => self.fold(chain, init, f)?,
            ("for_each", [f]) => {
                let stmts = self.drive(chain, &mut |this, item, _| {
                    let mut out = Vec::new();
                    let value = this.apply(f, vec![(item, Mode::Take)], &mut out)?;
                    out.push(Stmt::Expr(value, Some(Default::default())));
                    Ok(out)
                })?;
                parse_quote!({ #(#stmts)* })
            }
            ("collect", []) => match self.collect(chain, written_type.as_ref())? {
                Some(value) => value,
                None => return Ok(None),
            },
            ("unzip", []) => {
                let (a, b) = (self.fresh("left"), self.fresh("right"));
                let stmts = self.drive(chain, &mut |this, item, _| {
                    let mut out = Vec::new();
                    let (x, y) = (this.fresh("x"), this.fresh("y"));
                    this.bind(&parse_quote!((#x, #y)), item, Mode::Take, &mut out);
                    out.push(parse_quote!(#a.push(#x);));
                    out.push(parse_quote!(#b.push(#y);));
                    Ok(out)
                })?;
                parse_quote!({ let mut #a = __rt::vec![]; let mut #b = __rt::vec![]; #(#stmts)* (#a, #b) })
            }
            ("partition", [f]) => {
                let (a, b) = (self.fresh("chosen"), self.fresh("others"));
                // A `Vec` of numbers takes references to numbers as well.
                let copies =
                    chain.gives_references() && of_numbers(written_type.as_ref(), self.types);
                let stmts = self.drive(chain, &mut |this, item, _| {
                    let mut out = Vec::new();
                    let held = this.hold(item, &mut out);
                    let right = super::closures::paren(this.ask(f, &held, Mode::Look)?);
                    let value = match (copies, written(&held)) {
                        (true, value) => parse_quote!(*#value),
                        (false, value) => value,
                    };
                    out.push(
                        parse_quote!(if #right { #a.push(#value); } else { #b.push(#value); }),
                    );
                    Ok(out)
                })?;
                parse_quote!({ let mut #a = __rt::vec![]; let mut #b = __rt::vec![]; #(#stmts)* (#a, #b) })
            }
            ("try_fold", [init, f]) => self.tried(chain, Some(init), f, expected)?,
            ("try_for_each", [f]) => self.tried(chain, None, f, expected)?,
            (_, args) => self.select(chain, &m.method, args)?,
        }))
    }

    /// What a sum or a product of numbers of the type begins with.
    pub(super) fn start_of_total(&self, ty: Option<&Type>, sum: bool) -> Option<Expr> {
        let ty = ty.filter(|t| !matches!(t, Type::Infer(_)));
        // Of floats, std's sum starts at the negative zero.
        Some(match ty.map(|ty| self.types.of(ty)) {
            Some(Ty::Float(Scalar::Param(t))) if sum => parse_quote!(#t::from_f64(-0.0)),
            Some(Ty::Float(Scalar::Param(t))) => parse_quote!(#t::from_f64(1.0)),
            None | Some(Ty::Float(_)) if sum => parse_quote!(-0.0),
            None | Some(Ty::Float(_)) => parse_quote!(1.0),
            Some(Ty::Int(_)) if sum => parse_quote!(0),
            Some(Ty::Int(_)) => parse_quote!(1),
            _ => return None,
        })
    }

    fn total(&mut self, chain: Chain, sum: bool, ty: Option<Type>) -> Result<Option<Expr>> {
        let Some(start) = self.start_of_total(ty.as_ref(), sum) else {
            return Ok(None);
        };
        let total = self.fresh(if sum { "sum" } else { "product" });
        let stmts = self.drive(chain, &mut |this, item, _| {
            let mut out = Vec::new();
            let value = this.value(item, &mut out);
            out.push(match sum {
                true => parse_quote!(#total += #value;),
                false => parse_quote!(#total *= #value;),
            });
            Ok(out)
        })?;
        let ty = ty.map(|ty| -> proc_macro2::TokenStream { quote::quote!(: #ty) });
        Ok(Some(
            parse_quote!({ let mut #total #ty = #start; #(#stmts)* #total }),
        ))
    }

    fn fold(&mut self, chain: Chain, init: &Expr, f: &Expr) -> Result<Expr> {
        let state = self.fresh("folded");
        let plain =
            matches!(super::chain::peel(init), Expr::Lit(l) if matches!(l.lit, syn::Lit::Float(_)));
        let stmts = self.drive(chain, &mut |this, item, _| {
            let mut out = Vec::new();
            let items = vec![
                (Item::Value(parse_quote!(#state)), Mode::Take),
                (item, Mode::Take),
            ];
            let value = this.apply(f, items, &mut out)?;
            match plain.then(|| added(&mut out, &state, &value)).flatten() {
                Some(update) => out.push(update),
                None => out.push(parse_quote!(#state = #value;)),
            }
            Ok(out)
        })?;
        // A method of `f64` says of which type the state is, which its literal may not.
        let ty = match super::chain::peel(f) {
            Expr::Path(p) if p.path.segments.len() == 2 => p.path.segments.first(),
            _ => None,
        };
        let ty = ty
            .filter(|s| s.ident == "f64" || s.ident == "f32")
            .map(|ty| quote::quote!(: #ty));
        Ok(parse_quote!({ let mut #state #ty = #init; #(#stmts)* #state }))
    }

    fn collect(&mut self, chain: Chain, ty: Option<&Type>) -> Result<Option<Expr>> {
        let ty = match ty {
            None => None,
            Some(Type::Path(p)) if p.path.segments.last().is_some_and(|s| s.ident == "Vec") => {
                Some(ty)
            }
            // Another name for a `Vec`, as in `type Matrix = Vec<Vec<f64>>`, or else a mismatch of types for rustc.
            Some(Type::Path(p)) if is_plain_name(&p.path) => Some(ty),
            Some(_) => return Ok(None),
        };
        let all = self.fresh("collected");
        let stmts = self.drive(chain, &mut |this, item, _| {
            let mut out = Vec::new();
            let value = this.value(item, &mut out);
            out.push(parse_quote!(#all.push(#value);));
            Ok(out)
        })?;
        let ty = ty.map(|ty| -> proc_macro2::TokenStream { quote::quote!(: #ty) });
        Ok(Some(
            parse_quote!({ let mut #all #ty = __rt::vec![]; #(#stmts)* #all }),
        ))
    }

    /// One of the items, or none.
    fn select(&mut self, mut chain: Chain, method: &Ident, args: &[Expr]) -> Result<Expr> {
        let name = method.to_string();
        let best = self.fresh("found");
        let some = |value: &Expr| -> Stmt { parse_quote!(#best = Some(#value);) };
        // What is found among references is kept by value.
        let by_value = self.by_value;
        let leave = |stop: &Lifetime| -> Stmt { parse_quote!(break #stop;) };
        let key = self.fresh("key");
        let least = self.fresh("least");
        let mut before: Vec<Stmt> = Vec::new();
        if let ("nth", [n]) = (name.as_str(), args) {
            chain.stages.push(super::chain::Stage {
                method: Ident::new("skip", method.span()),
                args: vec![n.clone()],
            });
        }
        if name.ends_with("_by_key") {
            before.push(parse_quote!(let mut #least = None;));
        }
        let stmts = self.drive(chain, &mut |this, item, stop| {
            let mut out = Vec::new();
            if let ("find_map", [f]) = (name.as_str(), args) {
                let value = this.apply(f, vec![(item, Mode::Take)], &mut out)?;
                this.some(value, None, &mut out, &mut |_, value| {
                    Ok(vec![some(&value), leave(stop)])
                })?;
                return Ok(out);
            }
            let held = this.hold(item, &mut out);
            let value = written(&held);
            let value = match by_value {
                true => parse_quote!(*#value),
                false => value,
            };
            match (name.as_str(), args) {
                ("nth", _) => out.extend([some(&value), leave(stop)]),
                ("find", [f]) => {
                    let right = super::closures::paren(this.ask(f, &held, Mode::Look)?);
                    let (some, leave) = (some(&value), leave(stop));
                    out.push(parse_quote!(if #right { #some #leave }));
                }
                ("last", _) => out.push(some(&value)),
                ("min_by" | "max_by" | "reduce", [f]) => {
                    let kept = this.fresh("kept");
                    let mut stmts = Vec::new();
                    let mode = if name == "reduce" { Mode::Take } else { Mode::Look };
                    let mut first = Item::Name(kept.clone());
                    if by_value {
                        let reference = this.fresh("kept");
                        stmts.push(parse_quote!(let #reference = &#kept;));
                        first = Item::Name(reference);
                    }
                    let items = vec![(first, mode), (held, mode)];
                    let answer = this.apply(f, items, &mut stmts)?;
                    let first = some(&value);
                    let next: Stmt = if name == "reduce" {
                        let answer = match by_value {
                            true => {
                                let answer = super::closures::paren(answer);
                                parse_quote!(*#answer)
                            }
                            false => answer,
                        };
                        let next = some(&answer);
                        parse_quote!({ #(#stmts)* #next })
                    } else {
                        let answer = block(stmts, answer);
                        let better = better(&name, parse_quote!(#answer));
                        let next = some(&value);
                        parse_quote!(if #better { #next })
                    };
                    out.push(parse_quote!(match #best { None => { #first } Some(#kept) => { #next } }));
                }
                ("min_by_key" | "max_by_key", [f]) => {
                    let asked = this.ask(f, &held, Mode::Look)?;
                    out.push(parse_quote!(let #key = #asked;));
                    let kept = this.fresh("kept");
                    let better = better(&name, parse_quote!(::core::cmp::Ord::cmp(#kept, &#key)));
                    let is_better = this.fresh("better");
                    out.push(parse_quote!(let #is_better = match &#least { None => true, Some(#kept) => #better };));
                    let some = some(&value);
                    out.push(parse_quote!(if #is_better { #least = Some(#key); #some }));
                }
                _ => return Err(this.unknown(method)),
            }
            Ok(out)
        })?;
        Ok(parse_quote!({ let mut #best = None; #(#before)* #(#stmts)* #best }))
    }
}

/// Of equal items `max_by` gives the last, `min_by` the first.
fn better(name: &str, order: Expr) -> Expr {
    let order = super::closures::paren(order);
    match name.starts_with("max") {
        true => parse_quote!(#order != ::core::cmp::Ordering::Greater),
        false => parse_quote!(#order == ::core::cmp::Ordering::Greater),
    }
}

fn turbofish(m: &ExprMethodCall) -> Option<Type> {
    match m.turbofish.as_ref()?.args.first()? {
        syn::GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// `let acc = folded; folded = acc + e` as `folded += e`.
fn added(out: &mut Vec<Stmt>, state: &Ident, value: &Expr) -> Option<Stmt> {
    let Expr::Binary(b) = super::chain::peel(value) else {
        return None;
    };
    let (syn::BinOp::Add(_), Expr::Path(left)) = (&b.op, super::chain::peel(&b.left)) else {
        return None;
    };
    let acc = left.path.get_ident()?;
    let at = out.iter().position(|s| match s {
        Stmt::Local(l) => {
            let bound =
                matches!(&l.pat, syn::Pat::Ident(p) if p.ident == *acc && p.mutability.is_none());
            bound
                && l.init
                    .as_ref()
                    .is_some_and(|i| matches!(&*i.expr, Expr::Path(p) if p.path.is_ident(state)))
        }
        _ => false,
    })?;
    let uses = |tokens: proc_macro2::TokenStream| {
        super::closures::flat(tokens)
            .iter()
            .any(|t| matches!(t, proc_macro2::TokenTree::Ident(i) if i == acc))
    };
    if uses(b.right.to_token_stream())
        || out
            .iter()
            .enumerate()
            .any(|(n, s)| n != at && uses(s.to_token_stream()))
    {
        return None;
    }
    out.remove(at);
    let right = &b.right;
    Some(parse_quote!(#state += #right;))
}

/// A type's name without arguments, as aliases have it.
fn is_plain_name(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|s| s.ident != "String")
        && path.segments.iter().all(|s| s.arguments.is_none())
}

/// Whether the type is that of two vectors of numbers.
fn of_numbers(ty: Option<&Type>, types: &crate::ty::Types) -> bool {
    let Some(Type::Tuple(pair)) = ty else {
        return false;
    };
    let is = |ty: &Type| matches!(types.of(ty), Ty::Vec(element) if matches!(*element, Ty::Float(_) | Ty::Int(_)));
    !pair.elems.is_empty() && pair.elems.iter().all(is)
}
