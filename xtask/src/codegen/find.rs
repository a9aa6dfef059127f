//! Where the attribute stands in a file: on functions in modules, in bodies, in `impl` blocks, or on whole
//! items.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// An item that carries the attribute.
pub struct Annotated {
    /// Its name, with the modules, functions and types that it stands in.
    pub path: String,
    /// The line of its attribute.
    pub line: usize,
    /// The attribute's arguments.
    pub args: TokenStream,
    /// The item without the attribute.
    pub item: TokenStream,
    /// Where the parser found a free function.
    pub function: Option<syn::ItemFn>,
}

impl Annotated {
    /// Whether `wanted` is the name, or the end of the path.
    pub fn is_called(&self, wanted: &str) -> bool {
        self.path
            .strip_suffix(wanted)
            .is_some_and(|before| before.is_empty() || before.ends_with("::"))
    }
}

/// All annotated items of a source text, in its order.
///
/// # Errors
/// `line:column: message` for a text that is not Rust.
pub fn annotated(source: &str) -> Result<Vec<Annotated>, String> {
    let file = syn::parse_file(source).map_err(|error| {
        let at = error.span().start();
        format!("{}:{}: {error}", at.line, at.column + 1)
    })?;
    let mut found = Finder::default();
    found.visit_file(&file);
    Ok(found.found)
}

#[derive(Default)]
struct Finder {
    within: Vec<String>,
    found: Vec<Annotated>,
}

impl Finder {
    /// Takes the attribute off, if it is there.
    fn take(&mut self, attrs: &mut Vec<syn::Attribute>, name: &str) -> Option<Annotated> {
        let is_ours = |a: &syn::Attribute| {
            let last = a.path().segments.last();
            last.is_some_and(|s| s.ident == "differentiable")
        };
        let attribute = attrs.remove(attrs.iter().position(is_ours)?);
        let args = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let mut path = self.within.clone();
        path.push(name.to_string());
        Some(Annotated {
            path: path.join("::"),
            line: attribute.span().start().line,
            args,
            item: TokenStream::new(),
            function: None,
        })
    }

    fn inside(&mut self, name: &str, visit: impl FnOnce(&mut Self)) {
        self.within.push(name.to_string());
        visit(self);
        self.within.pop();
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let name = item.ident.to_string();
        self.inside(&name, |f| visit::visit_item_mod(f, item));
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let name = item.sig.ident.to_string();
        let mut plain = item.clone();
        if let Some(found) = self.take(&mut plain.attrs, &name) {
            self.found.push(Annotated {
                item: plain.to_token_stream(),
                function: Some(plain),
                ..found
            });
        }
        self.inside(&name, |f| visit::visit_item_fn(f, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let name = item.self_ty.to_token_stream().to_string().replace(' ', "");
        let mut plain = item.clone();
        if let Some(found) = self.take(&mut plain.attrs, &name) {
            let item = plain.to_token_stream();
            self.found.push(Annotated { item, ..found });
        }
        self.inside(&name, |f| visit::visit_item_impl(f, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let name = item.sig.ident.to_string();
        let mut plain = item.clone();
        if let Some(found) = self.take(&mut plain.attrs, &name) {
            let item = plain.to_token_stream();
            self.found.push(Annotated { item, ..found });
        }
        self.inside(&name, |f| visit::visit_impl_item_fn(f, item));
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let name = item.ident.to_string();
        let mut plain = item.clone();
        if let Some(found) = self.take(&mut plain.attrs, &name) {
            let item = plain.to_token_stream();
            self.found.push(Annotated { item, ..found });
        }
        self.inside(&name, |f| visit::visit_item_trait(f, item));
    }
}

#[cfg(test)]
mod tests {
    use super::annotated;

    #[test]
    fn modules_bodies_and_blocks_are_searched() {
        let source = "
            #[differentiable] fn a(x: f64) -> f64 { x }
            fn plain() { #[pullback::differentiable(wrt(x))] fn b(x: f64) -> f64 { x } }
            mod m { impl T { #[differentiable] fn c(&self) {} } #[differentiable] impl U {} }
        ";
        let found = annotated(source).unwrap_or_default();
        let paths: Vec<&str> = found.iter().map(|a| a.path.as_str()).collect();
        assert_eq!(paths, ["a", "plain::b", "m::T::c", "m::U"]);
        assert_eq!(found[1].args.to_string(), "wrt (x)");
        assert_eq!(found[1].line, 3);
        assert!(found[1].is_called("b") && found[1].is_called("plain::b"));
        assert!(!found[1].is_called("ain::b"));
        assert!(!found[1].item.to_string().contains("differentiable"));
    }

    #[test]
    fn what_is_not_rust_is_told_with_its_place() {
        let error = annotated("fn f() {\n  let = 3;\n}").err();
        assert_eq!(error.map(|e| e[..4].to_string()), Some("2:7:".into()));
    }
}
