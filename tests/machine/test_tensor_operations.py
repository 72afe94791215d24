"""What `call` computes with tensors, masks and constants, and what is left of it in the graph of a model."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.network.networks import Network
from tests.machine.helpers import build, model

HEAD = (
    "import tensorflow as tf\nimport tensorflow.experimental.numpy as tnp\nfrom keras import ops\nB = keras.backend\n"
)

#: Expressions on x of shape (None, *size), and their shape as Keras has it when it traces `call`.
TRACED: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    # sizes known only at run time
    "tf.reshape(x, (tf.shape(x)[0], -1, 2, 4))": ((6, 8), (None, None, 2, 4)),
    "tf.reshape(x, (-1, 6, 2, 4))": ((6, 8), (None, 6, 2, 4)),
    "tf.reshape(x, (tf.shape(x)[0], tf.shape(x)[1], 2, 4))": ((6, 8), (None, 6, 2, 4)),
    "tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1] * tf.shape(x)[2]])": ((6, 8), (None, 48)),
    "tf.reshape(x, tf.stack([tf.shape(x)[0], tf.shape(x)[1], 2, 4]))": ((6, 8), (None, 6, 2, 4)),
    "tf.reshape(x, tf.concat([tf.shape(x)[:-1], [2, 4]], 0))": ((6, 8), (None, 6, 2, 4)),
    "tf.reshape(x, tf.shape(x))": ((6, 8), (None, 6, 8)),
    "ops.reshape(x, (ops.shape(x)[0], -1, 2, 4))": ((6, 8), (None, None, 2, 4)),
    "ops.reshape(x, [ops.shape(x)[0], ops.shape(x)[1] * ops.shape(x)[2]])": ((None, 8), (None, None)),
    "x + tf.reshape(x, (tf.shape(x)[0], -1, 8))": ((6, 8), (None, 6, 8)),
    "x + tf.reshape(x, (tf.shape(x)[0], -1, 8), name='y')": ((None, 8), (None, None, 8)),
    "tf.pad(x, tf.constant([[0, 0], [1, 2], [0, 3]]))": ((6, 8), (None, 9, 11)),
    "tf.pad(x, tf.convert_to_tensor([[0, 0], [1, 1], [0, 0]]), mode='REFLECT')": ((6, 8), (None, 8, 8)),
    "tf.range(tf.shape(x)[1])": ((6, 8), (6,)),
    "tf.range(2 * tf.shape(x)[1])": ((6, 8), (12,)),
    "tf.range(tf.shape(x)[0])": ((6, 8), (None,)),
    "ops.arange(ops.shape(x)[1])": ((None, 8), (None,)),
    "tf.zeros((tf.shape(x)[0], 7))": ((6, 8), (None, 7)),
    "tf.zeros((tf.shape(x)[1] // 2, 7))": ((6, 8), (3, 7)),
    "tf.fill((tf.shape(x)[0] // 2, 7), 1.0)": ((6, 8), (None, 7)),
    "tf.ones(tf.shape(x))": ((6, 8), (None, 6, 8)),
    "ops.ones(ops.shape(x))": ((6, 8), (None, 6, 8)),
    "tf.random.normal(tf.shape(x))": ((6, 8), (None, 6, 8)),
    "keras.random.normal(shape=(ops.shape(x)[0], ops.shape(x)[1]))": ((6,), (None, 6)),
    "tf.tile(tf.range(3)[None], [tf.shape(x)[0], 1])": ((6, 8), (None, 3)),
    "tf.tile(tf.ones((1, 5, 5)), tf.concat([tf.expand_dims(tf.shape(x)[0], -1), tf.constant([1, 1])], 0))": (
        (6, 8),
        (None, 5, 5),
    ),
    "ops.tile(ops.arange(3)[None], [ops.shape(x)[0], 1])": ((6, 8), (None, 3)),
    "tf.broadcast_to(tf.ones((1, 1, 8)), [tf.shape(x)[0], 1, 8])": ((6, 8), (None, 1, 8)),
    "ops.broadcast_to(ops.ones((1, 1, 8)), [ops.shape(x)[0], 1, 8])": ((6, 8), (None, 1, 8)),
    "tf.concat([tf.zeros((tf.shape(x)[0], 1, 8)), x], 1)": ((6, 8), (None, 7, 8)),
    "tf.concat(x, 2)": ((6, 8), (None, 6, 8)),
    "x + tf.concat(tf.ones((1, 8)), axis=1)": ((6, 8), (None, 6, 8)),
    "x[:, :tf.shape(x)[1] - 1]": ((6, 8), (None, 5, 8)),
    "x[:, :tf.shape(x)[1] - 1, :]": ((None, 8), (None, None, 8)),
    "x[:, 1:]": ((None, 8), (None, None, 8)),
    "tf.one_hot(tf.argmax(x, -1), tf.shape(x)[-1])": ((6, 8), (None, 6, 8)),
    "tf.image.resize(x, (tf.shape(x)[1] * 2, tf.shape(x)[2] * 2))": ((4, 4, 3), (None, 8, 8, 3)),
    "tf.image.resize(x, tf.shape(x)[1:3])": ((4, 5, 3), (None, 4, 5, 3)),
    "tf.image.resize(x, tf.shape(x)[1:3] * 2)": ((4, 5, 3), (None, None, None, 3)),
    "tf.image.resize(x, 2 * tf.shape(x)[-3:-1] + 1)": ((4, 5, 3), (None, None, None, 3)),
    "tf.image.resize(x, tf.shape(x)[1:3] // 2)": ((None, 10, 3), (None, None, None, 3)),
    # comparisons and masks
    "tf.range(6)[:, None] >= tf.range(8)": ((6, 8), (6, 8)),
    "tf.range(tf.shape(x)[1])[:, None] >= tf.range(tf.shape(x)[1]) - tf.shape(x)[1] + 6": ((6, 8), (6, 6)),
    "tf.cast(x == 0, tf.float32)": ((6, 8), (None, 6, 8)),
    "tf.cast(x != 0, tf.float32) * x": ((6, 8), (None, 6, 8)),
    "ops.cast(x > 0.5, 'float32')": ((6, 8), (None, 6, 8)),
    "tf.where(x > 0, x, 0.0)": ((6, 8), (None, 6, 8)),
    "ops.where(ops.less(x, 0), 0.0, x)": ((6, 8), (None, 6, 8)),
    "tf.linalg.band_part(tf.ones((tf.shape(x)[1], tf.shape(x)[1])), -1, 0)": ((6, 8), (6, 6)),
    "1 - tf.cast(tf.math.logical_not(x > 0), 'float32')": ((6, 8), (None, 6, 8)),
    # constants
    "x * tf.cast(tf.shape(x)[-1], tf.float32) ** -0.5": ((6, 8), (None, 6, 8)),
    "x / tf.math.sqrt(tf.cast(tf.shape(x)[-1], tf.float32))": ((6, 8), (None, 6, 8)),
    "x[:, None] * tf.exp(tf.range(5, dtype=tf.float32) * -0.5)[None, :]": ((), (None, 5)),
    "x * tf.exp(tf.linspace(tf.math.log(1.0), tf.math.log(9.0), 5))": ((1, 1), (None, 1, 5)),
    "x + [1.0, 2.0]": ((6, 2), (None, 6, 2)),
    "tf.eye(tf.shape(x)[1])": ((6, 8), (6, 6)),
    "tf.matmul(x, tf.ones((8, 3)))": ((6, 8), (None, 6, 3)),
    "tf.einsum('bij,jk->bik', x, tf.ones((8, 3)))": ((6, 8), (None, 6, 3)),
    "tf.einsum('bhwc, bHWc->bhwHW', x, x)": ((4, 4, 3), (None, 4, 4, 4, 4)),
    "tf.gather(x, [0, 2], axis=1)": ((6, 8), (None, 2, 8)),
    "ops.take(x, ops.array([0, 2]), axis=1)": ((6, 8), (None, 2, 8)),
    "tf.norm(x, axis=-1)": ((6, 8), (None, 6)),
    "ops.norm(x, 2, -1, True)": ((6, 8), (None, 6, 1)),
    "tf.maximum(0.0, x)": ((6, 8), (None, 6, 8)),
    "layers.Embedding(9, 8)(tf.range(6)) + x": ((6, 8), (None, 6, 8)),
    "x * tf.eye(3, batch_shape=[tf.shape(x)[0], 1])": ((1, 3), (None, None, 3, 3)),
    "tf.matmul(x, tf.eye(3, batch_shape=[tf.shape(x)[0], 1]) * tf.random.uniform((tf.shape(x)[0], 1, 1, 1)))": (
        (4, 4, 3),
        (None, 4, 4, 3),
    ),
    # images
    "tf.image.crop_and_resize(x, tf.zeros((tf.shape(x)[0], 4)), tf.range(tf.shape(x)[0]), (5, 7))": (
        (9, 9, 3),
        (None, 5, 7, 3),
    ),
    "tf.image.crop_and_resize(x, tf.zeros((6, 4)), tf.range(6), (tf.shape(x)[1], tf.shape(x)[2]))": (
        (9, 8, 3),
        (6, 9, 8, 3),
    ),
    "tf.image.extract_patches(x, [1, 3, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'VALID')": ((9, 8, 3), (None, 4, 4, 18)),
    "tf.image.extract_patches(images=x, sizes=[1, 3, 3, 1], strides=[1, 2, 1, 1], rates=[1, 1, 1, 1], padding='SAME')": (
        (9, 8, 3),
        (None, 5, 8, 27),
    ),
    # numpy as TensorFlow has it
    "tnp.maximum(tnp.matmul(x, tf.ones((8, 3))), 0.0)": ((6, 8), (None, 6, 3)),
    "tnp.mean(tnp.square(x), axis=-1)": ((6, 8), (None, 6)),
    "tnp.cumsum(x, axis=1)": ((6, 8), (None, 6, 8)),
    "tnp.concatenate([x, x])": ((6, 8), (None, 6, 8)),
    "tnp.expand_dims(tnp.transpose(x, (0, 2, 1)), 1)": ((6, 8), (None, 1, 8, 6)),
    # initializers
    "x * tf.random_uniform_initializer()(shape=(6, 8))": ((6, 8), (None, 6, 8)),
    "tf.matmul(x, keras.initializers.HeNormal()((8, 5)))": ((6, 8), (None, 6, 5)),
    # tensors in a list
    "tf.nn.softmax([x, x], axis=0)": ((6, 8), (2, None, 6, 8)),
    "tf.math.softmax([x, x, x], axis=0)[1]": ((6,), (None, 6)),
    "tf.reduce_mean([x, 2 * x], axis=0)": ((6, 8), (None, 6, 8)),
    "tf.argmax(x)": ((6, 8), (6, 8)),
    "tf.math.argmin(x)": ((6, 8), (6, 8)),
    "tnp.argmax(x)": ((6, 8), ()),
    "ops.argmin(x)": ((6, 8), ()),
    "ops.argmax(x, axis=1, keepdims=True)": ((6, 8), (None, 1, 8)),
    "tf.one_hot(tf.argmin(x, axis=1), 5)": ((6,), (None, 5)),
    # what only TensorFlow has
    "tf.nn.embedding_lookup(tf.ones((10, 4)), tf.cast(x, 'int32'))": ((6,), (None, 6, 4)),
    "tf.clip_by_norm(x, 1, -1)": ((6,), (None, 6)),
    "tf.gather_nd(x, tf.zeros((5, 2), 'int32'))": ((6, 8), (5, 8)),
    "tf.scatter_nd(tf.zeros((3, 1), 'int32'), tf.ones((3, 4)), (7, 4)) + x[0, 0]": ((6, 4), (7, 4)),
    "tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')": ((7, 8, 3), (None, 4, 4, 3)),
    "tf.nn.max_pool2d(x, ksize=3, strides=2, padding='VALID')": ((7, 8, 3), (None, 3, 3, 3)),
    "tf.nn.avg_pool2d(x, (2, 3), None, 'VALID')": ((7, 8, 3), (None, 6, 6, 3)),
    "tf.nn.avg_pool2d(x, (2, 3), (2, 1), 'VALID')": ((7, 8, 3), (None, 3, 6, 3)),
    "tf.nn.conv2d(x, tf.ones((3, 3, 3, 5)), strides=[1, 2, 2, 1], padding='SAME')": ((7, 8, 3), (None, 4, 4, 5)),
    "tf.nn.conv2d(x, tf.ones((3, 3, 3, 5)), 1, 'VALID', dilations=2)": ((7, 8, 3), (None, 3, 4, 5)),
    "tf.nn.conv1d(x, tf.ones((3, 8, 5)), stride=1, padding='VALID')": ((6, 8), (None, 4, 5)),
    "tf.nn.depthwise_conv2d(x, tf.ones((3, 3, 3, 2)), [1, 1, 1, 1], 'SAME')": ((7, 8, 3), (None, 7, 8, 6)),
    "tf.slice(x, [0, 1, 2], [-1, 3, -1])": ((6, 8), (None, 3, 6)),
    "tf.sequence_mask(tf.cast(x, 'int32'), 9)": ((6,), (None, 6, 9)),
    "tf.linalg.matvec(tf.ones((5, 6)), x)": ((6,), (None, 5)),
    "tf.linalg.diag(x)": ((6,), (None, 6, 6)),
    "tf.linalg.trace(x)": ((6, 6), (None,)),
    "tf.add_n([x, x, x])": ((6,), (None, 6)),
    "tf.nn.crelu(x)": ((6,), (None, 12)),
    "tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x)": ((6, 8), (None, 6)),
    "tf.nn.sparse_softmax_cross_entropy_with_logits(tf.argmax(x, -1), x)": ((6, 8), (None, 6)),
    "tf.random.categorical(x, 4)": ((6,), (None, 4)),
    "tf.math.reduce_euclidean_norm(x, axis=-1)": ((6, 8), (None, 6)),
    "tf.linalg.einsum('bij,bkj->bik', x, x)": ((6, 8), (None, 6, 6)),
    "tf.argsort(x)": ((6,), (None, 6)),
}

LAYER = """
class Own(layers.Layer):
    def call(self, x):
        return {expression}

