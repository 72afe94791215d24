"""Sequential in every form: the same network, however it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.api import summarize
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Unknown
from tests.machine.helpers import build, cases, marked_cases, model, models, raised, summary

#: Each builds Dense(8) and Dense(3) on four inputs: 40 and 27 parameters.
FORMS = cases("sequential")


@pytest.mark.parametrize("code", FORMS.values(), ids=FORMS)
def test_every_form_is_the_same_network(code: str) -> None:
    network = model(code)
    assert network.status() == "exact"
    assert [(cls, shape, params) for cls, _, shape, params in summary(network)] == [
        ("Dense", (None, 8), 40),
        ("Dense", (None, 3), 27),
    ]
    assert network.output_shapes() == [(None, 3)]
    assert [tuple(t.shape) for t in network.inputs] == [(None, 4)]  # type: ignore[arg-type]
    assert network.params() == 67


UNKNOWN_FORMS = cases("sequential_unknown")
#: With the numbers of layers of the models that are known for runs of few rounds.
LOOPS = marked_cases("sequential_loops")


@pytest.mark.parametrize("code", UNKNOWN_FORMS.values(), ids=UNKNOWN_FORMS)
def test_what_is_not_known_is_never_exact(code: str) -> None:
    for path in build(code).paths:
        for network in path.networks:
            assert network.status() == "unknown"


@pytest.mark.parametrize(("code", "layers"), LOOPS.values(), ids=LOOPS)
def test_what_a_loop_of_unknown_length_does_is_exact_for_few_rounds_at_most(code: str, layers: str) -> None:
    known = {len(network.layers) for path in build(code).paths for network in path.networks if is_exact(network)}
    unknown = [network for path in build(code).paths for network in path.networks if not is_exact(network)]
    assert known == set(map(int, layers.split()))
    assert {network.status() for network in unknown} == {"unknown"}  # there are such, for further rounds


#: What a loop of unknown length adds to a model of sequences, and the kinds of what Keras refuses behind it.
BEHIND_LOOPS = {
    "the rank changes": ("model.add(Reshape((10, 24, 1)))", "Conv2D(3, 3)", []),
    "it may change": ("model.add(LSTM(8, return_sequences=step < 3))", "Conv1D(3, 3)", []),
    "it changes in an arm": (
        "if step == 3:\n        model.add(Flatten())\n    else:\n        model.add(Dense(8))",
        "Conv1D(3, 3)",
        [],
    ),
    "sizes change": ("model.add(Dense(step))", "Reshape((60,))", []),
    "layers are taken away": ("model.pop()", "Reshape((30,))", []),
    "only sizes change": ("model.add(Dense(step))", "Conv2D(3, 3)", ["rank"]),
    "nothing changes": ("model.add(Dropout(step))", "Reshape((60,))", ["shape"]),
}


@pytest.mark.parametrize(("added", "layer", "kinds"), BEHIND_LOOPS.values(), ids=BEHIND_LOOPS)
def test_what_is_refused_behind_a_loop_is_refused_after_each_number_of_rounds(
    added: str, layer: str, kinds: list[str]
) -> None:
    code = "model = Sequential([Input((30, 1)), LSTM(8, return_sequences=True)])\n"
    code += f"import sys\nfor step in map(int, sys.argv[1:]):\n    {added}\nmodel.add({layer})\n"
    assert raised(code) == kinds


def is_exact(network: Network) -> bool:
    return network.status() == "exact"


def test_a_model_as_a_layer() -> None:
    network = model("""
        inner = Sequential([Input((4,)), Dense(8)], name="inner")
        model = Sequential([inner, Dense(3)])
    """)
    assert summary(network) == [("Sequential", "inner", (None, 8), 40), ("Dense", "dense_1", (None, 3), 27)]
    assert network.status() == "exact"


def test_models_in_models_in_models() -> None:
    network = model("""
        def block(n):
            return Sequential([Dense(n), Dropout(0.1)])
        model = Sequential([Input((4,)), Sequential([block(8), block(8)]), block(3)])
    """)
    assert network.status() == "exact"
    assert network.params() == 40 + 72 + 27


def test_an_unbuilt_model_gets_its_shape_from_the_outer_one() -> None:
    network = model("inner = Sequential([Dense(8)])\nmodel = Sequential([Input((4,)), inner, Dense(3)])")
    assert network.params() == 67


def test_the_input_layer_is_no_layer_of_a_sequential() -> None:
    assert [row[0] for row in summary(model("model = Sequential([Input((4,)), Dense(1)])"))] == ["Dense"]


def test_without_an_input_shape_the_layers_are_known_but_not_their_shapes() -> None:
    network = model("model = Sequential([Dense(8), Dense(3)])")
    assert [layer.cls for layer in network.layers] == ["Dense", "Dense"]
    assert isinstance(network.output_shapes(), Unknown)


REFUSED = marked_cases("sequential_refused")


@pytest.mark.parametrize(("code", "kind"), REFUSED.values(), ids=REFUSED)
def test_what_keras_refuses(code: str, kind: str) -> None:
    assert raised(code) == [kind]


def test_what_the_program_is_ready_to_catch_is_not_reported() -> None:
    assert raised("try:\n    Sequential([Input((4,)), Conv2D(3, 3)])\nexcept ValueError:\n    pass") == []
    assert raised("import pytest\nwith pytest.raises(ValueError):\n    Sequential([Input((4,)), Conv2D(3, 3)])") == []


def test_a_handler_runs_where_keras_raises() -> None:
    network = model("""
        try:
            model = Sequential([Input((4,)), Conv2D(3, 3)])
        except ValueError:
            model = Sequential([Input((4,)), Dense(3)])
    """)
    assert network.status() == "exact"


def test_several_models_are_all_found_in_order() -> None:
    found = models("""
        a = Sequential([Input((4,)), Dense(1)])
        nets = {"b": Sequential([Input((4,)), Dense(2)]), "c": [Sequential([Input((4,)), Dense(3)])]}
        for net in nets["c"]:
            net.add(Dense(4))
    """)
    assert [network.params() for network in found] == [5, 10, 15 + 16]
    assert [network.variable for network in found] == ["a", None, "net"]


def test_trainable_flags() -> None:
    network = model("""
        model = Sequential([Input((4,)), Dense(8, trainable=False), Dense(3), BatchNormalization()])
        model.layers[1].trainable = False
    """)
    assert network.count_params() == (6, 40 + 27 + 6)
    network = model(
        "model = Sequential([Input((4,)), Dense(8), Dense(3)])\nfor layer in model.layers[:-1]:\n    layer.trainable = False"
    )
    assert network.count_params() == (27, 40)
    network = model("model = Sequential([Input((4,)), Dense(8)])\nmodel.trainable = False")
    assert network.count_params() == (0, 40)


def test_a_layer_that_is_added_twice() -> None:
    """Keras 3 calls it twice; what Keras 2 does depends on how the model is built."""
    code = "n = BatchNormalization()\nmodel = Sequential([Input((4,)), n, Dense(8), n])"
    assert raised(code) == ["reuse"]
    assert raised(f"import tensorflow_addons\n{code}") == []
    assert model(f"import tensorflow_addons\n{code}").status() == "unknown"


#: What stands behind a layer that is not known, and the shape that is known from there on.
KNOWN_AGAIN = {
    "Reshape((4, 5))": (None, 4, 5),
    "LSTM(3)": (None, 3),
    "Bidirectional(GRU(3))": (None, 6),
    "GlobalAveragePooling2D(), Dense(5)": (None, 5),
    "Flatten(), Dense(5)": (None, 5),
}


@pytest.mark.parametrize("layers", KNOWN_AGAIN)
def test_a_shape_is_known_again_where_a_layer_alone_decides_it(layers: str) -> None:
    network = model(f"from elsewhere import Other\nmodel = Sequential([Input((8,)), Other(), {layers}])")
    assert network.outputs[0].shape == KNOWN_AGAIN[layers]
    assert network.status() == "unknown"


@pytest.mark.parametrize(
    "layers", ["Dense(5)", "Dropout(0.5)", "Reshape((-1,))", "Embedding(4, 5)", "Dense(2), Dense(3)"]
)
def test_a_shape_is_not_known_where_the_input_decides_it(layers: str) -> None:
    network = model(f"from elsewhere import Other\nmodel = Sequential([Input((8,)), Other(), {layers}])")
    assert isinstance(network.outputs[0].shape, Unknown)


@pytest.mark.parametrize(
    "layers", ["Reshape((4, 5)), Conv2D(3, 3)", "LSTM(3), LSTM(3)", "GlobalMaxPooling1D(), Conv1D(2, 1)"]
)
def test_from_there_on_layers_are_refused_again(layers: str) -> None:
    assert raised(f"from elsewhere import Other\nmodel = Sequential([Input((8,)), Other(), {layers}])") == ["rank"]


def test_a_first_layer_that_is_not_known_may_bring_an_input() -> None:
    code = """
