//! What syntax alone tells of a type. A macro sees tokens, so most types are `Unknown`; knowing that
//! something is a plain float lets the adjoint be plain arithmetic, and knowing that it is an integer
//! proves that no derivative flows through it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use std::collections::HashMap;

/// A type as far as the tokens show it.
#[derive(Clone, Debug, Default)]
pub enum Ty {
    /// A real number.
    Float(Scalar),
    /// An integer; the name where it is known.
    Int(Option<String>),
    /// `bool`.
    Bool,
    /// `char`, strings, `()`: known to have no tangent.
    Constant,
    /// `&T` or `&mut T`.
    Ref(Box<Ty>, bool),
    /// `[T]`.
    Slice(Box<Ty>),
    /// `[T; N]` with the tokens of `N`.
    Array(Box<Ty>, Option<TokenStream>),
    /// `Vec<T>`.
    Vec(Box<Ty>),
    /// A tuple; the empty one is `()`.
    Tuple(Vec<Ty>),
    /// `Option<T>`.
    Option(Box<Ty>),
    /// `Result<T, E>`; the error carries no derivative.
    Result(Box<Ty>),
    /// The payload of a `None`, which can be of any type.
    Never,
    /// A function that was given as a parameter.
    Function,
    /// Anything else.
    #[default]
    Unknown,
}

/// Which real number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// A type parameter that is bounded by `Real`.
    Param(Ident),
    /// One of these: only a float literal was seen, or a value beside one.
    Literal,
}

impl Scalar {
    /// The float type of that name.
    pub fn named(name: &str) -> Option<Scalar> {
        match name {
            "f64" => Some(Scalar::F64),
            "f32" => Some(Scalar::F32),
            _ => None,
        }
    }

    /// The type as it is written, where it is known.
    pub fn written(&self) -> Option<TokenStream> {
        match self {
            Scalar::F32 => Some(quote!(f32)),
            Scalar::F64 => Some(quote!(f64)),
            Scalar::Param(name) => Some(name.to_token_stream()),
            Scalar::Literal => None,
        }
    }

    /// What is known of a value that is both.
    pub fn join(&self, other: &Scalar) -> Scalar {
        match self {
            Scalar::Literal => other.clone(),
            one => one.clone(),
        }
    }

    /// Whether both can be the same type.
    pub fn fits(&self, other: &Scalar) -> bool {
        self == other || matches!((self, other), (Scalar::Literal, _) | (_, Scalar::Literal))
    }

    /// Zero.
    pub fn zero(&self) -> TokenStream {
        match self {
            Scalar::F32 => quote!(0.0_f32),
            Scalar::F64 => quote!(0.0_f64),
            Scalar::Param(name) => quote!(__rt::real::<#name>(0.0)),
            Scalar::Literal => quote!(0.0),
        }
    }
}

const INTEGERS: [&str; 12] = [
    "usize", "isize", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128",
];

impl Ty {
    /// A real number.
    pub fn is_float(&self) -> bool {
        matches!(self, Ty::Float(_))
    }

    /// An `f32` or an `f64`.
    pub fn is_primitive(&self) -> bool {
        matches!(self, Ty::Float(s) if !matches!(s, Scalar::Param(_)))
    }

    /// Two real numbers of one type, as far as is known.
    pub fn fits(&self, other: &Ty) -> bool {
        match (self, other) {
            (Ty::Float(a), Ty::Float(b)) => a.fits(b),
            _ => false,
        }
    }

    /// Known to be without a tangent: an integer, a truth value, text, or a container of these.
    pub fn is_constant(&self) -> bool {
        match self {
            Ty::Int(_) | Ty::Bool | Ty::Constant => true,
            // A `None` may become a `Some` of anything.
            Ty::Float(_) | Ty::Never | Ty::Function | Ty::Unknown => false,
            Ty::Ref(t, _)
            | Ty::Slice(t)
            | Ty::Array(t, _)
            | Ty::Vec(t)
            | Ty::Option(t)
            | Ty::Result(t) => t.is_constant(),
            Ty::Tuple(ts) => ts.iter().all(Ty::is_constant),
        }
    }

    /// Known down to its parts.
    pub fn is_known(&self) -> bool {
        match self {
            Ty::Float(_) | Ty::Int(_) | Ty::Bool | Ty::Constant => true,
            Ty::Ref(t, _) | Ty::Slice(t) | Ty::Array(t, _) | Ty::Vec(t) | Ty::Option(t) => {
                t.is_known()
            }
            Ty::Tuple(ts) => ts.iter().all(Ty::is_known),
            _ => false,
        }
    }

