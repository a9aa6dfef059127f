//! What `Self::Name` means in an `impl` of a trait: its entries stand outside of it, where the name means nothing.

use proc_macro2::Ident;
use syn::visit_mut::{self, VisitMut};

/// Writes out the types that an `impl` gives to its trait.
pub struct Associated(Vec<(Ident, syn::Type)>);

impl Associated {
    /// One of them, as it is to be written.
    pub fn one(name: Ident, ty: syn::Type) -> Associated {
        Associated(vec![(name, ty)])
    }

    /// All that an `impl` defines; none if it is of no trait.
    pub fn of(item: &syn::ItemImpl) -> Associated {
        let defined = item.items.iter().filter_map(|member| match member {
            syn::ImplItem::Type(t) => Some((t.ident.clone(), t.ty.clone())),
            _ => None,
        });
        Associated(defined.collect())
    }

    fn named(&self, path: &syn::Path) -> Option<&syn::Type> {
        let mut segments = path.segments.iter();
        let (first, name) = (segments.next()?, segments.next()?);
        if first.ident != "Self" || segments.next().is_some() || !name.arguments.is_none() {
            return None;
        }
        let found = self.0.iter().find(|(of, _)| name.ident == *of);
        found.map(|(_, ty)| ty)
    }
}

impl VisitMut for Associated {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        match self.named(path) {
            Some(syn::Type::Path(ty)) if ty.qself.is_none() => *path = ty.path.clone(),
            _ => visit_mut::visit_path_mut(self, path),
        }
    }

    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        let named = match ty {
            syn::Type::Path(p) if p.qself.is_none() => self.named(&p.path).cloned(),
            _ => None,
        };
        match named {
            Some(named) => *ty = named,
            None => visit_mut::visit_type_mut(self, ty),
        }
    }
}
