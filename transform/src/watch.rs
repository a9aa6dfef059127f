//! `#[watch] let y: T = …;`: locals whose cotangent `gradients` tells as well.
//!
//! The marks are read before anything is rewritten, since the field is called as the user calls the local. A watched
//! local is an input of the observed sweeps: what it leads to carries a derivative there, whether it depends on a
//! parameter or not. The sweeps of `grad` and its kin know nothing of it.

mod inside;

pub use inside::{Inside, number_of, settle, unheard};

use crate::args::{Mode, Options};
use crate::diagnostics::{Code, Diagnostic};
use crate::ir::{Block, Kind, Stmt, VarId};
use crate::lower::is_marked;
use crate::ty::Types;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};

/// A watched local.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Its name, which is that of the field.
    pub field: syn::Ident,
    /// What is told of it.
    pub told: Told,
    /// Every execution is told, not the last alone.
    pub all: bool,
}

/// What is told of a watched local.
#[derive(Clone, Debug)]
pub enum Told {
    /// The cotangent of its value, which is of this type.
    Value(Box<syn::Type>),
    /// The watched locals of the call that gives it its value.
    Inside(Inside),
}

/// The bits of a mask that parameters and watched locals share.
const BITS: usize = 64;

/// Reads the marks of a function, and leaves in each the number of the local.
pub fn collect(
    function: &mut syn::ItemFn,
    options: &Options,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Watched> {
    let taken = function.sig.inputs.iter().filter_map(|input| match input {
        syn::FnArg::Typed(p) => match &*p.pat {
            syn::Pat::Ident(p) => Some(p.ident.unraw().to_string()),
            _ => None,
        },
        syn::FnArg::Receiver(_) => None,
    });
    let mut collect = Collect {
        types: Types::of_generics(&function.sig.generics).within(options.around.as_deref()),
        parameters: taken.collect(),
        own: function.sig.ident.clone(),
        around: options.around.clone(),
        room: BITS.saturating_sub(function.sig.inputs.len()),
        found: Vec::new(),
        in_closure: false,
        errors,
    };
    collect.visit_block_mut(&mut function.block);
    let found = collect.found;
    if let (Some(first), Mode::Forward) = (found.first(), options.mode) {
        let detail = "forward mode alone is asked for, and `gradients` is reverse mode";
        errors.push(Diagnostic::new(Code::WatchUnheard, &first.field, detail));
    }
    found
}

/// A mark in a function whose body is not differentiated, since a rule of the user's own stands for it.
pub fn in_rule(function: &syn::ItemFn, options: &Options) -> Option<Diagnostic> {
    let (mut function, mut errors) = (function.clone(), Vec::new());
    let found = collect(&mut function, options, &mut errors);
    let detail = "the function has a rule of its own, and its body is not looked at";
    let said = |w: &Watched| Diagnostic::new(Code::WatchUnheard, &w.field, detail);
    found.first().map(said)
}

/// The number that was left in a mark.
pub fn number(attrs: &[syn::Attribute]) -> Option<usize> {
    let mark = attrs.iter().find(|a| is_watch(a))?;
    let number: syn::LitInt = mark.parse_args().ok()?;
    number.base10_parse().ok()
}

/// Takes what concerns watched locals out of a body.
pub fn strip(block: &mut Block) {
    block.retain_mut(|stmt| {
        match &mut stmt.kind {
            Kind::Watch(..) => return false,
            _ => stmt.blocks_mut().into_iter().for_each(strip),
        }
        true
    });
}

/// The watched locals of a body: their numbers and variables.
pub fn variables(block: &Block) -> Vec<(usize, VarId)> {
    let each = |stmt: &Stmt| match &stmt.kind {
        Kind::Watch(v, n) => vec![(*n, *v)],
        _ => stmt.blocks().into_iter().flat_map(variables).collect(),
    };
    block.iter().flat_map(each).collect()
}

/// Whether every execution is told, and whether it is the inside of a call; nothing if there is another word.
fn options(attr: &syn::Attribute) -> Option<(bool, bool)> {
    if let syn::Meta::Path(_) = attr.meta {
        return Some((false, false));
    }
    let words = syn::punctuated::Punctuated::<syn::Ident, syn::Token![,]>::parse_terminated;
    let words = attr.parse_args_with(words).ok()?;
    let count = |word: &str| words.iter().filter(|w| *w == word).count();
    let (all, inside) = (count("all"), count("inside"));
    let known = all < 2 && inside < 2 && all + inside == words.len() && !words.is_empty();
    known.then_some((all == 1, inside == 1))
}

fn is_watch(attr: &syn::Attribute) -> bool {
    is_marked(std::slice::from_ref(attr), "watch")
}

struct Collect<'a> {
    types: Types,
    parameters: Vec<String>,
    /// The function's name, and the `impl` that it stands in.
    own: syn::Ident,
    around: Option<std::rc::Rc<syn::ItemImpl>>,
    /// How many there may be.
    room: usize,
    found: Vec<Watched>,
    in_closure: bool,
    errors: &'a mut Vec<Diagnostic>,
}