    /// The type behind any number of references.
    pub fn peeled(&self) -> &Ty {
        match self {
            Ty::Ref(t, _) => t.peeled(),
            t => t,
        }
    }

    /// The element type of a slice, array or vector, also behind references.
    pub fn element(&self) -> Ty {
        match self.peeled() {
            Ty::Slice(t) | Ty::Array(t, _) | Ty::Vec(t) => (**t).clone(),
            _ => Ty::Unknown,
        }
    }

    /// What is in a `Some` or an `Ok`, also behind references.
    pub fn payload(&self) -> Ty {
        match self.peeled() {
            Ty::Option(t) | Ty::Result(t) => (**t).clone(),
            _ => Ty::Unknown,
        }
    }

    /// A slice, array or vector, also behind references.
    pub fn is_sequence(&self) -> bool {
        matches!(self.peeled(), Ty::Slice(_) | Ty::Array(..) | Ty::Vec(_))
    }

    /// Copied by plain assignment as far as is known.
    pub fn is_copy(&self) -> bool {
        match self {
            Ty::Float(_) | Ty::Int(_) | Ty::Bool | Ty::Constant | Ty::Never => true,
            Ty::Ref(_, mutable) => !mutable,
            Ty::Array(t, _) | Ty::Option(t) => t.is_copy(),
            Ty::Tuple(ts) => ts.iter().all(Ty::is_copy),
            Ty::Slice(_) | Ty::Vec(_) | Ty::Result(_) | Ty::Function | Ty::Unknown => false,
        }
    }

    /// Whether all values of the type, which stays where it is, have tangents of one shape as far as is known.
    pub fn is_fixed(&self) -> bool {
        match self {
            Ty::Slice(t) | Ty::Ref(t, _) | Ty::Array(t, _) => t.is_fixed(),
            Ty::Tuple(ts) => ts.iter().all(Ty::is_fixed),
            // The tangent of `None` is another than that of `Some`.
            Ty::Option(_) | Ty::Never => false,
            ty => ty.is_copy(),
        }
    }

    /// What is known of a value that is sometimes the one, sometimes the other.
    pub fn join(&self, other: &Ty) -> Ty {
        match (self, other) {
            (Ty::Never, t) | (t, Ty::Never) => t.clone(),
            (Ty::Float(a), Ty::Float(b)) => Ty::Float(a.join(b)),
            (Ty::Int(a), Ty::Int(b)) => Ty::Int(a.clone().or(b.clone())),
            (Ty::Constant, Ty::Constant) => Ty::Constant,
            (Ty::Bool, Ty::Bool) => Ty::Bool,
            (Ty::Tuple(a), Ty::Tuple(b)) if a.len() == b.len() => {
                Ty::Tuple(a.iter().zip(b).map(|(a, b)| a.join(b)).collect())
            }
            (Ty::Array(a, n), Ty::Array(b, m)) => {
                Ty::Array(Box::new(a.join(b)), n.clone().or(m.clone()))
            }
            (Ty::Vec(a), Ty::Vec(b)) => Ty::Vec(Box::new(a.join(b))),
            (Ty::Option(a), Ty::Option(b)) => Ty::Option(Box::new(a.join(b))),
            (Ty::Result(a), Ty::Result(b)) => Ty::Result(Box::new(a.join(b))),
            _ => Ty::Unknown,
        }
    }
}

/// What a function's signature tells of the types that it names.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// Type parameters that are real numbers.
    pub reals: Vec<Ident>,
    /// Type parameters that nothing lets be differentiated.
    constants: Vec<Ident>,
    /// Type parameters that nothing lets be differentiated, but that may stand for numbers.
    vague: Vec<Ident>,
    /// Whether there are type parameters at all.
    pub generic: bool,
    /// Some parameter is bounded so that neither `f64` nor a number may stand for it.
    special: bool,
    /// Parameters that are constants.
    pub lengths: Vec<Ident>,
    /// The type that has the `impl` around.
    pub own: Option<syn::Type>,
    /// What the methods of the `impl` around give.
    pub methods: HashMap<String, Ty>,
    /// The function's own name and what it gives, where a call by that name is a call of itself.
    pub itself: Option<(Ident, Ty)>,
}

