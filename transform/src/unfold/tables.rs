//! Arrays and vectors of functions, as in `let fs = [f64::sin, g];` … `fs.iter().map(|f| f(x))`: each function has a
//! number, the array holds the numbers, and a call of an element asks which function is meant.
//!
//! What is an element is read off the chain or the pattern that it comes from, never guessed: if one of the names is
//! used in a way that is not followed here, everything stays as it was.

mod write;

use super::chain::peel;
use super::tainted::Tainted;
use super::values::{Locals, is_function};
use crate::fence::macro_args::{self, MacroArgs};
use crate::names::{self, Names};
use quote::ToTokens;
use std::collections::HashMap;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{Expr, Pat, Type};
use write::Write;

/// Spells them out. Gives whether there were any. Names are unique here.
pub(super) fn spelled_out(item: &mut syn::ItemFn, tainted: &Tainted) -> bool {
    let mut find = Find {
        locals: Locals::of(item),
        tainted,
        tables: HashMap::new(),
        shapes: HashMap::new(),
        followed: HashMap::new(),
        wanted: false,
    };
    find.visit_block(&item.block);
    if !find.wanted || !find.follows_all(item) {
        return false;
    }
    let mut names = Names::of(item.to_token_stream());
    let calls = find.tables.keys().map(|name| {
        let call = names.fresh(&format!("{name}_call"));
        (name.clone(), call)
    });
    let calls = calls.collect();
    let mut write = Write {
        find: &find,
        names,
        calls,
    };
    write.visit_block_mut(&mut item.block);
    true
}

/// What a value is, as far as functions are concerned.
#[derive(Clone, PartialEq)]
enum Shape {
    /// An element of the table of that name.
    Function(String),
    Tuple(Vec<Shape>),
    /// Something that has items, by value or by reference.
    Sequence(Box<Shape>),
    /// `Some` or `None`.
    Option(Box<Shape>),
    Other,
}

/// An array of functions: these, and with how many arguments they are called.
struct Table {
    functions: Vec<Expr>,
    arity: Option<usize>,
}

struct Find<'a> {
    locals: Locals,
    tainted: &'a Tainted,
    tables: HashMap<String, Table>,
    /// The variables that are, or hold, elements of tables.
    shapes: HashMap<String, Shape>,
    /// How often each of them was met where it is understood.
    followed: HashMap<String, usize>,
    /// Whether a derivative goes through any of this.
    wanted: bool,
}

/// Methods that look at the table as at any other.
const OF_THE_WHOLE: [&str; 2] = ["len", "is_empty"];

/// Methods whose result has the same items.
const WITH_THE_SAME_ITEMS: [&str; 14] = [
    "iter",
    "into_iter",
    "rev",
    "skip",
    "take",
    "step_by",
    "filter",
    "take_while",
    "skip_while",
    "copied",
    "cloned",
    "cycle",
    "as_slice",
    "inspect",
];

