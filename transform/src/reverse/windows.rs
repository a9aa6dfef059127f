//! Windows: the parts of rows that one execution of a loop fills, a value for each trip, and reads again in the reverse
//! sweep.

use super::loops::Counting;
use super::*;

/// The loop, if it saves anything by trip.
fn saving_by_trip(loops: &HashMap<ScopeId, Counting>, id: ScopeId) -> Option<&Counting> {
    loops.get(&id).filter(|c| !c.windows.is_empty())
}

/// A name for the number of trips.
pub(super) fn named(
    f: &mut Function,
    count: &TokenStream,
    span: Span,
    before: &mut Block,
) -> syn::Ident {
    if let Ok(name) = syn::parse2(count.clone()) {
        return name;
    }
    let trips = f.names.fresh("n");
    before.push(Stmt::raw(quote!(let #trips = #count;), span));
    trips
}

impl Reverse<'_> {
    /// The loop that saves the variable by trip, if its type has a value to fill in.
    pub(super) fn windowed(&self, v: VarId) -> Option<ScopeId> {
        let home = *self.home.get(&v)?;
        let innermost = self.segments[home].innermost?;
        // What a zero was made of may change its shape later.
        let is_changed = self.lenient.contains(&v) || self.zeros.values().any(|zero| *zero == v);
        let fits = self.is_number(v) || !(is_changed || self.old_shapes.contains_key(&v));
        (fits && self.counting.contains_key(&innermost)).then_some(innermost)
    }

    /// Whether the variable's type has a value to fill rows with.
    pub(super) fn is_number(&self, v: VarId) -> bool {
        matches!(self.f.vars[v].ty, Ty::Float(_) | Ty::Int(_) | Ty::Bool)
    }

    /// Statements before a loop of the forward sweep, which hands each trip its part of the windows, and counts the
    /// trips by `counted` if there is one.
    pub(super) fn open_windows(
        &mut self,
        l: &mut Loop,
        counted: Option<VarId>,
        span: Span,
    ) -> Block {
        let mut before = Block::new();
        if let Some(c) = saving_by_trip(&self.counting, l.id) {
            let trips = named(&mut self.f, &c.forward, span, &mut before);
            for (lane, window) in &c.windows {
                let lane = &self.f.vars[*lane].ident;
                let open = quote!(let #window = &mut #lane.open(#trips)[..#trips];);
                before.push(Stmt::raw(open, span));
                // An index that counts beside an iterator is a question about bounds in each trip, and LLVM packs
                // no loop that asks one.
                if let (None, Head::For(h)) = (&c.trip, &mut l.head) {
                    let (pat, iter) = (&h.pat, &h.iter);
                    h.pat = quote!((#pat, #window));
                    h.iter = quote!(::core::iter::zip(#iter, #window));
                }
            }
        }
        if let Some(k) = counted {
            let k = &self.f.vars[k].ident;
            let next = self.f.names.fresh("next");
            before.push(Stmt::raw(quote!(let mut #next = 0_usize;), span));
            let count = Stmt::raw(quote!(let #k = #next; #next += 1;), span);
            l.body.insert(0, count);
        }
        before
    }

    /// What keeps a trip's value in the forward sweep.
    pub(super) fn slot(trip: Option<&TokenStream>, window: &syn::Ident) -> TokenStream {
        match trip {
            Some(k) => quote!(#window[#k]),
            None => quote!(*#window),
        }
    }

    /// Statements before and after a loop in the reverse sweep.
    pub(super) fn close_windows(&mut self, l: &mut Loop, span: Span) -> (Block, Block) {
        let (mut before, mut after) = (Block::new(), Block::new());
        let Some(c) = saving_by_trip(&self.counting, l.id) else {
            return (before, after);
        };
        let trips = named(&mut self.f, &c.backward, span, &mut before);
        if let Head::For(h) = &mut l.head
            && let Some((_, count, backwards)) = runs::header(&self.f, h)
            && count.to_string() == c.backward.to_string()
        {
            h.iter = runs::count_to(&trips, backwards);
        }
        for (lane, window) in &c.windows {
            let exclusive = (self.f.vars[*lane].role == Role::Cells).then(|| quote!(mut));
            let lane = &self.f.vars[*lane].ident;
            let last = quote!(let #window = &#exclusive #lane.last(#trips)[..#trips];);
            before.push(Stmt::raw(last, span));
            if c.nested {
                after.push(Stmt::raw(quote!(#lane.close(#trips);), span));
            }
        }
        (before, after)
    }
}
