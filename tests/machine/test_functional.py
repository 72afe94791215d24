"""Functional models: graphs, shared layers, several inputs and outputs."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck import api
from kerascheck.configuration.config import Settings
from tests.machine.helpers import KERAS, build, marked_cases, model, raised, summary, value_of

GRAPHS = marked_cases("functional")


@pytest.mark.parametrize(("code", "params"), GRAPHS.values(), ids=GRAPHS)
def test_graph(code: str, params: str) -> None:
    network = model(code)
    assert network.status() == "exact"
    assert network.params() == int(params)


def test_the_layers_are_listed_as_keras_lists_them() -> None:
    network = model("""
        a = Input((4,), name="a")
        b = Input((2,), name="b")
        x = Dense(3, name="x")(a)
        y = Dense(3, name="y")(b)
        model = Model([a, b], Add(name="sum")([x, y]))
    """)
    assert [row[1] for row in summary(network)] == ["a", "b", "x", "y", "sum"]


def test_what_hangs_beside_the_path_is_not_in_the_model() -> None:
    network = model("i = Input((4,))\nx = Dense(8)(i)\nside = Dense(100)(x)\nmodel = Model(i, Dense(3)(x))")
    assert network.params() == 67


def test_inputs_in_a_list_of_dictionaries() -> None:
    code = """
