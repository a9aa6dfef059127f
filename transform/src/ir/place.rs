//! Memory: places and the steps to them, and what is known of where a place leads.

use super::*;

/// Memory: a variable and a path into it.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where the path starts.
    pub base: VarId,
    /// The steps.
    pub path: Vec<Proj>,
}

/// A step from a place to a part of it.
#[derive(Clone, Debug)]
pub enum Proj {
    /// `*p`.
    Deref,
    /// What an alias refers to, if it can be copied; else the reference itself.
    Value,
    /// `p.name` or `p.0`.
    Field(syn::Member),
    /// `p[i]`.
    Index(Operand),
    /// `p[expression]`, with the variables that the expression reads.
    At(TokenStream, Vec<VarId>),
    /// The same, which the type checker is asked to know as a slice, an array or a `Vec`.
    Run,
    /// `p[from..to]`, with the variables that the range reads.
    Span(TokenStream, Vec<VarId>),
    /// `p[p.len() - 1 - k]`.
    FromEnd(Operand),
    /// `p[a..b]`; the flag says `..=`.
    Range(Option<Operand>, Option<Operand>, bool),
    /// What a pattern binds: the variant's name, the last of its path, and the field.
    Part(Ident, syn::Member),
    /// All but so many elements at the front and at the back.
    Middle(usize, usize),
    /// `p[i]`, where it takes rustc to tell whose index that is, or `*p.method(i, j)`, which gives a reference.
    Way(Box<Way>),
}

/// A step that a type of the user's takes in its own way.
#[derive(Clone, Debug)]
pub struct Way {
    /// The method, if it is none of `Index`.
    pub method: Option<Ident>,
    /// The index, or the method's arguments.
    pub args: Vec<Operand>,
    /// What leads to the part of the tangent.
    pub way: Operand,
}

impl Place {
    /// The variable itself.
    pub fn var(base: VarId) -> Place {
        Place {
            base,
            path: Vec::new(),
        }
    }

    /// The place one step further.
    pub fn then(mut self, step: Proj) -> Place {
        self.path.push(step);
        self
    }

    /// Where the view starts that the path leads through, slice by slice, and the steps from there on:
    /// `v[1..][i].x` is `v`'s element `1 + i`, and then `.x`.
    pub fn view(&self) -> (Vec<&Operand>, &[Proj]) {
        let mut starts = Vec::new();
        let mut steps = self.path.as_slice();
        if let [Proj::Deref, rest @ ..] = steps {
            steps = rest;
        }
        while let [Proj::Range(start, ..), rest @ ..] = steps {
            starts.extend(start);
            steps = rest;
        }
        (starts, steps)
    }

    /// The operands in the path's indices.
    pub fn operands(&self) -> impl Iterator<Item = &Operand> {
        self.path.iter().flat_map(|p| match p {
            Proj::Index(i) | Proj::FromEnd(i) => vec![i],
            Proj::Range(a, b, _) => a.iter().chain(b.iter()).collect(),
            Proj::Way(way) => way.args.iter().chain([&way.way]).collect(),
            _ => vec![],
        })
    }

    /// The variables that its indices read.
    pub fn index_reads(&self) -> Vec<VarId> {
        let given = self.operands().filter_map(|o| match o {
            Operand::Var(v) => Some(*v),
            Operand::Lit(_) => None,
        });
        let written = self.path.iter().flat_map(|step| match step {
            Proj::At(_, reads) | Proj::Span(_, reads) => reads.clone(),
            _ => Vec::new(),
        });
        given.chain(written).collect()
    }
}

impl Function {
    /// Whether what is known of a place's type leaves open that it is a field marked `#[constant]`.
    pub fn may_be_constant_field(&self, place: &Place) -> bool {
        matches!(self.place_ty(place), Ty::Unknown)
            && self.resolve(place).path.iter().any(|s| {
                matches!(
                    s,
                    Proj::Field(syn::Member::Named(_)) | Proj::Part(..) | Proj::Field(_)
                )
            })
    }

