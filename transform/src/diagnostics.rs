//! What is said when something cannot be differentiated: one table of code, message and way out.
//!
//! Every refusal has a code of its own, is shown at the user's own tokens and says what to write instead.
//! The text speaks of the user's program, never of how it is compiled. Refusals are collected and reported
//! together, so that a function is repaired in one round.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Defines [`Code`] and its texts from the one table below.
macro_rules! table {
    ($($code:ident: $title:literal => $help:literal;)*) => {
        /// The kinds of refusal, one for each thing that is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("Says “", $title, "”.")] $code,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$code),*];

            /// The code's name, as in the manual.
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => stringify!($code),)* }
            }

            /// What is wrong, as a phrase that a detail may follow.
            pub fn title(self) -> &'static str {
                match self { $(Code::$code => $title,)* }
            }

            /// The way out: what to write instead.
            pub fn help(self) -> &'static str {
                match self { $(Code::$code => $help,)* }
            }
        }
    };
}

table! {
    // The attribute and its options.
    UnknownOption: "`differentiable` has no such option"
        => "the options are `wrt(…)`, `mode`, `order`, `detached`, `name`, `crate`, `checkpoint`, `vjp` and `jvp`";
    BadOption: "this option of `differentiable` is not written correctly"
        => "write for example `#[differentiable(wrt(x), mode = \"reverse\", detached = \"allow\")]`";
    DuplicateOption: "this is given twice to `differentiable`"
        => "keep one of the two";
    OptionNotYet: "this option of `differentiable` is not supported yet"
        => "remove it; the gradient is the same without it";
    OwnRuleOrder: "a function with a rule of its own has first derivatives only"
        => "remove `order = 2`, or remove the rule; the derivative is then that of the function's body";
    OwnRuleBlock: "a rule is for one function"
        => "give it to the method, as in `#[differentiable(vjp = my_rule)]` above the `fn` inside the block";
    OwnRuleHalf: "an annotated trait needs both modes of a method"
        => "give `vjp = …` and `jvp = …`";
    OwnRuleNoBody: "this method of the trait has no body, and so no rule"
        => "give the rule to the method in each `impl` of the trait";
    NotAFunction: "`#[differentiable]` is for functions"
        => "put the attribute on a function, a method or an `impl` block";
    AttributeTwice: "`#[differentiable]` is written twice on this"
        => "keep one and put all options in it, as in `#[differentiable(wrt(x), order = 2)]`";
    WrtUnknown: "`wrt` names something that is not a parameter"
        => "name parameters of this function, as in `wrt(x, y)`";
    WrtNoTangent: "this parameter has no derivative"
        => "integers, truth values and text do not vary continuously: leave it out of `wrt`, or mark it `#[constant]`, or make it an `f64`";
    GradNotScalar: "`grad` needs a function that returns one real number"
        => "return an `f64` or `f32`, or use `vjp`, which takes a seed for any return type";
    DetachedInput: "this input has no gradient"
        => "mark it `#[constant]`, or write `#[differentiable(detached = \"allow\")]` if that is meant";
    Order2Unsupported: "the second derivative of this is not supported yet"
        => "remove `order = 2`, or move this into a function without it";
    NoInputs: "there is nothing to differentiate with respect to"
        => "give the function a parameter that has a derivative, such as `x: f64`";

    // `#[derive(Differentiable)]` and its attributes.
    DeriveUnion: "`Differentiable` cannot be derived for a union"
        => "use an `enum`, which knows what it holds";
    DeriveField: "the derivative of this field cannot be followed"
        => "mark the field `#[constant]`, or own the value, or borrow it with `&`";
    DeriveAttribute: "this attribute of `#[derive(Differentiable)]` is not written correctly"
        => "write `#[constant]` on a field, and on the type `#[tangent(derive(…), name = Name, crate = path)]`";

    // The function's signature.
    PrimitiveName: "the derivatives cannot have the name of a primitive type"
        => "give them another name, as in `#[differentiable(name = derivative)]`, or rename the function";
    SelfReceiver: "methods are not supported yet"
        => "write a free function that takes what it needs as parameters, and call it from the method";
    AsyncFn: "an `async` function cannot be differentiated"
        => "compute the value in a plain `fn`, annotate that, and call it from the `async` function";
    UnsafeFn: "an `unsafe` function cannot be differentiated"
        => "write a safe `fn`, for example over slices instead of pointers";
    ExternFn: "a function with a foreign calling convention cannot be differentiated"
        => "annotate a plain `fn` and call it from the `extern` function";
    Variadic: "a variadic function cannot be differentiated"
        => "take a slice, as in `values: &[f64]`";
    DefaultFn: "a `default` function cannot be differentiated"
        => "write a plain `fn`";
    BadParameterPattern: "this parameter pattern is not supported yet"
        => "give the parameter a name and take it apart with `let` in the body";
    ViewByValue: "a view that changes the caller's array is an output as well"
        => "take it by `&mut`, as in `a: &mut ArrayViewMut1<f64>` or `a: &mut Array1<f64>`";
    BorrowingParameter: "the derivative looks at this value again, which borrows its data"
        => "take it by reference, as in `view: &View<'_>`";
    BorrowingImpl: "an annotated trait is implemented for a type that borrows its data"
        => "let the type own its data, as in `values: Vec<f64>`, or put the methods into an annotated `impl` of the type's own";
    ImplTraitType: "`impl Trait` is supported as the type of a parameter alone"
        => "return a value of a type with a name; a closure can be passed on to a function that takes an `impl Fn`";
    DynType: "a function behind `dyn` hides which derivative to use"
        => "take it as `impl Fn(f64) -> f64`, or as `&dyn Trait` of a `#[differentiable]` trait of your own";
    FnPointerType: "a function pointer hides which derivative to use"
        => "call the differentiable function by its path";
    RawPointerType: "a derivative cannot follow a raw pointer"
        => "use `&T`, `&mut T` or a slice";
    MacroType: "a type written as a macro cannot be understood here"
        => "write the type out, or name it with `type Name = …;` before the function";
    NeverType: "a function that never returns has no derivative"
        => "return a value";
    UnknownNumber: "it is not known that this type parameter stands for a real number"
        => "bound it by `pullback::Real`, which has the operators and methods of `f64`";
    UnsupportedType: "this type is not supported in the signature"
        => "use `f64`, `f32`, tuples, arrays, slices, `Vec` or references to these";

    // Expressions.
    AsyncBlock: "an `async` block cannot be differentiated"
        => "compute the value in plain code, and use it in `async` code outside this function";
    Await: "`.await` cannot be differentiated"
        => "await the value in the caller and pass it as a parameter";
    Yield: "`yield` cannot be differentiated"
        => "collect the values in a `Vec` and return that";
    UnsafeBlock: "an `unsafe` block cannot be differentiated"
        => "use safe code, for example `x[i]` for `*x.get_unchecked(i)`, or move the block into a function that is called with constants only";
    InlineAsm: "inline assembly cannot be differentiated"
        => "write the computation in Rust";
    RawAddress: "`&raw` makes a raw pointer, which a derivative cannot follow"
        => "borrow with `&` or `&mut` instead of `&raw`";
    TryBlock: "a `try` block cannot be differentiated"
        => "write a `match`, or move the block into a function that is called with constants only";
    PlaceBody: "it is not clear which memory this reference leads to"
        => "give a reference to a field or an element, as in `&self.data[i * self.columns + j]`, chosen by `if` or `match`";
    AssignOperator: "this compound assignment is not plain"
        => "write its body as `self.x += other.x;` for each field, or as `*self = *self + other;`";
    TryNotYet: "`?` is not supported here"
        => "in a function or a closure whose return type is written as `Option<…>` or `Result<…>`; elsewhere write a `match`";
    ConstBlock: "a `const` block is not supported yet"
        => "write `const NAME: Type = …;` and use `NAME`";
    InferExpr: "`_` is not a value"
        => "`_` may stand only on the left of an assignment, or as a pattern";
    AsyncClosure: "an `async` closure cannot be differentiated"
        => "write a plain closure or function";
    ConstClosure: "a `const` closure is not supported"
        => "write a plain closure without `const`";
    UnsupportedExpr: "this expression is not supported"
        => "compute it with arithmetic, calls, branches or loops, or in a function that is called with constants only";
    UnsupportedStmt: "this statement is not supported"
        => "write it with `let`, assignments, branches or loops";

    // Patterns.
    ConstPattern: "a `const` block is not supported as a pattern"
        => "write `const NAME: Type = …;` and use `NAME` as the pattern";
    MacroPattern: "a macro cannot be understood as a pattern here"
        => "write the pattern out";
    NestedGuard: "a guard inside a pattern is not supported"
        => "put the condition after the whole pattern, as in `(a, b) if a > b => …`";
    BoxPattern: "a `box` pattern is not supported"
        => "bind the box with a name and dereference it with `*`";
    UnsupportedPattern: "this pattern is not supported"
        => "bind the value with a name and take it apart in the body";

    // Items and attributes inside the body.
    StaticMut: "`static mut` cannot be differentiated"
        => "pass the state as a `&mut` parameter";
    InnerStatic: "a `static` inside a differentiable function is not supported"
        => "move it out of the function, so that the function and its derivative share it; for a constant, write `const`";
    StandardTrait: "an `impl` of this trait of the standard library has no derivative"
        => "remove the attribute; write what is differentiated in an `impl` of the type itself, and call that, here as well: a `fold` with it where you would write `.sum()`";
    InnerImpl: "this `impl` inside a differentiable function is not supported"
        => "move it out of the function; only types and traits that the function itself defines can be implemented there";
    InnerModule: "a module inside a differentiable function is not supported"
        => "move the module out of the function";
    ForeignBlock: "an `extern` block inside a differentiable function is not supported"
        => "move the block out of the function";
    TraitAlias: "a trait alias inside a differentiable function is not supported"
        => "move it out of the function";
    InnerMacro: "a macro defined inside a differentiable function is not supported"
        => "move `macro_rules!` before the function, or write a nested `fn`";
    UnsupportedItem: "this item is not supported inside a differentiable function"
        => "move it out of the function";
    CfgAttribute: "conditional compilation inside a differentiable function is not supported"
        => "write `if cfg!(…) { … }`, or put `#[cfg(…)]` on the whole function";
    ConstantMisplaced: "`#[constant]` has no meaning here"
        => "put it on a parameter or on a `let`, or write `pullback::detach(…)` around a value";
    WatchMisplaced: "`#[watch]` has no meaning here"
        => "put it on a `let` that has a value, as in `#[watch] let y: f64 = x * x;`; every parameter is told anyway";
    WatchType: "the type of a watched local is needed"
        => "write it, as in `#[watch] let y: f64 = …;`";
    WatchPattern: "`#[watch]` is for one variable with a value"
        => "write `#[watch] let y: f64 = …;`; watch a tuple or a struct as a whole, by its name and type";
    WatchOption: "`#[watch]` has no such option"
        => "write `#[watch]` for the last execution of the `let`, `#[watch(all)]` for every one, or `#[watch(inside)]` for the watched locals of the function that is called there";
    WatchInside: "no watched local is to be found inside of this"
        => "write `#[watch(inside)] let y = f(…);`, where `f` is a `#[differentiable]` function that watches a local and takes what carries a derivative";
    WatchName: "`gradients` cannot have two fields of this name"
        => "give the watched local a name of its own";
    WatchNoTangent: "this cannot be watched"
        => "watch a value whose type carries a derivative, such as `f64`, `Vec<f64>` or a struct that derives `Differentiable`";
    WatchClosure: "a local of a closure cannot be watched"
        => "write the body as a loop, or as a `#[differentiable]` function, and watch the local there";
    WatchCut: "the result never depends smoothly on this watched local"
        => "remove `#[watch]`, or write `#[differentiable(detached = \"allow\")]` if that is meant";
    WatchUnheard: "nothing tells the gradient of this watched local"
        => "remove `#[watch]`, or move the code into a function or an `impl` block whose `gradients` has a field for it";
    CheckpointNotYet: "`#[checkpoint]` is not supported yet"
        => "remove it; the gradient is the same and needs more memory";
    UnknownAttribute: "this attribute is not understood inside a differentiable function"
        => "move the annotated code into a function of its own";

    // What only the whole function tells.
    UnknownMethod: "the derivative of this method is not known"
        => "write a `#[differentiable]` free function for it and call that, or use `pullback::detach(…)` on what should count as constant";
    UnknownMacro: "it is not known what this macro does with values that carry a derivative"
        => "write its expansion, or use a `#[differentiable]` function";
    VagueInput: "the bounds of this type parameter do not say that it carries a derivative"
        => "bound it by `pullback::Real`, or mark the parameter `#[constant]`";
    AmbiguousName: "it cannot be told which variable this is"
        => "give the variables different names";
    UnknownCall: "it cannot be told which function is called here"
        => "call a `#[differentiable]` function by its path";
    MethodCallNotYet: "this method is not supported yet on values that carry a derivative"
        => "write a `#[differentiable]` free function and call that";
    ClosureNotYet: "this use of a closure that touches values with a derivative is not supported yet"
        => "bind the closure with `let` and call it by that name, or write a nested `#[differentiable] fn` that takes the captured values as parameters";
    IteratorNotYet: "this method of iterators is not supported on values that carry a derivative"
        => "write a loop, as in `for i in 0..x.len() { … x[i] … }`";
    StructNotYet: "structs and enums that carry a derivative are not supported yet"
        => "use a tuple or an array, or pass the fields as parameters";
    ReferenceNotYet: "this use of a reference is not supported yet"
        => "use the variable itself instead of a reference to it";
    ActiveReference: "it cannot be told which variable this reference points to"
        => "borrow a variable, field, index or range directly, as in `&mut x[a..b]`, in each branch";
    MovedValue: "this value is moved but its old content is needed for the derivative"
        => "borrow it with `&`, or pass a `clone()`";
    AssignToUnknown: "it cannot be told what is assigned to here"
        => "assign to a variable, a field, an index or a dereferenced parameter";
    Unsupported: "this is not supported in a differentiable function"
        => "compute it in a function that is called with constants only, or write it another way";
}

