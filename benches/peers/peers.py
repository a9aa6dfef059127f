#!/usr/bin/env python3
"""Times the cases of benches/conv.rs in PyTorch, TensorFlow and JAX.

    python -m venv venv && venv/bin/pip install torch tensorflow-cpu jax
    venv/bin/python benches/peers/peers.py --threads 1 [--ours FILE] [--only NAME]

With --ours, the output of `cargo bench --bench conv` (with RAYON_NUM_THREADS as --threads), it prints the ratios of our
times to the best of all frameworks and layouts. A framework that is not installed is named and left out; without any, it
ends with an error. The time is the least of many calls, of the forward pass and the gradients of input and weights.
"""

import argparse
import importlib.util
import os
import sys
import time

# name: (N, C, H, W), (K, C / groups, R, S), stride, padding, groups
SHAPES = {
    "a": ((32, 3, 32, 32), (32, 3, 3, 3), 1, 1, 1),
    "b": ((32, 64, 32, 32), (64, 64, 3, 3), 1, 1, 1),
    "c": ((16, 128, 28, 28), (128, 128, 3, 3), 1, 1, 1),
    "d": ((8, 256, 14, 14), (256, 256, 3, 3), 1, 1, 1),
    "e": ((8, 64, 56, 56), (256, 64, 1, 1), 1, 0, 1),
    "f": ((1, 3, 224, 224), (64, 3, 7, 7), 2, 3, 1),
    "g": ((8, 128, 28, 28), (128, 1, 3, 3), 1, 1, 128),
}


def least(run, seconds):
    """The least time of a call, in milliseconds."""
    run(), run()
    best, calls, begun = float("inf"), 0, time.perf_counter()
    while calls < 5 or (time.perf_counter() - begun < seconds and calls < 200):
        before = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - before)
        calls += 1
    return best * 1e3


def torch_cases(threads):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    torch.manual_seed(1)

    def conv(x, w, stride, padding, groups, layout):
        x, w = torch.randn(x), torch.randn(w)
        if layout == "NHWC":
            x = x.to(memory_format=torch.channels_last)
            w = w.to(memory_format=torch.channels_last)
        x.requires_grad_(), w.requires_grad_()
        seed = torch.randn_like(F.conv2d(x, w, stride=stride, padding=padding, groups=groups))

        def run():
            y = F.conv2d(x, w, stride=stride, padding=padding, groups=groups)
            torch.autograd.grad(y, (x, w), seed)

        return run

    def network(layout):
        he = [((32, 1, 3, 3), 9), ((64, 32, 3, 3), 288), ((128, 3136), 3136), ((10, 128), 128)]
        weights = [torch.randn(s) * (2 / n) ** 0.5 for s, n in he]
        biases = [torch.zeros(n) for n in (32, 64, 128, 10)]
        x, labels = torch.randn(64, 1, 28, 28), torch.arange(64) % 10
        if layout == "NHWC":
            x = x.to(memory_format=torch.channels_last)
            weights[:2] = [w.to(memory_format=torch.channels_last) for w in weights[:2]]
        all = [p.requires_grad_() for p in weights + biases]

        def run():
            h = x
            for w, b in zip(weights[:2], biases[:2]):
                h = F.max_pool2d(F.relu(F.conv2d(h, w, b, padding=1)), 2)
            h = F.relu(F.linear(h.flatten(1), weights[2], biases[2]))
            loss = F.cross_entropy(F.linear(h, weights[3], biases[3]), labels)
            grads = torch.autograd.grad(loss, all)
            with torch.no_grad():
                for p, g in zip(all, grads):
                    p -= 0.01 * g

        return run

    def rows():
        x = torch.randn(1000, 64, dtype=torch.float64, requires_grad=True)

        def run():
            torch.autograd.grad(torch.logsumexp(x, 1).sum(), x)

        return run

    for name, case in SHAPES.items():
        for layout in ("NCHW", "NHWC"):
            yield name, f"PyTorch {layout}", lambda c=case, l=layout: conv(*c, l)
    for layout in ("NCHW", "NHWC"):
        yield "mnist", f"PyTorch {layout}", lambda l=layout: network(l)
    yield "rows", "PyTorch", rows