impl Find<'_> {
    /// The functions of a table that is written out, and what one of its elements is.
    fn table(&self, name: &str, e: &Expr) -> Option<(Vec<Expr>, Shape)> {
        let elements: Vec<Expr> = match peel(e) {
            Expr::Reference(r) if r.mutability.is_none() => return self.table(name, &r.expr),
            Expr::Array(a) => a.elems.iter().cloned().collect(),
            Expr::Macro(m) if m.mac.path.is_ident("vec") => match macro_args::parse(&m.mac) {
                MacroArgs::List(list) => list.into_iter().collect(),
                _ => return None,
            },
            _ => return None,
        };
        let mut functions = Vec::new();
        let mut shapes = elements
            .iter()
            .map(|e| self.element(name, e, &mut functions));
        let first = shapes.next()?;
        let alike = shapes.all(|shape| shape == first);
        (alike && first != Shape::Other).then_some((functions, first))
    }

    fn element(&self, name: &str, e: &Expr, functions: &mut Vec<Expr>) -> Shape {
        if let Some(f) = function(e, &self.locals) {
            functions.push(f.clone());
            return Shape::Function(name.to_string());
        }
        match peel(e) {
            Expr::Tuple(t) => {
                let parts = t.elems.iter().map(|e| self.element(name, e, functions));
                tuple(parts.collect())
            }
            _ => Shape::Other,
        }
    }

    /// What an expression is; the names on the way to it are understood.
    fn shape(&mut self, e: &Expr) -> Shape {
        match peel(e) {
            Expr::Path(p) => {
                let Some(name) = p.path.get_ident().map(ToString::to_string) else {
                    return Shape::Other;
                };
                let Some(shape) = self.shapes.get(&name).cloned() else {
                    return Shape::Other;
                };
                *self.followed.entry(name).or_default() += 1;
                shape
            }
            Expr::Reference(r) if r.mutability.is_none() => self.shape(&r.expr),
            Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => self.shape(&u.expr),
            Expr::Index(i) => {
                self.visit_expr(&i.index);
                match (self.shape(&i.expr), peel(&i.index)) {
                    (whole, Expr::Range(_)) => whole,
                    (Shape::Sequence(item), _) => *item,
                    _ => Shape::Other,
                }
            }
            Expr::Field(f) => match (self.shape(&f.base), &f.member) {
                (Shape::Tuple(parts), syn::Member::Unnamed(n)) => {
                    let part = parts.get(n.index as usize).cloned();
                    part.unwrap_or(Shape::Other)
                }
                _ => Shape::Other,
            },
            Expr::MethodCall(m) => self.method(m),
            e => {
                self.visit_expr(e);
                Shape::Other
            }
        }
    }

    fn method(&mut self, m: &syn::ExprMethodCall) -> Shape {
        let receiver = self.shape(&m.receiver);
        let name = m.method.to_string();
        if receiver == Shape::Other || OF_THE_WHOLE.contains(&name.as_str()) {
            let items = receiver == Shape::Other && name == "zip";
            let other = match m.args.first() {
                Some(arg) if items => self.shape(arg),
                _ => {
                    m.args.iter().for_each(|arg| self.argument(arg));
                    Shape::Other
                }
            };
            return match other {
                Shape::Sequence(other) => sequence(tuple(vec![Shape::Other, *other])),
                _ => Shape::Other,
            };
        }
        let (item, chain) = match &receiver {
            Shape::Sequence(item) => ((**item).clone(), true),
            Shape::Option(item) => ((**item).clone(), false),
            _ => return self.unknown(m),
        };
        if let Some(Expr::Closure(c)) = m.args.last() {
            // A fold has its state in front; of what it becomes nothing is known.
            let inputs: Vec<&Pat> = c.inputs.iter().collect();
            match inputs.as_slice() {
                [pat] => self.bind(pat, &item),
                [_, pat] if name == "fold" => self.bind(pat, &item),
                _ => {}
            }
        }
        let args = |this: &mut Self| m.args.iter().for_each(|arg| this.argument(arg));
        match name.as_str() {
            "zip" if chain => {
                let other = match m.args.first().map(|arg| self.shape(arg)) {
                    Some(Shape::Sequence(other)) => *other,
                    _ => Shape::Other,
                };
                sequence(tuple(vec![item, other]))
            }
            "enumerate" if chain => sequence(tuple(vec![Shape::Other, item])),
            "get" | "first" | "last" | "find" | "nth" if chain => {
                args(self);
                Shape::Option(Box::new(item))
            }
            "unwrap" | "expect" if !chain => {
                args(self);
                item
            }
            "map" | "fold" | "for_each" | "flat_map" | "filter_map" | "map_or" | "any" | "all" => {
                args(self);
                Shape::Other
            }
            name if chain && WITH_THE_SAME_ITEMS.contains(&name) => {
                args(self);
                receiver
            }
            _ => self.unknown(m),
        }
    }

    /// A use that is not followed: what was met on the way there does not count.
    fn unknown(&mut self, m: &syn::ExprMethodCall) -> Shape {
        m.args.iter().for_each(|arg| self.visit_expr(arg));
        if let Some(name) = root(&m.receiver)
            && let Some(count) = self.followed.get_mut(&name)
        {
            *count = 0;
        }
        Shape::Other
    }

    /// What a pattern binds.
    fn bind(&mut self, pat: &Pat, shape: &Shape) {
        match (pat, shape) {
            (_, Shape::Other) => {}
            (Pat::Ident(p), shape) if p.subpat.is_none() => {
                self.shapes.insert(p.ident.to_string(), shape.clone());
            }
            (Pat::Type(t), shape) => self.bind(&t.pat, shape),
            (Pat::Reference(r), shape) => self.bind(&r.pat, shape),
            (Pat::Paren(p), shape) => self.bind(&p.pat, shape),
            (Pat::Tuple(t), Shape::Tuple(parts)) if t.elems.len() == parts.len() => {
                t.elems.iter().zip(parts).for_each(|(p, s)| self.bind(p, s));
            }
            (Pat::Slice(s), Shape::Sequence(item)) => {
                s.elems.iter().for_each(|p| self.bind(p, item));
            }
            (Pat::TupleStruct(t), Shape::Option(item)) if t.path.is_ident("Some") => {
                t.elems.iter().for_each(|p| self.bind(p, item));
            }
            _ => {}
        }
    }

    /// An argument that may be a function.
    fn argument(&mut self, e: &Expr) {
        let functional = matches!(self.shape(e), Shape::Function(_));
        self.wanted |= functional;
    }

    /// Whether every use of every name was understood, and the number of arguments is known.
    fn follows_all(&self, item: &syn::ItemFn) -> bool {
        let mut uses = Uses::default();
        uses.visit_block(&item.block);
        let understood = |name: &String| {
            let followed = self.followed.get(name).copied().unwrap_or(0);
            followed == uses.0.get(name).copied().unwrap_or(0)
        };
        self.shapes.keys().all(understood) && self.tables.values().all(|t| t.arity.is_some())
    }

    /// The table that an expression is an element of, without counting anything.
    fn table_of(&self, e: &Expr) -> Option<String> {
        let mut aside = Find {
            locals: Locals::default(),
            tainted: self.tainted,
            tables: HashMap::new(),
            shapes: self.shapes.clone(),
            followed: HashMap::new(),
            wanted: false,
        };
        match peel(e) {
            Expr::Path(_) | Expr::Index(_) | Expr::Field(_) | Expr::Unary(_) => {}
            Expr::Reference(_) | Expr::MethodCall(_) => {}
            _ => return None,
        }
        match aside.shape(e) {
            Shape::Function(name) => Some(name),
            _ => None,
        }
    }
}

