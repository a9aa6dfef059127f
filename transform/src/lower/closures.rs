//! Closures and functions as arguments of a differentiable call.

use super::infer::peel;
use super::{Lower, split_tail};
use crate::analysis::frozen;
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::*;
use crate::ty::Ty;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::rc::Rc;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

impl Lower {
    /// An argument that is a function: a closure written in place, or a parameter that is one.
    pub(super) fn function_arg(&mut self, e: &syn::Expr) -> Option<Arg> {
        let (e, by_reference) = match peel(e) {
            syn::Expr::Reference(r) if r.mutability.is_none() => (peel(&r.expr), true),
            e => (e, false),
        };
        match e {
            syn::Expr::Closure(c) => Some(Arg::Closure(Rc::new(self.lifted(c)), by_reference)),
            syn::Expr::Path(p) => match self.lookup(&p.path) {
                Some(v) => {
                    self.f.given(v)?;
                    Some(Arg::Function(v, by_reference))
                }
                None => {
                    let named = self.named_function(p)?;
                    Some(Arg::Closure(Rc::new(named), by_reference))
                }
            },
            _ => None,
        }
    }

    /// A function that is passed by its name. A method of numbers is a closure that calls it; any other function has
    /// the form that is wanted among its own entries.
    fn named_function(&mut self, path: &syn::ExprPath) -> Option<Lifted> {
        if let Some(rule) = self.method_of_numbers(path) {
            return Some(Lifted {
                tokens: path.to_token_stream(),
                ..self.lifted(&rule)
            });
        }
        let last = &path.path.segments.last()?.ident;
        // Functions begin with a small letter; constants, units and variants do not.
        let is_function = last
            .unraw()
            .to_string()
            .starts_with(|c: char| c.is_lowercase());
        if !is_function || self.constants.contains_key(&last.to_string()) {
            return None;
        }
        let nothing: syn::ExprClosure = syn::parse_quote!(|| ());
        Some(Lifted {
            tokens: path.to_token_stream(),
            named: Some(path.clone()),
            diagnostics: Vec::new(),
            ..self.lifted(&nothing)
        })
    }

