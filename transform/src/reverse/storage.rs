//! The variables that both sweeps use: notes of the way that control took, and lanes that the tape lends.

use super::Sweep;
use crate::ir::VarId;
use proc_macro2::TokenStream;
use quote::quote;

/// A variable that both sweeps use.
pub struct Storage {
    /// The variable.
    pub var: VarId,
    /// What it is at first.
    pub init: TokenStream,
    /// The method of the tape that takes it back, if it is lent by the tape.
    pub back: Option<&'static str>,
}

impl Storage {
    /// A note, or a value that is kept at most once.
    pub(super) fn own(var: VarId, init: TokenStream) -> Storage {
        Storage {
            var,
            init,
            back: None,
        }
    }

    /// Values that are pushed, of a type that is written or left to rustc.
    pub(super) fn lane(var: VarId, ty: Option<TokenStream>) -> Storage {
        let ty = ty.map(|ty| quote!(::<#ty>));
        Storage {
            var,
            init: quote!(__tape.lane #ty ()),
            back: Some("recycle"),
        }
    }

    /// Values of any type by trip.
    pub(super) fn cells(var: VarId) -> Storage {
        Storage {
            var,
            init: quote!(__tape.cells()),
            back: Some("recycle_cells"),
        }
    }

    /// Values by trip, likewise.
    pub(super) fn rows(var: VarId, ty: Option<TokenStream>) -> Storage {
        let ty = ty.map(|ty| quote!(::<#ty>));
        Storage {
            var,
            init: quote!(__tape.rows #ty ()),
            back: Some("recycle_rows"),
        }
    }
}

impl Sweep {
    /// What declares the storage.
    pub fn storage(&self) -> TokenStream {
        let declared = self.storage.iter().map(|s| {
            let (name, init) = (&self.f.vars[s.var].ident, &s.init);
            quote!(let mut #name = #init;)
        });
        let keep = self.calls_repeat.then(|| quote!(__tape.keep();));
        quote!(#keep #(#declared)*)
    }

    /// What gives to the tape what it lent, the last first.
    pub fn storage_back(&self) -> TokenStream {
        let lent = self.storage.iter().rev().filter_map(|s| {
            let (name, back) = (
                &self.f.vars[s.var].ident,
                quote::format_ident!("{}", s.back?),
            );
            Some(quote!(__tape.#back(#name);))
        });
        quote!(#(#lent)*)
    }
}