x = Input({size})
model = Model(x, Own()(x))
"""


@pytest.mark.parametrize("expression", TRACED)
def test_call_is_followed(expression: str) -> None:
    size, shape = TRACED[expression]
    made = model(HEAD + LAYER.format(expression=expression, size=size))
    assert [tensor.shape for tensor in made.outputs] == [shape]


@pytest.mark.oracle
@pytest.mark.parametrize("expression", TRACED)
def test_keras_traces_it_so(keras: Any, expression: str) -> None:
    size, shape = TRACED[expression]
    assert tuple(_run(keras, HEAD + LAYER.format(expression=expression, size=size)).outputs[0].shape) == shape


@pytest.mark.parametrize("call", ["keras.backend.concatenate", "B.concatenate", "concatenate", "joined"])
def test_the_default_axis_is_that_of_the_function_and_not_of_its_spelling(call: str) -> None:
    head = "from keras.backend import concatenate\njoined = keras.backend.concatenate\n"  # gone since Keras 3
    made = model(HEAD + head + LAYER.format(expression=f"{call}([x, x[..., :5]])", size=(6, 8)))
    assert [tensor.shape for tensor in made.outputs] == [(None, 6, 13)]


#: Models with constants in their graph: the classes of their layers, and their parameters.
GRAPHS = {
    "Embedding(10, 4)(x) + Embedding(6, 4)(ops.arange(6))": (["InputLayer", "Embedding"], 40),
    "Add()([Embedding(10, 4)(x), Embedding(6, 4)(ops.arange(6))])": (["InputLayer", "Embedding", "Add"], 40),
    "ops.cast(x, 'float32') * ops.arange(6)": (["InputLayer"], 0),
    "ops.where(x > 3, 1.0, 0.0)": (["InputLayer"], 0),
    "Concatenate()([ops.cast(x, 'float32')[:, :2], ops.cast(x != 0, 'float32')])": (["InputLayer", "Concatenate"], 0),
    "ops.reshape(Embedding(10, 4)(x), (-1, 6, 2, 2))": (["InputLayer", "Embedding"], 40),
}


@pytest.mark.parametrize("output", GRAPHS)
def test_constants_are_no_part_of_the_graph(output: str) -> None:
    classes, params = GRAPHS[output]
    made = model(f"{HEAD}x = Input((6,), dtype='int32')\nmodel = Model(x, {output})\n")
    assert ([layer.cls for layer in made.layers], made.params(), made.status()) == (classes, params, "exact")


@pytest.mark.oracle
@pytest.mark.parametrize("output", GRAPHS)
def test_nor_are_they_for_keras(keras: Any, output: str) -> None:
    classes, params = GRAPHS[output]
    code = f"{HEAD}x = Input((6,), dtype='int32')\nmodel = Model(x, {output})\n"
    made = _run(keras, code)
    assert ([type(layer).__name__ for layer in made.layers], made.count_params()) == (classes, params)
    assert [tuple(tensor.shape) for tensor in made.outputs] == [tensor.shape for tensor in model(code).outputs]


def _run(keras: Any, code: str) -> Any:
    from tests.machine.helpers import KERAS

    keras.backend.clear_session()
    space: dict[str, Any] = {}
    exec(KERAS + code, space)
    return space["model"]


def test_an_output_that_depends_on_no_input_is_no_model() -> None:
    made = model(f"{HEAD}x = Input((6,))\nmodel = Model(x, [x, ops.arange(6)])\n")
    assert isinstance(made, Network)
    assert made.status() == "unknown"


GRADIENTS = """
import tensorflow as tf
@{decorator}
def reverse(x, factor):
    def gradient(upstream):
        return -factor * upstream, None
    return tf.identity(x), gradient
class Reversal(Layer):
    def call(self, inputs):
        return reverse(inputs, 0.5)
pixels = Input((6,))
model = Model(pixels, Dense(2)(Reversal()(Dense(4)(pixels))))
"""


@pytest.mark.parametrize("decorator", ["tf.custom_gradient", "keras.ops.custom_gradient"])
def test_a_function_with_a_gradient_of_its_own_gives_what_it_computes(decorator: str) -> None:
    (network,) = build(GRADIENTS.format(decorator=decorator)).paths[0].networks
    assert (network.status(), network.params()) == ("exact", 28 + 10)