    /// `f64::sin` as `|x: f64| f64::sin(x)`.
    fn method_of_numbers(&mut self, path: &syn::ExprPath) -> Option<syn::ExprClosure> {
        let [ty, method] = Vec::from_iter(&path.path.segments).try_into().ok()?;
        self.f.types.scalar(&ty.ident.clone().into())?;
        let rule = crate::rules::find(&method.ident.to_string())?;
        let inputs = rule
            .args
            .iter()
            .map(|arg| (self.f.names.fresh(arg.name), arg.tangent));
        let (names, inputs): (Vec<Ident>, Vec<TokenStream>) = inputs
            .map(|(name, is_number)| {
                // An exponent is no number with a derivative: rustc knows its type.
                let ty = is_number.then(|| quote!(: #ty));
                (name.clone(), quote!(#name #ty))
            })
            .unzip();
        let body = quote!(#path(#(#names),*));
        syn::parse2(quote!(|#(#inputs),*| #body)).ok()
    }

    /// A call of a function that was given as a parameter.
    pub(super) fn call_of_given(&mut self, c: &syn::ExprCall, function: VarId) -> Option<Expr> {
        let e = syn::Expr::Call(c.clone());
        let given = self.f.given(function)?.clone();
        if !given.differentiable {
            if self.f.types.of(&given.output).is_constant() {
                let what = format!("`{}`", given.plain);
                return Some(Expr::Opaque(self.opaque(&e, Cut::NoDerivative(what))));
            }
            let (detail, help) = match given.kind == "Fn" {
                true => (
                    format!("`{}` is marked `#[constant]`", given.plain),
                    "remove the mark, or call it with constants only",
                ),
                false => (
                    format!(
                        "`{}` is an `{}`, which can change what it captures",
                        given.plain, given.kind
                    ),
                    "take an `Fn`, which a derivative can be asked of more than once",
                ),
            };
            let diagnostic = Diagnostic::new(Code::ClosureNotYet, &e, detail).with_help(help);
            return Some(Expr::Refused(
                self.opaque(&e, Cut::None),
                Box::new(diagnostic),
            ));
        }
        let mut args = vec![Arg::Function(function, false)];
        for arg in &c.args {
            args.push(self.arg(arg)?);
        }
        Some(Expr::Call(Callee::Value(given.plain.clone()), args))
    }

    /// A closure as a function of its own.
    fn lifted(&mut self, c: &syn::ExprClosure) -> Lifted {
        let (ty, ascription) = match &c.output {
            syn::ReturnType::Default => (Ty::Unknown, None),
            syn::ReturnType::Type(_, ty) => (self.f.types.of(ty), Some(ty.to_token_stream())),
        };
        let ret = Var {
            ascription,
            ..Var::new(self.f.names.fresh("value"), ty)
        };
        let f = Function {
            vars: vec![ret],
            ret: 0,
            params: Vec::new(),
            body: Block::new(),
            early_return: false,
            closure: Some(c.inputs.len()),
            ..self.f.clone()
        };
        let mut lower = Lower::of(f, self.constants.clone());
        let mut patterns = Vec::new();
        let mut inputs = Vec::new();
        for (n, input) in c.inputs.iter().enumerate() {
            inputs.push(lower.closure_parameter(n, input, &mut patterns));
        }
        let captures = self.captured(c);
        for v in &captures {
            lower.capture(&self.f, *v);
        }
        for (name, v) in &self.by_name {
            if let Some(n) = captures.iter().position(|c| c == v) {
                let var = lower.f.params[inputs.len() + n].var;
                lower.by_name.insert(name.clone(), var);
            }
        }
        for (pat, var) in patterns {
            lower.destructure(&pat, var);
        }
        lower.closure_body(&c.body);
        let body = std::mem::take(&mut lower.entry);
        lower.f.body.extend(body);
        lower.f.body.append(&mut lower.out);
        let writes = frozen::writes(&lower.f);
        let own = inputs.len();
        if let Some(p) = lower.f.params[own..]
            .iter()
            .find(|p| writes.is_written(p.var))
        {
            let detail = format!(
                "it changes `{}`, which it captures",
                lower.f.vars[p.var].ident
            );
            let help = "let it give a value instead, and change the variable outside";
            let diagnostic = Diagnostic::new(Code::ClosureNotYet, c, detail);
            lower.diagnostics.push(diagnostic.with_help(help));
        }
        self.f.names.join(&lower.f.names);
        Lifted {
            tokens: c.to_token_stream(),
            inputs,
            f: lower.f,
            captures,
            diagnostics: lower.diagnostics,
            named: None,
        }
    }

    /// A closure's parameter, and how it is written.
    fn closure_parameter(
        &mut self,
        n: usize,
        pat: &syn::Pat,
        patterns: &mut Vec<(syn::Pat, VarId)>,
    ) -> TokenStream {
        let (pat, written) = match pat {
            syn::Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
            pat => (pat, None),
        };
        let ty = written.map(|ty| self.f.types.of(ty)).unwrap_or_default();
        let (ident, mutable) = match pat {
            syn::Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => {
                (p.ident.clone(), p.mutability.is_some())
            }
            _ => (self.f.names.fresh(&format!("arg{n}")), false),
        };
        let var = self.declare(&ident, ty, mutable);
        if !matches!(pat, syn::Pat::Ident(_)) {
            patterns.push((pat.clone(), var));
        }
        let infer = syn::parse_quote!(_);
        self.f.params.push(Param {
            var,
            ty: written.cloned().unwrap_or(infer),
            active: false,
            span: pat.span(),
            field: ident.clone(),
            function: None,
        });
        let mutable = mutable.then(|| quote!(mut));
        let ascription = written.map(|ty| quote!(: #ty));
        quote!(#mutable #ident #ascription)
    }

    /// A captured variable is a parameter by its own name.
    fn capture(&mut self, outer: &Function, v: VarId) {
        let var = &outer.vars[v];
        let ty = match &var.alias {
            Some(place) => Ty::Ref(Box::new(outer.place_ty(place)), false),
            None => var.ty.clone(),
        };
        let id = self.declare(&var.ident, ty, false);
        self.f.params.push(Param {
            var: id,
            ty: syn::parse_quote!(_),
            active: false,
            span: var.ident.span(),
            field: var.ident.clone(),
            function: outer.given(v).cloned(),
        });
    }

    fn closure_body(&mut self, body: &syn::Expr) {
        let block = match body {
            syn::Expr::Block(b) if b.label.is_none() => b.block.clone(),
            body => syn::Block {
                brace_token: Default::default(),
                stmts: vec![syn::Stmt::Expr(body.clone(), None)],
            },
        };
        self.body(&block);
        let ret = self.f.ret;
        if let (Ty::Unknown, Some((tail, _))) = (&self.f.vars[ret].ty, split_tail(&block)) {
            let last = self.out.last().map(|s| s.kind.clone());
            if let Some(Kind::Let(v, e)) = last
                && v == ret
            {
                self.f.vars[ret].ty = self.expr_ty(&e, tail);
            }
        }
    }

    /// The variables that a closure captures, in the order in which it names them.
    fn captured(&self, c: &syn::ExprClosure) -> Vec<VarId> {
        let mut out = Vec::new();
        self.captured_in(c.body.to_token_stream(), &mut out);
        out
    }

    fn captured_in(&self, tokens: TokenStream, out: &mut Vec<VarId>) {
        let mut after_dot = false;
        let mut note = |name: &str| {
            if let Some(v) = self.by_name.get(name)
                && !out.contains(v)
            {
                out.push(*v);
            }
        };
        let mut groups = Vec::new();
        for tree in tokens {
            match tree {
                TokenTree::Ident(i) if !after_dot => note(&i.to_string()),
                TokenTree::Ident(_) => {}
                TokenTree::Literal(l) => {
                    for part in l.to_string().split('{').skip(1) {
                        let is_name = |c: &char| c.is_alphanumeric() || *c == '_';
                        note(&part.chars().take_while(is_name).collect::<String>());
                    }
                }
                TokenTree::Group(g) => {
                    groups.push(g.stream());
                    after_dot = false;
                    continue;
                }
                TokenTree::Punct(p) => {
                    // The second dot of a range is no field access.
                    after_dot = p.as_char() == '.' && !after_dot;
                    continue;
                }
            }
            after_dot = false;
        }
        for group in groups {
            self.captured_in(group, out);
        }
    }
}
