//! The options of `#[differentiable(…)]`.
//!
//! The list is taken apart by hand rather than by `syn`'s parsers, because these stop at the first mistake:
//! here every option is judged by itself, each mistake is reported at its own token with the spellings that
//! are accepted, and the options that are right still count.

use crate::diagnostics::{Code, Diagnostic, nearest};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::rc::Rc;
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::{LitInt, LitStr, Path};

/// Which derivatives are generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Forward and reverse mode.
    #[default]
    Both,
    /// Reverse mode alone: `mode = "reverse"`.
    Reverse,
    /// Forward mode alone: `mode = "forward"`.
    Forward,
}

/// What happens when an input can never reach the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detached {
    /// A warning at the parameter.
    #[default]
    Warn,
    /// Nothing.
    Allow,
    /// An error at the parameter.
    Deny,
}

/// The options of one use of the attribute.
#[derive(Clone, Debug)]
pub struct Options {
    /// The parameters to differentiate; all that have a tangent when absent.
    pub wrt: Option<Vec<Ident>>,
    /// Which derivatives are generated.
    pub mode: Mode,
    /// The highest order of derivative: 1 or 2.
    pub order: u8,
    /// Where the order was written, for refusals that concern it.
    pub order_span: Option<Span>,
    /// What happens when an input can never reach the result.
    pub detached: Detached,
    /// The name space to generate, where the function's own name is taken.
    pub name: Option<Ident>,
    /// Where the crate `pullback` is found.
    pub krate: Option<Path>,
    /// Whether callers keep the arguments alone and recompute.
    pub checkpoint: bool,
    /// The `impl` around a method, which is no option but known beside them.
    pub around: Option<Rc<syn::ItemImpl>>,
    /// The user's own rule for reverse mode.
    pub vjp: Option<Path>,
    /// The user's own rule for forward mode.
    pub jvp: Option<Path>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            wrt: None,
            mode: Mode::default(),
            order: 1,
            order_span: None,
            detached: Detached::default(),
            name: None,
            krate: None,
            checkpoint: false,
            around: None,
            vjp: None,
            jvp: None,
        }
    }
}

impl Options {
    /// Whether the user gives the derivative, so that the function's body is not looked at.
    pub fn has_rule(&self) -> bool {
        self.vjp.is_some() || self.jvp.is_some()
    }
}

/// The options' names, each with the spelling that its diagnostics show.
const OPTIONS: [(&str, &str); 9] = [
    ("wrt", "`wrt(x, y)`"),
    ("mode", "`mode = \"reverse\"` or `mode = \"forward\"`"),
    ("order", "`order = 1` or `order = 2`"),
    (
        "detached",
        "`detached = \"warn\"`, `detached = \"allow\"` or `detached = \"deny\"`",
    ),
    ("name", "`name = other`"),
    ("crate", "`crate = some::path`"),
    ("checkpoint", "`checkpoint`"),
    ("vjp", "`vjp = some::path`"),
    ("jvp", "`jvp = some::path`"),
];

/// Names that other tools and languages use for our options.
const ALIASES: [(&str, &str); 9] = [
    ("with_respect_to", "wrt"),
    ("argnums", "wrt"),
    ("args", "wrt"),
    ("inputs", "wrt"),
    ("reverse", "mode"),
    ("forward", "mode"),
    ("krate", "crate"),
    ("path", "crate"),
    ("rename", "name"),
];

/// Reads the attribute's argument list; the diagnostics name every mistake in it.
///
/// What is wrong is left at its default, so that the caller can go on.
pub fn parse(attr: TokenStream) -> (Options, Vec<Diagnostic>) {
    let mut reader = Reader::default();
    for option in split_at_commas(attr, &mut reader.problems) {
        reader.option(option);
    }
    (reader.options, reader.problems)
}

#[derive(Default)]
struct Reader {
    options: Options,
    seen: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn refuse(&mut self, code: Code, tokens: impl ToTokens, detail: String) {
        self.problems.push(Diagnostic::new(code, tokens, detail));
    }

