"""Functional models: graphs, shared layers, several inputs and outputs."""

from __future__ import annotations

import pytest

from tests.interp.helpers import build, model, raised, summary

GRAPHS = {
    "chain": ("i = Input((4,))\nx = Dense(8)(i)\nmodel = Model(i, Dense(3)(x))", 67),
    "keywords": ("i = Input((4,))\nmodel = Model(inputs=i, outputs=Dense(3)(Dense(8)(i)))", 67),
    "Keras 1 keywords": ("i = Input((4,))\nmodel = Model(input=i, output=Dense(3)(Dense(8)(i)))", 67),
    "lists": ("i = Input((4,))\nmodel = Model([i], [Dense(3)(Dense(8)(i))])", 67),
    "loop": ("i = x = Input((4,))\nfor n in (8, 3):\n    x = Dense(n)(x)\nmodel = Model(i, x)", 67),
    "functions": ("def block(x, n):\n    return Dense(n)(x)\ni = Input((4,))\nmodel = Model(i, block(block(i, 8), 3))", 67),
    "closures": ("def block(n):\n    def f(x):\n        return Dense(n)(x)\n    return f\ni = Input((4,))\nmodel = Model(i, block(3)(block(8)(i)))", 67),
    "branches": ("i = Input((4,))\na = Dense(8)(i)\nb = Dense(8)(i)\nmodel = Model(i, Dense(3)(Concatenate()([a, b])))", 131),
    "residual": ("i = Input((4,))\nx = Dense(4)(i)\nmodel = Model(i, Add()([i, x]))", 20),
    "merge function": ("i = Input((4,))\nmodel = Model(i, layers.concatenate([Dense(2)(i), Dense(3)(i)]))", 25),
    "a shared layer counts once": ("a = Input((4,))\nb = Input((4,))\nd = Dense(3)\nmodel = Model([a, b], Concatenate()([d(a), d(b)]))", 15),
    "two outputs": ("i = Input((4,))\nx = Dense(8)(i)\nmodel = Model(i, [Dense(3)(x), Dense(1)(x)])", 76),
    "named inputs": ("i = {'a': Input((4,)), 'b': Input((2,))}\nmodel = Model(i, Dense(3)(Concatenate()([i['a'], i['b']])))", 21),
    "a model as a layer": ("inner = Sequential([Input((4,)), Dense(8)])\ni = Input((4,))\nmodel = Model(i, Dense(3)(inner(i)))", 67),
    "a functional model as a layer": ("a = Input((4,))\nf = Model(a, Dense(8)(a))\ni = Input((4,))\nmodel = Model(i, Dense(3)(f(i)))", 67),
    "on top of model.output": ("base = Sequential([Input((4,)), Dense(8)])\nmodel = Model(base.input, Dense(3)(base.output))", 67),
    "on top of a layer's output": ("base = Sequential([Input((4,)), Dense(8), Dense(5)])\nmodel = Model(base.inputs, Dense(3)(base.layers[-2].output))", 67),
    "get_layer": ("base = Sequential([Input((4,)), Dense(8, name='h'), Dense(5)])\nmodel = Model(base.input, Dense(3)(base.get_layer('h').output))", 67),
    "self": ("class A:\n    def __init__(self):\n        i = Input((4,))\n        x = self.hidden(i)\n        self.model = Model(i, Dense(3)(x))\n    def hidden(self, x):\n        return Dense(8)(x)\nmodel = A().model", 67),
    "reduce": ("from functools import reduce\ni = Input((4,))\nx = i\nx = [x := Dense(n)(x) for n in (8, 3)][-1]\nmodel = Model(i, x)", 67),
}  # fmt: skip


@pytest.mark.parametrize(("code", "params"), GRAPHS.values(), ids=GRAPHS)
def test_graph(code: str, params: int) -> None:
    network = model(code)
    assert network.status() == "exact"
    assert network.params() == params


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
