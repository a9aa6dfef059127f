//! Attributes inside a function: those that mean something here, those that mean nothing, and the rest.

use super::Fence;
use crate::diagnostics::Code;
use quote::ToTokens;
use syn::Attribute;

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Parameter,
    Let,
    Loop,
    Other,
}

impl Fence {
    /// Refuses the attributes that would change what the annotated code means.
    pub(super) fn attributes(&mut self, attrs: &[Attribute], place: Place) {
        for attr in attrs {
            let path = attr.path();
            let name = path.to_token_stream().to_string().replace(' ', "");
            let first = path
                .segments
                .first()
                .map(|s| s.ident.to_string())
                .unwrap_or_default();
            let last = path
                .segments
                .last()
                .map(|s| s.ident.to_string())
                .unwrap_or_default();
            // `pullback::constant` and the like are the same attribute.
            let ours = if first == "pullback" {
                last
            } else {
                name.clone()
            };
            let code = match (ours.as_str(), place) {
                // What is compiled out must not be differentiated, and its condition is not known yet.
                ("cfg" | "cfg_attr", _) => Code::CfgAttribute,
                ("constant", Place::Parameter | Place::Let) => continue,
                ("constant", _) => Code::ConstantMisplaced,
                ("watch", Place::Let) => continue,
                ("watch", _) => Code::WatchMisplaced,
                ("checkpoint", Place::Loop) => Code::CheckpointNotYet,
                ("allow" | "expect" | "warn" | "deny" | "forbid" | "doc", _) => continue,
                // Hints and tool attributes do not change the meaning.
                ("inline" | "cold" | "must_use" | "rustfmt::skip", _) => continue,
                _ if first == "clippy" || first == "rustfmt" || first == "diagnostic" => continue,
                _ => Code::UnknownAttribute,
            };
            self.refuse(code, path, format!("`#[{name}]`"));
        }
    }
}
