//! Formatting of generated code, with comments, which tokens cannot hold.
//!
//! A comment travels as the statement `__comment!(n);` and is put back into the formatted text.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The start of the statement that stands for a comment.
const MARKER: &str = "__comment!(";

/// The comments of one text.
#[derive(Default)]
pub struct Comments(RefCell<Vec<String>>);

impl Comments {
    /// The statement that stands for a comment.
    pub fn statement(&self, text: &str) -> TokenStream {
        let mut all = self.0.borrow_mut();
        let number = Literal::usize_unsuffixed(all.len());
        all.push(text.to_string());
        quote!(__comment!(#number);)
    }

    /// The statement for a line of the user's source.
    pub fn line(&self, source: &str, line: usize) -> Option<TokenStream> {
        let text = source.lines().nth(line.checked_sub(1)?)?.trim();
        Some(self.statement(&format!("{line}: {text}")))
    }

    fn put_back(&self, formatted: &str) -> String {
        let mut out = String::new();
        for line in formatted.lines() {
            let code = line.trim_start();
            let number = code
                .strip_prefix(MARKER)
                .and_then(|rest| rest.strip_suffix(");"));
            match number.and_then(|n| self.0.borrow().get(n.parse::<usize>().ok()?).cloned()) {
                Some(comment) => {
                    out.push_str(&line[..line.len() - code.len()]);
                    out.push_str(format!("// {comment}").trim_end());
                }
                None => out.push_str(line),
            }
            out.push('\n');
        }
        out
    }
}

/// Formats items.
///
/// # Errors
/// The unformatted text under a message, for tokens that are not items.
pub fn items(tokens: &TokenStream, comments: &Comments) -> Result<String, String> {
    let file: syn::File = syn::parse2(tokens.clone())
        .map_err(|error| format!("what is generated does not parse: {error}\n{tokens}"))?;
    let formatted = catch_unwind(AssertUnwindSafe(|| prettyplease::unparse(&file)))
        .map_err(|_| format!("what is generated cannot be formatted\n{tokens}"))?;
    Ok(comments.put_back(&formatted))
}
