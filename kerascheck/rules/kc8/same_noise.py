"""KC833: the random numbers of a layer are the same at each call."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, argument, called_from, classes_of, is_layer_class, own_method
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Functions of `keras.random` that draw numbers. A seed that is a number makes them draw the same at each call.
DRAWING = frozenset(
    {
        "normal", "uniform", "truncated_normal", "randint", "categorical", "dropout", "gamma", "binomial", "beta",
        "shuffle",
    }
)  # fmt: skip
_METHODS = ("call", "train_step", "compute_loss")


class SameNoise(Rule):
    """`keras.random` with a number as its seed, in the `call` of a layer or in a training step.

    ## What it does

    Reports functions of `keras.random` with `seed=42` or another number, and `tf.random.stateless_*` with numbers as
    their seed, in `call` and `train_step` of the classes of the program.

    ## Why it is bad

    These functions have no state: the same seed gives the same numbers, at each call. The noise of a variational
    autoencoder or of a dropout is then one constant, which the network learns to undo.

    ## Example

    ```python
    import keras
    from keras import layers, ops

    class Sampling(layers.Layer):
        def call(self, inputs):
            mean, log_var = inputs
            noise = keras.random.normal(ops.shape(mean), seed=42)
            return mean + ops.exp(0.5 * log_var) * noise
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers, ops

    class Sampling(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.seed_generator = keras.random.SeedGenerator(42)

        def call(self, inputs):
            mean, log_var = inputs
            noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
            return mean + ops.exp(0.5 * log_var) * noise
    ```

    ## References

    - [Keras: random operations](https://keras.io/api/random/random_ops/)
    - [Keras: SeedGenerator](https://keras.io/api/random/seed_generator/)
    """

    code = "KC833"
    name = "same-noise"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        seen: set[int] = set()
        for cls in classes_of(program):
            if not is_layer_class(cls):
                continue
            for name in _METHODS:
                method = own_method(cls, name)
                if method is None:
                    continue
                for code, call in called_from(Code(method, program.objects)):
                    if id(call) not in seen and _is_constant(code, call):
                        seen.add(id(call))
                        yield Finding(
                            code.site(call),
                            "a number as the seed produces the same random numbers at each call; create one "
                            "keras.random.SeedGenerator in __init__ and pass that",
                        )

    VALID = [
        # a generator has a state
        """
import keras
from keras import layers, ops
class Noise(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(42)
    def call(self, x):
        return x + keras.random.normal(ops.shape(x), seed=self.seed_generator)
""",
        # the global one
        """
import keras
from keras import layers, ops
class Noise(layers.Layer):
    def call(self, x):
        return x + keras.random.normal(ops.shape(x)) + keras.random.uniform(ops.shape(x), seed=None)
""",
        # TensorFlow counts the calls
        """
import keras
import tensorflow as tf
class Noise(keras.layers.Layer):
    def call(self, x):
        return x + tf.random.normal(tf.shape(x), seed=42)
""",
        # numbers that are meant to stay: drawn once
        """
import keras
from keras import layers
class Projection(layers.Layer):
    def build(self, shape):
        self.table = keras.random.normal((shape[-1], 8), seed=42)
    def call(self, x):
        return keras.ops.matmul(x, self.table)
""",
        # a seed that is given
        """
import keras
from keras import layers, ops
class Noise(layers.Layer):
    def call(self, x, seed):
        return x + keras.random.normal(ops.shape(x), seed=seed)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers, ops
class Noise(layers.Layer):
    def call(self, x):
        return x + keras.random.normal(ops.shape(x), seed=42)
""",
            [
                (
                    6,
                    "a number as the seed produces the same random numbers at each call; create one "
                    "keras.random.SeedGenerator in __init__ and pass that",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from tensorflow import keras
class Noise(keras.layers.Layer):
    def call(self, x):
        return x * tf.random.stateless_uniform(tf.shape(x), seed=(1, 2))
""",
            [
                (
                    6,
                    "a number as the seed produces the same random numbers at each call; create one "
                    "keras.random.SeedGenerator in __init__ and pass that",
                )
            ],
        ),
    ]


def _is_constant(code: Code, call: cst.Call) -> bool:
    """Whether it draws random numbers that are the same each time."""
    name = code.symbol(call.func)
    last = name.rpartition(".")[2]
    seed = argument(call, "seed")
    if name == f"keras.random.{last}" and last in DRAWING:
        return isinstance(seed, cst.Integer)
    if name.startswith("tensorflow.random.stateless_") and isinstance(seed, (cst.Tuple, cst.List)):
        return bool(seed.elements) and all(isinstance(one.value, cst.Integer) for one in seed.elements)
    return False
