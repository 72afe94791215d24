"""Models and layers of the program's own classes."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.machine import analyze
from kerascheck.network.networks import Network
from kerascheck.project.source import Source
from tests.machine.helpers import KERAS, execute_module

NET = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)

model = Net()
"""


def model_of(text: str) -> Network:
    first, *_ = analyze(Source(text.encode(), "x.py")).paths  # further ones are of methods that nobody calls
    [network] = first.networks
    return network


def test_a_call_on_an_input_builds_a_subclassed_model() -> None:
    model = model_of(NET + "model(keras.Input((5,)))\n")
    assert (model.status(), model.params()) == ("exact", 18)


def test_build_leaves_its_layers_unbuilt_in_keras_3() -> None:
    assert model_of(NET + "model.build((None, 5))\n").status() == "unknown"


SHAPED = """
import keras
import tensorflow as tf

class Scale(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=tf.TensorShape((input_shape[-1], self.units)))

    def call(self, x):
        return tf.matmul(x, self.kernel)

    def compute_output_shape(self, input_shape):
        sizes = tf.TensorShape(input_shape).as_list()
        sizes[-1] = self.units
        return tf.TensorShape(sizes)

model = keras.Sequential([keras.Input((5,)), Scale(3), keras.layers.Dense(2)])
"""


def test_a_tensor_shape_is_a_tuple_of_sizes() -> None:
    model = model_of(SHAPED)
    assert (model.status(), model.params()) == ("exact", 5 * 3 + 3 * 2 + 2)


@pytest.mark.parametrize(
    ("shape", "params"), [("tf.TensorShape([7, None, 4])", 20), ("tf.TensorShape(6).as_list() * 2", 28)]
)
def test_a_tensor_shape_may_be_taken_apart(shape: str, params: int) -> None:
    text = f"import keras\nimport tensorflow as tf\nsizes = {shape}\n"
    model = model_of(text + "model = keras.Sequential([keras.Input((sizes[-1],)), keras.layers.Dense(4)])\n")
    assert (model.status(), model.params()) == ("exact", params)


def test_a_tensor_shape_of_any_rank_is_not_known() -> None:
    text = "import keras\nimport tensorflow as tf\nsizes = tf.TensorShape(None)\n"
    assert model_of(text + "model = keras.Sequential([keras.Input(sizes[1:])])\n").status() == "unknown"


@pytest.mark.oracle
def test_keras_builds_on_tensor_shapes_too() -> None:
    pytest.importorskip("tensorflow", reason="compares with the real Keras")
    space: dict[str, Any] = {}
    exec(SHAPED, space)
    assert space["model"].count_params() == 23


@pytest.mark.oracle
def test_keras_leaves_them_unbuilt_too() -> None:
    keras = pytest.importorskip("keras", reason="compares with the real Keras")

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(3)

        def call(self, x: object) -> object:
            return self.dense(x)

    model = Net()
    with pytest.warns(UserWarning, match="not being actually built"):
        model.build((None, 5))
    assert not model.dense.built and model.weights == []


DICTIONARY = """
import keras
import numpy as np
from keras import layers

class Two(keras.Model):
    def __init__(self):
        super().__init__()
        self.join = layers.Concatenate()
        self.dense = layers.Dense(3)

    def call(self, inputs):
        return self.dense(self.join([inputs["a"], inputs["b"]]))

model = Two()
y = model({"a": np.ones((12, 4)), "b": np.ones((12, 5))})
model.compile("sgd", "mse")
model.fit({"a": np.ones((64, 4)), "b": np.ones((64, 5))}, np.ones((64, 3)))
"""


def test_the_first_data_builds_a_model_also_from_a_dictionary() -> None:
    model = model_of(DICTIONARY)
    assert (model.status(), model.params()) == ("exact", 30)
    assert [layer.output_shapes() for layer in model.layers] == [[(12, 9)], [(12, 3)]]


@pytest.mark.oracle
def test_keras_keeps_the_shapes_of_its_first_data() -> None:
    pytest.importorskip("keras", reason="compares with the real Keras")
    space: dict[str, Any] = {}
    exec(DICTIONARY, space)
    dense = space["model"].layers[1]
    assert (dense.count_params(), dense._build_shapes_dict) == (30, {"input_shape": (12, 9)})


