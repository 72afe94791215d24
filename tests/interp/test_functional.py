"""Functional models: graphs, shared layers, several inputs and outputs."""

from __future__ import annotations

import pytest

from tests.interp.helpers import build, marked_cases, model, raised, summary

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
