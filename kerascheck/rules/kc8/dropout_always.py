"""KC862: a layer of the program drops out whether the model trains or not."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, as_written, classes_of, is_layer_class, own_method, surely_run
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Functions that drop out whenever they are called.
_DROPPING = frozenset({"tensorflow.nn.dropout", "keras.random.dropout", "keras.backend.dropout"})


class DropoutAlways(Rule):
    """`tf.nn.dropout` in a `call` that does not ask whether it trains.

    ## What it does

    Reports `tf.nn.dropout` and `keras.random.dropout` without a condition in the `call` of a layer or model of the
    program that mentions `training` nowhere.

    ## Why it is bad

    These functions know nothing of training: they drop out in `evaluate` and `predict` as well, so that each prediction
    is another one, and worse than it has to be.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    class Noisy(keras.layers.Layer):
        def call(self, x):
            return tf.nn.dropout(x, 0.5)
    ```

    ## Use instead

    ```python
    import keras

    class Noisy(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.dropout = keras.layers.Dropout(0.5)

        def call(self, x, training=None):
            return self.dropout(x, training=training)
    ```

    ## References

    - [Keras: privileged training argument in call](https://keras.io/guides/making_new_layers_and_models_via_subclassing/)
    """

    code = "KC862"
    name = "dropout-always"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            call = own_method(cls, "call") if is_layer_class(cls) else None
            if call is None or "training" in names_used(cls.site.file, cls.node):
                continue
            code = Code(call, program.objects)
            for node in surely_run(code.node.body):
                if isinstance(node, cst.Call) and code.symbol(node.func) in _DROPPING:
                    yield Finding(
                        code.site(node),
                        f"{as_written(node.func)} drops out in predict and evaluate, too; use a Dropout layer and pass "
                        "training to it",
                    )

    VALID = [
        # asks whether it trains
        """
import keras
import tensorflow as tf
class Noisy(keras.layers.Layer):
    def call(self, x, training=None):
        if training:
            x = tf.nn.dropout(x, 0.5)
        return x
class Other(keras.layers.Layer):
    def call(self, x, training=False):
        return tf.nn.dropout(x, 0.5 if training else 0.0)
""",
        # by a switch of its own
        """
import keras
import tensorflow as tf
class Sampled(keras.layers.Layer):
    def __init__(self, samples):
        super().__init__()
        self.samples = samples
    def call(self, x):
        if self.samples:
            x = tf.nn.dropout(x, 0.5)
        return x
""",
        # a layer of Keras knows it
        """
import keras
class Noisy(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.dropout = keras.layers.Dropout(0.5)
    def call(self, x):
        return self.dropout(x)
""",
        # no layer: a step of a loop
        """
import keras
import tensorflow as tf
class Trainer:
    def call(self, x):
        return tf.nn.dropout(x, 0.5)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
class Noisy(tf.keras.layers.Layer):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate
        self.dense = tf.keras.layers.Dense(4)
    def call(self, x):
        x = self.dense(x)
        return tf.nn.dropout(x, rate=self.rate)
""",
            [
                (
                    10,
                    "tf.nn.dropout drops out in predict and evaluate, too; use a Dropout layer and pass training to it",
                )
            ],
        ),
    ]