/// One refusal: what, where, and the particulars.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The kind of refusal.
    pub code: Code,
    /// Where the refused tokens start.
    pub span: Span,
    /// Where the refused tokens end; the same as `span` for a single token.
    pub end: Span,
    /// The particulars, such as the name of the method; may be empty.
    pub detail: String,
    /// A more fitting way out than the code's own.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A refusal of `tokens`, which are underlined as a whole.
    pub fn new(code: Code, tokens: impl ToTokens, detail: impl Into<String>) -> Diagnostic {
        let mut trees = tokens.into_token_stream().into_iter();
        let first = trees.next();
        let span = first.as_ref().map_or_else(Span::call_site, TokenTree::span);
        let end = trees.last().map_or(span, |last| last.span());
        Diagnostic {
            end,
            ..Diagnostic::at(code, span, detail)
        }
    }

    /// A refusal at a single span, for tokens such as a brace that are not a tree of their own.
    pub fn at(code: Code, span: Span, detail: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            span,
            end: span,
            detail: detail.into(),
            help: None,
        }
    }

    /// The same with a way out that fits better than the code's own.
    pub fn with_help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The text that the user reads.
    pub fn message(&self) -> String {
        let title = self.code.title();
        let help = self.help.as_deref().unwrap_or(self.code.help());
        match self.detail.as_str() {
            "" => format!("{title}\n  = help: {help}"),
            detail => format!("{title}: {detail}\n  = help: {help}"),
        }
    }

    /// `::core::compile_error! { "…" }`, whose tokens carry the user's spans.
    ///
    /// rustc underlines from the first token of a macro call to its last, so the path starts where the
    /// refused tokens start and the braces end where they end.
    pub fn to_compile_error(&self) -> TokenStream {
        let punct = |c, spacing| {
            let mut p = Punct::new(c, spacing);
            p.set_span(self.span);
            TokenTree::Punct(p)
        };
        let ident = |name| TokenTree::Ident(Ident::new(name, self.span));
        let mut text = Literal::string(&self.message());
        text.set_span(self.end);
        let mut body = Group::new(Delimiter::Brace, TokenTree::Literal(text).into());
        body.set_span(self.end);
        TokenStream::from_iter([
            punct(':', Spacing::Joint),
            punct(':', Spacing::Alone),
            ident("core"),
            punct(':', Spacing::Joint),
            punct(':', Spacing::Alone),
            ident("compile_error"),
            punct('!', Spacing::Alone),
            TokenTree::Group(body),
        ])
    }
}