    /// Whether the places are parts of different fields, as far as their paths tell.
    pub fn are_apart(&self, one: &Place, other: &Place) -> bool {
        let (one, other) = (self.resolve(one), self.resolve(other));
        if one.base != other.base {
            return true;
        }
        for steps in one.path.iter().zip(&other.path) {
            match steps {
                (Proj::Deref, Proj::Deref) => {}
                (Proj::Field(a), Proj::Field(b)) if a == b => {}
                (Proj::Field(_), Proj::Field(_)) => return true,
                _ => return false,
            }
        }
        false
    }

    /// The place with every alias expanded, down to a variable that owns or borrows the memory.
    pub fn resolve(&self, place: &Place) -> Place {
        let Some(target) = &self.vars[place.base].alias else {
            let mut place = place.clone();
            let by_reference = matches!(self.vars[place.base].ty, Ty::Ref(..));
            if by_reference && !matches!(place.path.first(), Some(Proj::Deref)) {
                // Auto-dereference, made explicit.
                place.path.insert(0, Proj::Deref);
            }
            return place;
        };
        let mut whole = self.resolve(target);
        let rest = match place.path.first() {
            Some(Proj::Deref | Proj::Value) => &place.path[1..],
            _ => &place.path[..],
        };
        whole.path.extend(rest.iter().cloned());
        whole
    }

    /// The variable whose memory a place is part of.
    pub fn root(&self, place: &Place) -> VarId {
        self.resolve(place).base
    }

    /// Whether a method called on the place may change it, as far as can be told without its signature.
    pub fn may_be_changed(&self, receiver: &Place) -> bool {
        let mut base = receiver.base;
        while let Some(place) = &self.vars[base].alias {
            // Nothing changes through a shared reference.
            if matches!(self.vars[base].ty, Ty::Ref(_, false)) {
                return false;
            }
            base = place.base;
        }
        let var = &self.vars[base];
        let settled = var.deferred && !var.temp;
        (var.mutable && !settled) || matches!(var.ty, Ty::Ref(_, true))
    }

    /// What is known of a place's type.
    pub fn place_ty(&self, place: &Place) -> Ty {
        let mut ty = self.vars[place.base].ty.clone();
        for step in &place.path {
            ty = match step {
                Proj::Run => ty,
                Proj::Deref | Proj::Value => match ty {
                    Ty::Ref(t, _) => *t,
                    _ => Ty::Unknown,
                },
                Proj::Index(_) | Proj::At(..) | Proj::FromEnd(_) => ty.element(),
                Proj::Range(..) | Proj::Span(..) | Proj::Middle(..) => {
                    Ty::Slice(Box::new(ty.element()))
                }
                Proj::Part(name, _) => match ty.peeled() {
                    Ty::Option(t) if name == "Some" => (**t).clone(),
                    Ty::Result(t) if name == "Ok" => (**t).clone(),
                    _ => Ty::Unknown,
                },
                Proj::Field(syn::Member::Unnamed(i)) => match ty.peeled() {
                    Ty::Tuple(ts) => ts.get(i.index as usize).cloned().unwrap_or_default(),
                    _ => Ty::Unknown,
                },
                Proj::Field(_) | Proj::Way(..) => Ty::Unknown,
            };
        }
        ty
    }

    /// Whether a receiver may be a trait object, and is lent to its method by a shared reference in any case.
    pub fn may_be_object(&self, place: &Place) -> bool {
        if !matches!(self.place_ty(place).peeled(), Ty::Unknown) {
            return false;
        }
        let mut base = place.base;
        loop {
            let var = &self.vars[base];
            match (&var.ty, &var.alias) {
                (Ty::Ref(_, mutable), _) => return !mutable,
                (_, Some(place)) => base = place.base,
                (_, None) => return !var.mutable && self.params.iter().any(|p| p.var == base),
            }
        }
    }
}
