//! Every kind of expression: accepted, or refused by a diagnostic of its own.

use super::Fence;
use super::attributes::Place;
use crate::diagnostics::Code;
use syn::{Attribute, Expr, ExprClosure, Lit, UnOp};

impl Fence {
    pub(super) fn expr(&mut self, expr: &Expr) {
        self.attributes(attributes(expr), place(expr));
        match expr {
            // Refused as they are. What is inside is walked where it would have to be repaired as well.
            Expr::Async(e) => self.refuse(Code::AsyncBlock, e.async_token, ""),
            Expr::Await(e) => {
                self.expr(&e.base);
                self.refuse(Code::Await, e.await_token, "");
            }
            Expr::Const(e) => self.refuse(Code::ConstBlock, e.const_token, ""),
            Expr::Infer(e) => self.refuse(Code::InferExpr, e.underscore_token, ""),
            Expr::RawAddr(e) => {
                self.refuse(Code::RawAddress, e.raw, "");
                self.expr(&e.expr);
            }
            Expr::TryBlock(e) => self.refuse(Code::TryBlock, e.try_token, ""),
            Expr::Unsafe(e) => self.refuse(Code::UnsafeBlock, e.unsafe_token, ""),
            Expr::Verbatim(tokens) => self.refuse(Code::UnsupportedExpr, tokens, ""),
            Expr::Yield(e) => {
                self.refuse(Code::Yield, e.yield_token, "");
                e.expr.iter().for_each(|e| self.expr(e));
            }

            // Accepted.
            Expr::Array(e) => e.elems.iter().for_each(|e| self.expr(e)),
            Expr::Assign(e) => {
                self.expr(&e.right);
                self.assignee(&e.left);
            }
            Expr::Binary(e) => {
                self.expr(&e.left);
                self.expr(&e.right);
            }
            Expr::Block(e) => self.block(&e.block),
            Expr::Break(e) => e.expr.iter().for_each(|e| self.expr(e)),
            Expr::Call(e) => {
                self.expr(&e.func);
                e.args.iter().for_each(|e| self.expr(e));
            }
            Expr::Cast(e) => self.expr(&e.expr),
            Expr::Closure(e) => self.closure(e),
            Expr::Continue(_) => {}
            Expr::Try(e) => self.expr(&e.expr),
            Expr::Field(e) => self.expr(&e.base),
            Expr::ForLoop(e) => {
                self.pat(&e.pat);
                self.expr(&e.expr);
                self.block(&e.body);
            }
            Expr::Group(e) => self.expr(&e.expr),
            Expr::If(e) => {
                self.expr(&e.cond);
                self.block(&e.then_branch);
                if let Some((_, otherwise)) = &e.else_branch {
                    self.expr(otherwise);
                }
            }
            Expr::Index(e) => {
                self.expr(&e.expr);
                self.expr(&e.index);
            }
            Expr::Let(e) => {
                self.pat(&e.pat);
                self.expr(&e.expr);
            }
            Expr::Lit(e) => self.lit(&e.lit),
            Expr::Loop(e) => self.block(&e.body),
            Expr::Macro(e) => self.mac(&e.mac),
            Expr::Match(e) => {
                self.expr(&e.expr);
                for arm in &e.arms {
                    self.attributes(&arm.attrs, Place::Other);
                    self.arm_pat(&arm.pat);
                    self.expr(&arm.body);
                }
            }
            Expr::MethodCall(e) => {
                self.expr(&e.receiver);
                e.args.iter().for_each(|e| self.expr(e));
            }
            Expr::Paren(e) => self.expr(&e.expr),
            Expr::Path(_) => {}
            Expr::Range(e) => {
                e.start.iter().for_each(|e| self.expr(e));
                e.end.iter().for_each(|e| self.expr(e));
            }
            Expr::Reference(e) => self.expr(&e.expr),
            Expr::Repeat(e) => {
                self.expr(&e.expr);
                self.expr(&e.len);
            }
            Expr::Return(e) => e.expr.iter().for_each(|e| self.expr(e)),
            Expr::Struct(e) => {
                for field in &e.fields {
                    self.attributes(&field.attrs, Place::Other);
                    self.expr(&field.expr);
                }
                e.rest.iter().for_each(|e| self.expr(e));
            }
            Expr::Tuple(e) => e.elems.iter().for_each(|e| self.expr(e)),
            Expr::Unary(e) => match e.op {
                UnOp::Deref(_) | UnOp::Not(_) | UnOp::Neg(_) => self.expr(&e.expr),
                _ => self.refuse(Code::UnsupportedExpr, e.op, ""),
            },
            Expr::While(e) => {
                self.expr(&e.cond);
                self.block(&e.body);
            }
            _ => self.refuse(Code::UnsupportedExpr, expr, ""),
        }
    }

