"""Random layers, arguments and inputs for the comparison with Keras: mostly valid, sometimes not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.layers.harness import Case, Spec

S = st.SearchStrategy[Any]


def mostly(good: S, *bad: Any) -> S:
    """The good strategy, and now and then one of the bad values."""
    return st.integers(0, 11).flatmap(lambda n: st.sampled_from(bad) if n == 11 and bad else good)


def maybe(strategy: S) -> S:
    """The strategy's values, or the parameter left out."""
    return st.one_of(st.just(...), strategy)


small = st.integers(1, 4)
size = st.integers(1, 13)
dim = st.one_of(size, size, size, st.none())
batch = st.sampled_from([None, None, None, 1, 2, 5])
flag = st.booleans()
rate = mostly(st.sampled_from([0, 0.0, 0.1, 0.5, 1, 1.0]), -0.1, 1.5, None, "0.5")
data_format = maybe(mostly(st.sampled_from([None, "channels_last", "channels_first"]), "channels_middle", "tf"))
padding = maybe(mostly(st.sampled_from(["valid", "same", "SAME", "Valid"]), "full", "causal", None, 1))
units = mostly(st.integers(1, 9), 0, -2, None, 2.5, 3.0, "4")
activation = maybe(mostly(st.sampled_from([None, "relu", "softmax", "linear"]), "rleu", "ReLU"))


def tuples(item: S, rank: int) -> S:
    """One number, or one for each axis."""
    return st.one_of(item, st.tuples(*[item] * rank), st.lists(item, min_size=rank, max_size=rank))


def window(rank: int, least: int = 1) -> S:
    """A kernel, stride or the like."""
    good = tuples(st.integers(least, 4), rank)
    return mostly(good, 0, -1, (2,) * (rank + 1), (1,) * rank + (0,), None, "3", (0,) * rank)


def strides(rank: int) -> S:
    """Strides and dilations are mostly 1."""
    return maybe(mostly(tuples(st.sampled_from([1, 1, 1, 2, 3]), rank), 0, (1,) * (rank + 2), -1))


def shape(rank: int, wrong: bool = True) -> S:
    """An input shape of the rank (batch axis counted), now and then of another rank."""
    right = st.tuples(batch, *[dim] * (rank - 1))
    if not wrong:
        return right
    other = st.integers(1, 6).flatmap(lambda n: st.tuples(batch, *[dim] * (n - 1)))
    return st.integers(0, 14).flatmap(lambda n: other if n == 14 else right)


def known_shape(rank: int) -> S:
    """An input shape whose sizes are all known, but for the batch."""
    return st.tuples(batch, *[size] * (rank - 1))


any_shape = st.integers(1, 5).flatmap(lambda rank: shape(rank, wrong=False))


def case(cls: str, inputs: S, **parameters: S) -> S:
    """A case of one input."""
    return st.builds(
        lambda kwargs, incoming: Case(Spec(cls, (), given(kwargs)), (incoming,)),
        st.fixed_dictionaries(parameters),
        inputs,
    )


