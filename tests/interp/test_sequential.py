"""Sequential in every form: the same network, however it is written."""

from __future__ import annotations

import pytest

from kerascheck.symbolic import Unknown
from tests.interp.helpers import build, model, models, raised, summary

#: Each builds Dense(8) and Dense(3) on four inputs: 40 and 27 parameters.
FORMS = {
    "list": "model = Sequential([Input((4,)), Dense(8), Dense(3)])",
    "tuple": "model = Sequential((Input((4,)), Dense(8), Dense(3)))",
    "keyword": "model = Sequential(layers=[Input((4,)), Dense(8), Dense(3)], name='m')",
    "add": "model = Sequential()\nmodel.add(Input((4,)))\nmodel.add(Dense(8))\nmodel.add(Dense(3))",
    "list, then add": "model = Sequential([Input((4,)), Dense(8)])\nmodel.add(Dense(3))",
    "keras.Input(shape=)": "model = Sequential([keras.Input(shape=(4,)), Dense(8), Dense(3)])",
    "InputLayer": "model = Sequential([InputLayer(shape=(4,)), Dense(8), Dense(3)])",
    "InputLayer(input_shape)": "model = Sequential([InputLayer(input_shape=(4,)), Dense(8), Dense(3)])",
    "input_shape": "model = Sequential([Dense(8, input_shape=(4,)), Dense(3)])",
    "input_dim": "model = Sequential([Dense(8, input_dim=4), Dense(3)])",
    "batch_input_shape": "model = Sequential([Dense(8, batch_input_shape=(None, 4)), Dense(3)])",
    "Keras 1": "model = Sequential()\nmodel.add(Dense(output_dim=8, input_dim=4, init='uniform'))\nmodel.add(Dense(output_dim=3))",
    "build": "model = Sequential([Dense(8), Dense(3)])\nmodel.build((None, 4))",
    "build(input_shape=)": "model = Sequential([Dense(8), Dense(3)])\nmodel.build(input_shape=(None, 4))",
    "called on a tensor": "model = Sequential([Dense(8), Dense(3)])\nmodel(Input((4,)))",
    "loop": "model = Sequential([Input((4,))])\nfor n in (8, 3):\n    model.add(Dense(n))",
    "zip": "model = Sequential([Input((4,))])\nfor n, a in zip([8, 3], ['relu', None]):\n    model.add(Dense(n, activation=a))",
    "comprehension": "model = Sequential([Input((4,)), *[Dense(n) for n in (8, 3)]])",
    "concatenated lists": "model = Sequential([Input((4,))] + [Dense(8)] + [Dense(3)])",
    "a list that grows": "layers_ = [Input((4,))]\nlayers_.append(Dense(8))\nlayers_ += [Dense(3)]\nmodel = Sequential(layers_)",
    "dictionary": "sizes = {'a': 8, 'b': 3}\nmodel = Sequential([Input((4,))])\nfor name, n in sizes.items():\n    model.add(Dense(n, name=name))",
    "pop": "model = Sequential([Input((4,)), Dense(8), Dense(5)])\nmodel.pop()\nmodel.add(Dense(3))",
    "function": "def block(n):\n    return Dense(n)\nmodel = Sequential([Input((4,)), block(8), block(3)])",
    "function that adds": "def grow(m, n):\n    m.add(Dense(n))\nmodel = Sequential([Input((4,))])\ngrow(model, 8)\ngrow(model, n=3)",
    "function that returns": "def make(sizes=(8, 3)):\n    m = Sequential()\n    m.add(Input((4,)))\n    for n in sizes:\n        m.add(Dense(n))\n    return m\nmodel = make()",
    "self.model": "class A:\n    def __init__(self):\n        self.model = Sequential()\n        self.model.add(Input((4,)))\n        self.model.add(Dense(8))\n        self.finish()\n    def finish(self):\n        self.model.add(Dense(3))\nmodel = A().model",
    "property": "class A:\n    @property\n    def net(self):\n        return Sequential([Input((4,)), Dense(8), Dense(3)])\nmodel = A().net",
    "factory": "class A:\n    @staticmethod\n    def make():\n        return Sequential([Input((4,)), Dense(8), Dense(3)])\nmodel = A.make()",
    "subclass": "class Net(Sequential):\n    def __init__(self):\n        super().__init__([Input((4,)), Dense(8), Dense(3)])\nmodel = Net()",
    "with": "import tensorflow as tf\nwith tf.distribute.MirroredStrategy().scope():\n    model = Sequential([Input((4,)), Dense(8), Dense(3)])",
    "getattr": "model = Sequential([Input((4,))])\nfor kind, n in [('Dense', 8), ('Dense', 3)]:\n    model.add(getattr(layers, kind)(n))",
    "table of classes": "kinds = {'d': Dense}\nmodel = Sequential([Input((4,)), kinds['d'](8), kinds['d'](3)])",
    "partial": "from functools import partial\nD = partial(Dense, activation='relu')\nmodel = Sequential([Input((4,)), D(8), D(3)])",
    "lambda": "d = lambda n: Dense(n)\nmodel = Sequential([Input((4,)), d(8), d(3)])",
    "arguments in a dictionary": "kw = dict(activation='relu')\nmodel = Sequential([Input((4,)), Dense(8, **kw), Dense(**{'units': 3, **kw})])",
    "configuration": "class C:\n    units = [8, 3]\nmodel = Sequential([Input((4,)), *map(Dense, C.units)])",
    "while": "model = Sequential([Input((4,))])\nsizes = [3, 8]\nwhile sizes:\n    model.add(Dense(sizes.pop()))",
    "while True": "model = Sequential([Input((4,))])\nn = 13\nwhile True:\n    n -= 5\n    model.add(Dense(n))\n    if n < 5:\n        break",
    "alias": "m = model = Sequential()\nm.add(Input((4,)))\nadd = model.add\nadd(Dense(8))\nm.add(Dense(3))",
    "try": "try:\n    model = Sequential([Input((4,)), Dense(8), Dense(3)])\nexcept Exception:\n    model = None",
    "conditional": "deep = True\nmodel = Sequential([Input((4,))])\nif deep:\n    model.add(Dense(8))\nmodel.add(Dense(3) if deep else Dense(1))",
}  # fmt: skip


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


