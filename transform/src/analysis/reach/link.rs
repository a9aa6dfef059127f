//! How a variable is connected to an input: by which calls, and under which conditions.

/// Something that must hold on the way through the function for a connection to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// The condition with this number holds.
    Holds(usize),
    /// It does not.
    Fails(usize),
    /// The `match` with this number takes this arm, of so many.
    Arm(usize, usize, usize),
    /// The loop with this number runs at least once.
    Runs(usize),
    /// It does not.
    Skips(usize),
    /// The loop gets to its second trip.
    Again(usize),
    /// Something that is not told: a way that was left out because there are too many.
    Untold,
}

/// A disjunction of conjunctions: empty is never, one empty term is always.
pub type When = Vec<Vec<Atom>>;

/// An argument of a call: the number of the call, and the position.
pub type Edge = (usize, usize);

/// More ways than this are not told apart.
const MOST: usize = 12;

/// Nobody reads a condition of more parts than this.
const LONGEST: usize = 6;

/// The connection of a variable to an input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// Each way from the input, as the arguments of calls that it leads through. No way: not connected. A way
    /// through no call: connected, whatever the callees do.
    pub ways: Vec<Vec<Edge>>,
    /// Alternatives: the variable is connected on every path if all arguments of one of these always reach the
    /// results of their calls.
    pub always: Vec<Vec<Edge>>,
    /// Where it is connected, as far as the function itself decides.
    pub when: When,
}

impl Link {
    /// The input itself.
    pub fn input() -> Link {
        Link {
            ways: vec![Vec::new()],
            always: vec![Vec::new()],
            when: vec![Vec::new()],
        }
    }

    /// Whether some path may connect it.
    pub fn is_connected(&self) -> bool {
        !self.ways.is_empty()
    }

    /// What is connected by either.
    pub fn or(&mut self, other: &Link) {
        add_ways(&mut self.ways, &other.ways);
        few(&mut self.always, &other.always);
        self.when.extend(other.when.iter().cloned());
        simplify(&mut self.when);
    }

    /// The connection of a call's results by this argument.
    pub fn through(&self, edge: Edge) -> Link {
        let along = |way: &Vec<Edge>| {
            let mut way = way.clone();
            if !way.contains(&edge) && way.len() < MOST {
                way.push(edge);
            }
            way
        };
        let mut ways = Vec::new();
        for way in &self.ways {
            add_way(&mut ways, along(way));
        }
        Link {
            ways,
            always: self.always.iter().map(along).collect(),
            when: self.when.clone(),
        }
    }

    /// What is connected on one of two paths, each with the conditions that lead there.
    pub fn meet(&self, here: &When, other: &Link, there: &When) -> Link {
        let mut ways = self.ways.clone();
        add_ways(&mut ways, &other.ways);
        let mut always = Vec::new();
        for one in &self.always {
            for two in &other.always {
                let mut both = one.clone();
                both.extend(two.iter().filter(|edge| !one.contains(edge)));
                both.sort_unstable();
                few(&mut always, &[both]);
            }
        }
        let mut when = match self.when == other.when {
            true => self.when.clone(),
            false => {
                let mut when = and(here, &self.when);
                when.extend(and(there, &other.when));
                when
            }
        };
        simplify(&mut when);
        Link { ways, always, when }
    }
}

fn add_ways(ways: &mut Vec<Vec<Edge>>, more: &[Vec<Edge>]) {
    more.iter().for_each(|way| add_way(ways, way.clone()));
}

/// The alternatives that ask least, a few of them.
fn few(list: &mut Vec<Vec<Edge>>, more: &[Vec<Edge>]) {
    const FEW: usize = 4;
    list.extend(more.iter().cloned());
    list.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    list.dedup();
    if list.first().is_some_and(Vec::is_empty) {
        list.truncate(1);
    }
    list.truncate(FEW);
}

