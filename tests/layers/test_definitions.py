"""What the layer definitions say, without Keras: shapes and counts, old argument forms, robustness."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerascheck.layers.base import parse_signature
from kerascheck.layers.configuring import configure
from kerascheck.layers.registry import FAMILIES as MODULES
from kerascheck.layers.registry import definitions
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import BuiltinLayer, InputLayer, Node, Tensor
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import KerasError, Unknown
from tests.layers.harness import Built, Case, L, NotKnown, Refused, Spec, layer_of, ours
from tests.layers.strategies import FAMILIES
from tests.layers.symbols import evaluate

n = SymDim.named("n")
DIMS: Any = n

#: layer, input, output, parameters
EXPECTED: list[tuple[Spec, tuple[Any, ...], tuple[Any, ...], Any]] = [
    (L("Dense", 128), (None, 784), (None, 128), 100480),
    (L("Dense", 10), (None, n), (None, 10), 10 * DIMS + 10),
    (L("Dense", 10), (None, None, 4), (None, None, 10), 50),
    (L("Dense", Unknown("from outside", key="units", text="units")), (None, 4), (None, SymDim.named("units")), None),
    (L("Flatten"), (None, 28, 28, 1), (None, 784), 0),
    (L("Flatten"), (None, None, 3), (None, None), 0),
    (L("Flatten"), (None, n, 3), (None, 3 * DIMS), 0),
    (L("Reshape", (28, 28, 1)), (None, 784), (None, 28, 28, 1), 0),
    (L("Reshape", (-1, 2)), (None, None), (None, None, 2), 0),
    (L("Reshape", (-1,)), (None, n, 4), (None, 4 * DIMS), 0),
    (L("Permute", (2, 1)), (None, 3, n), (None, n, 3), 0),
    (L("RepeatVector", 4), (None, n), (None, 4, n), 0),
    (L("Conv2D", 32, 3), (None, 28, 28, 1), (None, 26, 26, 32), 320),
    (L("Conv2D", 32, 3, strides=2, padding="same"), (None, None, None, 3), (None, None, None, 32), 896),
    (L("Conv2D", 32, (3, 1)), (None, n, n, 3), (None, DIMS - 2, n, 32), 320),
    (L("Conv2D", 8, 5, strides=4), (None, 4 * DIMS + 1, 9, 3), (None, n, 2, 8), 608),
    (L("Conv1D", 4, 3, padding="causal"), (None, n, 2), (None, n, 4), 28),
    (L("Conv2DTranspose", 8, 3, strides=2, padding="same"), (None, n, 7, 4), (None, 2 * DIMS, 14, 8), 296),
    (L("MaxPooling2D"), (None, 28, 27, 8), (None, 14, 13, 8), 0),
    (L("MaxPooling2D"), (None, None, 2 * DIMS, 8), (None, None, n, 8), 0),
    (L("GlobalAveragePooling2D"), (None, None, n, 8), (None, 8), 0),
    (L("ZeroPadding2D", ((1, 0), 2)), (None, n, 5, 1), (None, DIMS + 1, 9, 1), 0),
    (L("Cropping1D", (1, 2)), (None, n, 5), (None, DIMS - 3, 5), 0),
    (L("UpSampling2D", (2, 3)), (None, n, 5, 1), (None, 2 * DIMS, 15, 1), 0),
    (L("Embedding", 1000, 16), (None, n), (None, n, 16), 16000),
    (L("BatchNormalization"), (None, 5, n), (None, 5, n), 4 * DIMS),
    (L("LSTM", 32), (None, None, 8), (None, 32), 5248),
    (L("LSTM", 4, return_sequences=True), (None, n, 8), (None, n, 4), 208),
    (L("GRU", 32), (None, 10, 8), (None, 32), 4032),
    (L("SimpleRNN", n), (None, 10, 8), (None, n), n * n + 9 * DIMS),
    (L("Bidirectional", L("LSTM", 4)), (None, n, 8), (None, 8), 416),
    (L("TimeDistributed", L("Dense", 4)), (None, n, 8), (None, n, 4), 36),
    (L("Highway"), (None, 5), (None, 5), 60),
    (L("MaxoutDense", 3), (None, 5), (None, 3), 72),
    (L("CuDNNLSTM", 4), (None, 10, 8), (None, 4), 224),
    (L("LocallyConnected1D", 4, 3), (None, 10, 8), (None, 8, 4), 800),
    (L("LocallyConnected2D", 4, 3), (None, 6, 5, 2), (None, 4, 3, 4), 912),
]


@pytest.mark.parametrize(("layer", "shape", "output", "params"), EXPECTED, ids=lambda v: repr(v)[:60])
def test_shapes_and_parameters(layer: Spec, shape: Any, output: Any, params: Any) -> None:
    found = ours(Case(layer, (shape,)))
    assert isinstance(found, Built), found
    assert found.outputs == (output,)
    if params is not None:
        assert found.trainable + found.frozen == params


def test_moving_statistics_do_not_train() -> None:
    assert ours(Case(L("BatchNormalization"), ((None, 8),))) == Built(((None, 8),), 16, 16)


#: spelled the old way, the Keras generation, the same today
OLD_FORMS = [
    (L("Convolution2D", 32, 3, 5, border_mode="same"), 1, L("Conv2D", 32, (3, 5), padding="same")),
    (L("Convolution2D", 32, 3, 5, "he_normal", "relu"), 1, L("Conv2D", 32, (3, 5), activation="relu")),
    (L("Convolution2D", nb_filter=8, nb_row=3, nb_col=2, subsample=(2, 2)), 1, L("Conv2D", 8, (3, 2), strides=(2, 2))),
    (L("Convolution2D", 8, nb_row=3, nb_col=2, dim_ordering="th"), 1, L("Conv2D", 8, (3, 2), data_format="th")),
    (L("Convolution2D", 32, 3, 5), 2, L("Conv2D", 32, (3, 5))),
    (L("Conv3D", 32, 3, 5, 1), 2, L("Conv3D", 32, (3, 5, 1))),
    (L("Conv2D", 32, 3, (2, 2)), 2, L("Conv2D", 32, 3, strides=(2, 2))),
    (L("Conv2D", 32, 3, 5), 3, L("Conv2D", 32, kernel_size=3, strides=5)),
    (L("Convolution1D", 8, 3, border_mode="valid", subsample_length=2), 1, L("Conv1D", 8, 3, strides=2)),
    (L("Convolution1D", nb_filter=8, filter_length=3), 1, L("Conv1D", 8, 3)),
    (L("Convolution3D", 8, 3, 4, 5), 1, L("Conv3D", 8, (3, 4, 5))),
    (L("AtrousConvolution2D", 8, 3, 3, atrous_rate=(2, 2)), 1, L("Conv2D", 8, (3, 3), dilation_rate=(2, 2))),
    (L("Deconvolution2D", 8, 3, 3, (None, 14, 14, 8), subsample=(2, 2)), 1, L("Conv2DTranspose", 8, (3, 3), (2, 2))),
    (L("SeparableConvolution2D", 8, 3, 3), 1, L("SeparableConv2D", 8, (3, 3))),
    (L("DepthwiseConv2D", 3, kernel_initializer="he_normal"), 2, L("DepthwiseConv2D", 3)),
    (L("SeparableConv2D", 8, 3, kernel_regularizer="l2"), 2, L("SeparableConv2D", 8, 3)),
    (L("MaxPooling2D", pool_size=(2, 2), border_mode="same"), 1, L("MaxPooling2D", (2, 2), padding="same")),
    (L("MaxPooling1D", pool_length=3, stride=2), 1, L("MaxPooling1D", 3, 2)),
    (L("AveragePooling2D"), 2, L("AveragePooling2D", 2)),
    (L("Dense", output_dim=64, init="uniform", W_regularizer="l2", bias=False), 1, L("Dense", 64, use_bias=False)),
    (L("Dense", 64, "uniform", "relu"), 1, L("Dense", 64, activation="relu")),
    (L("Dense", 64, "relu"), 1, L("Dense", 64, activation="relu")),
    (L("LSTM", 4, "relu"), 1, L("LSTM", 4, activation="relu")),
    (L("LSTM", 4, "normal", "orthogonal"), 1, L("LSTM", 4)),
    (L("Dense", 20, 64, init="uniform"), 1, L("Dense", 64)),
    (L("TimeDistributedDense", 64), 1, L("Dense", 64)),
    (L("Dropout", p=0.5), 1, L("Dropout", 0.5)),
    (L("GaussianNoise", sigma=3.0), 1, L("GaussianNoise", 3.0)),
    (L("Embedding", 10, 4, input_length=3, dropout=0.2, init="uniform"), 1, L("Embedding", 10, 4)),
    (L("LSTM", output_dim=4, inner_activation="hard_sigmoid", dropout_W=0.2), 1, L("LSTM", 4, dropout=0.2)),
    (L("LSTM", 4, implementation=2), 3, L("LSTM", 4)),
    (L("GRU", 4, consume_less="gpu"), 1, L("GRU", 4)),
    (L("BatchNormalization", 1e-5, 0, 1), 1, L("BatchNormalization", axis=1, epsilon=1e-5)),
    (L("BatchNormalization", mode=2, axis=1), 1, L("BatchNormalization", axis=1)),
    (L("LeakyReLU", alpha=0.2), 3, L("LeakyReLU", 0.2)),
    (L("UpSampling1D", length=3), 1, L("UpSampling1D", 3)),
    (L("ZeroPadding2D", padding=(1, 1), dim_ordering="tf"), 1, L("ZeroPadding2D", (1, 1))),
]

#: What does not bear on shapes or counts.
COSMETIC = {
    "recurrent_initializer",
    "kernel_initializer",
    "kernel_regularizer",
    "embeddings_initializer",
    "recurrent_activation",
}


@pytest.mark.parametrize(("old", "dialect", "new"), OLD_FORMS, ids=repr)
def test_old_argument_forms(old: Spec, dialect: int, new: Spec) -> None:
    was, now = layer_of(old, dialect), layer_of(new, 1 if dialect < 3 else 3)
    assert was.cls == now.cls
    values = dict(was.config)
    if values.get("data_format") == "tf":
        values["data_format"] = None
    for name in set(parse_signature(now.definition.signature)[0]) - COSMETIC:
        assert values[name] == now.config[name], name


def test_old_data_formats_mean_channels_first_and_last() -> None:
    layer = layer_of(L("Convolution2D", 8, 3, 3, dim_ordering="th"), 1)
    assert layer.infer([(None, 3, 10, 12)]) == [(None, 8, 8, 10)]
    with pytest.raises(KerasError):
        layer_of(L("Conv2D", 8, 3, data_format="th"), 3)


def test_two_integers_behind_the_filters_are_ambiguous_in_keras_2() -> None:
    case = Case(L("Conv2D", 32, 3, 5), ((None, 28, 28, 1),))
    assert isinstance(ours(case, dialect=2), NotKnown)
    assert isinstance(ours(case, dialect=3), Built)


def test_a_layer_may_be_born_frozen() -> None:
    assert ours(Case(L("Dense", 4, trainable=False), ((None, 3),))) == Built(((None, 4),), 0, 16)


def test_gru_had_one_bias_in_keras_1() -> None:
    layer = layer_of(L("GRU", 4), 1)
    layer.infer([(None, 5, 3)])
    assert layer.count_params() == (96, 0)


def test_a_float_is_no_size_in_keras_3() -> None:
    layer_of(L("Dense", 4.0), 2)
    with pytest.raises(KerasError, match="integer"):
        layer_of(L("Dense", 4.0), 3)


#: layer, inputs, kind of error, words of the message
MISTAKES = [
    (L("Conv2D", 8, 3), [(None, 784)], "rank", "rank 4, found rank 2: (None, 784)"),
    (L("Conv2D", 8, 5), [(None, 3, 9, 1)], "negative-dimension", "window spans 5, the input has 3"),
    (L("MaxPooling1D", 4), [(None, 3, 9)], "negative-dimension", "(None, 3, 9)"),
    (L("Cropping2D", 2), [(None, 4, 9, 1)], "negative-dimension", "2 + 2"),
    (L("Dense", 8), [(None, 3, None)], "undefined-dimension", "(None, 3, None)"),
    (L("Reshape", (5, 5)), [(None, 24)], "shape", "needs 25 values for each sample, found 24"),
    (L("Reshape", (5, -1)), [(None, 24)], "shape", "a multiple of 5"),
    (L("Add"), [(None, 4), (None, 5)], "shape", "(None, 4), (None, 5)"),
    (L("Concatenate"), [(None, 4, 3), (None, 5, 3)], "shape", "differ only along axis -1"),
    (L("Subtract"), [(None, 4)], "input-count", "two inputs"),
    (L("LSTM", 8), [(None, 24)], "rank", "rank 3"),
    (L("GroupNormalization", 4), [(None, 6)], "shape", "multiple of groups=4"),
    (L("Reshape", (n + 1,)), [(None, n)], "shape", "found n"),
]


@pytest.mark.parametrize(("layer", "shapes", "kind", "words"), MISTAKES, ids=lambda v: repr(v)[:50])
def test_messages_name_what_was_found(layer: Spec, shapes: list[Any], kind: str, words: str) -> None:
    with pytest.raises(KerasError) as caught:
        layer_of(layer).infer(shapes)
    assert caught.value.kind == kind
    assert words in caught.value.message


def test_copies_in_bidirectional_do_not_bind_the_layer() -> None:
    inner = L("LSTM", 4)
    shared = layer_of(inner)
    for features in (3, 5):
        wrapper = layer_of(L("Bidirectional", inner))
        wrapper.config.values_by_name["layer"] = shared
        wrapper.infer([(None, 7, features)])
        assert wrapper.count_params()[0] == 2 * 4 * 4 * (features + 4 + 1)


def test_wrapped_layers_freeze_with_their_wrapper() -> None:
    wrapper = layer_of(L("TimeDistributed", L("Dense", 2)))
    wrapper.infer([(None, 3, 4)])
    wrapper.set_trainable(False)
    assert wrapper.count_params() == (0, 10)


def test_wrappers_take_models() -> None:
    first, dense, flatten = (
        InputLayer("in", (None, 4, 3), "float32", None),
        layer_of(L("Dense", 2)),
        layer_of(L("Flatten")),
    )
    model = Network("Functional", "model", None)
    model.layers = [first, dense, flatten]
    model.inputs = [first.tensor]
    middle = Tensor(dense.infer([(None, 4, 3)])[0])
    last = Tensor(flatten.infer([(None, 4, 2)])[0])
    model.nodes = [Node(dense, (first.tensor,), (middle,), None), Node(flatten, (middle,), (last,), None)]
    model.outputs = [last]
    definition = definitions()["TimeDistributed"]
    config = configure(definition, Arguments([Given(model)], {}), "TimeDistributed", 3)
    wrapper = BuiltinLayer(definition, config, "each", None)
    assert wrapper.infer([(None, n, 4, 3)]) == [(None, n, 8)]
    assert wrapper.count_params() == (8, 0)


def test_a_built_layer_keeps_its_input_size() -> None:
    layer = layer_of(L("Dense", 2))
    layer.infer([(None, 3)])
    with pytest.raises(KerasError) as caught:
        layer.infer([(None, 4)])
    assert caught.value.kind == "reuse"


# -- properties ------------------------------------------------------------------------------------------

_SETTINGS = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_symbolic_sizes_give_what_numbers_give(family: str) -> None:
    """Put a symbol in the place of a number: the answer, evaluated, is the same, or honestly not known."""

    @_SETTINGS
    @given(FAMILIES[family](), st.data())
    def agree(case: Case, data: st.DataObject) -> None:
        places = [(i, j) for i, s in enumerate(case.shapes) for j, size in enumerate(s) if size is not None]
        if not places:
            return
        chosen = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
        shapes = [list(s) for s in case.shapes]
        values: dict[str, int] = {}
        for i, j in chosen:
            number = case.shapes[i][j]
            assert isinstance(number, int)
            name = f"n{number}" if data.draw(st.booleans()) else f"n{i}{j}"
            values[name] = number
            shapes[i][j] = SymDim.named(name)
        known, symbolic = ours(case), ours(Case(case.layer, tuple(map(tuple, shapes)), case.call))
        if not isinstance(known, Built) or isinstance(symbolic, NotKnown):
            return
        assert not isinstance(symbolic, Refused), f"{case!r}: {symbolic}"
        assert evaluate(symbolic, values) == known, repr(case)

    agree()


class Thing:
    """A value of a type that no layer knows."""


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 5),
    st.sampled_from([10**9, -(10**9), 2.5, float("nan"), float("inf"), "", "same", "int", b"x", Thing(), Thing, len]),
    st.lists(st.integers(-2, 4), max_size=4),
    st.tuples(st.integers(0, 3), st.tuples(st.integers(0, 3), st.none())),
    st.dictionaries(st.sampled_from(["a", "rmax"]), st.integers(), max_size=2),
    st.builds(lambda: Unknown("no idea")),
    st.builds(lambda: Unknown("no idea", text="x.y")),
    st.builds(lambda: SymDim.named("m")),
    st.lists(st.one_of(st.builds(lambda: Unknown("no idea")), st.just(Thing()), st.just("a")), max_size=3),
    st.sampled_from([L("Dense", 3), L("LSTM", 4), L("LSTMCell", 4), L("RNN", L("GRUCell", 3)), L("Conv2D", 4, 3)]),
    st.lists(st.sampled_from([L("LSTMCell", 4), L("Dense", 3)]), max_size=2),
)
SHAPES = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 9), st.just(SymDim.named("k"))), max_size=6).map(tuple), max_size=4
)


@pytest.mark.slow
@settings(max_examples=1500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_nonsense_never_breaks_a_definition(data: st.DataObject) -> None:
    """Whatever the arguments and inputs: an answer, a KerasError or Undetermined, nothing else."""
    name = data.draw(st.sampled_from(sorted(definitions())))
    definition = definitions()[name]
    names, defaults, _ = parse_signature(definition.signature)
    required = [n for n in names if n not in defaults]
    chosen = data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
    kwargs = {n: data.draw(JUNK) for n in {*chosen, *required}}
    shapes = tuple(data.draw(SHAPES))
    ours(Case(Spec(name, (), kwargs), shapes), data.draw(st.sampled_from([1, 2, 3])))


def test_every_module_of_layers_is_registered() -> None:
    assert {type(d).__module__.rpartition(".")[2] for d in definitions().values()} == set(MODULES)


def test_every_definition_is_documented() -> None:
    assert [d.name for d in definitions().values() if not (type(d).__doc__ or "").strip()] == []
