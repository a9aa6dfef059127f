//! Which statements may leave the block that they stand in, by `break`, `continue` or `return`.

use crate::ir::*;

/// Whether control may go from inside the statement to somewhere other than the next statement.
pub fn may_leave(stmt: &Stmt) -> bool {
    leaves(stmt, &mut Vec::new())
}

fn leaves(stmt: &Stmt, inside: &mut Vec<(ScopeId, bool)>) -> bool {
    let block = |b: &Block, inside: &mut Vec<(ScopeId, bool)>| b.iter().any(|s| leaves(s, inside));
    match &stmt.kind {
        // `continue` of a loop stays inside the loop, `break` ends at the statement after it.
        Kind::Exit { target, .. } => !inside.iter().any(|(id, _)| id == target),
        Kind::If { then, els, .. } => block(then, inside) || block(els, inside),
        Kind::Match(m) => m.arms.iter().any(|a| block(&a.body, inside)),
        Kind::Loop(Loop { id, body, .. }) | Kind::Scope(id, _, body) => {
            inside.push((*id, true));
            let leaves = block(body, inside);
            inside.pop();
            leaves
        }
        _ => false,
    }
}

/// Whether the block never reaches its end.
pub fn always_leaves(block: &Block) -> bool {
    block.iter().any(|s| match &s.kind {
        Kind::Exit { .. } => true,
        Kind::If { then, els, .. } => always_leaves(then) && always_leaves(els),
        _ => false,
    })
}

/// Whether the loop can end before its header says so.
pub fn ends_early(l: &Loop) -> bool {
    fn find(block: &Block, id: ScopeId, outer: &mut Vec<ScopeId>) -> bool {
        block.iter().any(|s| match &s.kind {
            Kind::Exit { target, again } => {
                (*target == id && !again) || (*target != id && !outer.contains(target))
            }
            Kind::If { then, els, .. } => find(then, id, outer) || find(els, id, outer),
            Kind::Match(m) => m.arms.iter().any(|a| find(&a.body, id, outer)),
            Kind::Loop(l) => {
                outer.push(l.id);
                let found = find(&l.body, id, outer);
                outer.pop();
                found
            }
            Kind::Scope(inner, _, b) => {
                outer.push(*inner);
                let found = find(b, id, outer);
                outer.pop();
                found
            }
            _ => false,
        })
    }
    find(&l.body, l.id, &mut Vec::new())
}