/// A way that needs all that another needs, and more, tells nothing new.
fn add_way(ways: &mut Vec<Vec<Edge>>, way: Vec<Edge>) {
    let within = |a: &Vec<Edge>, b: &Vec<Edge>| a.iter().all(|edge| b.contains(edge));
    if ways.iter().any(|known| within(known, &way)) {
        return;
    }
    ways.retain(|known| !within(&way, known));
    ways.push(way);
    if ways.len() > MOST {
        // Too many to tell: taken for connected, so that no warning is wrong.
        *ways = vec![Vec::new()];
    }
}

/// Both hold.
pub fn and(a: &When, b: &When) -> When {
    let always = |when: &When| matches!(&when[..], [term] if term.is_empty());
    if always(a) || a == b {
        return b.clone();
    }
    if always(b) {
        return a.clone();
    }
    let mut out = When::new();
    for x in a {
        for y in b {
            let mut term = x.clone();
            term.extend(y);
            term.sort_unstable();
            term.dedup();
            out.push(term);
        }
    }
    simplify(&mut out);
    out
}

/// Drops what is implied, and joins the two sides of a branch. What is left out, for there is too much of it, stays as
/// a way that is not told.
pub fn simplify(when: &mut When) {
    if when.iter().any(|term| term.len() > LONGEST) {
        when.retain(|term| term.len() <= LONGEST);
        when.push(vec![Atom::Untold]);
    }
    loop {
        when.sort();
        when.dedup();
        // The shortest first: what a term is implied by stands before it, and they are the most telling.
        when.sort_by_key(Vec::len);
        let mut kept: Vec<(u64, Vec<Atom>)> = Vec::new();
        let mut untold = false;
        for term in when.drain(..) {
            let mask = mask(&term);
            let within = |(m, other): &(u64, Vec<Atom>)| {
                m & !mask == 0 && other.iter().all(|atom| term.binary_search(atom).is_ok())
            };
            if kept.iter().any(within) {
                continue;
            }
            if kept.len() == MOST {
                untold = true;
                break;
            }
            kept.push((mask, term));
        }
        when.extend(kept.into_iter().map(|(_, term)| term));
        if untold {
            // One that is told less makes room, so that there are never more.
            when.pop();
            when.retain(|term| !term.contains(&Atom::Untold));
            when.insert(0, vec![Atom::Untold]);
        }
        let Some(joined) = joined(when) else {
            return;
        };
        *when = joined;
    }
}

/// A bit or two for each atom, by which most pairs of terms are told apart at once.
fn mask(term: &[Atom]) -> u64 {
    term.iter().fold(0, |mask, atom| {
        let (kind, n) = match *atom {
            Atom::Holds(n) => (0, n),
            Atom::Fails(n) => (1, n),
            Atom::Arm(n, k, _) => (2 + k, n),
            Atom::Runs(n) => (0, n),
            Atom::Skips(n) => (1, n),
            Atom::Again(n) => (2, n),
            Atom::Untold => (0, 21),
        };
        mask | 1 << ((3 * n + kind) % 64)
    })
}

/// The terms with one atom less, where all the alternatives of that atom are there.
fn joined(when: &When) -> Option<When> {
    for term in when {
        for atom in term {
            let rest: Vec<Atom> = term.iter().copied().filter(|a| a != atom).collect();
            let with = |other: Atom| {
                let mut full = rest.clone();
                full.push(other);
                full.sort_unstable();
                full
            };
            let others: Vec<Vec<Atom>> = match *atom {
                Atom::Holds(n) => vec![with(Atom::Fails(n))],
                Atom::Runs(n) => vec![with(Atom::Skips(n))],
                Atom::Arm(n, 0, arms) => (1..arms).map(|a| with(Atom::Arm(n, a, arms))).collect(),
                _ => continue,
            };
            if others.iter().all(|other| when.contains(other)) {
                let mut out = when.clone();
                out.retain(|t| t != term && !others.contains(t));
                out.push(rest);
                return Some(out);
            }
        }
    }
    None
}