    fn option(&mut self, tokens: Vec<TokenTree>) {
        let mut rest = tokens.iter().cloned();
        let Some(TokenTree::Ident(key)) = rest.next() else {
            let all: TokenStream = tokens.into_iter().collect();
            self.refuse(
                Code::BadOption,
                &all,
                format!("expected the name of an option, found `{all}`"),
            );
            return;
        };
        let rest: Vec<TokenTree> = rest.collect();
        let name = key.unraw().to_string();
        let Some((name, spelling)) = OPTIONS.into_iter().find(|o| o.0 == name) else {
            let problem = Diagnostic::new(Code::UnknownOption, &key, format!("`{name}`"));
            self.problems.push(match near(&name) {
                Some(meant) => problem.with_help(format!("did you mean {meant}?")),
                None => problem,
            });
            return;
        };
        // The first one counts, as for every duplicate in Rust that is an error.
        if self.seen.iter().any(|s| s == name) {
            self.refuse(Code::DuplicateOption, &key, format!("`{name}`"));
            return;
        }
        self.seen.push(name.to_string());

        match name {
            "wrt" => self.wrt(&key, &rest, spelling),
            "checkpoint" => match rest.first() {
                None => {
                    self.options.checkpoint = true;
                    self.not_yet(&key, name);
                }
                Some(_) => self.malformed(rest.into_iter().collect(), spelling),
            },
            _ => match rest.split_first() {
                Some((TokenTree::Punct(eq), value)) if eq.as_char() == '=' && !value.is_empty() => {
                    self.value(name, value.iter().cloned().collect(), spelling);
                }
                _ => self.malformed(tokens.into_iter().collect(), spelling),
            },
        }
    }

    fn malformed(&mut self, tokens: TokenStream, spelling: &str) {
        let found = format!("found `{tokens}`");
        self.problems.push(
            Diagnostic::new(Code::BadOption, tokens, found).with_help(format!("write {spelling}")),
        );
    }

    fn not_yet(&mut self, key: &Ident, name: &str) {
        let problem = Diagnostic::new(Code::OptionNotYet, key, format!("`{name}`"));
        self.problems.push(problem);
    }

    fn wrt(&mut self, key: &Ident, rest: &[TokenTree], spelling: &str) {
        let [TokenTree::Group(list)] = rest else {
            let all = key
                .to_token_stream()
                .into_iter()
                .chain(rest.iter().cloned())
                .collect();
            return self.malformed(all, spelling);
        };
        if list.delimiter() != Delimiter::Parenthesis || list.stream().is_empty() {
            return self.malformed(list.to_token_stream(), spelling);
        }
        let mut names: Vec<Ident> = Vec::new();
        for entry in split_at_commas(list.stream(), &mut self.problems) {
            match entry.as_slice() {
                [TokenTree::Ident(name)] if names.iter().any(|n| n.unraw() == name.unraw()) => {
                    self.refuse(Code::DuplicateOption, name, format!("`{name}` in `wrt`"));
                }
                [TokenTree::Ident(name)] => names.push(name.clone()),
                _ => self.malformed(entry.into_iter().collect(), spelling),
            }
        }
        // A list in which nothing could be read says nothing of what was wanted.
        if !names.is_empty() {
            self.options.wrt = Some(names);
        }
    }

