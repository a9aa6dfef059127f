//! What the body of an operator does with each part of its operands, where it does the same with all.

use crate::ir::BinOp;
use crate::lower::arithmetic;
use quote::ToTokens;

/// How the body of a compound assignment goes about it.
pub(super) enum Parts {
    /// One compound assignment for each of these fields.
    Each(Vec<String>),
    /// `*self = *self op other;`
    Whole,
}

/// The parts that the body of a compound assignment treats; `None` if it does anything else.
pub(super) fn of_assignment(block: &syn::Block, operator: &str) -> Option<Parts> {
    let op = match operator {
        "add_assign" => BinOp::Add,
        _ => BinOp::Sub,
    };
    if let [syn::Stmt::Expr(syn::Expr::Assign(a), _)] = block.stmts.as_slice()
        && path_of(&a.left).is_some_and(|left| left.is_empty())
    {
        return is_whole(&a.right, op).then_some(Parts::Whole);
    }
    let parts: Option<Vec<String>> = block.stmts.iter().map(|s| compound(s, op)).collect();
    parts.map(Parts::Each)
}

/// The parts that the body of `a op b` treats.
pub(super) fn of_operation(block: &syn::Block, op: BinOp) -> Option<Vec<String>> {
    let (tail, before) = block.stmts.split_last()?;
    let syn::Stmt::Expr(tail, None) = tail else {
        return None;
    };
    match tail {
        // The parts are changed one by one, and the left operand is given back.
        syn::Expr::Path(_) if !before.is_empty() => {
            before.iter().map(|s| compound(s, op)).collect()
        }
        syn::Expr::Struct(s) if before.is_empty() && s.rest.is_none() => {
            let fields = s.fields.iter();
            let parts = fields.map(|f| field(&f.expr, op, &f.member.to_token_stream().to_string()));
            parts.collect()
        }
        syn::Expr::Call(c) if before.is_empty() => {
            let values = c.args.iter().enumerate();
            values.map(|(n, e)| field(e, op, &n.to_string())).collect()
        }
        _ => None,
    }
}

/// `self.x op other.x` for the field `x`.
fn field(e: &syn::Expr, op: BinOp, name: &str) -> Option<String> {
    let syn::Expr::Binary(b) = e else { return None };
    let wanted = format!(".{name}");
    let same = arithmetic(&b.op) == Some(op)
        && matches!(b.op, syn::BinOp::Add(_) | syn::BinOp::Sub(_))
        && path_of(&b.left).as_ref() == Some(&wanted)
        && path_of(&b.right).as_ref() == Some(&wanted);
    same.then(|| name.to_string())
}

/// The field that a statement treats: `self.x += other.x;`, or `for (a, b) in self.x.iter_mut().zip(…) { *a += *b; }`.
fn compound(stmt: &syn::Stmt, op: BinOp) -> Option<String> {
    let syn::Stmt::Expr(e, _) = stmt else {
        return None;
    };
    match e {
        syn::Expr::ForLoop(l) => {
            let [only] = l.body.stmts.as_slice() else {
                return None;
            };
            compound(only, op).filter(String::is_empty)?;
            elements(&l.expr)
        }
        syn::Expr::Binary(b) if is_compound(&b.op) && arithmetic(&b.op) == Some(op) => {
            let (left, right) = (path_of(&b.left)?, path_of(&b.right)?);
            let treated = left == right || right.is_empty();
            let field = left.strip_prefix('.').unwrap_or(&left);
            // A part of a part leaves the others of that part out.
            (treated && !field.contains(['.', '['])).then(|| field.to_string())
        }
        _ => None,
    }
}

fn is_compound(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(
        op,
        AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_) | RemAssign(_)
    )
}

/// The field all of whose elements a loop runs through.
fn elements(e: &syn::Expr) -> Option<String> {
    let syn::Expr::MethodCall(m) = e else {
        return match e {
            syn::Expr::Reference(r) if r.mutability.is_some() => path_of(&r.expr)?
                .strip_prefix('.')
                .filter(|field| !field.contains(['.', '[']))
                .map(str::to_string),
            _ => None,
        };
    };
    match m.method.to_string().as_str() {
        "zip" => elements(&m.receiver),
        "iter_mut" => path_of(&m.receiver)?.strip_prefix('.').map(str::to_string),
        _ => None,
    }
}

/// `*self op other`, also through `clone`.
fn is_whole(e: &syn::Expr, op: BinOp) -> bool {
    let syn::Expr::Binary(b) = e else {
        return false;
    };
    let is_receiver = |e: &syn::Expr| {
        let mut path = e;
        while let syn::Expr::MethodCall(syn::ExprMethodCall {
            receiver: inner, ..
        })
        | syn::Expr::Unary(syn::ExprUnary { expr: inner, .. })
        | syn::Expr::Reference(syn::ExprReference { expr: inner, .. })
        | syn::Expr::Paren(syn::ExprParen { expr: inner, .. }) = path
        {
            path = inner;
        }
        matches!(path, syn::Expr::Path(p) if p.path.is_ident("self"))
    };
    let plain = !is_compound(&b.op) && arithmetic(&b.op) == Some(op);
    plain && is_receiver(&b.left) && path_of(&b.right).is_some_and(|right| right.is_empty())
}

/// The path behind a variable: `.x[i]` of `self.x[i]`, nothing of `*a`.
fn path_of(e: &syn::Expr) -> Option<String> {
    match e {
        syn::Expr::Path(_) => Some(String::new()),
        syn::Expr::Field(f) => {
            let base = path_of(&f.base)?;
            Some(format!("{base}.{}", f.member.to_token_stream()))
        }
        syn::Expr::Index(i) => {
            let base = path_of(&i.expr)?;
            Some(format!("{base}[{}]", i.index.to_token_stream()))
        }
        syn::Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => path_of(&u.expr),
        syn::Expr::Paren(p) => path_of(&p.expr),
        _ => None,
    }
}
