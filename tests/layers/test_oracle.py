"""Every layer against the installed Keras: output shapes, parameter counts, or that both refuse.

KERASCHECK_EXAMPLES sets how many random cases each family gets (default: a small fixed slice).
"""

from __future__ import annotations

import inspect
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kerascheck.layers.base import parse_signature
from kerascheck.layers.names import ACTIVATIONS, CONSTRAINTS, REGULARIZERS
from kerascheck.layers.registry import REMOVED, definitions, find
from kerascheck.symbolic.unknown import Unknown
from tests.layers.harness import Built, Case, L, disagreement, layer_of, ours, theirs
from tests.layers.strategies import FAMILIES

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(0)]

EXAMPLES = int(os.environ.get("KERASCHECK_EXAMPLES", "0"))

#: Public names of keras.layers that are no layers to build.
NO_LAYERS = {"Layer", "InputSpec"}


@pytest.mark.parametrize("family", FAMILIES)
def test_random_layers_agree(keras: Any, family: str) -> None:
    @settings(
        max_examples=EXAMPLES or 200,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if EXAMPLES else [Phase.generate, Phase.shrink],
    )
    @given(FAMILIES[family]())
    def agree(case: Case) -> None:
        problem = disagreement(keras, case)
        assert problem is None, problem

    agree()
    keras.backend.clear_session()


IMAGE = (None, 28, 28, 3)
SEQUENCE = (None, 10, 8)
CELLS = [L("LSTMCell", 4), L("GRUCell", 3)]

#: Typical layers, each of which both must build.
BUILT = [
    Case(L("Dense", 128, activation="relu"), ((None, 784),)),
    Case(L("Dense", 1, use_bias=False), ((None, None, 7),)),
    Case(L("Dense", 8, lora_rank=2), ((4, 16),)),
    Case(L("EinsumDense", "abc,cd->abd", output_shape=(None, 64), bias_axes="d"), ((None, 32, 128),)),
    Case(L("Embedding", 1000, 64, mask_zero=True), ((None, 10),)),
    Case(L("Embedding", 10, 4, input_length=5), ((None, 5),)),
    Case(L("ReversibleEmbedding", 10, 4, tie_weights=False), ((None, 5),)),
    Case(L("Masking"), (SEQUENCE,)),
    Case(L("Flatten"), (IMAGE,)),
    Case(L("Flatten"), ((None, None, 3),)),
    Case(L("Reshape", (-1, 3)), ((None, 4, 6),)),
    Case(L("Permute", (2, 1)), (SEQUENCE,)),
    Case(L("RepeatVector", 3), ((None, 32),)),
    Case(L("Conv2D", 32, 3), (IMAGE,)),
    Case(L("Conv2D", 32, 3, 3), (IMAGE,)),
    Case(L("Conv2D", 32, 3, padding="same", strides=2), ((None, None, None, 3),)),
    Case(L("Conv2D", 8, 3, data_format="channels_first"), ((None, 3, 28, 28),)),
    Case(L("Conv2D", 6, 3, groups=3, dilation_rate=2), (IMAGE,)),
    Case(L("Conv1D", 4, 3, padding="causal"), (SEQUENCE,)),
    Case(L("Conv3D", 4, (1, 2, 3)), ((None, 8, 8, 8, 1),)),
    Case(L("Conv2DTranspose", 4, 3, strides=2, padding="same"), (IMAGE,)),
    Case(L("Conv2DTranspose", 4, 3, strides=2, output_padding=1), (IMAGE,)),
    Case(L("SeparableConv2D", 8, 3, depth_multiplier=2), (IMAGE,)),
    Case(L("DepthwiseConv2D", 3, strides=2), (IMAGE,)),
    Case(L("MaxPooling2D"), (IMAGE,)),
    Case(L("MaxPooling2D", 3, strides=2, padding="same"), (IMAGE,)),
    Case(L("AveragePooling1D", 2), (SEQUENCE,)),
    Case(L("GlobalAveragePooling2D", keepdims=True), (IMAGE,)),
    Case(L("GlobalMaxPooling1D"), (SEQUENCE,)),
    Case(L("AdaptiveAveragePooling2D", 7), (IMAGE,)),
    Case(L("BatchNormalization"), (IMAGE,)),
    Case(L("BatchNormalization", axis=1, scale=False), (IMAGE,)),
    Case(L("BatchNormalization", renorm=True), (IMAGE,)),
    Case(L("LayerNormalization", axis=(1, 2)), (SEQUENCE,)),
    Case(L("GroupNormalization", groups=3), (IMAGE,)),
    Case(L("LSTM", 16), (SEQUENCE,)),
    Case(L("LSTM", 16, return_sequences=True, return_state=True), (SEQUENCE,)),
    Case(L("LSTM", 4), (SEQUENCE, (None, 4), (None, 4)), "states"),
    Case(L("GRU", 16, reset_after=False), (SEQUENCE,)),
    Case(L("GRU", 3, return_state=True), (SEQUENCE, (None, 3)), "states"),
    Case(L("SimpleRNN", 5), ((None, None, 2),)),
    Case(L("RNN", CELLS, return_sequences=True), (SEQUENCE,)),
    Case(L("RNN", L("StackedRNNCells", CELLS)), (SEQUENCE,)),
    Case(L("ConvLSTM2D", 4, 3, padding="same", return_sequences=True), ((None, 5, 16, 16, 3),)),
    Case(L("Bidirectional", L("LSTM", 4, return_sequences=True)), (SEQUENCE,)),
    Case(L("Bidirectional", L("GRU", 4, return_state=True), merge_mode=None), (SEQUENCE,)),
    Case(L("Bidirectional", L("LSTM", 4), backward_layer=L("GRU", 4, go_backwards=True)), (SEQUENCE,)),
    Case(L("TimeDistributed", L("Dense", 4)), (SEQUENCE,)),
    Case(L("TimeDistributed", L("Conv2D", 4, 3)), ((None, 5, 16, 16, 3),)),
    Case(L("TimeDistributed", L("TimeDistributed", L("Dense", 4))), ((None, 5, 6, 7),)),
    Case(L("SpectralNormalization", L("Conv2D", 4, 3)), (IMAGE,)),
    Case(L("Add"), ((None, 4), (None, 4)), "list"),
    Case(L("Multiply"), ((None, 1, 4), (None, 3, 1)), "list"),
    Case(L("Concatenate"), ((None, 4), (None, 5)), "list"),
    Case(L("Concatenate", axis=1), ((None, 2, 4), (None, None, 4)), "list"),
    Case(L("Dot", axes=1), ((None, 4), (None, 4)), "list"),
    Case(L("MultiHeadAttention", 2, 8), ((None, 5, 16), (None, 7, 12)), ("query", "value")),
    Case(L("Attention", use_scale=True), ((None, 5, 16), (None, 7, 16)), "list"),
    Case(L("Pipeline", [L("Rescaling", 2.0), L("Resizing", 4, 4)]), (IMAGE,)),
    Case(L("LSTMCell", 4), ((None, 3), (None, 4), (None, 4)), ("inputs", "states0", "states1")),
]