impl Types {
    /// Reads the bounds of type parameters, inline and in the `where` clause.
    pub fn of_generics(generics: &syn::Generics) -> Types {
        let mut types = Types::default();
        let lengths = generics.const_params();
        types.lengths = lengths.map(|param| param.ident.clone()).collect();
        types.special = !can_be_filled(generics);
        for param in generics.type_params() {
            types.generic = true;
            let bounds: Vec<&syn::TypeParamBound> = param
                .bounds
                .iter()
                .chain(where_bounds(generics, &param.ident))
                .collect();
            if bounds.iter().any(|b| is_real(b)) {
                types.reals.push(param.ident.clone());
            } else if bounds.iter().all(|b| is_plain(b)) {
                types.constants.push(param.ident.clone());
            } else if bounds.iter().all(|b| is_of_std(b)) {
                types.vague.push(param.ident.clone());
            }
        }
        types
    }

    /// The same with what the `impl` around tells: its type parameters, and what its methods give.
    pub fn within(mut self, around: Option<&syn::ItemImpl>) -> Types {
        let Some(around) = around else { return self };
        let outer = Types::of_generics(&around.generics);
        self.reals.extend(outer.reals);
        self.constants.extend(outer.constants);
        self.generic |= outer.generic;
        self.special |= outer.special;
        self.lengths.extend(outer.lengths);
        self.own = Some((*around.self_ty).clone());
        for item in &around.items {
            let syn::ImplItem::Fn(method) = item else {
                continue;
            };
            // A type parameter of the method's own means nothing to its callers.
            if method.sig.generics.params.is_empty() {
                let ty = match &method.sig.output {
                    syn::ReturnType::Default => Ty::Tuple(Vec::new()),
                    syn::ReturnType::Type(_, ty) => self.of(ty),
                };
                // What changes something is a call like any other, whatever it gives.
                let changes = method.sig.inputs.iter().any(|input| match input {
                    syn::FnArg::Receiver(r) => {
                        matches!(r.kind, syn::ReceiverKind::Reference(_, _, Some(_)))
                    }
                    syn::FnArg::Typed(p) => {
                        matches!(&*p.ty, syn::Type::Reference(r) if r.mutability.is_some())
                    }
                });
                if !(changes && ty.is_constant()) {
                    self.methods.insert(method.sig.ident.to_string(), ty);
                }
            }
        }
        self
    }

    /// Whether a type that names the parameters can be written where there are none, with an example for each: `f64`
    /// for a real number, 1 for a length.
    pub fn can_be_filled(&self) -> bool {
        !self.special
    }

    /// The real number that a path names.
    pub fn scalar(&self, path: &syn::Path) -> Option<Scalar> {
        let ident = path.get_ident()?;
        let param = self.reals.iter().find(|real| *real == ident);
        param
            .map(|param| Scalar::Param(param.clone()))
            .or_else(|| Scalar::named(&ident.to_string()))
    }

    /// A type parameter whose bounds say that it could be made into a number, but not that it is one.
    pub fn is_vague(&self, ty: &syn::Type) -> bool {
        match ty {
            syn::Type::Path(p) => self.vague.iter().any(|name| p.path.is_ident(name)),
            syn::Type::Reference(r) => self.is_vague(&r.elem),
            _ => false,
        }
    }

    /// What can be read off a written type.
    pub fn of(&self, ty: &syn::Type) -> Ty {
        match ty {
            syn::Type::Paren(p) => self.of(&p.elem),
            syn::Type::Group(g) => self.of(&g.elem),
            syn::Type::Reference(r) => Ty::Ref(Box::new(self.of(&r.elem)), r.mutability.is_some()),
            syn::Type::Slice(s) => Ty::Slice(Box::new(self.of(&s.elem))),
            syn::Type::Array(a) => {
                Ty::Array(Box::new(self.of(&a.elem)), Some(a.len.to_token_stream()))
            }
            syn::Type::Tuple(t) => Ty::Tuple(t.elems.iter().map(|t| self.of(t)).collect()),
            syn::Type::Path(p) if p.qself.is_none() => self.of_path(&p.path),
            _ => Ty::Unknown,
        }
    }