    fn value(&mut self, name: &str, value: TokenStream, spelling: &str) {
        let options = &mut self.options;
        let text = syn::parse2::<LitStr>(value.clone())
            .map(|s| s.value())
            .unwrap_or_default();
        let path = || Path::parse_mod_style.parse2(value.clone()).ok();
        let understood = match name {
            "mode" => set(
                &mut options.mode,
                match text.as_str() {
                    "reverse" => Some(Mode::Reverse),
                    "forward" => Some(Mode::Forward),
                    _ => None,
                },
            ),
            "detached" => set(
                &mut options.detached,
                match text.as_str() {
                    "warn" => Some(Detached::Warn),
                    "allow" => Some(Detached::Allow),
                    "deny" => Some(Detached::Deny),
                    _ => None,
                },
            ),
            "order" => {
                options.order_span = value.clone().into_iter().next().map(|t| t.span());
                let number = syn::parse2::<LitInt>(value.clone()).and_then(|n| n.base10_parse());
                set(
                    &mut options.order,
                    number.ok().filter(|n| matches!(n, 1 | 2)),
                )
            }
            "name" => {
                let ident = syn::parse2::<Ident>(value.clone()).ok();
                set(&mut options.name, ident.map(Some))
            }
            "crate" => set(&mut options.krate, path().map(Some)),
            "vjp" => set(&mut options.vjp, path().map(Some)),
            "jvp" => set(&mut options.jvp, path().map(Some)),
            _ => false,
        };
        match understood {
            true => {}
            false => {
                let meant = meant_value(name, &value);
                let found = format!("`{value}` is not a value of `{name}`");
                let problem = Diagnostic::new(Code::BadOption, value, found);
                self.problems.push(match meant {
                    Some(meant) => problem.with_help(format!("did you mean `{name} = {meant}`?")),
                    None => problem.with_help(format!("write {spelling}")),
                });
            }
        }
    }
}

/// Sets the slot if there is a value, and says whether there was.
fn set<T>(slot: &mut T, value: Option<T>) -> bool {
    let understood = value.is_some();
    if let Some(value) = value {
        *slot = value;
    }
    understood
}

/// The pieces between commas; a comma with nothing before it is reported, a trailing one is fine.
fn split_at_commas(tokens: TokenStream, problems: &mut Vec<Diagnostic>) -> Vec<Vec<TokenTree>> {
    let mut pieces = vec![];
    let mut piece = vec![];
    for tree in tokens {
        match &tree {
            TokenTree::Punct(p) if p.as_char() == ',' => {
                if piece.is_empty() {
                    problems.push(
                        Diagnostic::new(
                            Code::BadOption,
                            &tree,
                            "there is nothing before this comma",
                        )
                        .with_help("remove the comma"),
                    );
                } else {
                    pieces.push(std::mem::take(&mut piece));
                }
            }
            _ => piece.push(tree),
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// The option that a misspelt name stands for, as it is written.
fn near(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let alias = ALIASES.iter().find(|a| a.0 == lower).map(|a| a.1);
    let target = alias.or_else(|| nearest(&lower, OPTIONS.iter().map(|o| o.0)))?;
    OPTIONS.iter().find(|o| o.0 == target).map(|o| o.1)
}

/// The value that a misspelt one stands for, as it is written.
fn meant_value(option: &str, value: &TokenStream) -> Option<String> {
    let words: &[(&str, &str)] = match option {
        "mode" => &[
            ("reverse", "reverse"),
            ("rev", "reverse"),
            ("backward", "reverse"),
            ("backwards", "reverse"),
            ("vjp", "reverse"),
            ("forward", "forward"),
            ("fwd", "forward"),
            ("forwards", "forward"),
            ("jvp", "forward"),
        ],
        "detached" => &[
            ("warn", "warn"),
            ("warning", "warn"),
            ("allow", "allow"),
            ("ignore", "allow"),
            ("deny", "deny"),
            ("forbid", "deny"),
            ("error", "deny"),
        ],
        _ => &[],
    };
    let quoted = syn::parse2::<LitStr>(value.clone());
    let written = quoted.map_or_else(|_| value.to_string(), |s| s.value());
    match option {
        "mode" | "detached" => {
            let meant = nearest(&written.to_lowercase(), words.iter().map(|w| w.0))?;
            words
                .iter()
                .find(|w| w.0 == meant)
                .map(|w| format!("\"{}\"", w.1))
        }
        "order" => matches!(written.trim(), "1" | "2").then(|| written.trim().to_string()),
        // Names and paths are often put in quotes, as in the attributes of other crates.
        "name" => syn::parse_str::<Ident>(&written)
            .ok()
            .map(|i| i.to_string()),
        _ => Path::parse_mod_style
            .parse_str(&written)
            .ok()
            .map(|p| p.to_token_stream().to_string().replace(' ', "")),
    }
}
