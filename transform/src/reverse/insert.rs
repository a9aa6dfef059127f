//! Once it is known what is saved, and how: the statements that keep values in the forward sweep, and those that
//! bring them back in the reverse sweep.

use super::saved::How;
use super::segments::prologue_of;
use super::*;

impl Reverse<'_> {
    /// Adds to the forward sweep what keeps values.
    pub(super) fn insert_saves(&mut self, block: Block) -> Block {
        let mut out = Block::new();
        for mut stmt in block {
            match &mut stmt.kind {
                Kind::If { then, els, .. } => {
                    *then = self.insert_saves(std::mem::take(then));
                    *els = self.insert_saves(std::mem::take(els));
                }
                Kind::Match(m) => {
                    for arm in &mut m.arms {
                        arm.body = self.insert_saves(std::mem::take(&mut arm.body));
                    }
                }
                Kind::Loop(l) => {
                    l.body = self.insert_saves(std::mem::take(&mut l.body));
                    out.extend(self.join(l));
                    let counter = match &l.head {
                        Head::For(h) => Some(h.counter),
                        _ => None,
                    };
                    let counted = counter.filter(|k| self.counted_forward.contains(k));
                    out.extend(self.open_windows(l, counted, stmt.span));
                }
                Kind::Scope(_, _, body) => *body = self.insert_saves(std::mem::take(body)),
                _ => {}
            }
            let span = stmt.span;
            if let Kind::Let(v, e) = &mut stmt.kind
                && let Some(zero) = self.old_shapes.get(v).cloned()
            {
                *e = self.old_shape(&zero);
            }
            let defined = match &stmt.kind {
                Kind::Let(v, _) | Kind::Bind(v, _) | Kind::Alias(v, _) => Some(*v),
                Kind::Raw(t) if self.unused.contains(&t.to_string()) => continue,
                _ => None,
            };
            let mut after = Block::new();
            for change in self.changes_of_shape(&stmt) {
                let (first, then) = self.follow_shape(change, span);
                out.extend(first);
                after.extend(then);
            }
            let declared = match &stmt.kind {
                Kind::Declare(v) if self.reshaped.contains(v) => Some(*v),
                _ => None,
            };
            if let Kind::Loop(l) = &stmt.kind {
                let (before, behind) = self.taken_along(l.id, span);
                out.extend(before);
                after.extend(behind);
            }
            out.push(stmt);
            out.extend(after);
            if let Some(v) = declared
                && let Some(made) = self.after.remove(&v)
            {
                out.extend(self.empty_shape(made));
            }
            let Some(v) = defined else { continue };
            for w in std::iter::once(v).chain(self.defined_with.remove(&v).unwrap_or_default()) {
                if let Some(storage) = self.saved.get(&w) {
                    let kind = match self.windows.get(storage) {
                        Some((slot, _)) if self.f.vars[*storage].role == Role::Cells => {
                            let value = crate::emit::kept_tokens(&self.f, w);
                            Kind::Raw(quote!(#slot = ::core::option::Option::Some(#value);))
                        }
                        Some((slot, _)) => {
                            let value = &self.f.vars[w].ident;
                            Kind::Raw(quote!(#slot = #value;))
                        }
                        None => Kind::Save(w, *storage),
                    };
                    out.push(Stmt { kind, span });
                }
            }
            if let Some(after) = self.after.remove(&v) {
                out.extend(self.insert_saves(after));
            }
        }
        self.zeros_of_deferred(&mut out);
        out
    }

    /// Puts what brings values back where the markers stand.
    pub(super) fn insert_restores(&mut self, block: Block) -> Block {
        let mut out = Block::new();
        for mut stmt in block {
            if let Some(segment) = prologue_of(&stmt) {
                out.extend(self.prologue(segment, stmt.span));
                continue;
            }
            match &mut stmt.kind {
                Kind::If { then, els, .. } => {
                    *then = self.insert_restores(std::mem::take(then));
                    *els = self.insert_restores(std::mem::take(els));
                }
                Kind::Match(m) => {
                    for arm in &mut m.arms {
                        arm.body = self.insert_restores(std::mem::take(&mut arm.body));
                    }
                }
                Kind::Loop(l) => {
                    l.body = self.insert_restores(std::mem::take(&mut l.body));
                    self.drop_counter(l);
                    if let (Head::For(h), Some(direct)) = (&mut l.head, self.directions.get(&l.id))
                        && commute::commutes(&self.f, &h.pat, &l.body)
                    {
                        h.iter = direct.clone();
                        commute::additions_in_order(&mut l.body);
                    }
                    let (before, mut after) = self.close_windows(l, stmt.span);
                    out.extend(before);
                    if !self.f.plain {
                        let (first, then) = self.run_over_slices(l, stmt.span);
                        out.extend(first);
                        after.splice(0..0, then);
                    }
                    out.push(stmt);
                    out.extend(after);
                    continue;
                }
                Kind::Scope(_, _, body) => *body = self.insert_restores(std::mem::take(body)),
                Kind::Observe(o) => o.settle(&self.f, &|v| self.at_hand(v)),
                _ => {}
            }
            out.push(stmt);
        }
        out
    }

    /// A loop whose trips are counted for storage that turned out not to be needed runs by its own header.
    fn drop_counter(&mut self, l: &mut Loop) {
        let Some((integer, counter, iter)) = self.zipped.get(&l.id) else {
            return;
        };
        let unused = self
            .counting
            .get(&l.id)
            .is_none_or(|c| c.windows.is_empty())
            && !self.needed.contains(counter);
        if let (true, Head::For(h)) = (unused, &mut l.head) {
            let integer = &self.f.vars[*integer].ident;
            h.pat = quote!(#integer);
            h.iter = quote!((#iter).rev());
            if let Some(direct) = self.directions.get_mut(&l.id) {
                *direct = iter.clone();
            }
        }
    }

    fn prologue(&self, segment: SegId, span: Span) -> Block {
        let mut vars = self.decided.get(&segment).cloned().unwrap_or_default();
        vars.sort_by_key(|v| (self.order.get(v).copied().unwrap_or(0), *v));
        let mut out = Block::new();
        for v in vars {
            let expr = match &self.how[&v] {
                How::There => continue,
                How::Saved => match self.saved.get(&v) {
                    Some(storage) => match self.windows.get(storage) {
                        Some((_, slot)) => Expr::Raw(slot.clone(), vec![]),
                        None if self.lenient.contains(&v) => {
                            let storage = &self.f.vars[*storage].ident;
                            Expr::Raw(quote!(#storage.take_or_default()), vec![])
                        }
                        None => Expr::Restore(*storage),
                    },
                    None => continue,
                },
                How::Recomputed(e) => e.clone(),
                How::Offset(start, k) => {
                    let k = &self.f.vars[*k].ident;
                    match start {
                        Operand::Lit(t) if t.to_string() == "0" => Expr::Raw(quote!(#k), vec![]),
                        start => {
                            let start = crate::lower::operand_tokens(&self.f, start);
                            Expr::Raw(quote!(#start + #k), vec![])
                        }
                    }
                }
            };
            out.push(Stmt {
                kind: Kind::Let(v, expr),
                span,
            });
        }
        out
    }
}
