//! What is said of shapes, axes, labels and indices that do not fit: the operation, the shapes, and the user's line.

use crate::t;
use pullback::tensor::{Mask, Pad};
use pullback::{Tensor, differentiable};
use std::panic::{self, UnwindSafe};
use std::sync::Mutex;

type T64 = Tensor<f64>;

/// The message of a panic, and the line that it names.
fn panic_of(f: impl FnOnce() + UnwindSafe) -> (String, u32) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static PLACE: Mutex<Option<(std::thread::ThreadId, String, u32)>> = Mutex::new(None);
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let before = panic::take_hook();
    let me = std::thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == me {
            let place = info
                .location()
                .map(|l| (l.file().to_string(), l.line()))
                .unwrap_or_default();
            *PLACE.lock().unwrap_or_else(|e| e.into_inner()) = Some((me, place.0, place.1));
        }
    }));
    let result = panic::catch_unwind(f);
    panic::set_hook(before);
    let payload = result.expect_err("this must not fit");
    let text = payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|s| s.to_string()));
    let (_, file, line) = PLACE
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .take()
        .expect("a panic has a place");
    assert!(
        file.ends_with("errors.rs"),
        "the panic is said to be in {file}: {text:?}"
    );
    (text.expect("a panic has a text"), line)
}

/// One call that does not fit, and its message; the panic is at the line of the call.
macro_rules! refused {
    ($($name:ident: $call:expr => $message:literal;)*) => { $(
        #[test]
        fn $name() {
            let line = line!();
            let (message, at) = panic_of(|| { let _ = $call; });
            assert_eq!(message, $message);
            // The macro's tokens are all at the line of its call, or of the row itself.
            assert!(at >= TABLE && at <= line.max(at), "{at} {line}");
        }
    )* };
}

const TABLE: u32 = line!();

