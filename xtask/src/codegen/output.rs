//! All that is generated for a function, with the user's lines as comments over what was made of them.

use super::find::Annotated;
use super::pretty::{self, Comments};
use super::stages::Printed;
use proc_macro2::{TokenStream, TokenTree};
use pullback_transform::emit::Style;
use pullback_transform::reverse::Sweep;
use pullback_transform::{Analysed, analyse, args, dump, forward, masks, reverse};
use quote::ToTokens;
use std::collections::{HashMap, VecDeque};
use syn::visit_mut::{self, VisitMut};

/// What the hidden functions are for.
const HIDDEN: [(&str, &str); 5] = [
    (
        "__sweep",
        "The forward sweep; the closure that it gives is the reverse sweep.",
    ),
    (
        "__call",
        "What differentiable callers call: the value, and a pullback that adds to the adjoints of the arguments.",
    ),
    (
        "__masked_sweep",
        "The same two sweeps, with a mask beside each variable: the inputs that have reached it.",
    ),
    (
        "__masked_call",
        "What callers with masks call: also gives the mask of the result.",
    ),
    ("__jvp", "The function with a tangent beside each variable."),
];

/// The expansion as the compiler sees it.
pub fn expansion(annotated: &Annotated) -> TokenStream {
    pullback_transform::expand(annotated.args.clone(), annotated.item.clone())
}

/// The expansion, formatted and commented, and the errors in it.
pub fn print(annotated: &Annotated, source: &str) -> Printed {
    let tokens = expansion(annotated);
    let mut problems = Vec::new();
    errors(tokens.clone(), &mut problems);
    let comments = Comments::default();
    let commented = if problems.is_empty() {
        commented(&tokens, annotated, source, &comments)
    } else {
        tokens
    };
    match pretty::items(&commented, &comments) {
        Ok(text) => Printed { text, problems },
        Err(error) => {
            problems.push(format!("{}:1: {error}", annotated.line));
            let text = String::new();
            Printed { text, problems }
        }
    }
}

/// The texts of the `compile_error!`s, with their places.
fn errors(tokens: TokenStream, out: &mut Vec<String>) {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Group(group) => errors(group.stream(), out),
            TokenTree::Ident(name) if name == "compile_error" => {
                trees.next_if(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == '!'));
                let Some(TokenTree::Group(group)) = trees.next() else {
                    continue;
                };
                let message = match syn::parse2::<syn::LitStr>(group.stream()) {
                    Ok(text) => text.value(),
                    Err(_) => group.stream().to_string(),
                };
                let at = name.span().start();
                out.push(format!("{}:{}: {message}", at.line, at.column + 1));
            }
            _ => {}
        }
    }
}

/// Statements of one generated function, and the lines that they come from, in order.
type Lines = HashMap<String, VecDeque<usize>>;

/// Puts the comments in. The generated functions do not say where a statement came from, so the transforms
/// are run once more and their statements, which do, are found again by their text.
fn commented(
    tokens: &TokenStream,
    annotated: &Annotated,
    source: &str,
    comments: &Comments,
) -> TokenStream {
    let Ok(mut file) = syn::parse2::<syn::File>(tokens.clone()) else {
        return tokens.clone();
    };
    let (options, mut errors) = args::parse(annotated.args.clone());
    let analysed = annotated
        .function
        .as_ref()
        .and_then(|function| analyse(function, &options, &mut errors));
    let Some(Analysed { f, activity, .. }) = analysed else {
        return tokens.clone();
    };
    let sweep = lines_of_sweep(&reverse::reverse(&f, &activity));
    let masked = lines_of_sweep(&reverse::reverse(
        &masks::masked(&f, &activity).f,
        &activity,
    ));
    let tangents = forward::forward(&f, &activity);
    let tangents = lines(dump::lines(&tangents.f, &tangents.body, &|style| {
        style.duals = tangents.duals.clone();
    }));
    Commenter {
        functions: HashMap::from([
            ("__sweep", sweep),
            ("__masked_sweep", masked),
            ("__jvp", tangents),
        ]),
        current: Lines::new(),
        outer: None,
        source,
        comments,
    }
    .visit_file_mut(&mut file);
    file.to_token_stream()
}

fn lines_of_sweep(sweep: &Sweep) -> Lines {
    let set = |style: &mut Style| style.pullbacks = sweep.pullbacks.clone();
    let forward = dump::lines(&sweep.f, &sweep.forward, &set);
    let reverse = dump::lines(&sweep.f, &sweep.reverse, &set);
    lines(forward.into_iter().chain(reverse))
}

fn lines(all: impl IntoIterator<Item = (String, usize)>) -> Lines {
    let mut out = Lines::new();
    for (text, line) in all {
        if let Some(first) = first_statement(&text) {
            out.entry(first).or_default().push_back(line);
        }
    }
    out
}

/// A statement of the IR may print as several; the first one gets the comment.
fn first_statement(text: &str) -> Option<String> {
    let block: syn::Block = syn::parse_str(&format!("{{ {text} }}")).ok()?;
    let first = block.stmts.into_iter().next()?;
    Some(first.into_token_stream().to_string())
}

struct Commenter<'a> {
    functions: HashMap<&'static str, Lines>,
    current: Lines,
    /// The line of the statement around.
    outer: Option<usize>,
    source: &'a str,
    comments: &'a Comments,
}

impl VisitMut for Commenter<'_> {
    fn visit_impl_item_fn_mut(&mut self, item: &mut syn::ImplItemFn) {
        let name = item.sig.ident.to_string();
        if let Some((_, what)) = HIDDEN.iter().find(|(hidden, _)| *hidden == name) {
            let what = format!(" {what}");
            item.attrs.insert(0, syn::parse_quote!(#[comment = #what]));
        }
        let lines = self.functions.get(name.as_str()).cloned();
        self.current = lines.unwrap_or_default();
        visit_mut::visit_impl_item_fn_mut(self, item);
        self.current.clear();
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        let outer = self.outer;
        let mut before = outer;
        let mut out = Vec::new();
        for mut stmt in std::mem::take(&mut block.stmts) {
            let line = self.line(&stmt);
            if let Some(line) = line.filter(|line| before != Some(*line)) {
                before = Some(line);
                let comment = self.comments.line(self.source, line);
                out.extend(comment.and_then(|c| syn::parse2::<syn::Stmt>(c).ok()));
            }
            self.outer = line.or(outer);
            self.visit_stmt_mut(&mut stmt);
            out.push(stmt);
        }
        self.outer = outer;
        block.stmts = out;
    }
}

impl Commenter<'_> {
    /// The line that a statement comes from; statements of the same text follow each other as printed.
    fn line(&mut self, stmt: &syn::Stmt) -> Option<usize> {
        if self.current.is_empty() {
            return None;
        }
        let lines = self.current.get_mut(&stmt.to_token_stream().to_string())?;
        match lines.len() {
            0 | 1 => lines.front().copied(),
            _ => lines.pop_front(),
        }
    }
}