def test_a_model_that_a_loop_of_unknown_length_calls_on_data_is_built_by_it() -> None:
    model = model_of(
        """
import keras
import numpy as np
import data
from keras import layers

model = keras.Sequential([layers.Dense(3)])
for batch in data.read():
    model(np.ones((8, 4)))
"""
    )
    assert (model.status(), model.params()) == ("exact", 15)


OWN_VARIABLES = """
import keras
import numpy as np
import tensorflow as tf
from keras import layers

class Weighted(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.scale = self.add_weight(shape=(4, 5), trainable=False)

    def call(self, x):
        return self.dense(x)

class Built(keras.Model):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1], 2))

    def call(self, x):
        return keras.ops.matmul(x, self.scale)

class Holding(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.tables = {"a": [keras.Variable(np.zeros((4, 5)))], "b": keras.Variable("zeros", shape=(7,))}

    def call(self, x):
        return self.dense(x) + self.tables["b"][0]

class Scale(layers.Layer):
    def __init__(self):
        super().__init__()
        self.factor = keras.Variable(2.0, trainable=False)

    def call(self, x):
        return x * self.factor

class Outer(keras.Model):
    def __init__(self):
        super().__init__()
        self.scale = Scale()

    def call(self, x):
        return self.scale(x)

class Foreign(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.table = tf.Variable(tf.zeros((4, 5)))

    def call(self, x):
        return self.dense(x)

class Plain(keras.Model):
    def call(self, x):
        return x / 2

weighted, built, holding, outer, foreign, plain = Weighted(), Built(), Holding(), Outer(), Foreign(), Plain()
for _ in range(2):
    weighted(np.zeros((2, 6)))
    built(np.zeros((2, 6)))
    holding(np.zeros((2, 6)))
    outer(np.zeros((2, 6)))
    foreign(np.zeros((2, 6)))
    plain(np.zeros((2, 6)))
"""


def test_variables_that_a_model_holds_count() -> None:
    first, *_ = analyze(Source(OWN_VARIABLES.encode(), "x.py")).paths
    found = {model.variable: (model.status(), model.count_params()) for model in first.networks}
    assert found == {
        "weighted": ("exact", (21, 20)),
        "built": ("exact", (12, 0)),
        "holding": ("exact", (48, 0)),
        "outer": ("exact", (0, 1)),
        "foreign": ("exact", (21, 0)),
        "plain": ("exact", (0, 0)),
    }


@pytest.mark.oracle
def test_keras_counts_them_alike() -> None:
    pytest.importorskip("keras", reason="compares with the real Keras")
    space: dict[str, Any] = {}
    exec(OWN_VARIABLES, space)
    first, *_ = analyze(Source(OWN_VARIABLES.encode(), "x.py")).paths
    for model in first.networks:
        real = space[model.variable or ""]
        counts = [
            sum(w.value.shape.num_elements() for w in ws) for ws in (real.trainable_weights, real.non_trainable_weights)
        ]
        assert model.count_params() == tuple(counts)


def test_a_variable_of_unknown_shape_leaves_the_model_unknown() -> None:
    code = NET.replace(
        "self.dense = layers.Dense(3)", "self.dense = layers.Dense(3)\n        self.own = keras.Variable(load())"
    )
    assert model_of("from data import load\n" + code + "model(keras.Input((5,)))\n").status() == "unknown"


def test_older_keras_counts_variables_of_tensorflow() -> None:
    code = NET.replace(
        "self.dense = layers.Dense(3)", "self.dense = layers.Dense(3)\n        self.own = tf.Variable(tf.zeros((4,)))"
    )
    code = "import tensorflow as tf\n" + code.replace("import keras\nfrom keras", "from tf_keras").replace(
        "keras.Model", "tf_keras.Model"
    ).replace("from tf_keras", "import tf_keras\nfrom tf_keras")
    assert model_of(code + "model(tf_keras.Input((5,)))\n").status() == "unknown"


IDLE = """
import keras
import numpy as np
from keras import layers

class Inner(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(9)
    def call(self, x):
        return self.dense(x)

class Net(keras.Model):
    def __init__(self, joins):
        super().__init__()
        self.joins = joins
        self.join = layers.Concatenate()
        self.never = layers.Dense(5)
        self.stack = keras.Sequential([layers.Dense(6)])
        self.inner = Inner()
        self.head = layers.Dense(3)
    def call(self, x):
        if self.joins:
            x = self.join([x, x])
        return self.head(x)

model = Net(False)
model(np.zeros((2, 4)))
"""


