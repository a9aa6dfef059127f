//! The compiler of `pullback`: an annotated function in, the function and its derivatives out.
//!
//! An ordinary library over `proc_macro2`, so that tests and tools call it without being a macro. The whole
//! pipeline is [`expand`]; every stage is a module with one public function on top.

pub mod analysis;
pub mod args;
mod associated;
mod borrowed;
mod callee;
pub mod checks;
mod closure;
mod conditional;
pub mod derive;
mod desugar;
pub mod diagnostics;
pub mod dump;
pub mod emit;
mod entries;
pub mod fence;
pub mod forward;
pub mod functions;
mod groups;
pub mod ir;
mod lent;
mod located;
pub mod lower;
pub mod masks;
pub mod methods;
mod misplaced;
pub mod names;
mod objects;
mod operators;
mod places;
pub mod rename;
mod reuse;
pub mod reverse;
pub mod rules;
pub mod second;
mod simplify;
pub mod source;
mod traits;
pub mod ty;
mod unfold;
pub mod watch;

use diagnostics::{Code, Diagnostic, Diagnostics};
use entries::sibling;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The environment variable that, set to `off`, turns the analyses of the reverse sweep off.
const ANALYSES: &str = "PULLBACK_ANALYSES";

/// Everything that is known of a function before code is generated for it.
pub struct Analysed {
    /// The lowered function.
    pub f: ir::Function,
    /// Which variables carry derivatives.
    pub activity: analysis::activity::Activity,
    /// Both where locals are watched, which are inputs there, and how these reach the result.
    pub watched: Option<Watched>,
    /// Which inputs reach the result, and when.
    pub reach: analysis::reach::Reach,
    /// The body is not the user's, which has errors: callers are told nothing of it.
    pub stands_in: bool,
}

/// A function whose watched locals are inputs as well.
pub struct Watched {
    /// The function.
    pub f: ir::Function,
    /// Which variables carry derivatives in it.
    pub activity: analysis::activity::Activity,
    /// How the watched locals reach the result.
    pub reach: analysis::reach::Reach,
}

impl Analysed {
    /// What the observed sweeps are made of.
    pub fn observed(&self) -> (&ir::Function, &analysis::activity::Activity) {
        match &self.watched {
            Some(w) => (&w.f, &w.activity),
            None => (&self.f, &self.activity),
        }
    }
}

/// Expands `#[differentiable(attr)] item`.
///
/// The item is emitted as the user wrote it, also when there are errors.
pub fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let (mut options, mut errors) = args::parse(attr.clone());
    let item = groups::visible(item);
    let mut parsed = match syn::parse2::<syn::ItemFn>(item.clone()) {
        Ok(function) => Ok(syn::Item::Fn(function)),
        Err(_) => syn::parse2(item.clone()),
    };
    if let Ok(item) = &mut parsed {
        borrowed::spell_lifetimes(item);
    }
    if let Ok(parsed) = &parsed
        && let Some(split) = conditional::split(parsed, &attr, &entries::krate(&options))
    {
        return split;
    }
    if let Ok(syn::Item::Impl(_) | syn::Item::Trait(_)) = &parsed {
        errors.extend(entries::no_rule_for_all(&mut options));
    }
    let function = match parsed {
        Ok(syn::Item::Fn(function)) if let Some(error) = misplaced::twice(&function.attrs) => {
            let error = error.to_compile_error();
            return quote!(#item #error);
        }
        Ok(syn::Item::Fn(function)) if methods::is_method(&function) => {
            return methods::expand_single(&options, function, errors);
        }
        Ok(syn::Item::Fn(function)) => function,
        Ok(syn::Item::Impl(item)) => return methods::expand_impl(options, item, errors),
        Ok(syn::Item::Trait(item)) => return traits::expand_trait(&options, item, errors),
        _ => {
            let error = misplaced::misplaced(&item).to_compile_error();
            return quote!(#error #item);
        }
    };
    let primal = entries::primal(&function);
    let written = function.clone();
    let mut function = match options.has_rule() {
        true => {
            errors.extend(watch::in_rule(&function, &options));
            entries::without_body(&function)
        }
        false => function,
    };
    errors.extend(entries::check_rules(&options));
    desugar::name_parameters(&mut function);
    errors.extend(fence::fence(&function));
    let generated = if errors.is_empty() {
        analyse(&function, &options, &mut errors)
            .map(|a| entries::entries(&function, &options, &a, &Default::default(), &mut errors))
    } else {
        errors.extend(entries::check_inputs(&function, &options));
        None
    };
    if errors.is_empty() {
        let generated = generated.unwrap_or_default();
        let space = generated.space(&function, &options);
        let primal = entries::with_warnings(primal, generated.warnings);
        return quote!(#primal #space);
    }
    let stubs = entries::stubs(&written, &options);
    let errors = Diagnostics::from(errors).into_tokens();
    quote!(#primal #stubs #errors)
}

/// tokens → IR → activity.
pub fn analyse(
    function: &syn::ItemFn,
    options: &args::Options,
    errors: &mut Vec<Diagnostic>,
) -> Option<Analysed> {
    let mut renamed = function.clone();
    let watched = watch::collect(&mut renamed, options, errors);
    desugar::desugar(&mut renamed);
    let mut ambiguous = rename::rename(&mut renamed, &entries::is_reserved);
    if unfold::unfold(&mut renamed, options, errors) {
        ambiguous.extend(rename::rename(&mut renamed, &entries::is_reserved));
    }
    for name in ambiguous {
        let detail =
            format!("`{name}` is the name of several variables, some of them a macro's own");
        errors.push(Diagnostic::new(Code::AmbiguousName, &name, detail));
    }
    let wanted = lower::Wanted {
        wrt: options.wrt.as_deref(),
        around: options.around.as_deref(),
        written: &function.sig,
    };
    let (mut f, refused) = lower::lower(&renamed, &wanted);
    f.plain = std::env::var_os(ANALYSES).is_some_and(|value| value == "off");
    errors.extend(entries::check_inputs(function, options));
    errors.extend(refused);
    if !errors.is_empty() {
        return None;
    }
    if !f.plain {
        reuse::reuse(&mut f);
    }
    f.watched = watched;
    errors.extend(watch::settle(&mut f));
    let observed = (!f.watched.is_empty()).then(|| f.clone());
    watch::strip(&mut f.body);
    f.asked.clear();
    let activity = settled(&mut f, errors);
    let watched = match observed {
        // What is refused anyway is said once.
        Some(mut f) if errors.is_empty() => {
            let activity = settled(&mut f, errors);
            errors.extend(watch::unheard(&f, &activity));
            let reach = analysis::reach::watched(&f, function.to_token_stream());
            Some(Watched { f, activity, reach })
        }
        _ => None,
    };
    let reach = analysis::reach::reach(&f, function.to_token_stream(), false);
    errors.is_empty().then_some(Analysed {
        f,
        activity,
        watched,
        stands_in: false,
        reach,
    })
}

/// IR → activity, and what follows from it for the function.
fn settled(f: &mut ir::Function, errors: &mut Vec<Diagnostic>) -> analysis::activity::Activity {
    let activity = analysis::activity::analyse(f);
    analysis::shared::share_questions(f, &activity);
    errors.extend(analysis::activity::refusals(f, &activity));
    analysis::activity::settle_checks(&mut f.body, &f.ways, &activity);
    activity
}
