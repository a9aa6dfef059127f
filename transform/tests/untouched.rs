//! What `None` and watched locals cost `grad`: nothing. Every entry but those that answer by the path is written in the
//! same tokens with and without `#[watch]`, whatever is said about inputs without a gradient, and knows no masks.

use pullback_transform::expand;
use quote::ToTokens;
use std::collections::BTreeMap;

/// The entries that tell what was connected, or look at the sweeps.
const BY_PATH: [&str; 5] = [
    "__masked_sweep",
    "__masked_call",
    "__masked_by_name",
    "checked_grad",
    "gradients",
];

/// The associated functions of the name space, by name.
fn entries(attr: &str, function: &str) -> BTreeMap<String, String> {
    let tokens = |text: &str| text.parse().unwrap_or_else(|e| panic!("{e} in {text}"));
    let file: syn::File = syn::parse2(expand(tokens(attr), tokens(function)))
        .unwrap_or_else(|e| panic!("{e} in what is made of {function}"));
    let mut out = BTreeMap::new();
    for item in file.items {
        let syn::Item::Impl(item) = item else {
            continue;
        };
        for member in item.items {
            if let syn::ImplItem::Fn(f) = member {
                let name = f.sig.ident.to_string();
                let body = (f.sig.to_token_stream(), f.block.to_token_stream());
                out.insert(name, format!("{} {}", body.0, body.1));
            }
        }
    }
    assert!(out.contains_key("grad"), "{function}: {:?}", out.keys());
    out
}

const PROGRAMS: [&str; 4] = [
    "fn f(x: f64, y: f64) -> f64 { WATCH let t: f64 = x * y; t * t + x }",
    "fn f(x: f64, y: f64) -> f64 { if x > 1.0 { WATCH let t: f64 = x.sin(); t * y } else { y } }",
    "fn f(x: &[f64], w: f64, n: usize) -> f64 {
        let mut s = w;
        for i in 0..n { WATCH let t: f64 = s * x[i]; if t > 0.5 { break; } s += t.tanh(); }
        s
    }",
    "fn f(a: &mut [f64], k: f64) -> f64 {
        for v in a.iter_mut() { WATCH let t: f64 = *v * k; *v = t; }
        g(&a, k)
    }",
];

#[test]
fn grad_is_the_same_whatever_is_watched() {
    for program in PROGRAMS {
        let plain = entries("", &program.replace("WATCH", ""));
        for mark in ["#[watch]", "#[watch(all)]"] {
            let watched = entries("", &program.replace("WATCH", mark));
            for (name, text) in &plain {
                if !BY_PATH.contains(&name.as_str()) && name != "reachability" {
                    assert_eq!(watched.get(name), Some(text), "{name} of {program}");
                }
            }
            assert_ne!(
                watched["__masked_sweep"], plain["__masked_sweep"],
                "{program}"
            );
        }
    }
}

#[test]
fn grad_knows_nothing_of_masks_and_of_warnings() {
    for program in PROGRAMS {
        let program = program.replace("WATCH", "");
        let (plain, silent) = (
            entries("", &program),
            entries("detached = \"allow\"", &program),
        );
        assert_eq!(plain, silent, "{program}");
        for (name, text) in plain {
            let by_path = BY_PATH.contains(&name.as_str());
            assert!(
                by_path || !text.to_lowercase().contains("mask"),
                "{name} of {program}: {text}"
            );
        }
    }
}