def test_parts_that_are_never_called_leave_a_model_exact() -> None:
    first, *_ = analyze(Source(IDLE.encode(), "x.py")).paths
    [model] = [one for one in first.networks if one.variable == "model"]
    assert (model.status(), model.count_params()) == ("exact", (15, 0))


@pytest.mark.oracle
def test_keras_never_builds_them() -> None:
    pytest.importorskip("keras", reason="compares with the real Keras")
    space: dict[str, Any] = {}
    exec(IDLE, space)
    assert sum(w.value.shape.num_elements() for w in space["model"].weights) == 15


def test_a_part_that_is_called_on_something_unknown_does_not() -> None:
    code = IDLE.replace("return self.head(x)", "self.never(load())\n        return self.head(x)")
    first, *_ = analyze(Source(("from data import load\n" + code).encode(), "x.py")).paths
    assert next(one for one in first.networks if one.variable == "model").status() == "unknown"


LEFT_OUT = """
import keras
from keras import layers

class Masked(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(5)

    def call(self, inputs):
        x, mask, other = inputs
        x = self.dense(x)
        return x if mask is None else x * mask

i = keras.Input((3,))
j = keras.Input((2,))
model = keras.Model([i, j], Masked()([i, None, j]))
"""


def test_an_input_that_is_left_out_is_none() -> None:
    network = model_of(LEFT_OUT)
    assert (network.status(), network.params(), [layer.cls for layer in network.layers]) == (
        "exact",
        20,
        ["InputLayer", "InputLayer", "Masked"],
    )


@pytest.mark.oracle
def test_keras_leaves_it_out_too() -> None:
    pytest.importorskip("keras", reason="compares with the real Keras")
    names: dict[str, Any] = {"__name__": "example"}
    exec(LEFT_OUT, names)
    assert (names["model"].count_params(), len(names["model"].layers)) == (20, 3)


WITHOUT_INIT = {
    "layer": ("class Own(Layer):\n    def call(self, inputs):\n        return inputs\n", 'Own(name="mine")', 0),
    "layer that does not train": (
        "class Own(Layer):\n    def build(self, shape):\n        self.w = self.add_weight(shape=(3,))\n"
        "    def call(self, inputs):\n        return inputs * self.w\n",
        'Own(name="mine", trainable=False)',
        0,
    ),
    "built-in layer": ("class Own(Dense):\n    pass\n", 'Own(3, name="mine", trainable=False)', 0),
    "stack": ("class Own(Sequential):\n    pass\n", 'Own([Dense(3), Dense(2)], name="mine")', 20),
    "layer of layers": (
        "class Own(Layer):\n    def __init__(self, **options):\n        super().__init__(**options)\n"
        "        self.inner = Dense(3)\n    def call(self, inputs):\n        return self.inner(inputs)\n",
        'Own(name="mine", trainable=False)', 12,
    ),
    "layer of several inputs": (
        "class Own(Layer):\n    def call(self, inputs):\n        a, b = inputs\n        return a + b\n",
        'Own(name="mine")', 0,
    ),
}  # fmt: skip


@pytest.mark.oracle
@pytest.mark.parametrize(("cls", "made", "trainable"), WITHOUT_INIT.values(), ids=WITHOUT_INIT)
def test_a_class_without_init_hands_its_arguments_to_its_base(keras: Any, cls: str, made: str, trainable: int) -> None:
    given = "[i, i]" if "a, b" in cls else "i"
    code = f"{KERAS}{cls}i = Input((3,))\nmodel = Model(i, {made}({given}))\n"
    keras.backend.clear_session()
    space: dict[str, Any] = {}
    exec(code, space)
    _, scope = execute_module(code)
    ours, theirs = scope.vars["model"], space["model"]
    assert ours.status() == "exact"
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    assert ours.count_params() == (trainable, theirs.count_params() - trainable)
    assert sum(int(keras.ops.size(w)) for w in theirs.trainable_weights) == trainable


