//! What syntax alone tells of a type. A macro sees tokens, so most types are `Unknown`; knowing that
//! something is a plain float lets the adjoint be plain arithmetic, and knowing that it is an integer
//! proves that no derivative flows through it.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// A type as far as the tokens show it.
#[derive(Clone, Debug, Default)]
pub enum Ty {
    /// `f32` or `f64`; `None` while only a float literal was seen.
    Float(Option<&'static str>),
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
    /// The payload of a `None`, which can be of any type.
    Never,
    /// Anything else.
    #[default]
    Unknown,
}

const INTEGERS: [&str; 12] = [
    "usize", "isize", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128",
];

impl Ty {
    /// An `f64`, `f32` or float literal.
    pub fn is_float(&self) -> bool {
        matches!(self, Ty::Float(_))
    }

    /// Known to be without a tangent: an integer, a truth value, text, or a container of these.
    pub fn is_constant(&self) -> bool {
        match self {
            Ty::Int(_) | Ty::Bool | Ty::Constant => true,
            // A `None` may become a `Some` of anything.
            Ty::Float(_) | Ty::Never | Ty::Unknown => false,
            Ty::Ref(t, _) | Ty::Slice(t) | Ty::Array(t, _) | Ty::Vec(t) | Ty::Option(t) => {
                t.is_constant()
            }
            Ty::Tuple(ts) => ts.iter().all(Ty::is_constant),
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
            Ty::Slice(_) | Ty::Vec(_) | Ty::Unknown => false,
        }
    }

    /// What can be read off a written type.
    pub fn of(ty: &syn::Type) -> Ty {
        match ty {
            syn::Type::Paren(p) => Ty::of(&p.elem),
            syn::Type::Group(g) => Ty::of(&g.elem),
            syn::Type::Reference(r) => Ty::Ref(Box::new(Ty::of(&r.elem)), r.mutability.is_some()),
            syn::Type::Slice(s) => Ty::Slice(Box::new(Ty::of(&s.elem))),
            syn::Type::Array(a) => {
                Ty::Array(Box::new(Ty::of(&a.elem)), Some(a.len.to_token_stream()))
            }
            syn::Type::Tuple(t) => Ty::Tuple(t.elems.iter().map(Ty::of).collect()),
            syn::Type::Path(p) if p.qself.is_none() => Ty::of_path(&p.path),
            _ => Ty::Unknown,
        }
    }

    fn of_path(path: &syn::Path) -> Ty {
        let Some(last) = path.segments.last() else {
            return Ty::Unknown;
        };
        let name = last.ident.to_string();
        match (&last.arguments, path.segments.len()) {
            (syn::PathArguments::None, 1) => match name.as_str() {
                "f64" => Ty::Float(Some("f64")),
                "f32" => Ty::Float(Some("f32")),
                "bool" => Ty::Bool,
                "char" | "String" | "str" => Ty::Constant,
                n if INTEGERS.contains(&n) => Ty::Int(Some(name)),
                _ => Ty::Unknown,
            },
            (syn::PathArguments::AngleBracketed(args), _) if args.args.len() == 1 => {
                let Some(syn::GenericArgument::Type(inner)) = args.args.first() else {
                    return Ty::Unknown;
                };
                match name.as_str() {
                    "Vec" => Ty::Vec(Box::new(Ty::of(inner))),
                    "Option" => Ty::Option(Box::new(Ty::of(inner))),
                    _ => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }

    /// What is known of a value that is sometimes the one, sometimes the other.
    pub fn join(&self, other: &Ty) -> Ty {
        match (self, other) {
            (Ty::Never, t) | (t, Ty::Never) => t.clone(),
            (Ty::Float(a), Ty::Float(b)) => Ty::Float(a.or(*b)),
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
            _ => Ty::Unknown,
        }
    }
}
