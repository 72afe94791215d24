"""KC604: random numbers of numpy in code that is traced."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import FITTING, training_data, validation_data
from kerascheck.diagnostics import Severity
from kerascheck.machine.values import FunctionValue
from kerascheck.network.ir import Layer
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import Code, called_from, is_layer_class, own_method
from kerascheck.rules._streams import steps_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What numpy and the `random` module of Python draw numbers with.
_DRAWING = frozenset(
    {f"numpy.random.{name}" for name in (
        "rand", "randn", "normal", "uniform", "randint", "random", "random_sample", "standard_normal", "choice",
        "binomial", "poisson", "beta", "permutation", "random_integers", "multivariate_normal",
    )}
    | {f"random.{name}" for name in (
        "random", "uniform", "randint", "randrange", "choice", "choices", "gauss", "normalvariate", "sample",
        "triangular", "betavariate",
    )}
)  # fmt: skip
_METHODS = ("call", "train_step", "compute_loss")


class DrawnOnce(Rule):
    """Random numbers of numpy or Python are drawn in a function that Keras or `tf.data` runs only once.

    ## What it does

    Reports `numpy.random` and `random` in the `call` and `train_step` of layers and models that are trained by `fit`,
    and in functions that are given to `Dataset.map`.

    ## Why it is bad

    `fit` and `map` run such a function once, to make a graph of it. The number that it drew is a constant in the graph:
    the same noise for each batch, the same flip for each image, through all epochs.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    class Noise(layers.Layer):
        def call(self, x):
            return x + np.random.normal(size=4)

    model = Sequential([layers.Input((4,)), Noise(), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    from keras import Sequential, layers, ops

    class Noise(layers.Layer):
        def call(self, x):
            return x + keras.random.normal(ops.shape(x))

    model = Sequential([layers.Input((4,)), Noise(), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
    ```

    ## References

    - [TensorFlow: better performance with tf.function](https://www.tensorflow.org/guide/function)
    - [TensorFlow: tf.data, applying arbitrary Python logic](https://www.tensorflow.org/guide/data)
    """

    code = "KC604"
    name = "drawn-once"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for call in program.trainings:
            if call.method not in FITTING or _is_eager(call):
                continue
            for function, advice in (*_of_layers(call), *_of_streams(call)):
                for code, drawing in called_from(Code(function, program.objects)):
                    name = code.symbol(drawing.func)
                    if name in _DRAWING and id(drawing) not in told:
                        told.add(id(drawing))
                        yield Finding(code.site(drawing), f"{name} {advice}", anchor=call.site)

    VALID = [
        # numbers of Keras and TensorFlow are drawn each time
        """
import keras
import numpy as np
import tensorflow as tf
from keras import Sequential, layers, ops
class Noise(layers.Layer):
    def call(self, x):
        return x + keras.random.normal(ops.shape(x)) + tf.random.uniform(tf.shape(x))
model = Sequential([layers.Input((4,)), Noise(), layers.Dense(1)])
model.compile("adam", "mse")
data = tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros((8, 1))))
model.fit(data.map(lambda x, y: (x + tf.random.normal((4,), dtype=tf.float64), y)).batch(4))
""",
        # drawn once, and meant so
        """
import numpy as np
from keras import Sequential, layers, ops
class Projection(layers.Layer):
    def __init__(self):
        super().__init__()
        self.table = np.random.normal(size=(4, 2)).astype("float32")
    def call(self, x):
        return ops.matmul(x, self.table)
model = Sequential([layers.Input((4,)), Projection(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # runs as Python each time
        """
import numpy as np
from keras import Sequential, layers
class Noise(layers.Layer):
    def call(self, x):
        return x + np.random.normal(size=4)
model = Sequential([layers.Input((4,)), Noise(), layers.Dense(1)])
model.compile("adam", "mse", run_eagerly=True)
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # Python code in a stream, as Python code
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
def disturb(x):
    return x + np.random.normal(size=4)
def prepare(x, y):
    x = tf.numpy_function(disturb, [x], tf.float64)
    return tf.ensure_shape(x, (4,)), y
data = tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros((8, 1)))).map(prepare).batch(4)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data)
""",
        # a generator runs as Python
        """
import numpy as np
from keras import Sequential, layers
def batches():
    while True:
        yield np.random.normal(size=(8, 4)), np.zeros((8, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=4)
""",
    ]
    INVALID = [
        Invalid(
            """
import random
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
class Noise(layers.Layer):
    def call(self, x):
        return x + self.noise()
    def noise(self):
        return np.random.normal(size=4).astype("float32")
def brighten(x, y):
    if random.random() > 0.5:
        x = x + 0.1
    return x, y
data = tf.data.Dataset.from_tensor_slices((np.zeros((8, 4), "float32"), np.zeros((8, 1)))).map(brighten).batch(4)
model = Sequential([layers.Input((4,)), Noise(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data)
""",
            [
                (
                    10,
                    "numpy.random.normal runs only once, when fit traces this code into a graph, so that the numbers "
                    "never change; use keras.random",
                ),
                (
                    12,
                    "random.random runs only once, when map traces this function into a graph, so that all samples get "
                    "the same number; use tf.random",
                ),
            ],
        ),
    ]


_IN_FIT = "runs only once, when fit traces this code into a graph, so that the numbers never change; use keras.random"
_IN_MAP = (
    "runs only once, when map traces this function into a graph, so that all samples get the same number; use tf.random"
)


def _is_eager(call: TrainCall) -> bool:
    """Whether the model runs as Python code, or may."""
    if call.compiled is None:
        return True
    arguments = call.compiled.arguments
    return arguments.open_keywords or arguments.value("run_eagerly", None, False) is not False


def _of_layers(call: TrainCall) -> Iterator[tuple[FunctionValue, str]]:
    """The methods of classes of the program that `fit` makes a graph of."""
    seen: set[int] = set()
    waiting: list[Layer] = [call.network]
    while waiting:
        layer = waiting.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        waiting += layer.sublayers()
        if layer.instance is None:
            continue
        for cls in layer.instance.cls.mro():
            for name in _METHODS:
                method = own_method(cls, name) if hasattr(cls, "members") and is_layer_class(cls) else None
                if method is not None:
                    yield method, _IN_FIT


def _of_streams(call: TrainCall) -> Iterator[tuple[FunctionValue, str]]:
    """The functions that make the samples of the streams."""
    held = validation_data(call)
    for stream in (training_data(call).stream, held.stream if held is not None else None):
        for step in steps_of(stream) if isinstance(stream, Pipeline) else ():
            function = step.arguments.value("map_func", 0) if step.name == "map" else None
            if isinstance(function, FunctionValue) and isinstance(function.node, (cst.FunctionDef, cst.Lambda)):
                yield function, _IN_MAP