UNKNOWN_FORMS = {
    "an unknown list": "from a import parts\nmodel = Sequential(parts)",
    "an unknown layer": "from a import Block\nmodel = Sequential([Input((4,)), Block()])",
    "an unknown number of layers": "from a import n\nmodel = Sequential([Input((4,))])\nfor i in range(n):\n    model.add(Dense(3))",
    "an unknown number, behind a call": "from a import n\nmodel = Sequential([Input((4,)), Dense(1)])\ndef f():\n    model.add(Dense(3))\nfor i in range(n):\n    f()",
    "handed to the unknown": "from a import grow\nmodel = Sequential([Input((4,)), Dense(3)])\ngrow(model)",
    "no input shape": "model = Sequential([Dense(3)])",
    "an unknown pop": "from a import n\nmodel = Sequential([Input((4,)), Dense(3)])\nfor i in range(n):\n    model.pop()",
    "an unknown argument": "from a import options\nmodel = Sequential([Input((4,)), Conv1D(**options)])",
    "layers replaced": "model = Sequential([Input((4,)), Dense(3)])\nmodel.layers = []",
    "loaded": "model = keras.models.load_model('a.h5')\nmodel.add(Dense(3))",
    "while True with an unknown end": "from a import done\nmodel = Sequential([Input((4,)), Dense(2)])\nwhile True:\n    model.add(Dense(2))\n    if done():\n        break",
    "a name that the loop may rebind": "from a import xs\nmodel = Sequential([Input((4,)), Dense(2)])\nkeep = model\nn = 0\nfor x in xs:\n    n += 1\n    if n > 1:\n        model = Sequential()\nmodel.add(Dense(5))\nmodel = keep",
}  # fmt: skip


@pytest.mark.parametrize("code", UNKNOWN_FORMS.values(), ids=UNKNOWN_FORMS)
def test_what_is_not_known_is_never_exact(code: str) -> None:
    for path in build(code).paths:
        for network in path.networks:
            assert network.status() == "unknown"


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


REFUSED = {
    "a class": ("model = Sequential([Input((4,)), Dense])", "not-a-layer"),
    "a number": ("model = Sequential()\nmodel.add(5)", "not-a-layer"),
    "a second input": ("model = Sequential([Input((4,)), Dense(1), Input((4,))])", "second-input"),
    "a rank": ("model = Sequential([Input((4,)), Conv2D(3, 3)])", "rank"),
    "a pop too many": ("model = Sequential()\nmodel.pop()", "empty-pop"),
    "itself": ("model = Sequential()\nmodel.add(model)", "cycle"),
    "a name twice": ("model = Sequential([Input((4,)), Dense(1, name='a'), Dense(1, name='a')])", "duplicate-name"),
}


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