#: Typical mistakes, which both must refuse.
REFUSED = [
    Case(L("Dense", 0), ((None, 4),)),
    Case(L("Dense", 4), ((None, 3, None),)),
    Case(L("Dense", 4), ((None,),)),
    Case(L("Dense"), ((None, 4),)),
    Case(L("Dense", 4, unit=3), ((None, 4),)),
    Case(L("Conv2D", 4, 3), (SEQUENCE,)),
    Case(L("Conv2D", 4, 3), ((None, 2, 2, 1),)),
    Case(L("Conv2D", 4, 3, padding="vaild"), (IMAGE,)),
    Case(L("Conv2D", 4, 3, strides=2, dilation_rate=2), (IMAGE,)),
    Case(L("Conv2D", 4, 3, groups=3), (IMAGE,)),
    Case(L("MaxPooling2D", 40), (IMAGE,)),
    Case(L("LSTM", 4), ((None, 4),)),
    Case(L("LSTM", 4, stateful=True), (SEQUENCE,)),
    Case(L("Reshape", (5, 5)), ((None, 24),)),
    Case(L("Add"), ((None, 4), (None, 5)), "list"),
    Case(L("Concatenate"), ((None, 3, 4), (None, 2, 4)), "list"),
    Case(L("Dropout", 1.5), ((None, 4),)),
    Case(L("Bidirectional", L("Dense", 4)), (SEQUENCE,)),
    Case(L("Bidirectional", L("LSTM", 4, stateful=True, return_state=True)), ((2, 3, 4),)),
    Case(L("TimeDistributed", L("Dense", 4)), ((None, 4),)),
]


@pytest.mark.parametrize("case", BUILT, ids=repr)
def test_typical_layers(keras: Any, case: Case) -> None:
    if case.layer.cls == "LSTMCell":  # its states are one argument
        cell = keras.layers.LSTMCell(*case.layer.args)
        tensors = [keras.KerasTensor(shape) for shape in case.shapes]
        outputs = keras.tree.flatten(cell(tensors[0], tensors[1:]))
        assert ours(case) == Built(tuple(tuple(t.shape) for t in outputs), cell.count_params(), 0)
        return
    assert isinstance(theirs(keras, case), Built), theirs(keras, case)
    assert disagreement(keras, case) is None


