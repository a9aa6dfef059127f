//! The annotated functions of a file, and what they know of each other.

use crate::codegen::find;
use pullback_transform::analysis::reach::{self, Input, Link, Reach};
use pullback_transform::ir::{Callee, Function};
use pullback_transform::{Analysed, analyse, args, fence, methods};
use quote::ToTokens;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use syn::visit::Visit;

/// A function that was understood.
pub struct Known {
    /// Its path in the file.
    pub path: String,
    /// Its name.
    pub name: String,
    /// As it was lowered.
    pub f: Function,
    /// What reaches its result.
    pub reach: Reach,
    /// The lines from its attribute to its end, from 1.
    pub lines: (usize, usize),
}

impl Known {
    /// The names of the inputs.
    pub fn inputs(&self) -> impl Iterator<Item = String> {
        self.reach
            .inputs
            .iter()
            .map(|input| input.field.to_string())
    }
}

/// A file with its functions.
pub struct File<'a> {
    /// Its path as it was given.
    pub path: &'a str,
    /// Its text.
    pub source: &'a str,
    functions: Vec<Known>,
    problems: Vec<(String, Vec<String>)>,
    /// Whether a derivative passes from the parameter of the function with this name.
    passes: HashMap<(String, usize), bool>,
    /// The fields that are marked `#[constant]`, with the names of their structs.
    marked: HashSet<(String, String)>,
}

/// What ends a way at a call or a field, in a few words.
pub fn ended(call: &reach::Call) -> String {
    match &call.part {
        Some(part) => format!("{} is marked `#[constant]`", part.text()),
        None => format!("`{}` passes no derivative on", call.callee.name()),
    }
}

/// The marked fields of the structs in a file.
fn marked(source: &str) -> HashSet<(String, String)> {
    #[derive(Default)]
    struct Marked(HashSet<(String, String)>);
    impl<'ast> Visit<'ast> for Marked {
        fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
            let is_marked = |f: &&syn::Field| f.attrs.iter().any(|a| a.path().is_ident("constant"));
            let fields = item.fields.iter().filter(is_marked);
            let names = fields.filter_map(|f| f.ident.as_ref());
            let pair = |name: &syn::Ident| (item.ident.to_string(), name.to_string());
            self.0.extend(names.map(pair));
        }
    }
    let mut marked = Marked::default();
    if let Ok(file) = syn::parse_file(source) {
        marked.visit_file(&file);
    }
    marked.0
}

/// What is known of an input once the callees of the same file are.
pub enum Verdict {
    /// On every path, or on every path that a callee outside of the file leaves open.
    Always,
    /// On these.
    Sometimes(Vec<String>),
    /// On none.
    Never,
}

