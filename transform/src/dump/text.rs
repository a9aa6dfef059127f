//! Tokens and tables as text.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::fmt::Write;

/// Tokens in the usual spacing, on one line.
pub fn text(tokens: &TokenStream) -> String {
    let mut out = String::new();
    write_text(tokens.clone(), &mut out);
    out
}

fn write_text(tokens: TokenStream, out: &mut String) {
    // An operator is unary where no operand stands before it.
    let mut after_operand = false;
    let mut glued = true;
    for tree in tokens {
        match tree {
            TokenTree::Group(g) => {
                let (open, close) = match g.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                let brace = g.delimiter() == Delimiter::Brace;
                if !glued && (brace || !after_operand) {
                    out.push(' ');
                }
                out.push_str(open);
                write_text(g.stream(), out);
                out.push_str(close);
                (after_operand, glued) = (true, false);
            }
            TokenTree::Punct(p) => {
                let c = p.as_char();
                let joint = p.spacing() == proc_macro2::Spacing::Joint;
                match c {
                    ',' | ';' => {
                        out.push(c);
                        (after_operand, glued) = (false, false);
                    }
                    '.' | ':' | '\'' | '?' | '#' => {
                        if c == '\'' && !glued {
                            out.push(' ');
                        }
                        let path = c != ':' || joint || out.ends_with(':');
                        out.push(c);
                        (after_operand, glued) = (c == '?', path && c != '?');
                    }
                    '!' if after_operand && !joint => {
                        out.push(c);
                        (after_operand, glued) = (true, true);
                    }
                    _ => {
                        if !glued {
                            out.push(' ');
                        }
                        out.push(c);
                        let unary = !after_operand && matches!(c, '&' | '-' | '*' | '!');
                        (after_operand, glued) = (false, joint || unary);
                    }
                }
            }
            word => {
                if !glued {
                    out.push(' ');
                }
                let word = word.to_string();
                out.push_str(&word);
                let keyword = matches!(
                    word.as_str(),
                    "if" | "else" | "in" | "match" | "return" | "mut" | "let" | "as" | "while"
                );
                (after_operand, glued) = (!keyword, false);
            }
        }
    }
}

/// Rows in columns that are as wide as their widest cell.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|r| r[column].chars().count()).max();
            let _ = write!(line, "{cell:<0$}  ", width.unwrap_or(0));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