a = [{"p": keras.Input((1,))}, {"p": keras.Input((2,))}]
b = keras.Input((3,))
m = keras.Model([a, b], layers.Concatenate()([a[0]["p"], a[1]["p"], b]))
"""
    assert api.check("import keras\nfrom keras import layers\n" + code, "x.py").diagnostics == []


@pytest.mark.parametrize("target", ["2", "3"])
def test_a_model_without_ends_takes_what_a_layer_takes(target: str) -> None:
    """An argument of no layer is named, and no missing inputs; `input_shape` is one of a layer."""
    code = "import keras\nkeras.Model(units=3, name='a')\nkeras.Model(input_shape=(3,))\n"
    found = api.check(code, "x.py", settings=Settings(target=f"keras{target}")).diagnostics
    assert [(line.code, line.message) for line in found] == [
        ("KC206", "Model has no argument units; it takes inputs and outputs")
    ]


def test_a_disconnected_graph() -> None:
    assert raised("a = Input((4,))\nb = Input((4,))\nModel(a, Dense(1)(b))") == ["disconnected"]


def test_shapes_that_do_not_merge() -> None:
    assert raised("a = Input((4,))\nb = Input((5,))\nAdd()([a, b])") != []


def test_a_layer_used_again_on_another_size() -> None:
    assert raised("d = Dense(3)\nd(Input((4,)))\nd(Input((5,)))") == ["reuse"]


@pytest.mark.parametrize(
    "code",
    [
        "from a import backbone\nmodel = Model(backbone.input, Dense(3)(backbone.output))",
        "from a import f\ni = Input((4,))\nmodel = Model(i, Dense(3)(f(i)))",
        "from a import n\nx = i = Input((4,))\nfor _ in range(n):\n    x = Dense(3)(x)\nmodel = Model(i, x)",
        "import numpy as np\nmodel = Model(Input((4,)), np.zeros((4,)))",
    ],
)
def test_what_is_not_known_is_never_exact(code: str) -> None:
    for path in build(code).paths:
        for network in path.networks:
            assert network.status() == "unknown"


@pytest.mark.parametrize(
    "call",
    [
        "MultiHeadAttention(2, 4)(q, encode(q))",
        "MultiHeadAttention(2, 4)(query=q, value=encode(q), key=encode(q))",
        "LSTM(3)(q, initial_state=encode(q))",
        "Softmax()(q, Input((5, 8), dtype='bool'))",
    ],
)
def test_further_inputs_that_are_not_known_are_no_error(call: str) -> None:
    assert raised(f"from mine import encode\nq = Input((5, 8))\nx = {call}") == []


#: Models whose inputs are tensors that layers have made: Keras puts new `Input`s in their place.
INNER = {
    "one": "x = Dense(4)(Dense(3)(Input((2,))))\nmodel = Model(x, Dense(5)(x))",
    "beside an Input": (
        "x = Dense(4)(Dense(3)(Input((2,))))\ny = Dense(5)(x)\nz = Input((7,))\n"
        "model = Model([x, z], Concatenate()([Dense(2)(y), z, x]))"
    ),
    "two": "i = Input((2,))\na, b = Dense(3)(i), Dense(3)(i)\nmodel = Model([b, a], Add()([Dense(3)(a), b]))",
}


@pytest.mark.parametrize("code", INNER.values(), ids=INNER)
def test_inner_tensors_as_inputs_are_new_inputs(code: str) -> None:
    made = model(code)
    assert made.status() == "exact"
    assert sum(layer.cls == "InputLayer" for layer in made.layers) == len(made.inputs)


@pytest.mark.oracle
@pytest.mark.parametrize("code", INNER.values(), ids=INNER)
def test_keras_lists_them_so(keras: Any, code: str) -> None:
    space: dict[str, Any] = {}
    exec(KERAS + code, space)
    real = space["model"]
    assert [(layer.cls, sum(layer.count_params())) for layer in model(code).layers] == [
        (type(layer).__name__, layer.count_params()) for layer in real.layers
    ]


#: Calls on arrays that Keras takes.
TAKEN = {
    "attention by position": "MultiHeadAttention(2, 4, attention_axes=2)(X, X)",
    "attention by name": "MultiHeadAttention(2, 4)(X, value=X, key=X, return_attention_scores=True)",
    "grouped attention": "GroupQueryAttention(4, 4, 2)(X[0], X[0])",
    "recurrent states": "GRU(4)(X[0], initial_state=np.zeros((3, 4)))",
    "a last axis to drop": "Model(i := Input((3,)), Dense(3)(i))(np.ones((2, 3, 1)))",
    "a last axis to add": "Model(i := Input((3, 1)), Dense(3)(i))(np.ones((2, 3)))",
    "one axis only": "Sequential([Input((1,)), Dense(1)])(np.array([5]))",
    "a symbolic tensor of another rank": "Model(i := Input((3,)), Dense(3)(i))(Input((3, 1)))",
    "an index": "Sequential([ReversibleEmbedding(input_dim=100, output_dim=3)])(np.ones((4, 10), dtype='int32'))",
}


@pytest.mark.parametrize("call", TAKEN.values(), ids=TAKEN)
def test_calls_on_arrays_that_keras_takes(call: str) -> None:
    assert raised(f"import numpy as np\nX = np.ones((2, 3, 8, 4))\nx = {call}") == []


@pytest.mark.oracle
@pytest.mark.parametrize("call", TAKEN.values(), ids=TAKEN)
def test_keras_takes_them(keras: Any, call: str) -> None:
    exec(f"{KERAS}import numpy as np\nX = np.ones((2, 3, 8, 4))\nx = {call}", {})


def test_a_class_derived_from_attention_gets_all_inputs() -> None:
    code = "class Own(MultiHeadAttention):\n    pass\n"
    eager = "import numpy as np\nX = np.ones((2, 5, 8))\nx = Own(2, 4)(X, X, use_causal_mask=True)"
    assert raised(code + eager) == []
    made = model(code + "i = Input((5, 8))\nmodel = Model(i, Own(2, 4)(i, value=i))")
    assert made.layers[-1].count_params() == (288, 0)


@pytest.mark.parametrize("kind", ["dict", "list", "tuple", "(dict, str)"])
def test_an_array_is_none_of_pythons_containers(kind: str) -> None:
    code = (
        f"import numpy as np\nx = isinstance(np.ones((2, 3)), {kind})\ny = isinstance(np.ones((2, 3)).tolist(), {kind})"
    )
    assert value_of(KERAS + code, "x") is False
    assert value_of(KERAS + code, "y") is (kind == "list")


def test_a_size_that_is_none_by_default_is_no_fault_of_a_layer_that_nobody_makes() -> None:
    code = (
        "class Own(layers.Layer):\n    def __init__(self, units=None):\n        super().__init__()\n"
        "        self.units = units\n    def build(self, shape):\n        self.w = self.add_weight(shape=(3, self.units))\n"
        "    def call(self, x):\n        return x\n"
    )
    assert raised(code) == []
    assert raised(f"{code}Own()(Input((3,)))") == ["argument"]


EMPTY = ["", "name='empty'", "trainable=False, name='empty'"]


@pytest.mark.parametrize("arguments", EMPTY)
def test_a_model_of_nothing_is_made_but_not_known(arguments: str) -> None:
    code = f"model = Model({arguments})"
    assert raised(code) == [] and model(code).status() == "unknown"


@pytest.mark.parametrize("arguments", ["None, None", "inputs=None, outputs=None", "inputs=None, outputs=Input((4,))"])
def test_a_model_of_none_is_refused(arguments: str) -> None:
    assert raised(f"model = Model({arguments})") != []


@pytest.mark.oracle
@pytest.mark.parametrize("arguments", EMPTY)
def test_keras_makes_a_model_of_nothing(keras: Any, arguments: str) -> None:
    eval(f"keras.Model({arguments})", {"keras": keras})
