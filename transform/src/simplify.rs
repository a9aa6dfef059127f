//! Makes generated code read as one would write it: a value that is used once is written where it is used, and
//! `mut` stands only where something changes. The arithmetic and its order stay the same.

use crate::emit::{self, Style};
use crate::ir::*;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{HashMap, HashSet};

/// How often each name occurs in generated code, its definition included.
type Occurrences = HashMap<String, usize>;

/// Tidies blocks of one generated function. The variables in `kept` and those named in `outside` are used
/// outside of them as well.
pub fn tidy(
    f: &mut Function,
    blocks: &mut [&mut Block],
    kept: &[VarId],
    calls: &HashSet<VarId>,
    outside: &TokenStream,
) {
    let mut count = Occurrences::new();
    for block in blocks.iter() {
        let tokens = emit::block_tokens(f, block, &Style::of(block));
        occurrences(tokens, &mut count);
    }
    let mut elsewhere = Occurrences::new();
    occurrences(outside.clone(), &mut elsewhere);
    for (name, n) in &elsewhere {
        *count.entry(name.clone()).or_default() += n + 1;
    }
    for v in kept {
        *count.entry(f.vars[*v].ident.to_string()).or_default() += 2;
    }
    for block in blocks.iter_mut() {
        inline(f, block, &count, calls);
    }
    let (mut changed, mut borrowed) = (HashSet::new(), HashSet::new());
    for block in blocks.iter() {
        changes(f, block, &mut changed, &mut borrowed);
    }
    for (v, var) in f.vars.iter().enumerate() {
        if borrowed.contains(&var.ident.to_string()) {
            changed.insert(v);
        }
    }
    let mut uses = Uses::default();
    blocks.iter().for_each(|b| uses.block(f, b));
    let is_fixed = |f: &Function, v: VarId| !changed.contains(&v) && f.vars[v].alias.is_none();
    for block in blocks.iter_mut() {
        forget_copies(f, block, &|f, v, w| {
            let name = f.vars[v].ident.to_string();
            f.vars[v].temp
                && is_fixed(f, v)
                && is_fixed(f, w)
                && f.vars[v].ascription.is_none()
                && uses.defined.get(&v) == Some(&1)
                && !uses.spelled.contains(&name)
                && !kept.contains(&v)
                && !elsewhere.contains_key(&name)
        });
    }
    for (v, var) in f.vars.iter_mut().enumerate() {
        // Variables of the user's keep the `mut` that the user gave them.
        let is_kept = kept.contains(&v) || elsewhere.contains_key(&var.ident.to_string());
        if var.generated && var.mutable && !changed.contains(&v) && !is_kept {
            var.mutable = false;
        }
    }
}

/// How variables are defined and used, as far as copies are concerned.
#[derive(Default)]
struct Uses {
    /// How often each variable is defined.
    defined: HashMap<VarId, usize>,
    /// Names that stand in tokens which no variable can be exchanged in.
    spelled: HashSet<String>,
}

impl Uses {
    fn spell(&mut self, tokens: &TokenStream) {
        let mut all = Occurrences::new();
        occurrences(tokens.clone(), &mut all);
        self.spelled.extend(all.into_keys());
    }

    fn expr(&mut self, f: &Function, e: &Expr) {
        match e {
            Expr::Use(Operand::Lit(tokens))
            | Expr::Raw(tokens, _)
            | Expr::Repeat(_, tokens, ..) => {
                self.spell(tokens);
            }
            Expr::Opaque(o) | Expr::Refused(o, _) => self.spell(&o.tokens),
            Expr::Build(b) => {
                self.spell(&b.path);
                let parts = b.parts.iter().map(|(_, e)| e);
                parts.chain(&b.base).for_each(|e| self.expr(f, e));
            }
            Expr::Load(p) | Expr::Copy(p, _) => self.place(f, p),
            Expr::Call(_, args) => {
                for tokens in emit::arg_tokens(f, args) {
                    self.spell(&tokens);
                }
            }
            Expr::Removed(..) => self.spell(&emit::expr_tokens(f, e)),
            _ => {}
        }
        match e {
            Expr::Neg(a) | Expr::Cast(a, _) | Expr::Repeat(a, ..) | Expr::Wrap(a, _) => {
                self.expr(f, a)
            }
            Expr::Binary(_, a, b) => {
                self.expr(f, a);
                self.expr(f, b);
            }
            Expr::Method(recv, _, args) => {
                self.expr(f, recv);
                args.iter().for_each(|a| self.expr(f, a));
            }
            Expr::Helper(_, args) | Expr::Tuple(args) | Expr::Array(args, _) => {
                args.iter().for_each(|a| self.expr(f, a));
            }
            _ => {}
        }
    }