impl VisitMut for Collect<'_> {
    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if let Some(at) = local.attrs.iter().position(is_watch) {
            match self.watched(local, &local.attrs[at]) {
                Ok(watched) => {
                    let n = proc_macro2::Literal::usize_unsuffixed(self.found.len());
                    let path = local.attrs[at].path();
                    local.attrs[at] = syn::parse_quote!(#[#path(#n)]);
                    self.found.push(watched);
                }
                Err(error) => {
                    self.errors.push(error);
                    local.attrs.remove(at);
                }
            }
        }
        visit_mut::visit_local_mut(self, local);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let outer = std::mem::replace(&mut self.in_closure, true);
        visit_mut::visit_expr_closure_mut(self, closure);
        self.in_closure = outer;
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Collect<'_> {
    fn watched(&self, local: &syn::Local, attr: &syn::Attribute) -> Result<Watched, Diagnostic> {
        let refused = |code, at: &dyn ToTokens, detail: String| {
            Err(Diagnostic::new(code, at.to_token_stream(), detail))
        };
        let (all, inside) = match options(attr) {
            Some(options) => options,
            None => {
                let given: TokenStream = match &attr.meta {
                    syn::Meta::List(list) => list.tokens.clone(),
                    other => other.to_token_stream(),
                };
                let detail = format!("`{given}`");
                return refused(Code::WatchOption, &given, detail);
            }
        };
        if self.in_closure {
            return refused(Code::WatchClosure, attr.path(), String::new());
        }
        let (pat, ty) = match &local.pat {
            syn::Pat::Type(t) => (&*t.pat, Some(&*t.ty)),
            pat => (pat, None),
        };
        let syn::Pat::Ident(syn::PatIdent {
            ident,
            by_ref: None,
            subpat: None,
            ..
        }) = pat
        else {
            return refused(Code::WatchPattern, pat, String::new());
        };
        match &local.init {
            None => {
                let detail = "it has no value here".to_string();
                return refused(Code::WatchPattern, ident, detail);
            }
            Some(init) if init.diverge.is_some() => {
                return refused(Code::WatchPattern, ident, "`let … else`".to_string());
            }
            Some(_) => {}
        }
        let told = match (&local.init, inside) {
            (Some(init), true) => {
                let around = self.around.as_deref();
                Told::Inside(inside::of_value(&init.expr, &self.own, around)?)
            }
            _ => Told::Value(Box::new(self.value_type(ident, ty)?)),
        };
        let name = ident.unraw().to_string();
        if self.parameters.contains(&name) {
            let detail = format!("`{name}` is a parameter as well");
            return refused(Code::WatchName, ident, detail);
        }
        if self.found.iter().any(|w| w.field.unraw() == name) {
            let detail = format!("another watched local is called `{name}`");
            return refused(Code::WatchName, ident, detail);
        }
        if self.found.len() >= self.room {
            let detail = format!("parameters and watched locals are at most {BITS}");
            return refused(Code::WatchUnheard, ident, detail);
        }
        Ok(Watched {
            field: ident.clone(),
            told,
            all,
        })
    }

    /// The type of a local whose value is watched.
    fn value_type(
        &self,
        ident: &syn::Ident,
        ty: Option<&syn::Type>,
    ) -> Result<syn::Type, Diagnostic> {
        let Some(ty) =
            ty.filter(|ty| !crate::names::mentions(&quote!(#ty), &quote::format_ident!("_")))
        else {
            let detail = format!("`{ident}`");
            let error = Diagnostic::new(Code::WatchType, ident, detail);
            let help = format!("write it, as in `#[watch] let {ident}: f64 = …;`");
            return Err(error.with_help(help));
        };
        if matches!(ty, syn::Type::Reference(_)) {
            let detail = "a reference has no value of its own".to_string();
            return Err(Diagnostic::new(Code::WatchNoTangent, ty, detail));
        }
        if self.types.of(ty).is_constant() {
            let detail = format!("`{ident}` is of type `{}`", ty.to_token_stream());
            return Err(Diagnostic::new(Code::WatchNoTangent, ty, detail));
        }
        Ok(ty.clone())
    }
}
