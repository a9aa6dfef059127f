//! Prints the expansion of the annotated functions of a file.

use quote::{ToTokens, quote};

/// Prints every annotated function's expansion, or one's.
pub fn run(path: &str, wanted: Option<&str>) {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let file = syn::parse_file(&text).expect("the file is Rust");
    for item in &file.items {
        let syn::Item::Fn(f) = item else { continue };
        if wanted.is_some_and(|w| f.sig.ident != w) {
            continue;
        }
        let mut f = f.clone();
        let Some(at) = f
            .attrs
            .iter()
            .position(|a| a.path().is_ident("differentiable"))
        else {
            continue;
        };
        let attr = f.attrs.remove(at);
        let args = match &attr.meta {
            syn::Meta::List(l) => l.tokens.clone(),
            _ => quote!(),
        };
        let out = pullback_transform::expand(args, f.to_token_stream());
        match syn::parse2::<syn::File>(out.clone()) {
            Ok(file) => println!("{}", prettyplease::unparse(&file)),
            Err(e) => println!("DOES NOT PARSE: {e}\n{out}"),
        }
    }
}