    fn place(&mut self, f: &Function, p: &Place) {
        // A place is more than a value: what it starts from keeps its name.
        if !p.path.is_empty() {
            self.spelled.insert(f.vars[p.base].ident.to_string());
        }
        for o in p.operands() {
            if let Operand::Lit(tokens) = o {
                self.spell(tokens);
            }
        }
        for step in &p.path {
            if let Proj::At(tokens, _) | Proj::Span(tokens, _) = step {
                self.spell(tokens);
            }
        }
    }

    fn block(&mut self, f: &Function, block: &Block) {
        for stmt in block {
            match &stmt.kind {
                Kind::Let(v, e) => {
                    *self.defined.entry(*v).or_default() += 1;
                    self.expr(f, e);
                }
                Kind::Assign(p, e) | Kind::Update(p, _, e) | Kind::Accumulate(p, e) => {
                    self.place(f, p);
                    self.expr(f, e);
                }
                Kind::If { cond, then, els } => {
                    if let Operand::Lit(tokens) = cond {
                        self.spell(tokens);
                    }
                    self.block(f, then);
                    self.block(f, els);
                }
                Kind::Match(m) => {
                    self.spell(&m.tokens);
                    for arm in &m.arms {
                        self.spell(&arm.pat);
                        self.block(f, &arm.body);
                    }
                }
                Kind::Loop(l) => {
                    match &l.head {
                        Head::Forever => {}
                        Head::While(o) => self.spell(&o.tokens),
                        Head::For(h) => {
                            self.spell(&h.iter);
                            self.spell(&h.pat);
                        }
                    }
                    self.block(f, &l.body);
                }
                Kind::Scope(_, _, b) => self.block(f, b),
                _ => {
                    let tokens = emit::block_tokens(f, &vec![stmt.clone()], &Style::of(block));
                    self.spell(&tokens);
                }
            }
        }
    }
}

/// A variable that is only another one under a second name goes by the first.
fn forget_copies(
    f: &mut Function,
    block: &mut Block,
    may: &dyn Fn(&Function, VarId, VarId) -> bool,
) {
    block.retain_mut(|stmt| {
        match &mut stmt.kind {
            Kind::Let(v, Expr::Use(Operand::Var(w))) if may(f, *v, *w) => {
                f.vars[*v].ident = f.vars[*w].ident.clone();
                return false;
            }
            Kind::Let(v, Expr::Load(p)) if p.path.is_empty() && may(f, *v, p.base) => {
                f.vars[*v].ident = f.vars[p.base].ident.clone();
                return false;
            }
            _ => stmt
                .blocks_mut()
                .into_iter()
                .for_each(|b| forget_copies(f, b, may)),
        }
        true
    });
}

fn occurrences(tokens: TokenStream, count: &mut Occurrences) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(i) => *count.entry(i.to_string()).or_default() += 1,
            TokenTree::Group(g) => occurrences(g.stream(), count),
            _ => {}
        }
    }
}

/// Moves single-use values into the statement that uses them, if nothing happens in between.
fn inline(f: &Function, block: &mut Block, count: &Occurrences, calls: &HashSet<VarId>) {
    for stmt in block.iter_mut() {
        for inner in stmt.blocks_mut() {
            inline(f, inner, count, calls);
        }
    }
    let mut at = 0;
    while at < block.len() {
        // Values defined right before, nearest first.
        let mut from = at;
        while from > 0 {
            let Kind::Let(v, e) = &block[from - 1].kind else {
                break;
            };
            let v = *v;
            if !e.is_quiet() || calls.contains(&v) {
                break;
            }
            let single = f.vars[v].temp
                && f.vars[v].ascription.is_none()
                && count.get(&f.vars[v].ident.to_string()) == Some(&2);
            let e = e.clone();
            if single && substitute(f, &mut block[at].kind, v, &e) {
                block.remove(from - 1);
                at -= 1;
            }
            from -= 1;
        }
        at += 1;
    }
}

/// Whether an expression reads memory of a variable.
fn reads(e: &Expr, base: VarId) -> bool {
    match e {
        Expr::Load(p) => p.base == base,
        Expr::Neg(a) | Expr::Cast(a, _) => reads(a, base),
        Expr::Binary(_, a, b) => reads(a, base) || reads(b, base),
        Expr::Method(recv, _, args) => reads(recv, base) || args.iter().any(|a| reads(a, base)),
        Expr::Helper(_, args) => args.iter().any(|a| reads(a, base)),
        _ => false,
    }
}