impl<'a> File<'a> {
    /// Reads the annotated functions.
    pub fn read(path: &'a str, source: &'a str) -> Result<File<'a>, String> {
        let found = find::annotated(source).map_err(|error| format!("{path}:{error}"))?;
        let mut file = File {
            path,
            source,
            functions: Vec::new(),
            problems: Vec::new(),
            passes: HashMap::new(),
            marked: marked(source),
        };
        for annotated in found {
            let (options, _) = args::parse(annotated.args.clone());
            if let Some(function) = &annotated.function {
                file.add(annotated.path.clone(), function, &options);
            } else if let Ok(item) = syn::parse2::<syn::ItemImpl>(annotated.item.clone()) {
                let mut options = options;
                options.around = Some(Rc::new(item.clone()));
                for member in &item.items {
                    if let syn::ImplItem::Fn(method) = member {
                        let function = methods::as_function(method);
                        if methods::is_wanted(&function) {
                            let path = format!("{}::{}", annotated.path, method.sig.ident);
                            file.add(path, &function, &options);
                        }
                    }
                }
            }
        }
        file.settle();
        Ok(file)
    }

    fn add(&mut self, path: String, function: &syn::ItemFn, options: &args::Options) {
        let mut errors = fence::fence(function);
        let analysed = match errors.is_empty() {
            true => analyse(function, options, &mut errors),
            false => None,
        };
        let Some(Analysed { f, .. }) = analysed else {
            let told = errors.iter().map(|error| {
                let at = error.span.start();
                format!("{}:{}: {}", at.line, at.column + 1, error.message())
            });
            return self.problems.push((path, told.collect()));
        };
        let reach = reach::reach(&f, function.to_token_stream(), true);
        let end = function.block.brace_token.span.close().end().line;
        self.functions.push(Known {
            path,
            name: function.sig.ident.to_string(),
            f,
            reach,
            lines: (function.sig.fn_token.span.start().line, end),
        });
    }

    /// Follows calls inside the file until nothing new is found to pass.
    fn settle(&mut self) {
        loop {
            let mut found = Vec::new();
            for known in &self.functions {
                for input in &known.reach.inputs {
                    let key = (known.name.clone(), input.position);
                    let passes = input.link.ways.iter().any(|way| {
                        way.iter()
                            .all(|edge| self.edge(known, *edge) != Some(false))
                    });
                    if passes && self.passes.get(&key) != Some(&true) {
                        found.push(key);
                    }
                }
            }
            if found.is_empty() {
                return;
            }
            self.passes.extend(found.into_iter().map(|key| (key, true)));
        }
    }

    /// Whether a call passes a derivative on from an argument, if the file tells.
    fn edge(&self, known: &Known, (call, position): reach::Edge) -> Option<bool> {
        let call = known.reach.calls.get(call)?;
        if let Some(part) = &call.part {
            let field = (part.owner()?, part.field.to_string());
            return self.marked.contains(&field).then_some(false);
        }
        let name = call.callee.name();
        if !matches!(call.callee, Callee::Function(_) | Callee::Method(..)) {
            return None;
        }
        let mut named = self.functions.iter().filter(|f| f.name == name);
        let callee = match (named.next(), named.next()) {
            (Some(callee), None) => callee,
            _ => return None,
        };
        let is_input = callee
            .reach
            .inputs
            .iter()
            .any(|input| input.position == position);
        Some(is_input && self.passes.get(&(name, position)).copied().unwrap_or(false))
    }

    /// The calls that pass nothing on, of those that the ways of an input lead through.
    pub fn closed<'k>(&self, known: &'k Known, link: &Link) -> Vec<&'k reach::Call> {
        let mut out: Vec<usize> = Vec::new();
        for edge in link.ways.iter().flatten() {
            if self.edge(known, *edge) == Some(false) && !out.contains(&edge.0) {
                out.push(edge.0);
            }
        }
        out.into_iter()
            .filter_map(|n| known.reach.calls.get(n))
            .collect()
    }

    /// Whether a call, by its number, passes nothing on from a variable's argument.
    pub fn is_closed(&self, known: &Known, call: usize) -> bool {
        let ways = known
            .reach
            .inputs
            .iter()
            .flat_map(|i| i.link.ways.iter().flatten());
        let mut edges = ways.filter(|edge| edge.0 == call).peekable();
        edges.peek().is_some() && edges.all(|edge| self.edge(known, *edge) == Some(false))
    }

    /// What is known of an input.
    pub fn verdict(&self, known: &Known, input: &Input) -> Verdict {
        let link = &input.link;
        let open = |way: &Vec<reach::Edge>| way.iter().all(|e| self.edge(known, *e) != Some(false));
        if !link.ways.iter().any(open) {
            return Verdict::Never;
        }
        match link.when.iter().any(Vec::is_empty) {
            true => Verdict::Always,
            false => Verdict::Sometimes(known.reach.when(&link.when)),
        }
    }

    /// The function with this name.
    pub fn function(&self, wanted: &str) -> Result<&Known, String> {
        let is_called = |path: &str| {
            let before = path.strip_suffix(wanted);
            before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
        };
        if let Some(known) = self.functions.iter().find(|f| is_called(&f.path)) {
            return Ok(known);
        }
        if let Some((_, told)) = self.problems.iter().find(|(path, _)| is_called(path)) {
            let told: Vec<String> = told.iter().map(|t| format!("{}:{t}", self.path)).collect();
            return Err(told.join("\n"));
        }
        let names: Vec<&str> = self.functions.iter().map(|f| f.path.as_str()).collect();
        Err(match names.as_slice() {
            [] => format!("no function in {} carries #[differentiable]", self.path),
            names => format!(
                "no function `{wanted}` in {} carries #[differentiable]; these do: {}",
                self.path,
                names.join(", ")
            ),
        })
    }
}