impl<'ast> Visit<'ast> for Find<'_> {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let Some(init) = local.init.as_ref() else {
            return;
        };
        let (pat, ty) = match &local.pat {
            Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
            pat => (pat, None),
        };
        if let Pat::Ident(p) = pat
            && p.by_ref.is_none()
            && p.subpat.is_none()
            && p.mutability.is_none()
            && local.attrs.is_empty()
        {
            let name = p.ident.to_string();
            if let Some((functions, element)) = self.table(&name, &init.expr) {
                functions.iter().for_each(|f| self.visit_expr(f));
                self.wanted |= functions.iter().any(|f| self.tainted.meets(f));
                let told = functions.iter().find_map(super::values::arity_of);
                let arity = told.or_else(|| ty.and_then(arity_in));
                let table = Table { functions, arity };
                self.tables.insert(name.clone(), table);
                self.shapes.insert(name, sequence(element));
                return;
            }
        }
        let shape = self.shape(&init.expr);
        self.bind(&local.pat, &shape);
        init.diverge.iter().for_each(|(_, e)| self.visit_expr(e));
    }

    fn visit_expr(&mut self, e: &'ast Expr) {
        match e {
            Expr::Call(c) => {
                if let Expr::Path(_) | Expr::Index(_) | Expr::Field(_) | Expr::Unary(_) =
                    peel(&c.func)
                    && let Shape::Function(name) = self.shape(&c.func)
                {
                    self.wanted |= self.tainted.meets(c);
                    if let Some(table) = self.tables.get_mut(&name) {
                        table.arity.get_or_insert(c.args.len());
                    }
                }
                c.args.iter().for_each(|arg| self.argument(arg));
            }
            Expr::ForLoop(f) => {
                if let Shape::Sequence(item) = self.shape(&f.expr) {
                    self.bind(&f.pat, &item);
                }
                self.visit_block(&f.body);
            }
            Expr::Let(l) => {
                let shape = self.shape(&l.expr);
                self.bind(&l.pat, &shape);
            }
            Expr::MethodCall(_) | Expr::Index(_) | Expr::Field(_) => {
                self.shape(e);
            }
            // A bare name is a use that is not followed.
            e => visit::visit_expr(self, e),
        }
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let args = macro_args::parse(mac);
        if let MacroArgs::List(list) = &args {
            list.iter().for_each(|e| self.visit_expr(e));
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

fn tuple(parts: Vec<Shape>) -> Shape {
    match parts.iter().all(|part| *part == Shape::Other) {
        true => Shape::Other,
        false => Shape::Tuple(parts),
    }
}

fn sequence(item: Shape) -> Shape {
    match item {
        Shape::Other => Shape::Other,
        item => Shape::Sequence(Box::new(item)),
    }
}

/// The variable that a chain begins with.
fn root(e: &Expr) -> Option<String> {
    match peel(e) {
        Expr::Path(p) => p.path.get_ident().map(ToString::to_string),
        Expr::Reference(r) => root(&r.expr),
        Expr::Unary(u) => root(&u.expr),
        Expr::Index(i) => root(&i.expr),
        Expr::Field(f) => root(&f.base),
        Expr::MethodCall(m) => root(&m.receiver),
        _ => None,
    }
}

/// The function that an element is, without the reference, the box or the cast around it.
fn function<'e>(e: &'e Expr, locals: &Locals) -> Option<&'e Expr> {
    match peel(e) {
        Expr::Closure(_) => Some(peel(e)),
        Expr::Reference(r) if r.mutability.is_none() => function(&r.expr, locals),
        Expr::Cast(c) if is_function_type(&c.ty) => function(&c.expr, locals),
        Expr::Call(c) if c.args.len() == 1 => {
            let Expr::Path(p) = peel(&c.func) else {
                return None;
            };
            let boxed = matches!(names::of_path(&p.path).as_slice(), [.., ty, new] if ty == "Box" && new == "new");
            boxed.then(|| function(&c.args[0], locals)).flatten()
        }
        Expr::Path(_) if is_function(e) && locals.is_function(e) => Some(peel(e)),
        _ => None,
    }
}

