//! Statements that others take the place of.

use syn::{Block, Stmt};

/// Puts what a statement becomes in its place. Gives whether any became something else.
pub(super) fn replaced(block: &mut Block, mut by: impl FnMut(&Stmt) -> Option<Vec<Stmt>>) -> bool {
    let mut changed = false;
    for stmt in std::mem::take(&mut block.stmts) {
        let stmts = by(&stmt);
        changed |= stmts.is_some();
        block.stmts.extend(stmts.unwrap_or_else(|| vec![stmt]));
    }
    changed
}