/// Puts an expression in the place of a variable; whether the place was found.
fn substitute(f: &Function, kind: &mut Kind, v: VarId, by: &Expr) -> bool {
    // The operator of a type parameter borrows its left side before the right is read.
    if let Kind::Update(p, ..) = kind
        && !f.place_ty(p).is_primitive()
        && reads(by, p.base)
    {
        return false;
    }
    match kind {
        Kind::Let(_, e) | Kind::Assign(_, e) | Kind::Update(_, _, e) | Kind::Accumulate(_, e) => {
            if in_expr(f, e, v, by) {
                return true;
            }
            match kind {
                Kind::Assign(p, _) | Kind::Update(p, ..) => in_place(f, p, v, by),
                _ => false,
            }
        }
        Kind::Resize(_, Resize::Push(x)) if matches!(&*x, Operand::Var(w) if *w == v) => {
            *x = Operand::Lit(emit::expr_tokens(f, by));
            true
        }
        Kind::If {
            cond: Operand::Var(c),
            ..
        } if *c == v => {
            let tokens = emit::expr_tokens(f, by);
            if let Kind::If { cond, .. } = kind {
                *cond = Operand::Lit(tokens);
            }
            true
        }
        _ => false,
    }
}

fn in_expr(f: &Function, e: &mut Expr, v: VarId, by: &Expr) -> bool {
    match e {
        Expr::Use(Operand::Var(w)) if *w == v => {
            *e = by.clone();
            true
        }
        Expr::Load(p) if p.base == v && p.path.is_empty() => {
            *e = by.clone();
            true
        }
        Expr::Load(p) => in_place(f, p, v, by),
        Expr::Neg(a) | Expr::Cast(a, _) => in_expr(f, a, v, by),
        Expr::Binary(_, a, b) => in_expr(f, a, v, by) || in_expr(f, b, v, by),
        Expr::Method(recv, _, args) => {
            // A bare literal as a receiver would not know its type.
            in_expr(f, recv, v, by) || args.iter_mut().any(|a| in_expr(f, a, v, by))
        }
        Expr::Helper(_, args) | Expr::Tuple(args) | Expr::Array(args, _) => {
            args.iter_mut().any(|a| in_expr(f, a, v, by))
        }
        Expr::Repeat(a, ..) | Expr::Wrap(a, _) => in_expr(f, a, v, by),
        Expr::Build(b) => b.parts.iter_mut().any(|(_, e)| in_expr(f, e, v, by)),
        _ => false,
    }
}

/// Indices are the user's own tokens again.
fn in_place(f: &Function, p: &mut Place, v: VarId, by: &Expr) -> bool {
    for step in &mut p.path {
        if let Proj::Index(o) = step
            && matches!(o, Operand::Var(w) if *w == v)
        {
            *o = Operand::Lit(emit::expr_tokens(f, by));
            return true;
        }
    }
    false
}

/// The variables that something changes, and the names of those that it borrows to change.
fn changes(f: &Function, block: &Block, out: &mut HashSet<VarId>, borrowed: &mut HashSet<String>) {
    for stmt in block {
        match &stmt.kind {
            Kind::Assign(p, _)
            | Kind::Update(p, ..)
            | Kind::Accumulate(p, _)
            | Kind::Fill(p, _) => {
                out.insert(p.base);
            }
            Kind::Resize(p, how) => {
                out.insert(p.base);
                if let Resize::Append(from, ..) = how {
                    out.insert(from.base);
                }
            }
            Kind::Swap(p, k) => {
                out.insert(p.base);
                if let SwapKind::With(q, _) = k {
                    out.insert(q.base);
                }
            }
            Kind::CopySlice { to, .. } => drop(out.insert(to.base)),
            Kind::Raw(tokens) => {
                let mut all = Occurrences::new();
                occurrences(tokens.clone(), &mut all);
                borrowed.extend(all.into_keys());
            }
            _ => stmt
                .blocks()
                .into_iter()
                .for_each(|b| changes(f, b, out, borrowed)),
        }
        if let Kind::Let(_, e)
        | Kind::Assign(_, e)
        | Kind::Update(_, _, e)
        | Kind::Accumulate(_, e) = &stmt.kind
        {
            if let Expr::Removed(p, _) = e {
                out.insert(p.base);
            }
            let tokens = emit::expr_tokens(f, e);
            if tokens.to_string().contains("& mut") {
                let mut all = Occurrences::new();
                occurrences(tokens, &mut all);
                borrowed.extend(all.into_keys());
            }
        }
    }
}