def tensorflow_cases(threads):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    def conv(x, w, stride, padding, groups):
        n, c, h, width = x
        k, per_group, r, s = w
        x = tf.random.normal((n, h, width, c))
        pads = [[0, 0], [padding, padding], [padding, padding], [0, 0]]
        if groups == c and per_group == 1:
            w = tf.random.normal((r, s, c, k // c))
            layer = lambda x, w: tf.nn.depthwise_conv2d(x, w, [1, stride, stride, 1], "SAME")
        else:
            w = tf.random.normal((r, s, per_group, k))
            layer = lambda x, w: tf.nn.conv2d(x, w, stride, pads)
        seed = tf.random.normal(layer(x, w).shape)

        @tf.function
        def run():
            with tf.GradientTape() as tape:
                tape.watch((x, w))
                y = layer(x, w)
            return y, tape.gradient(y, (x, w), seed)

        return lambda: run()[0].numpy()

    def network():
        he = [((3, 3, 1, 32), 9), ((3, 3, 32, 64), 288), ((3136, 128), 3136), ((128, 10), 128)]
        weights = [tf.Variable(tf.random.normal(s, stddev=(2 / n) ** 0.5)) for s, n in he]
        biases = [tf.Variable(tf.zeros(n)) for n in (32, 64, 128, 10)]
        x, labels = tf.random.normal((64, 28, 28, 1)), tf.range(64) % 10
        all = weights + biases

        @tf.function
        def run():
            with tf.GradientTape() as tape:
                h = x
                for w, b in zip(weights[:2], biases[:2]):
                    h = tf.nn.max_pool2d(tf.nn.relu(tf.nn.conv2d(h, w, 1, "SAME") + b), 2, 2, "VALID")
                h = tf.nn.relu(tf.reshape(h, (-1, 3136)) @ weights[2] + biases[2])
                scores = h @ weights[3] + biases[3]
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores)
                loss = tf.reduce_mean(losses)
            for p, g in zip(all, tape.gradient(loss, all)):
                p.assign_sub(0.01 * g)
            return loss

        return lambda: run().numpy()

    for name, case in SHAPES.items():
        yield name, "TensorFlow NHWC", lambda c=case: conv(*c)
    yield "mnist", "TensorFlow", network


def jax_cases(threads):
    # XLA takes the cores that it is allowed to run on.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(range(threads)))
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    key = jax.random.PRNGKey(1)

    def conv(x, w, stride, padding, groups):
        x = jax.random.normal(key, x, jnp.float32)
        w = jax.random.normal(key, w, jnp.float32)
        layer = lambda x, w: jax.lax.conv_general_dilated(
            x, w, (stride, stride), [(padding, padding)] * 2, feature_group_count=groups
        )
        seed = jax.random.normal(key, layer(x, w).shape, jnp.float32)

        @jax.jit
        def run(x, w):
            y, pullback = jax.vjp(layer, x, w)
            return y, pullback(seed)

        return lambda: jax.block_until_ready(run(x, w))

    def rows():
        x = jax.random.normal(key, (1000, 64), jnp.float64)
        run = jax.jit(jax.grad(lambda x: jax.nn.logsumexp(x, axis=1).sum()))
        return lambda: jax.block_until_ready(run(x))

    for name, case in SHAPES.items():
        yield name, "JAX", lambda c=case: conv(*c)
    yield "rows", "JAX", rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", help="the case of this name")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each case")
    parser.add_argument("--ours", help="what `cargo bench --bench conv` printed")
    args = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(args.threads)

    sources = [("torch", torch_cases), ("tensorflow", tensorflow_cases), ("jax", jax_cases)]
    there = [s for s in sources if importlib.util.find_spec(s[0])]
    for name in sorted({s[0] for s in sources} - {s[0] for s in there}):
        print(f"{name} is not installed, and left out", file=sys.stderr)
    if not there:
        sys.exit("no framework is installed: pip install torch tensorflow-cpu jax")

    best = {}
    for module, cases in there:
        try:
            cases = list(cases(args.threads))
        except Exception as e:  # an installation that does not load
            print(f"{module} does not load, and is left out: {e}", file=sys.stderr)
            continue
        for name, framework, make in cases:
            if args.only not in (None, name):
                continue
            ms = least(make(), args.seconds)
            print(f"{name:6} {framework:18} {ms:8.3f} ms", flush=True)
            best[name] = min(best.get(name, (ms, framework)), (ms, framework))

    if not args.ours:
        return
    ours = {}
    for line in open(args.ours):
        cells = [c.strip() for c in line.split("|")]
        if len(cells) > 4 and cells[1] in best:
            ms = float(cells[-3])
            ours[cells[1]] = min(ours.get(cells[1], ms), ms)
    print("\n| case | ours, ms | best of the others, ms | by | ratio |\n|---|---|---|---|---|")
    product, count = 1.0, 0
    for name in ours:
        ms, framework = best[name]
        print(f"| {name} | {ours[name]:.3f} | {ms:.3f} | {framework} | {ours[name] / ms:.2f} |")
        if name in SHAPES:
            product, count = product * ours[name] / ms, count + 1
    if count:
        print(f"\ngeometric mean over {count} convolutions: {product ** (1 / count):.2f}")


if __name__ == "__main__":
    main()
