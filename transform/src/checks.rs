//! What `checked_grad` looks at: the value of each operation that carries a derivative, and the cotangents that its
//! reverse contributes to.
//!
//! The statements stand in the observed sweeps, behind a constant of the observer's: where nobody looks, they are not
//! in the machine code. Each has the place of the user's operation, which the runtime asks for.

use crate::emit::{operand_tokens, place_tokens};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::HashSet;

/// An operation of the user's.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What the runtime calls it.
    name: TokenStream,
    /// What it is applied to.
    operands: Vec<Operand>,
    /// Where it stands.
    at: Span,
}

/// The cotangents that the reverse of an operation contributed to.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The operation.
    operation: Operation,
    /// The adjoints.
    adjoints: Vec<Place>,
    /// The adjoint of what it gave, if that is a number.
    seed: Option<VarId>,
    /// What it gave.
    result: Option<VarId>,
    /// The operands as numbers.
    operands: Vec<TokenStream>,
    /// The operands by their names, if all are numbers of one type and there.
    names: Option<Vec<TokenStream>>,
}

impl Operation {
    /// The operation of a statement: moves, reads of memory and what is built of parts are none.
    pub fn of(f: &Function, stmt: &Stmt) -> Option<Operation> {
        let at = match &stmt.kind {
            Kind::Let(v, _) => f.vars[*v].operator.unwrap_or(stmt.span),
            _ => stmt.span,
        };
        let operation = |name, operands, at| Some(Operation { name, operands, at });
        match &stmt.kind {
            Kind::Update(_, op, value) if matches!(op, BinOp::Add | BinOp::Sub) => {
                let name = format!("{}=", op.text());
                operation(quote!(Operator(#name)), operands([value]), stmt.span)
            }
            Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) => match e {
                Expr::Binary(op, a, b) => {
                    let name = op.text();
                    operation(quote!(Operator(#name)), operands([&**a, b]), at)
                }
                Expr::Method(of, name, args) => {
                    let all = std::iter::once(&**of).chain(args);
                    operation(named(&name.to_string()), operands(all), name.span())
                }
                Expr::Helper(name, args) => {
                    operation(named(&name.to_string()), operands(args), stmt.span)
                }
                Expr::Cast(a, Conversion::As(ty) | Conversion::Alias(ty)) => {
                    let ty = ty.to_string();
                    operation(quote!(Cast(#ty)), operands([&**a]), stmt.span)
                }
                Expr::Call(callee, _) => {
                    let at = callee.span().unwrap_or(stmt.span);
                    operation(named(&callee.name()), Vec::new(), at)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The operands, if they are numbers of one type and there.
    fn names(&self, f: &Function, there: &dyn Fn(VarId) -> bool) -> Option<Vec<TokenStream>> {
        let plain = !self.name.to_string().starts_with("Cast");
        let name = |o: &Operand| {
            let is_there = match o {
                Operand::Var(v) => there(*v),
                Operand::Lit(_) => true,
            };
            (plain && is_there && f.operand_ty(o).is_float()).then(|| operand_tokens(f, o))
        };
        self.operands.iter().map(name).collect()
    }

    /// Whether every operand is a number of the type. What a call gives is known to rustc alone.
    fn is_of(&self, f: &Function, ty: &Ty) -> bool {
        !self.operands.is_empty() && self.operands.iter().all(|o| ty.fits(&f.operand_ty(o)))
    }

    fn numbers(&self, f: &Function) -> TokenStream {
        let numbers = self.operands.iter().map(|o| number(f, o));
        quote!([#(#numbers),*])
    }
}

/// The name that the runtime says.
fn named(name: &str) -> TokenStream {
    quote!(Named(#name))
}

fn operands<'a>(all: impl IntoIterator<Item = &'a Expr>) -> Vec<Operand> {
    let operand = |e: &Expr| match e {
        Expr::Use(operand) => operand.clone(),
        // A copy, where the reverse sweep looks at the operand again.
        Expr::Raw(_, reads) if reads.len() == 1 => Operand::Var(reads[0]),
        // What is left is of no interest.
        _ => Operand::Lit(quote!(())),
    };
    all.into_iter().map(operand).collect()
}

/// An operand as a number, if it is one.
fn number(f: &Function, operand: &Operand) -> TokenStream {
    let tokens = operand_tokens(f, operand);
    match f.operand_ty(operand).is_float() {
        true => quote!(__rt::Some(__rt::Real::to_f64(#tokens))),
        false => quote!(__rt::glance!(#tokens)),
    }
}

/// Whether an operand can be looked at after the operation: it may have been moved.
fn stays(f: &Function, operand: &Operand) -> bool {
    match operand {
        Operand::Lit(_) => true,
        Operand::Var(v) => f.vars[*v].ty.is_copy(),
    }
}

/// What stands before and after a statement of the forward sweep that gives a variable of `checked` its value.
pub fn value(
    f: &Function,
    stmt: &Stmt,
    checked: &HashSet<VarId>,
) -> Option<(TokenStream, TokenStream)> {
    let (root, place) = match &stmt.kind {
        Kind::Let(v, _) => (*v, Place::var(*v)),
        Kind::Assign(p, _) | Kind::Update(p, ..) => (f.root(p), p.clone()),
        _ => return None,
    };
    if !checked.contains(&root) {
        return None;
    }
    let operation = Operation::of(f, stmt)?;
    let (name, numbers) = (&operation.name, operation.numbers(f));
    let value = place_tokens(f, &place, false)?;
    let is_number = !operation.operands.is_empty() && f.place_ty(&place).is_float();
    let value = match is_number {
        true => quote!(__rt::Whole(&#value)),
        false => quote!(__rt::seen!(#value)),
    };
    // Numbers by name: what rustc reads in every build is kept short.
    if let (Some(operands), Kind::Let(v, _)) = (operation.names(f, &|_| true), &stmt.kind)
        && operation.is_of(f, &f.vars[*v].ty)
    {
        let value = &f.vars[*v].ident;
        let arguments = quote!(__tape, __rt::#name, #value, [#(#operands),*]);
        let call = call("check_number", arguments, operation.at);
        return Some((TokenStream::new(), call));
    }
    let (mut before, mut given) = (TokenStream::new(), numbers.clone());
    if !operation.operands.iter().all(|o| stays(f, o)) {
        let kept = Ident::new("__operands", Span::mixed_site());
        let none = operation.operands.iter().map(|_| quote!(__rt::None));
        before = quote!(let #kept = if __O::CHECKS { #numbers } else { [#(#none),*] };);
        given = kept.to_token_stream();
    }
    let call = call(
        "check_value",
        quote!(__tape, __rt::#name, &#value, &#given),
        operation.at,
    );
    Some((before, quote!(if __O::CHECKS { #call })))
}

impl Observation {
    /// What a statement's reverse contributed to.
    pub fn new(
        operation: Operation,
        adjoints: Vec<Place>,
        seed: Option<VarId>,
        result: Option<VarId>,
    ) -> Observation {
        Observation {
            operation,
            adjoints,
            seed,
            result,
            operands: Vec::new(),
            names: None,
        }
    }

    /// Settles where the reverse sweep finds the numbers, if it has them.
    pub fn settle(&mut self, f: &Function, at_hand: &dyn Fn(VarId) -> Option<TokenStream>) {
        // What goes by another expression is read where somebody looks, and nowhere else.
        let by_name = |v: VarId| {
            let tokens = at_hand(v).and_then(|t| syn::parse2::<Ident>(t).ok());
            tokens.is_some_and(|name| name == f.vars[v].ident)
        };
        self.names = self.operation.names(f, &by_name);
        self.operands = self
            .operation
            .operands
            .iter()
            .map(|o| match o {
                Operand::Var(v) => match at_hand(*v) {
                    Some(tokens) => quote!(__rt::Some(__rt::Real::to_f64(#tokens))),
                    None => quote!(__rt::None),
                },
                Operand::Lit(tokens) => quote!(__rt::glance!(#tokens)),
            })
            .collect();
        self.result = self.result.filter(|v| at_hand(*v).is_some());
    }

    /// The statement where everything is a number under a name.
    fn short(&self, f: &Function) -> Option<TokenStream> {
        let (operands, seed) = (self.names.as_ref()?, &f.vars[self.seed?].ident);
        let ty = &f.vars[self.seed?].ty;
        if !self.operation.is_of(f, ty) {
            return None;
        }
        let mut adjoints: Vec<&Ident> = Vec::new();
        for place in &self.adjoints {
            let var = &f.vars[place.base];
            if !place.path.is_empty() || !ty.fits(&var.ty) {
                return None;
            }
            if !adjoints.contains(&&var.ident) {
                adjoints.push(&var.ident);
            }
        }
        let name = &self.operation.name;
        let arguments = quote!(__tape, __rt::#name, [#(#adjoints),*], [#(#operands),*], #seed);
        Some(call("check_numbers", arguments, self.operation.at))
    }

    /// The statement.
    pub fn tokens(&self, f: &Function) -> TokenStream {
        if let Some(short) = self.short(f) {
            return short;
        }
        let mut seen = HashSet::new();
        let adjoints = self.adjoints.iter().filter_map(|place| {
            let tokens = place_tokens(f, place, false)?;
            seen.insert(tokens.to_string())
                .then(|| quote!(&__rt::Cotangents(&#tokens)))
        });
        let adjoints: Vec<TokenStream> = adjoints.collect();
        let (name, numbers) = (&self.operation.name, &self.operands);
        let optional = |v: Option<VarId>| match v {
            Some(v) => {
                let name = &f.vars[v].ident;
                quote!(__rt::glance!(#name))
            }
            None => quote!(__rt::None),
        };
        let (seed, result) = (optional(self.seed), optional(self.result));
        let call = call(
            "check_cotangents",
            quote!(__tape, __rt::#name, &[#(#adjoints),*], &[#(#numbers),*], #seed, #result),
            self.operation.at,
        );
        quote!(if __O::CHECKS { #call })
    }
}

/// A call whose place in the source is that of the user's token.
pub fn call(function: &str, arguments: TokenStream, at: Span) -> TokenStream {
    let function = Ident::new(function, at);
    let rt = Ident::new("__rt", at);
    let mut path = quote!(#rt::#function);
    path = path
        .into_iter()
        .map(|mut tree| {
            tree.set_span(at);
            tree
        })
        .collect();
    let mut arguments = Group::new(proc_macro2::Delimiter::Parenthesis, arguments);
    arguments.set_span(at);
    let mut semicolon = proc_macro2::Punct::new(';', proc_macro2::Spacing::Alone);
    semicolon.set_span(at);
    path.extend([TokenTree::Group(arguments), TokenTree::Punct(semicolon)]);
    path
}
