//! The user's own text, found again from the places of tokens.
//!
//! A macro on stable Rust sees no source text of more than one token, and the statements of the representation
//! know where they begin and no more. What is said to people shall be what they wrote, so it is put together here
//! from the function's tokens and the columns between them.

use proc_macro2::{Delimiter, LineColumn, Span, TokenStream, TokenTree};
use std::cell::OnceCell;
use std::collections::HashMap;

/// A token, flat.
struct Token {
    text: String,
    span: Span,
    start: (usize, usize),
    end: (usize, usize),
    depth: usize,
}

/// A piece of the user's text.
#[derive(Clone, Debug)]
pub struct Piece {
    /// On one line, with the user's spaces.
    pub text: String,
    /// Its first token.
    pub first: Span,
    /// Where its last token ends, as line and column.
    pub end: (usize, usize),
    /// Its tokens, with their places.
    pub tokens: Vec<(String, Span)>,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

impl Piece {
    /// `line 3, column 5`.
    pub fn place(&self) -> String {
        format!("line {}, column {}", self.line, self.column)
    }

    /// The text, no longer than what is read at a glance.
    pub fn short(&self) -> String {
        const LONGEST: usize = 60;
        match self.text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", self.text[..end].trim_end()),
            None => self.text.clone(),
        }
    }
}

/// A function's text, read when something is to be said.
pub struct Source {
    written: TokenStream,
    text: OnceCell<Text>,
}

#[derive(Default)]
struct Text {
    tokens: Vec<Token>,
    by_start: HashMap<(usize, usize), usize>,
    /// The tokens stand in the text in their order; those that macros put together do not.
    ordered: bool,
}

fn at(place: LineColumn) -> (usize, usize) {
    (place.line, place.column)
}

impl Source {
    /// The text of a function's tokens.
    pub fn of(written: TokenStream) -> Source {
        let text = OnceCell::new();
        Source { written, text }
    }

    fn text(&self) -> &Text {
        self.text.get_or_init(|| Text::of(self.written.clone()))
    }

    /// The text of tokens that the user wrote, among which there may be others.
    pub fn covering(&self, tokens: &TokenStream) -> Option<Piece> {
        self.text().covering(tokens)
    }

    /// The statement or the expression that begins at a token, up to its end or to the block that it opens.
    pub fn from(&self, start: Span) -> Option<Piece> {
        self.text().from(start)
    }

    /// What stands between the keyword of a branch or a loop and its block.
    pub fn header(&self, start: Span) -> Option<Piece> {
        self.text().header(start)
    }

    /// The call of a method whose name is known, from the beginning of its receiver.
    pub fn method(&self, name: Span) -> Option<Piece> {
        self.text().method(name)
    }

    /// A name and the arguments behind it.
    pub fn call(&self, name: Span) -> Option<Piece> {
        self.text().call(name)
    }

    /// One token.
    pub fn token(&self, span: Span) -> Option<Piece> {
        self.text().token(span)
    }
}

impl Text {
    fn of(tokens: TokenStream) -> Text {
        let mut text = Text::default();
        text.collect(tokens, 0);
        text.ordered = text.tokens.windows(2).all(|w| w[0].start <= w[1].start);
        let starts = text.tokens.iter().enumerate();
        text.by_start = starts.map(|(n, token)| (token.start, n)).collect();
        text
    }