    fn of_path(&self, path: &syn::Path) -> Ty {
        if let Some(scalar) = self.scalar(path) {
            return Ty::Float(scalar);
        }
        let Some(last) = path.segments.last() else {
            return Ty::Unknown;
        };
        let name = last.ident.to_string();
        match (&last.arguments, path.segments.len()) {
            (syn::PathArguments::None, 1) => match name.as_str() {
                "bool" => Ty::Bool,
                "char" | "String" | "str" => Ty::Constant,
                n if INTEGERS.contains(&n) => Ty::Int(Some(name)),
                _ if self.constants.contains(&last.ident) => Ty::Constant,
                _ => Ty::Unknown,
            },
            (syn::PathArguments::AngleBracketed(args), _)
                if args.args.len() == 1 || name == "Result" =>
            {
                let Some(syn::GenericArgument::Type(inner)) = args.args.first() else {
                    return Ty::Unknown;
                };
                match name.as_str() {
                    "Vec" => Ty::Vec(Box::new(self.of(inner))),
                    "Option" => Ty::Option(Box::new(self.of(inner))),
                    "Result" => Ty::Result(Box::new(self.of(inner))),
                    _ => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }
}

/// The bounds that the `where` clause gives a type parameter.
fn where_bounds<'a>(
    generics: &'a syn::Generics,
    param: &'a Ident,
) -> impl Iterator<Item = &'a syn::TypeParamBound> {
    let predicates = generics.where_clause.iter().flat_map(|w| &w.predicates);
    predicates
        .filter_map(move |p| match p {
            syn::WherePredicate::Type(t) => match &t.bounded_ty {
                syn::Type::Path(p) if p.path.is_ident(param) => Some(&t.bounds),
                _ => None,
            },
            _ => None,
        })
        .flatten()
}

/// Whether all that is asked of the parameters is what `f64` fulfils, and a length.
fn can_be_filled(generics: &syn::Generics) -> bool {
    let fits = |bound: &syn::TypeParamBound| {
        let lifetime = matches!(bound, syn::TypeParamBound::Lifetime(_));
        lifetime || is_real(bound) || is_bare(bound, &OF_F64)
    };
    let mut params = generics.params.iter();
    let plain = params.all(|param| match param {
        syn::GenericParam::Lifetime(_) => true,
        syn::GenericParam::Type(t) => {
            let all = || t.bounds.iter().chain(where_bounds(generics, &t.ident));
            all().any(is_real) && all().all(fits)
        }
        syn::GenericParam::Const(c) => {
            matches!(&c.ty, syn::Type::Path(p) if p.path.is_ident("usize"))
        }
    });
    let mut predicates = generics.where_clause.iter().flat_map(|w| &w.predicates);
    plain
        && predicates.all(|p| match p {
            syn::WherePredicate::Type(t) => {
                matches!(&t.bounded_ty, syn::Type::Path(p) if p.path.get_ident().is_some())
            }
            _ => true,
        })
}

/// Traits of std that `f64` has.
const OF_F64: [&str; 9] = [
    "Copy",
    "Clone",
    "Debug",
    "Display",
    "Default",
    "PartialEq",
    "PartialOrd",
    "Send",
    "Sync",
];

/// `Real` by any path; generated code asks rustc whether it is ours.
fn is_real(bound: &syn::TypeParamBound) -> bool {
    is_bare(bound, &["Real"])
}

/// One of these traits, by any path and without arguments.
fn is_bare(bound: &syn::TypeParamBound, names: &[&str]) -> bool {
    let syn::TypeParamBound::Trait(t) = bound else {
        return false;
    };
    let last = t.path.segments.last();
    last.is_some_and(|s| s.arguments.is_none() && names.iter().any(|name| s.ident == name))
}

/// Traits of std that `f64` lacks, or that have arguments. Neither these nor those of `f64` say that something is a number.
const OTHERS_OF_STD: [&str; 17] = [
    "Eq", "Ord", "Hash", "Sized", "Unpin", "Any", "Into", "TryInto", "From", "TryFrom", "AsRef",
    "Borrow", "ToString", "FromStr", "Error", "Write", "Read",
];

/// One of these traits, of whatever.
fn is_of_std(bound: &syn::TypeParamBound) -> bool {
    match bound {
        syn::TypeParamBound::Trait(t) => t.path.segments.last().is_some_and(|last| {
            OF_F64
                .iter()
                .chain(&OTHERS_OF_STD)
                .any(|name| last.ident == name)
        }),
        syn::TypeParamBound::Lifetime(_) => true,
        _ => false,
    }
}

/// A bound that lets a value be copied, compared, printed or made into something that is no real number. A type
/// parameter with no other bounds cannot be differentiated, whatever it stands for.
fn is_plain(bound: &syn::TypeParamBound) -> bool {
    let syn::TypeParamBound::Trait(t) = bound else {
        return matches!(bound, syn::TypeParamBound::Lifetime(_));
    };
    let Some(last) = t.path.segments.last() else {
        return false;
    };
    if !is_of_std(bound) {
        return false;
    }
    match &last.arguments {
        syn::PathArguments::None => true,
        syn::PathArguments::AngleBracketed(args) => args.args.iter().all(|arg| match arg {
            syn::GenericArgument::Type(ty) => Types::default().of(ty).is_constant(),
            _ => false,
        }),
        syn::PathArguments::Parenthesized(_) => false,
    }
}