def given(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The parameters that are not left out."""
    return {name: value for name, value in kwargs.items() if value is not ...}


def convolutions() -> S:
    """Every convolution layer."""
    cases: list[S] = []
    for rank in (1, 2, 3):
        common = {
            "kernel_size": window(rank),
            "strides": strides(rank),
            "padding": padding,
            "data_format": data_format,
            "dilation_rate": strides(rank),
            "use_bias": maybe(flag),
            "activation": activation,
        }
        incoming = st.one_of(shape(rank + 2), known_shape(rank + 2))
        plain = {**common, "filters": units, "groups": maybe(mostly(st.sampled_from([1, 1, 2, 3]), 0, -1, None))}
        cases.append(case(f"Conv{rank}D", incoming, **plain))
        extra = maybe(mostly(st.one_of(st.none(), tuples(st.integers(0, 2), rank)), -1, (0,) * (rank + 1)))
        cases.append(case(f"Conv{rank}DTranspose", incoming, **common, filters=units, output_padding=extra))
        if rank < 3:
            depth = maybe(mostly(small, 0, -1, "2"))
            cases.append(case(f"SeparableConv{rank}D", incoming, **common, filters=units, depth_multiplier=depth))
            cases.append(case(f"DepthwiseConv{rank}D", incoming, **common, depth_multiplier=depth))
    return st.one_of(*cases)


def poolings() -> S:
    """Local, global and adaptive pooling."""
    cases: list[S] = []
    for rank in (1, 2, 3):
        for kind in ("Max", "Average"):
            cases.append(
                case(
                    f"{kind}Pooling{rank}D",
                    shape(rank + 2),
                    pool_size=maybe(window(rank)) if kind == "Max" else window(rank),
                    strides=maybe(st.one_of(st.none(), window(rank, least=1))),
                    padding=maybe(mostly(st.sampled_from(["valid", "same"]), "SAME", "causal", None)),
                    data_format=data_format,
                )
            )
            cases.append(
                case(f"Global{kind}Pooling{rank}D", shape(rank + 2), data_format=data_format, keepdims=maybe(flag))
            )
            cases.append(
                case(
                    f"Adaptive{kind}Pooling{rank}D",
                    shape(rank + 2),
                    output_size=mostly(tuples(small, rank), -1, (2,) * (rank + 1), None, "3"),
                    data_format=maybe(st.sampled_from([None, "channels_last", "channels_first", "other"])),
                )
            )
    return st.one_of(*cases)


def reshapings() -> S:
    """Layers that move values about."""
    cases: list[S] = [
        case("Flatten", any_shape, data_format=data_format),
        case("RepeatVector", shape(2), n=units),
        st.builds(_reshape, any_shape, st.randoms(use_true_random=False)),
        case(
            "Permute",
            shape(4),
            dims=mostly(st.permutations([1, 2, 3]).map(tuple), (0, 1, 2), (1, 2), [1, 1, 2], 1, (2, 1)),
        ),
        case("UpSampling1D", shape(3), size=maybe(mostly(small, 0, -1, (2,), None))),
        case("Cropping1D", shape(3), cropping=maybe(mostly(tuples(st.integers(0, 4), 2), -1, (1, 2, 3), None))),
        case(
            "ZeroPadding1D",
            shape(3),
            padding=maybe(mostly(tuples(st.integers(0, 4), 2), -1, (1, 2, 3), None)),
            data_format=data_format,
        ),
    ]
    for rank in (2, 3):
        pair = st.one_of(st.integers(0, 3), st.tuples(st.integers(0, 3), st.integers(0, 3)))
        edges = mostly(
            st.one_of(st.integers(0, 3), st.tuples(*[pair] * rank)), -1, (1,), (1, (1, 2, 3), 1)[:rank], None
        )
        cases += [
            case(f"Cropping{rank}D", shape(rank + 2), cropping=maybe(edges), data_format=data_format),
            case(f"ZeroPadding{rank}D", shape(rank + 2), padding=maybe(edges), data_format=data_format),
            case(f"UpSampling{rank}D", shape(rank + 2), size=maybe(window(rank)), data_format=data_format),
        ]
    return st.one_of(*cases)


def _reshape(incoming: tuple[Any, ...], random: Any) -> Case:
    """A Reshape whose product is mostly right."""
    sizes = [1 if size is None else size for size in incoming[1:]]
    random.shuffle(sizes)
    while len(sizes) > 1 and random.random() < 0.4:
        sizes[-2:] = [sizes[-2] * sizes[-1]]
    if random.random() < 0.15:
        sizes.append(random.choice([0, 2, -1, -2, None, 3.0]))
    if sizes and random.random() < 0.4:
        sizes[random.randrange(len(sizes))] = -1
    target = random.choice([tuple(sizes), list(sizes)])
    return Case(Spec("Reshape", (target,)), (incoming,))


def normalizations() -> S:
    """Normalization layers."""
    axis = maybe(mostly(st.sampled_from([-1, -1, 1, 2, -2]), 5, -6, "1", 1.5))
    axes = maybe(mostly(st.sampled_from([-1, 1, 2, -2, (1,), [1, 2], (-1, -2), [-1]]), 5, -6, (1, 7), "1"))
    affine = {"center": maybe(flag), "scale": maybe(flag)}
    return st.one_of(
        case("BatchNormalization", any_shape, axis=axis, renorm=maybe(flag), **affine),
        case("LayerNormalization", any_shape, axis=axes, **affine),
        case(
            "GroupNormalization",
            any_shape,
            axis=maybe(mostly(st.sampled_from([-1, -1, 1, 2]), 5)),
            groups=maybe(mostly(st.sampled_from([1, 2, 3, -1]), 0, -2, 2.0, None)),
            **affine,
        ),
        case("RMSNormalization", any_shape, axis=axes),
        case("UnitNormalization", any_shape, axis=axes),
    )


def regularizations() -> S:
    """Dropout and its kin, and activation layers."""
    fraction = {"rate": rate}
    slope = maybe(mostly(st.sampled_from([0, 0.1, 2]), -1, None))
    noise = maybe(mostly(st.sampled_from([None, (None, 1), (2, 1, 3), [None, None, 1]]), 3, "ab", (0, 1), (1.5, 2)))
    return st.one_of(
        case("Dropout", any_shape, **fraction, noise_shape=noise),
        case("SpatialDropout1D", shape(3), **fraction),
        case("SpatialDropout2D", shape(4), **fraction, data_format=data_format),
        case("SpatialDropout3D", shape(5), **fraction, data_format=data_format),
        case("GaussianDropout", any_shape, **fraction),
        case("GaussianNoise", any_shape, stddev=rate),
        case("AlphaDropout", any_shape, **fraction),
        case("ActivityRegularization", any_shape, l1=maybe(st.sampled_from([0.0, 0.1])), l2=maybe(st.just(0.5))),
        case("Activation", any_shape, activation=st.sampled_from(["relu", "softmax", None, "gelu", "foo"])),
        case("ReLU", any_shape, max_value=slope, negative_slope=slope, threshold=slope),
        case("LeakyReLU", any_shape, negative_slope=slope),
        case("LeakyReLU", any_shape, alpha=slope),
        case("ELU", any_shape, alpha=maybe(st.just(0.5))),
        case("Softmax", any_shape, axis=maybe(st.sampled_from([-1, 1, (1, 2)]))),
        case("PReLU", any_shape, shared_axes=maybe(mostly(st.sampled_from([None, 1, [1], [1, 2], (2,), -1]), 7, "1"))),
    )


def cores() -> S:
    """Core layers."""
    names = {
        "kernel_regularizer": maybe(st.sampled_from(["l2", "L1", "l1_l2", None])),
        "bias_constraint": maybe(st.sampled_from(["non_neg", "maxnorm", None])),
    }
    outputs = st.sampled_from([(3,), [3], 3, (None, 3), ((3,), (4, 2)), [(3,)], (), "a"])
    return st.one_of(
        case("Dense", any_shape, units=units, use_bias=maybe(flag), activation=activation, lora_rank=maybe(st.just(2))),
        case("Dense", any_shape, units=st.just(3), trainable=maybe(flag), **names),
        case("Lambda", any_shape, function=st.just(len), output_shape=outputs),
        case("Embedding", any_shape, input_dim=units, output_dim=units, mask_zero=maybe(flag), lora_rank=maybe(small)),
        case("ReversibleEmbedding", any_shape, input_dim=units, output_dim=units, tie_weights=maybe(flag)),
        case("Masking", any_shape, mask_value=maybe(st.just(1.0))),
        case("Identity", any_shape),
        einsums(),
    )


def einsums() -> S:
    """EinsumDense with equations of every form."""
    equations: dict[str, tuple[int, int, list[str | None]]] = {
        "ab,bc->ac": (2, 1, [None, "c", "a", "z"]),
        "abc,cd->abd": (3, 2, [None, "d", "bd"]),
        "abc,cde->abde": (3, 3, [None, "de", "e"]),
        "...x,xy->...y": (4, 1, [None, "y"]),
        "ab...,bc->ac...": (4, 1, [None, "c"]),
        "abc,bc->ab": (3, 1, [None, "b"]),
        "a,b": (2, 1, [None]),
        "ab,bc->az": (2, 1, [None]),
    }

    def build(equation: str) -> S:
        rank, outputs, bias = equations[equation]
        return case(
            "EinsumDense",
            st.one_of(shape(rank), any_shape),
            equation=st.just(equation),
            output_shape=mostly(
                st.one_of(
                    st.tuples(*[st.one_of(st.none(), st.integers(1, 4))] * outputs),
                    st.tuples(st.none(), *[st.integers(1, 4)] * (outputs - 1)) if outputs > 1 else st.integers(1, 4),
                ),
                (2, 3, 4, 5),
                (),
            ),
            bias_axes=maybe(st.sampled_from(bias)),
        )

    return st.sampled_from(sorted(equations)).flatmap(build)


def merges() -> S:
    """Layers of several inputs."""

    def variants(base: tuple[Any, ...], changes: list[tuple[int, int, Any]], count: int) -> tuple[Any, ...]:
        shapes = [list(base) for _ in range(count)]
        for which, axis, value in changes:
            target = shapes[which % count]
            if target:
                target[axis % len(target)] = value
        return tuple(tuple(s) for s in shapes)

    change = st.tuples(st.integers(0, 3), st.integers(0, 4), st.one_of(dim, st.just(1), st.just(2)))
    alike = st.builds(variants, any_shape, st.lists(change, max_size=2), st.integers(1, 4))
    loose = st.lists(any_shape, min_size=1, max_size=3).map(tuple)
    shorter = st.builds(lambda shapes, cut: (*shapes[:-1], shapes[-1][:cut]), alike, st.integers(1, 4))
    inputs = st.one_of(alike, alike, alike, alike, shorter, loose)
    cases = [
        st.builds(lambda shapes, cls=cls: Case(Spec(cls), shapes, "list"), inputs)
        for cls in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
    ]
    axis = maybe(mostly(st.sampled_from([-1, -1, 1, 2, 0, -2]), 5, -7))
    cases.append(st.builds(lambda s, a: Case(Spec("Concatenate", (), given({"axis": a})), s, "list"), inputs, axis))
    axes = mostly(st.sampled_from([-1, 1, 2, (1, 1), (2, 2), (1, 2), [-1, 1]]), 0, 7, (1,), "1", (1, 9))
    pairs = st.one_of(st.builds(variants, any_shape, st.lists(change, max_size=2), st.just(2)), inputs)
    cases.append(st.builds(lambda s, a: Case(Spec("Dot", (a,)), s, "list"), pairs, axes))
    return st.one_of(*cases)


def recurrents() -> S:
    """Recurrent layers, cells and what wraps them."""
    loop = {
        "return_sequences": maybe(flag),
        "return_state": maybe(flag),
        "go_backwards": maybe(st.sampled_from([False, False, True])),
        "stateful": maybe(st.sampled_from([False, False, False, True])),
    }
    common = {"units": units, "use_bias": maybe(flag), "dropout": maybe(mostly(st.just(0.2), 2.0, "1"))}
    parts = {
        "SimpleRNN": {},
        "LSTM": {"unit_forget_bias": maybe(flag)},
        "GRU": {"reset_after": maybe(flag)},
    }
    plain = [specs(cls, **common, **loop, unroll=maybe(flag), **extra) for cls, extra in parts.items()]
    fixed = st.tuples(st.sampled_from([1, 3]), dim, dim)
    incoming = st.one_of(shape(3), st.tuples(batch, dim, size), fixed)
    cells = [specs(f"{cls}Cell", **common, **extra) for cls, extra in parts.items()]
    cell = st.one_of(*cells)
    stack = st.lists(cell, min_size=1, max_size=3)
    any_cell = st.one_of(cell, cell, stack, specs("StackedRNNCells", cells=stack))
    general = specs("RNN", cell=mostly(any_cell, Spec("Dense", (3,)), 7), **loop)
    convs: list[S] = []
    for rank in (1, 2, 3):
        conv = specs(
            f"ConvLSTM{rank}D",
            filters=mostly(st.integers(1, 4), -2, None),
            kernel_size=window(rank),
            strides=strides(rank),
            padding=padding,
            data_format=data_format,
            dilation_rate=strides(rank),
            use_bias=maybe(flag),
            **loop,
        )
        frames = st.one_of(shape(rank + 3), st.tuples(batch, dim, *[st.integers(2, 9)] * (rank + 1)))
        convs.append(calls(conv, frames))
        convs.append(calls(specs("Bidirectional", layer=conv, merge_mode=merge_modes()), frames))
    one = st.one_of(*plain, general)
    both = specs(
        "Bidirectional",
        layer=mostly(one, Spec("Dense", (3,)), 3, None),
        merge_mode=merge_modes(),
        backward_layer=maybe(st.one_of(st.none(), *plain)),
    )
    return st.one_of(
        *[calls(p, incoming) for p in plain],
        calls(general, incoming),
        calls(both, incoming),
        calls(both, incoming),
        st.one_of(*convs),
    )


def merge_modes() -> S:
    """How Bidirectional joins its directions."""
    return maybe(mostly(st.sampled_from(["concat", "sum", "mul", "ave", None]), "cat"))


def specs(cls: str, **parameters: S) -> S:
    """Layers of the class with random arguments."""
    return st.fixed_dictionaries(parameters).map(lambda kwargs: Spec(cls, (), given(kwargs)))


def calls(layers: S, inputs: S) -> S:
    """The layers, called on one input."""
    return st.builds(lambda layer, incoming: Case(layer, (incoming,)), layers, inputs)


def wrapped() -> S:
    """TimeDistributed and SpectralNormalization around layers of every family."""
    inner = st.one_of(*[FAMILIES[name]() for name in ("core", "convolution", "pooling", "reshaping", "regularization")])

    def stretch(case: Case, time: Any) -> Case:
        incoming = case.shapes[0]
        return Case(Spec("TimeDistributed", (case.layer,)), ((incoming[0], time, *incoming[1:]),))

    def spectral(case: Case, kwargs: dict[str, Any]) -> Case:
        return Case(Spec("SpectralNormalization", (case.layer,), given(kwargs)), case.shapes)

    power = st.fixed_dictionaries({"power_iterations": maybe(mostly(small, 0, -1))})
    kernels = st.one_of(cores(), convolutions())
    return st.one_of(
        st.builds(stretch, inner, dim),
        st.builds(stretch, inner, dim),
        st.builds(spectral, kernels, power),
        calls(specs("TimeDistributed", layer=mostly(st.just(Spec("Dense", (3,))), 3, None)), any_shape),
    )


def attentions() -> S:
    """Attention layers."""

    def queries(layer: S, rank: int) -> S:
        features = st.sampled_from([1, 4, 6, 6, None])
        usual = st.tuples(batch, *[dim] * (rank - 2), features)
        pair = st.tuples(usual, usual).map(lambda p: (p[0], (p[0][0], *p[1][1:])))
        third = st.builds(lambda p, f: (*p, (*p[1][:-1], f)), pair, features)
        loose = st.lists(any_shape, min_size=2, max_size=3).map(tuple)
        inputs = st.integers(0, 9).flatmap(lambda n: loose if n == 9 else (third if n % 3 == 0 else pair))
        return st.builds(
            lambda layer, shapes: Case(layer, shapes, ("query", "value", "key")[: len(shapes)]), layer, inputs
        )

    heads = mostly(small, 0, -1, None, 2.0)
    many = specs(
        "MultiHeadAttention",
        num_heads=heads,
        key_dim=heads,
        value_dim=maybe(mostly(st.one_of(st.none(), small), 0)),
        use_bias=maybe(flag),
        use_gate=maybe(flag),
        output_shape=maybe(mostly(st.sampled_from([None, 3, (4,), (2, 3), [5]]), 0)),
        attention_axes=maybe(mostly(st.sampled_from([None, 1, (1,), [1], -1, (1, 2)]), 9)),
        dropout=maybe(st.sampled_from([0.0, 0.3])),
    )
    grouped = specs(
        "GroupQueryAttention",
        head_dim=mostly(small, None),
        num_query_heads=mostly(st.sampled_from([2, 4, 6]), 3),
        num_key_value_heads=mostly(st.sampled_from([1, 2]), 4),
        use_bias=maybe(flag),
        use_gate=maybe(flag),
    )
    lists = st.lists(st.one_of(shape(3), any_shape), min_size=1, max_size=4).map(tuple)
    plain = specs(
        "Attention",
        use_scale=maybe(flag),
        score_mode=maybe(mostly(st.sampled_from(["dot", "concat"]), "sum", None)),
        dropout=maybe(mostly(st.just(0.2), None)),
    )
    additive = specs("AdditiveAttention", use_scale=maybe(flag), dropout=maybe(st.just(0.2)))
    return st.one_of(
        *[queries(many, rank) for rank in (3, 3, 2, 4)],
        queries(grouped, 3),
        st.builds(lambda layer, shapes: Case(layer, shapes, "list"), st.one_of(plain, additive), lists),
    )


#: Augmentation layers and arguments that they need.
AUGMENTATIONS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(["AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization"], ()),
    **dict.fromkeys(["CutMix", "MixUp", "RandAugment", "RandomColorJitter", "RandomElasticTransform"], ()),
    **dict.fromkeys(["RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomInvert"], ()),
    **dict.fromkeys(["RandomPerspective", "RandomShear", "Solarization"], ()),
    **dict.fromkeys(["RandomColorDegeneration", "RandomContrast", "RandomHue", "RandomPosterization"], (1,)),
    **dict.fromkeys(["RandomBrightness", "RandomRotation", "RandomSaturation", "RandomSharpness"], (0.5,)),
    **dict.fromkeys(["RandomTranslation", "RandomZoom"], (0.1, 0.1)),
}


def preprocessings() -> S:
    """Preprocessing and augmentation layers."""
    images = st.one_of(shape(4), shape(3), st.tuples(batch, size, size, st.just(3)), any_shape)
    sides = {
        "height": mostly(st.integers(1, 9), -1),
        "width": mostly(st.integers(1, 9), "3"),
        "data_format": data_format,
    }
    modes = maybe(mostly(st.sampled_from(["int", "one_hot", "multi_hot", "count"]), "other", None))
    encodings = maybe(mostly(st.sampled_from(["one_hot", "multi_hot", "count", "binary"]), "int"))
    tokens = {
        "max_tokens": maybe(mostly(st.sampled_from([None, 10, 20]), 1, 0)),
        "output_mode": maybe(mostly(st.sampled_from(["int", "one_hot", "multi_hot", "count", "tf_idf"]), "other")),
        "pad_to_max_tokens": maybe(flag),
    }
    cases: list[S] = [
        case("Rescaling", any_shape, scale=st.just(0.5)),
        case("Normalization", any_shape, axis=maybe(mostly(st.sampled_from([-1, None, (1,), (-1, 1), (), 2]), 7))),
        case("Normalization", any_shape, mean=maybe(st.just(0.5)), variance=maybe(st.just(2.0))),
        case(
            "Discretization",
            any_shape,
            bin_boundaries=maybe(st.sampled_from([None, [0.0, 1.0], [1.0]])),
            num_bins=maybe(st.sampled_from([None, 4])),
            output_mode=modes,
            sparse=maybe(flag),
        ),
        case("CategoryEncoding", any_shape, num_tokens=maybe(mostly(small, 0, None)), output_mode=encodings),
        case("Hashing", any_shape, num_bins=mostly(small, 0, None), output_mode=modes),
        case("IntegerLookup", any_shape, **tokens),
        case("StringLookup", any_shape, **tokens),
        case(
            "TextVectorization",
            any_shape,
            **tokens,
            output_sequence_length=maybe(st.sampled_from([None, 7])),
            split=maybe(st.sampled_from(["whitespace", None])),
        ),
        case("MelSpectrogram", any_shape, sequence_stride=maybe(small), num_mel_bins=maybe(small)),
        case(
            "STFTSpectrogram",
            st.one_of(shape(3), st.tuples(batch, st.integers(1, 60), dim)),
            window=st.none(),  # the others need SciPy
            mode=maybe(mostly(st.sampled_from(["log", "real", "imag", "stft", "psd"]), "other")),
            frame_length=st.sampled_from([2, 5, 8, 20]),
            frame_step=maybe(mostly(st.sampled_from([None, 1, 2]), 21, 0)),
            fft_length=maybe(mostly(st.sampled_from([None, 32, 20]), 1)),
            padding=maybe(mostly(st.sampled_from(["valid", "same"]), "full")),
            expand_dims=maybe(flag),
            data_format=data_format,
        ),
        case("Resizing", images, **sides),
        case("CenterCrop", images, **sides),
        case("RandomCrop", images, **sides),
        st.builds(
            lambda item, incoming: Case(Spec(item[0], item[1]), (incoming,)),
            st.sampled_from(sorted(AUGMENTATIONS.items())),
            images,
        ),
        st.builds(
            lambda cls, factor, incoming: Case(Spec(cls, (), {"factor": factor}), (incoming,)),
            st.sampled_from(
                [
                    *["AugMix", "CutMix", "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomHue"],
                    *["RandomContrast", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur"],
                    *["RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation"],
                    *["RandomSharpness"],
                ]
            ),
            st.sampled_from([0, 1, 0.5, -0.5, 2, 9, -2.0, (0.1, 0.2), (-3, -2), (1, 2, 3), [2, 4]]),
            images,
        ),
    ]
    crossing = specs("HashedCrossing", num_bins=small, output_mode=maybe(st.sampled_from(["int", "one_hot", "count"])))
    pair = st.one_of(any_shape.map(lambda s: (s, s)), st.tuples(any_shape, any_shape), st.tuples(any_shape))
    cases.append(st.builds(lambda layer, shapes: Case(layer, shapes, "list"), crossing, pair))
    return st.one_of(*cases)


FAMILIES: dict[str, Callable[[], S]] = {
    "core": cores,
    "convolution": convolutions,
    "pooling": poolings,
    "reshaping": reshapings,
    "normalization": normalizations,
    "regularization": regularizations,
    "merging": merges,
    "recurrent": recurrents,
    "wrappers": wrapped,
    "attention": attentions,
    "preprocessing": preprocessings,
}