    fn collect(&mut self, tokens: TokenStream, depth: usize) {
        for tree in tokens {
            match tree {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => {
                            self.collect(group.stream(), depth);
                            continue;
                        }
                    };
                    // Where a parser has put the group together anew, either has the place of the whole group.
                    let (start, end) =
                        (at(group.span_open().start()), at(group.span_close().end()));
                    let one = |(line, column): (usize, usize)| (line, column + 1);
                    self.put(open, group.span_open(), (start, one(start)), depth);
                    self.collect(group.stream(), depth + 1);
                    let last = (end.0, end.1.saturating_sub(1));
                    self.put(close, group.span_close(), (last, end), depth);
                }
                TokenTree::Ident(ident) if ident == crate::methods::RECEIVER => {
                    self.push("self", ident.span(), depth);
                }
                tree => self.push(&tree.to_string(), tree.span(), depth),
            }
        }
    }

    fn push(&mut self, text: &str, span: Span, depth: usize) {
        self.put(text, span, (at(span.start()), at(span.end())), depth);
    }

    fn put(
        &mut self,
        text: &str,
        span: Span,
        (start, end): ((usize, usize), (usize, usize)),
        depth: usize,
    ) {
        let text = text.to_string();
        self.tokens.push(Token {
            text,
            span,
            start,
            end,
            depth,
        });
    }

    fn index(&self, span: Span) -> Option<usize> {
        self.by_start.get(&at(span.start())).copied()
    }

    fn piece(&self, from: usize, to: usize) -> Option<Piece> {
        let tokens = self.tokens.get(from..=to)?;
        let (first, last) = (tokens.first()?, tokens.last()?);
        let mut text = String::new();
        let mut end = first.start;
        for token in tokens {
            // A call in a line of its own goes on what stands before.
            let touches = token.start == end || token.text == ".";
            if !touches && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&token.text);
            end = token.end;
        }
        Some(Piece {
            text,
            first: first.span,
            end: last.end,
            tokens: tokens.iter().map(|t| (t.text.clone(), t.span)).collect(),
            line: first.start.0,
            column: first.start.1 + 1,
        })
    }

    fn covering(&self, tokens: &TokenStream) -> Option<Piece> {
        fn places(tokens: &TokenStream, out: &mut Vec<(usize, usize)>) {
            for tree in tokens.clone() {
                match tree {
                    TokenTree::Group(group) => {
                        if group.delimiter() != Delimiter::None {
                            let (line, column) = at(group.span_close().end());
                            out.push(at(group.span_open().start()));
                            out.push((line, column.saturating_sub(1)));
                        }
                        places(&group.stream(), out);
                    }
                    tree => out.push(at(tree.span().start())),
                }
            }
        }
        let mut starts = Vec::new();
        places(tokens, &mut starts);
        let found = || {
            starts
                .iter()
                .filter_map(|start| self.by_start.get(start).copied())
        };
        let (from, to) = (found().min()?, found().max()?);
        if !self.ordered {
            let one = self.piece(from, from)?;
            let text = tokens.to_string();
            return Some(Piece { text, ..one });
        }
        self.piece(from, to)
    }

    fn from(&self, start: Span) -> Option<Piece> {
        let mut from = self.index(start)?;
        // Attributes are about the statement, not of it.
        while self.tokens[from].text == "#" {
            let depth = self.tokens[from].depth;
            let rest = self.tokens[from..].iter();
            let length = rest
                .clone()
                .position(|t| t.depth == depth && t.text == "]")?;
            from += length + 1;
            self.tokens.get(from)?;
        }
        if self.tokens[from].text == "{" && self.tokens.get(from + 1).is_some() {
            from += 1;
        }
        let depth = self.tokens[from].depth;
        let ends = |token: &Token| {
            token.depth < depth
                || token.depth == depth && [";", "{", ",", "}"].contains(&token.text.as_str())
        };
        let rest = &self.tokens[from + 1..];
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.piece(from, from + length)
    }

    fn header(&self, start: Span) -> Option<Piece> {
        let whole = self.from(start)?;
        let from = self.index(whole.first)?;
        if !["if", "while", "match"].contains(&self.tokens[from].text.as_str()) {
            return Some(whole);
        }
        self.piece(from + 1, from + whole.tokens.len() - 1)
    }

    fn method(&self, name: Span) -> Option<Piece> {
        let name = self.index(name)?;
        let depth = self.tokens[name].depth;
        let is = |at: usize, text: &str| self.tokens[at].text == text;
        let mut from = name;
        while from > 1 && is(from - 1, ".") {
            from -= 2;
            if [")", "]", "}"].contains(&self.tokens[from].text.as_str()) {
                let open =
                    |t: &Token| t.depth == depth && ["(", "[", "{"].contains(&t.text.as_str());
                from = self.tokens[..from].iter().rposition(open)?;
                // What is called or indexed touches its arguments.
                let touches = from > 0 && self.tokens[from - 1].end == self.tokens[from].start;
                let word = |t: &Token| {
                    t.text
                        .starts_with(|c: char| c.is_alphanumeric() || c == '_')
                };
                if touches && word(&self.tokens[from - 1]) {
                    from -= 1;
                }
            }
        }
        let to = self.tokens[name..]
            .iter()
            .position(|t| t.depth == depth && t.text == ")")?;
        self.piece(from, name + to)
    }

    fn call(&self, name: Span) -> Option<Piece> {
        let from = self.index(name)?;
        let depth = self.tokens[from].depth;
        let length = self.tokens[from..]
            .iter()
            .position(|t| t.depth == depth && t.text == ")")?;
        self.piece(from, from + length)
    }

    fn token(&self, span: Span) -> Option<Piece> {
        let n = self.index(span)?;
        self.piece(n, n)
    }
}