    /// The left side of `=`, where `_` and `..` stand for what is dropped.
    fn assignee(&mut self, expr: &Expr) {
        match expr {
            Expr::Infer(_) => {}
            Expr::Tuple(e) => e.elems.iter().for_each(|e| self.assignee(e)),
            Expr::Array(e) => e.elems.iter().for_each(|e| self.assignee(e)),
            Expr::Paren(e) => self.assignee(&e.expr),
            Expr::Group(e) => self.assignee(&e.expr),
            // `Some(a) = …` is a call to look at.
            Expr::Call(e) => e.args.iter().for_each(|e| self.assignee(e)),
            Expr::Struct(e) => {
                for field in &e.fields {
                    self.attributes(&field.attrs, Place::Other);
                    self.assignee(&field.expr);
                }
            }
            _ => self.expr(expr),
        }
    }

    /// The pattern of a match arm, whose guard is part of it in the syntax tree.
    fn arm_pat(&mut self, pat: &syn::Pat) {
        match pat {
            syn::Pat::Guard(p) => {
                self.pat(&p.pat);
                self.expr(&p.guard);
            }
            _ => self.pat(pat),
        }
    }

    fn closure(&mut self, closure: &ExprClosure) {
        if let Some(asyncness) = closure.asyncness {
            return self.refuse(Code::AsyncClosure, asyncness, "");
        }
        if let Some(constness) = closure.constness {
            self.refuse(Code::ConstClosure, constness, "");
        }
        if closure.modifiers.require_empty().is_err() {
            self.refuse(Code::UnsupportedExpr, closure.inputs_begin, "");
        }
        for input in &closure.inputs {
            self.pat(input);
        }
        self.expr(&closure.body);
    }

    fn lit(&mut self, lit: &Lit) {
        match lit {
            Lit::Str(_)
            | Lit::ByteStr(_)
            | Lit::CStr(_)
            | Lit::Byte(_)
            | Lit::Char(_)
            | Lit::Int(_)
            | Lit::Float(_)
            | Lit::Bool(_) => {}
            Lit::Verbatim(_) => self.refuse(Code::UnsupportedExpr, lit, ""),
            _ => self.refuse(Code::UnsupportedExpr, lit, ""),
        }
    }
}

/// Whether an expression is a loop, which has attributes of its own.
fn place(expr: &Expr) -> Place {
    match expr {
        Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => Place::Loop,
        _ => Place::Other,
    }
}

/// The attributes of an expression, which every kind keeps for itself.
fn attributes(expr: &Expr) -> &[Attribute] {
    macro_rules! attrs {
        ($($kind:ident)*) => {
            match expr {
                $(Expr::$kind(e) => &e.attrs,)*
                // Tokens without a meaning have no attributes, and are refused anyway.
                _ => &[],
            }
        };
    }
    attrs! {
        Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field ForLoop Group If Index Infer Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference Repeat Return Struct Try TryBlock Tuple Unary Unsafe While Yield
    }
}