from keras import Sequential, layers
from elsewhere import Memory
class Own(Memory):
    pass
model = Sequential()
model.add(Own(4, input_shape=(3, 4)))
model.add(layers.Dense(2))
print(model.count_params(), model.inputs)
model = Sequential([layers.Dense(2)])
model.count_params()
"""
    assert len(raised(code)) == 1


def test_a_merge_of_keras_1_brings_the_inputs_of_what_it_joins() -> None:
    code = """
from keras.layers import Dense, Merge
from keras.models import Sequential
left, right = Sequential(), Sequential()
left.add(Dense(8, input_dim=3, init="uniform"))
right.add(Dense(8, input_dim=2))
model = Sequential()
model.add(Merge([left, right], mode="concat"))
model.add(Dense(1))
model.count_params()
"""
    assert raised(code) == []


@pytest.mark.parametrize("ends", ["inputs, model.outputs", "input, model.output"])
def test_who_has_it_may_have_added_layers_behind_the_last_one(ends: str) -> None:
    *_, whole = models(f"""
        from elsewhere import grow
        model = Sequential([Input((4,)), Dense(9)])
        grow(model)
        whole = Model(model.{ends})
    """)
    assert whole.cls == "Functional" and whole.status() == "unknown"


def test_who_only_saves_it_has_not() -> None:
    *_, whole = models("""
        model = Sequential([Input((4,)), Dense(9)])
        model.save("model.keras")
        whole = Model(model.inputs, model.outputs)
    """)
    assert whole.status() == "exact"


PLAIN = "from keras import Input, Model, Sequential\nfrom keras.layers import Dense\n"


@pytest.mark.parametrize("ends", ["m.input, m.output", "m.input, m.layers[0].output", "m.inputs, m.output"])
def test_the_ends_of_a_sequential_are_what_an_older_keras_has(ends: str, tmp_path: Path) -> None:
    made = summarize(
        f"{PLAIN}m = Sequential([Input((4,)), Dense(3), Dense(2)])\nother = Model({ends})\n", tmp_path / "old.py"
    )
    assert [one.status for one in made] == ["exact", "exact"]


def test_a_program_for_keras_3_gets_no_model_of_ends_that_there_are_not() -> None:
    code = f"import keras\n{PLAIN}keras.ops.ones(3)\nm = Sequential([Input((4,)), Dense(3)])\nother = Model(m.input, m.output)\n"
    assert [one.status for one in summarize(code)] == ["exact", "unknown"]