/// The refusals found so far, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No refusals yet.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether everything was accepted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The refusals in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// All of them as `compile_error!` calls, so that one build shows every mistake.
    pub fn into_tokens(self) -> TokenStream {
        self.0.iter().map(Diagnostic::to_compile_error).collect()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(all: I) -> Diagnostics {
        Diagnostics(all.into_iter().collect())
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(all: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics(all)
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The known word that a misspelt one most likely stands for: at most two slips away, and less than half
/// of it wrong.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (edits(word, k), k))
        .filter(|(slips, k)| *slips <= 2 && 2 * slips < k.chars().count().max(2))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, k)| k)
}

/// Levenshtein's distance, where transposed letters count once.
fn edits(a: &str, b: &str) -> usize {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    // Letters in another order are one slip, however far they moved.
    if a != b && sorted(a) == sorted(b) {
        return 1;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let up = row.get(j + 1).copied().unwrap_or(0);
            let here = (diagonal + usize::from(ca != *cb))
                .min(left + 1)
                .min(up + 1);
            diagonal = up;
            if let Some(slot) = row.get_mut(j) {
                *slot = left;
            }
            left = here;
        }
        if let Some(slot) = row.last_mut() {
            *slot = left;
        }
    }
    row.last().copied().unwrap_or(0)
}