/// `fn(A) -> R`, `&dyn Fn(A) -> R`, `Box<dyn Fn(A) -> R>`.
fn is_function_type(ty: &Type) -> bool {
    matches!(ty, Type::FnPtr(_) | Type::Infer(_)) || arity_in(ty).is_some()
}

/// The number of arguments of the functions in a type.
pub(super) fn arity_in(ty: &Type) -> Option<usize> {
    #[derive(Default)]
    struct Search(Option<usize>);
    impl<'ast> Visit<'ast> for Search {
        fn visit_type_fn_ptr(&mut self, f: &'ast syn::TypeFnPtr) {
            self.0.get_or_insert(f.inputs.len());
        }
        fn visit_parenthesized_generic_arguments(
            &mut self,
            f: &'ast syn::ParenthesizedGenericArguments,
        ) {
            self.0.get_or_insert(f.inputs.len());
        }
    }
    let mut search = Search::default();
    search.visit_type(ty);
    search.0
}

/// How often each name stands anywhere.
#[derive(Default)]
struct Uses(HashMap<String, usize>);

impl<'ast> Visit<'ast> for Uses {
    fn visit_expr_path(&mut self, p: &'ast syn::ExprPath) {
        if let Some(name) = p.path.get_ident() {
            *self.0.entry(name.to_string()).or_default() += 1;
        }
    }
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        for tree in super::closures::flat(mac.tokens.clone()) {
            let text = tree.to_string();
            if let proc_macro2::TokenTree::Ident(_) = tree {
                *self.0.entry(text).or_default() += 1;
            } else if text.contains('{') {
                // Names in a format string.
                let is_name = |c: char| c.is_alphanumeric() || c == '_';
                for name in text.split(|c| !is_name(c)) {
                    *self.0.entry(name.to_string()).or_default() += 1;
                }
            }
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