@pytest.mark.parametrize("own", ["Sequential", "Model"])
def test_a_model_that_is_made_not_to_train_is_not_known(own: str) -> None:
    code = f"""{KERAS}
class Own({own}):
    pass
class Layers(Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.inner = Dense(3)
    def call(self, inputs):
        return self.inner(inputs)
i = Input((3,))
first = {"Own([Dense(3)]" if own == "Sequential" else "Layers("}{", " if own == "Sequential" else ""}trainable=False)
first(i)
"""
    _, scope = execute_module(code)
    assert scope.vars["first"].layer.status() == "unknown"


DECLARED = """
import keras
from keras import ops
import tensorflow as tf

fast = len(tf.config.get_visible_devices("GPU")) > 0

class Sums(keras.layers.Layer):
    def call(self, x):
        total = ops.cumsum(x, axis=1) if fast else x[:, :-1]
        if fast:
            total = ops.flip(total, axis=1)
        return ops.concatenate([total, total], axis=2)

    {declared}

inputs = keras.Input((10, 3))
outputs = keras.layers.Dense(4)(Sums()(inputs))
model = keras.Model(inputs, outputs)
"""


@pytest.mark.parametrize(
    ("declared", "runs"),
    [("def compute_output_shape(self, shape): return (shape[0], shape[-1] * 2)", 1), ("", 2)],
)
def test_what_only_its_call_asks_a_layer_of_declared_shape_does_not_hang_on(declared: str, runs: int) -> None:
    assert len(analyze(Source(DECLARED.format(declared=declared).encode(), "x.py")).paths) == runs


COUNTED = """
import keras

class Mixer(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)

    {build}

    def call(self, x):
        return self.dense(x)

    def count(self):
        if not self.built:
            self.build((None, 4))
        return self.count_params()

model = Mixer()
{use}
"""
OWN_BUILD = "def build(self, shape): self.dense.build(shape)"


@pytest.mark.parametrize("build", [OWN_BUILD, "def build(self, shape): super().build(shape)", ""])
@pytest.mark.parametrize("use", ["model.count()", "model.build((None, 4)); model.count_params()"])
def test_what_build_was_called_of_can_be_counted(build: str, use: str) -> None:
    program, *_ = analyze(Source(COUNTED.format(build=build, use=use).encode(), "x.py")).paths
    assert program.raised == []


def test_what_nothing_has_built_cannot() -> None:
    program, *_ = analyze(Source(COUNTED.format(build=OWN_BUILD, use="model.count_params()").encode(), "x.py")).paths
    assert [raised.error.kind for raised in program.raised] == ["unbuilt"]


@pytest.mark.oracle
@pytest.mark.parametrize("build", [OWN_BUILD, "def build(self, shape): super().build(shape)", ""])
def test_keras_counts_it_too(build: str) -> None:
    scope: dict[str, Any] = {}
    exec(COUNTED.format(build=build, use=""), scope)
    assert scope["model"].count() in (0, 15)
    with pytest.raises(ValueError, match="isn't built"):
        scope["Mixer"]().count_params()


TRACKED = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self, base):
        super().__init__()
        self.downs = []
        self.ups = []
        for size in (8, 4):
            self.downs.append(layers.Dense(size))
            self.ups.append(layers.LayerNormalization())
        self.ups = self.ups[::-1]
        made = layers.Dropout(0.1)
        self.last = layers.Dense(2)
        self.first = made
        self.base = base
        self.later = [layers.ReLU(), layers.Softmax()]

    def call(self, x):
        for layer in [*self.downs, *self.ups, self.last, self.first, self.base, *self.later]:
            x = layer(x)
        return x

net = Net(layers.Dense(3))
net(keras.Input((16,)))
"""
IN_ORDER = [
    "Dense",
    "LayerNormalization",
    "Dense",
    "LayerNormalization",
    "Dense",
    "Dropout",
    "Dense",
    "ReLU",
    "Softmax",
]


def test_layers_stand_in_the_order_in_which_keras_meets_them() -> None:
    net = model_of(TRACKED)
    assert [layer.cls for layer in net.layers] == IN_ORDER
    assert [layer.output_shapes() for layer in net.layers if layer.cls == "Dense"][2:] == [[(None, 2)], [(None, 3)]]


@pytest.mark.oracle
def test_keras_meets_them_so() -> None:
    scope: dict[str, Any] = {}
    exec(TRACKED, scope)
    assert [type(layer).__name__ for layer in scope["net"].layers] == IN_ORDER
