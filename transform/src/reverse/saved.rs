//! What must be saved: for every value that the reverse sweep asked for, whether it is still there, can be
//! computed again for little, or has to be kept.

use super::*;
use quote::{ToTokens, format_ident};

impl Reverse<'_> {
    /// Whether memory read at `reader` can be read again in the reverse sweep.
    pub(super) fn can_read_again(&self, resolved: &Place, reader: VarId) -> bool {
        let root = resolved.base;
        // What a pattern binds has a name in the arm alone.
        let is_named = !resolved
            .path
            .iter()
            .any(|step| matches!(step, Proj::Part(..)));
        is_named && self.writes.is_frozen(&self.f, root, reader) && self.is_reachable(root)
    }

    /// Whether the reverse sweep can name the variable's memory.
    pub(super) fn is_reachable(&self, root: VarId) -> bool {
        if self.f.params.iter().any(|p| p.var == root) {
            return true;
        }
        self.home.get(&root).is_some_and(|h| self.segments[*h].top)
    }

    /// Decides for every needed value, and for what recomputing it needs in turn.
    pub(super) fn resolve_needs(&mut self) {
        while let Some(v) = self.undecided.pop_first() {
            let how = self.decide(v);
            if let How::Recomputed(e) = &how {
                for read in self.reads(e) {
                    self.need(read);
                }
            }
            if let How::Offset(start, k) = &how {
                self.need(*k);
                if let Operand::Var(s) = start {
                    self.need(*s);
                }
            }
            if let How::Saved = how {
                if self.may_be_borrowed(v) {
                    self.f.vars[v].role = Role::Item;
                }
                let home = self.home.get(&v).copied().unwrap_or(0);
                let in_loop = self.segments[home].in_loop;
                let name = self.f.vars[v].ident.to_string();
                let name = name.strip_prefix("r#").unwrap_or(&name).to_string();
                let (suffix, role) = match in_loop {
                    true => ("lane", Role::Lane),
                    false => ("slot", Role::Slot),
                };
                let storage = self.f.fresh(&format!("{name}_{suffix}"), Ty::Unknown);
                self.f.vars[storage].role = role;
                if let Some(id) = self.windowed(v) {
                    let window = self.f.names.fresh(&format!("{name}_saved"));
                    let ty = match &self.f.vars[v].ty {
                        Ty::Float(scalar) => scalar.written(),
                        Ty::Int(Some(ty)) => Some(format_ident!("{}", ty).to_token_stream()),
                        Ty::Bool => Some(quote!(bool)),
                        _ => None,
                    };
                    let is_number = self.is_number(v);
                    self.storage.push(if is_number {
                        Storage::rows(storage, ty)
                    } else {
                        self.f.vars[storage].role = Role::Cells;
                        Storage::cells(storage)
                    });
                    self.saved.insert(v, storage);
                    self.how.insert(v, how);
                    if let Some(c) = self.counting.get_mut(&id) {
                        c.windows.push((storage, window.clone()));
                        let back = &c.back_trip;
                        let back = match is_number {
                            true => quote!(#window[#back]),
                            false => quote!(__rt::taken(&mut #window[#back])),
                        };
                        let slot = Self::slot(c.trip.as_ref(), &window);
                        self.windows.insert(storage, (slot, back));
                    }
                    continue;
                }
                self.storage.push(if in_loop {
                    Storage::lane(storage, None)
                } else {
                    Storage::own(storage, quote!(__rt::Slot::new()))
                });
                self.saved.insert(v, storage);
            }
            self.how.insert(v, how);
        }
        for v in self.how.keys() {
            if let Some(home) = self.home.get(v) {
                self.decided.entry(*home).or_default().push(*v);
            }
        }
    }

    /// How the reverse sweep has a number's value without having asked for it.
    pub(super) fn at_hand(&self, v: VarId) -> Option<TokenStream> {
        if !self.f.vars[v].ty.is_float() {
            return None;
        }
        let is_param = |v: VarId| self.f.params.iter().any(|p| p.var == v);
        let is_top = |v: &VarId| self.home.get(v).is_none_or(|h| self.segments[*h].top);
        if self.how.contains_key(&v) || is_param(v) || is_top(&v) {
            return Some(self.f.vars[v].ident.to_token_stream());
        }
        // An element of what was borrowed for the function, at an index that is there for its adjoint.
        match self.again(v, 6)? {
            e @ Expr::Load(_) => {
                let Expr::Load(place) = &e else { return None };
                let is_known = |r: &VarId| self.how.contains_key(r) || is_param(*r);
                let known = is_param(place.base) && self.reads(&e).iter().all(is_known);
                known.then(|| crate::emit::expr_tokens(&self.f, &e))
            }
            _ => None,
        }
    }

    /// Whether a variable may be a reference to the user's own data, in which it was looked up.
    fn may_be_borrowed(&self, v: VarId) -> bool {
        let var = &self.f.vars[v];
        var.role == Role::Value
            && matches!(var.ty, Ty::Unknown)
            && !var.mutable
            && !self.is_active(v)
    }

    fn decide(&mut self, v: VarId) -> How {
        if self.f.params.iter().any(|p| p.var == v) {
            return How::There;
        }
        let Some(home) = self.home.get(&v) else {
            return How::There;
        };
        if self.f.vars[v].role == Role::Moved {
            return match self.segments[*home].top {
                true => How::There,
                false => How::Saved,
            };
        }
        match self.definitions.get(&v) {
            Some(Definition::Header) => return How::There,
            Some(Definition::Offset(start, k)) => return How::Offset(start.clone(), *k),
            _ => {}
        }
        if self.segments[*home].top && (self.f.vars[v].ty.is_copy() || !self.writes.is_moved(v)) {
            if self.may_be_borrowed(v) && v != self.f.ret {
                self.f.vars[v].role = Role::Lasting;
            }
            return How::There;
        }
        if self.f.plain {
            return How::Saved;
        }
        match self.again(v, 6) {
            Some(e) => How::Recomputed(e),
            None => self.kept_less_often(v).unwrap_or(How::Saved),
        }
    }
}

/// How a value gets to the reverse sweep.
#[derive(Clone)]
pub(super) enum How {
    /// It is still in scope.
    There,
    /// It is computed again.
    Recomputed(Expr),
    /// It was kept.
    Saved,
    /// It follows from the number of the iteration.
    Offset(Operand, VarId),
}
