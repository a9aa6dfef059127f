//! Slices that a loop writes to do not overlap, which is said where it makes a difference.

use super::*;

/// How many pairs of slices LLVM compares before a loop, so that it can be packed.
const COMPARED: usize = 8;

impl Reverse<'_> {
    /// Says that the slices of a loop do not overlap. LLVM knows it of arguments alone; for other slices it compares
    /// their ends before the loop, or gives up where there are many.
    pub(super) fn keep_apart(&self, l: &mut Loop, slices: &[(syn::Ident, bool)], runs: &[VarId]) {
        let used: HashSet<String> = l
            .body
            .iter()
            .flat_map(|s| parts::mentioned(&self.f, s))
            .collect();
        let used = slices
            .iter()
            .filter(|(name, _)| used.contains(&name.to_string()));
        let (written, read): (Vec<_>, Vec<_>) = used.partition(|(_, exclusive)| *exclusive);
        let pairs =
            written.len() * written.len().saturating_sub(1) / 2 + written.len() * read.len();
        if let Head::For(h) = &mut l.head
            && pairs > COMPARED
        {
            let is_written = |v: &&VarId| written.iter().any(|(w, _)| *w == self.f.vars[**v].ident);
            h.apart = runs.iter().filter(is_written).copied().collect();
        }
    }
}