refused! {
    sum: t(&[2, 3], 1) + t(&[4], 2) => "`+`: the shapes [2, 3] and [4] do not broadcast: counted from the back, axis -1 has 3 on the left and 4 on the right";
    product: &t(&[2, 3], 1) * &t(&[2], 2) => "`*`: the shapes [2, 3] and [2] do not broadcast: counted from the back, axis -1 has 3 on the left and 2 on the right";
    in_place: { let mut x = t(&[3], 1); x += &t(&[2, 3], 2); x } => "`+=`: the right side of shape [2, 3] does not fit into the left of shape [3]";
    matrices: t(&[2, 3], 1).matmul(&t(&[2, 3], 2)) => "`matmul`: the shapes [2, 3] and [2, 3] do not fit: 3 columns on the left meet 2 rows on the right";
    stacks: t(&[2, 2, 3], 1).matmul(&t(&[3, 3, 1], 2)) => "`matmul`: the shapes [2, 2, 3] and [3, 3, 1] do not broadcast in their stacks [2] and [3]";
    number_times_matrix: t(&[], 1).matmul(&t(&[1, 1], 2)) => "`matmul`: the shapes [] and [1, 1] are not those of matrices or vectors";
    axis: t(&[2, 3], 1).sum_axis(2, false) => "`sum_axis` on shape [2, 3]: there is no axis 2, the tensor has 2 of them";
    axis_twice: t(&[2, 3], 1).sum_axis([1, -1], false) => "`sum_axis` on shape [2, 3]: axis 1 is named twice";
    mean_of_nothing: Tensor::<f64>::zeros([0, 3]).mean() => "`mean` on shape [0, 3] along the axes [0, 1]: there are no elements";
    largest_of_nothing: Tensor::<f64>::zeros([2, 0]).max_axis(1, false) => "`max_axis` on shape [2, 0] along the axes [1]: there are no elements";
    label: t(&[2, 3], 1).cross_entropy(&[0, 3]) => "`cross_entropy`: the label 3 of row 1 is not one of the 3 classes of scores of shape [2, 3]";
    labels: t(&[2, 3], 1).cross_entropy(&[0]) => "`cross_entropy`: scores of shape [2, 3] have 2 rows, and 1 labels were given";
    empty_batch: Tensor::<f64>::zeros([0, 3]).cross_entropy(&[]) => "`cross_entropy`: scores of shape [0, 3] are empty, and there is no mean of nothing";
    loss_shapes: t(&[2], 1).mse(&t(&[3], 1)) => "`mse`: the shapes [2] and [3] are not the same";
    reshape: t(&[2, 3], 1).reshape([4, -1]) => "`reshape`: the 6 elements of shape [2, 3] do not fit the shape [4, -1]";
    reshape_of_nothing: Tensor::<f64>::zeros([0]).reshape([0, -1]) => "`reshape`: the 0 elements of shape [0] do not fit the shape [0, -1]";
    permute: t(&[2, 3], 1).permute([0]) => "`permute` on shape [2, 3]: 1 axes were named of 2";
    slice: t(&[2, 3], 1).slice(1, 2..5) => "`slice` on shape [2, 3]: the range 2..5 does not fit the axis 1 of length 3";
    select: t(&[2, 3], 1).select(0, 2) => "`select` on shape [2, 3]: the index 2 at place 0 is beyond the axis 0 of length 2";
    take: t(&[2, 3], 1).take(0, &[1, 2]) => "`take` on shape [2, 3]: the index 2 at place 1 is beyond the axis 0 of length 2";
    squeeze: t(&[2, 3], 1).squeeze(0) => "`squeeze` on shape [2, 3]: the axis 0 has not the length 1";
    pad: t(&[2], 1).pad([(2, 0)], Pad::Reflect) => "`pad` on shape [2]: (2, 0) elements cannot be taken from the axis 0 of length 2 by Reflect";
    concat: Tensor::concat(&[t(&[2, 3], 1), t(&[3, 3], 1)], 1) => "`concat` along the axis 1: the shapes [2, 3] and [3, 3] differ in another axis";
    concat_of_nothing: Tensor::<f64>::concat(&[], 0) => "`concat`: there are no tensors to put together";
    stack: Tensor::stack(&[t(&[2], 1), t(&[3], 1)], 0) => "`stack`: the shapes [2] and [3] are not the same";
    split: t(&[4], 1).split(0, [1, 2]) => "`split` on shape [4]: the lengths [1, 2] are not those of parts of the axis 0";
    broadcast: t(&[2, 3], 1).broadcast_to([3, 3]) => "`broadcast_to`: the shapes [2, 3] and [3, 3] do not broadcast: counted from the back, axis -2 has 2 on the left and 3 on the right";
    einsum_names: Tensor::einsum("ij-jk", &t(&[2, 2], 1), &t(&[2, 2], 1)) => "`einsum`: `ij-jk` does not name the axes of two tensors and of their product, as `ij,jk->ik` does";
    einsum_lengths: Tensor::einsum("ij,jk->ik", &t(&[2, 3], 1), &t(&[2, 2], 1)) => "`einsum` of shapes [2, 3] and [2, 2] by `ij,jk->ik`: `j` is 3 in the first and 2 in the second";
    einsum_diagonal: Tensor::einsum("ii,jk->ik", &t(&[2, 2], 1), &t(&[2, 2], 1)) => "`einsum`: `i` names two of the first axes in `ii,jk->ik`, which is not supported";
    norm: t(&[2, 3], 1).layer_norm(&t(&[2], 1), &t(&[2], 1), 0.1) => "`layer_norm` on shape [2, 3]: scale and shift have the shape [3], and not [2] and [2]";
    groups: t(&[2, 3], 1).group_norm(&t(&[3], 1), &t(&[3], 1), 2, 0.1) => "`group_norm` on shape [2, 3]: 3 channels are not 2 groups of one size";
    dropout: t(&[2], 1).dropout(1.0, &Mask::from_vec([2], vec![true; 2])) => "`dropout`: the probability 1 is not at least 0 and below 1";
    clamp: t(&[2], 1).clamp(1.0, 0.0) => "`clamp`: the lower bound 1 is not below the upper bound 0";
    element: t(&[2, 2], 1)[[0, 2]] => "there is no element [0, 2] in a tensor of shape [2, 2]";
    elements: Tensor::from_vec([2, 2], vec![1.0; 3]) => "`from_vec`: the shape [2, 2] asks for 4 elements, and 3 were given";
    gather: t(&[2, 3], 1).gather(1, &ndarray::array![[0, 3], [1, 1]].into_dyn()) => "`gather` on shape [2, 3]: the index 3 at place [0, 1] is beyond the axis 1 of length 3";
    negative_length: t(&[2], 1).broadcast_to([-2, 2]) => "`broadcast_to`: -2 is no length of an axis";
    scatter: t(&[2, 3], 1).scatter_add(&t(&[1, 2], 1), 0, &[1]) => "`scatter_add` on shape [2, 3]: for 1 indices along the axis 0 the parts have the shape [1, 3], and not [1, 2]";
    item: t(&[2, 2], 1).item() => "`item` on shape [2, 2]: it has 4 elements and not one";
    huge: Tensor::<f64>::zeros([usize::MAX, 2]) => "a tensor of shape [18446744073709551615, 2] has more elements than memory can hold";
}

/// The function and its derivatives name the line in the function.
#[test]
fn derivatives_name_the_users_function() {
    const LINE: u32 = line!() + 3;
    #[differentiable]
    fn loss(w: &T64, x: &T64) -> f64 {
        let h = x.matmul(w);
        h.sum()
    }
    let (w, x) = (t(&[2, 2], 1), t(&[2, 3], 2));
    let text = "`matmul`: the shapes [2, 3] and [2, 2] do not fit: 3 columns on the left meet 2 rows on the right";
    let says =
        |line: u32, (message, at): (String, u32)| assert_eq!((message.as_str(), at), (text, line));
    says(
        LINE,
        panic_of(|| {
            loss(&w, &x);
        }),
    );
    says(LINE, panic_of(|| drop(loss::grad(&w, &x))));
    says(LINE, panic_of(|| drop(loss::gradients(&w, &x))));
    says(
        LINE,
        panic_of(|| {
            loss::jvp((&w, &x), (w.clone(), x.clone()));
        }),
    );
}

#[test]
fn a_seed_of_another_shape_is_refused() {
    #[differentiable]
    fn twice(x: &T64) -> T64 {
        x.square()
    }
    let x = t(&[2, 3], 1);
    let (_, pullback) = twice::vjp(&x);
    let seed = t(&[3], 1);
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| pullback(seed)));
    let payload = result.expect_err("the seed does not fit");
    assert_eq!(
        payload.downcast_ref::<String>().map(String::as_str),
        Some("a cotangent of shape [3] was given for a tensor of shape [2, 3]")
    );
}