@pytest.mark.parametrize("case", REFUSED, ids=repr)
def test_typical_mistakes(keras: Any, case: Case) -> None:
    assert not isinstance(theirs(keras, case), Built)
    assert disagreement(keras, case) is None


def public_layers(keras: Any) -> dict[str, type]:
    """The layer classes that Keras exports, by every name."""
    return {
        name: value
        for name, value in vars(keras.layers).items()
        if isinstance(value, type) and not name.startswith("_") and name not in NO_LAYERS
    }


def test_every_public_layer_is_defined(keras: Any) -> None:
    missing = sorted(name for name in public_layers(keras) if find(name) is None)
    assert not missing, f"keras.layers has layers that kerascheck does not define: {missing}"


def test_removed_layers_are_those_that_keras_does_not_export(keras: Any) -> None:
    inner = {"GroupedQueryAttention"}  # a class name that is exported under another
    assert set(definitions()) - set(public_layers(keras)) - inner == set(REMOVED)


def test_names_and_signatures_are_those_of_keras(keras: Any) -> None:
    wrong: list[str] = []
    for name, cls in public_layers(keras).items():
        definition = find(name)
        assert definition is not None
        if definition.name != cls.__name__:
            wrong.append(f"{name}: is {definition.name} here, {cls.__name__} in Keras")
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        real = [(p.name, p.default) for p in parameters if p.kind is not p.VAR_KEYWORD]
        names, defaults, _ = parse_signature(definition.signature)
        mine = [(n, defaults.get(n, inspect.Parameter.empty)) for n in names]
        if repr(mine) != repr(real):
            wrong.append(f"{name}:\n  here  {mine}\n  Keras {real}")
    assert not wrong, "\n".join(wrong)


def test_names_are_those_of_keras(keras: Any) -> None:
    from keras.src import activations, constraints, regularizers

    def names(module: Any) -> set[str]:
        return {name for name in module.ALL_OBJECTS_DICT if isinstance(name, str)}

    assert names(activations) == ACTIVATIONS
    assert names(regularizers) == REGULARIZERS
    assert names(constraints) == CONSTRAINTS


@pytest.mark.parametrize("dtype", ["float32", "float16", "int32", "bool"])
def test_dtypes_agree(keras: Any, dtype: str) -> None:
    lookups = [
        Case(L("Hashing", 4), ((None, 3),)),
        Case(L("Hashing", 4, output_mode="one_hot"), ((None, 3),)),
        Case(L("Discretization", [0.0]), ((None, 3),)),
        Case(L("StringLookup"), ((None, 3),)),
        Case(L("StringLookup", max_tokens=9, pad_to_max_tokens=True, output_mode="count"), ((None, 3),)),
        Case(L("TextVectorization"), ((None,),)),
        Case(L("CategoryEncoding", 4), ((None, 3),)),
        Case(L("Identity"), (SEQUENCE,)),
        Case(L("Identity", dtype="float64"), (SEQUENCE,)),
        Case(L("Dense", 4, dtype="mixed_float16"), (SEQUENCE,)),
        Case(L("Flatten", dtype="float16"), (SEQUENCE,)),
        Case(L("RandomFlip"), (IMAGE,)),
        Case(L("Resizing", 3, 3), (IMAGE,)),
    ]
    wrong: list[str] = []
    for case in [*BUILT, *lookups]:
        if case.call != "one":
            continue
        cast = Case(case.layer, case.shapes, case.call, dtype)
        real = theirs(keras, cast)
        if isinstance(real, Built):
            mine = layer_of(case.layer).output_dtype(dtype)
            if not isinstance(mine, Unknown) and {mine} != set(real.dtypes):
                wrong.append(f"{cast!r} of {dtype}: kerascheck {mine}, Keras {real.dtypes}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("model", ["functional", "sequential"])
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_chains_agree(keras: Any, model: str, data: st.DataObject) -> None:
    """A random chain of layers: parameters of the whole model."""
    specs = [
        L("Conv2D", data.draw(st.integers(1, 8)), 3, padding="same"),
        L("BatchNormalization"),
        L("MaxPooling2D", data.draw(st.integers(1, 3))),
        L("Flatten"),
        L("Dense", data.draw(st.integers(1, 9))),
    ]
    real = [getattr(keras.layers, s.cls)(*s.args, **s.kwargs) for s in specs]
    if model == "functional":
        first = last = keras.Input((12, 12, 3))
        for layer in real:
            last = layer(last)
        network = keras.Model(first, last)
    else:
        network = keras.Sequential([keras.Input((12, 12, 3)), *real])
    shapes: list[Any] = [(None, 12, 12, 3)]
    total = 0
    for spec in specs:
        layer = layer_of(spec)
        shapes = layer.infer(shapes)
        total += sum(layer.count_params())
    assert (shapes[0], total) == (tuple(network.output_shape), network.count_params())
