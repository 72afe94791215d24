"""KC832: a model without `call` is evaluated or asked for predictions."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import Instance
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import base_of, is_keras_3
from kerascheck.rules._training import validates
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What replaces the step that calls the model.
_INSTEAD = {
    "evaluate": ("test_step", "make_test_function", "evaluate", "test_on_batch"),
    "predict": ("predict_step", "make_predict_function", "predict", "predict_on_batch"),
}


class StepMissing(Rule):
    """A model with a `train_step` alone is validated, evaluated or asked for predictions.

    ## What it does

    Reports `fit` with validation data and `evaluate` of a model of the program whose class has neither `call` nor
    `test_step`, and `predict` where it has neither `call` nor `predict_step`.

    ## Why it is bad

    Keras computes the figures with `self(x)`: "Model VAE does not have a `call()` method implemented", when the first
    epoch is over.

    ## Example

    ```python
    import keras
    import numpy as np
    import tensorflow as tf

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.net = keras.layers.Dense(1)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self.net(x, training=True) - y) ** 2)
            slopes = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
            return {"loss": loss}

    model = Own()
    model.compile("adam")
    model.fit(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    import tensorflow as tf

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.net = keras.layers.Dense(1)

        def call(self, x, training=None):
            return self.net(x, training=training)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
            slopes = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
            return {"loss": loss}

        def test_step(self, data):
            x, y = data
            return {"loss": tf.reduce_mean((self(x) - y) ** 2)}

    model = Own()
    model.compile("adam")
    model.fit(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
    ```

    ## References

    - [Keras: customizing what happens in fit](https://keras.io/guides/custom_train_step_in_tensorflow/)
    - [Validation of a variational autoencoder](https://github.com/keras-team/keras-io/issues/48)
    """

    code = "KC832"
    name = "step-missing"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            kind = _needed(call)
            instance = getattr(call.network, "instance", None)
            if kind is None or call.guarded or not isinstance(instance, Instance) or not is_keras_3(call.site):
                continue
            cls = instance.cls
            if call.network.kind != "subclass" or base_of(cls) != "keras.Model" or instance.unknown is not None:
                continue
            replaced = ("call", "__call__", *_INSTEAD[kind])
            if any(find_member(cls, name) is not None or name in instance.attributes for name in replaced):
                continue
            step = _INSTEAD[kind][0]
            yield Finding(
                call.site,
                f"{cls.name} has neither call nor {step}, so Keras cannot {kind} it"
                f"{' on the validation data' if call.method == 'fit' else ''}; write {step}",
            )

    VALID = [
        # training alone
        """
import keras
import numpy as np
class Own(keras.Model):
    def train_step(self, data):
        return {"loss": 0.0}
model = Own()
model.compile("adam")
model.fit(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.0)
""",
        # a step of its own
        """
import keras
import numpy as np
class Base(keras.Model):
    def test_step(self, data):
        return {"loss": 0.0}
class Own(Base):
    def train_step(self, data):
        return {"loss": 0.0}
model = Own()
model.compile("adam")
model.fit(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
model.evaluate(np.ones((8, 4)), np.ones((8, 1)))
""",
        # a call
        """
import keras
import numpy as np
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = keras.layers.Dense(1)
    def call(self, x):
        return self.net(x)
    def train_step(self, data):
        return {"loss": 0.0}
model = Own()
model.compile("adam", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
model.predict(np.ones((8, 4)))
""",
        # a graph is the call
        """
import keras
import numpy as np
class Own(keras.Model):
    def train_step(self, data):
        return {"loss": 0.0}
inputs = keras.Input((4,))
model = Own(inputs, keras.layers.Dense(1)(inputs))
model.compile("adam", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
model.predict(np.ones((8, 4)))
""",
        # a base that is not known
        """
import keras
import numpy as np
from mine import Base
class Own(Base, keras.Model):
    def train_step(self, data):
        return {"loss": 0.0}
model = Own()
model.compile("adam", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)), validation_split=0.25)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = keras.layers.Dense(1)
    def train_step(self, data):
        x, y = data
        return {"loss": keras.ops.mean(self.net(x) - y)}
model = Own()
model.compile("adam")
x, y = np.ones((8, 4)), np.ones((8, 1))
model.fit(x, y, validation_data=(x, y))
model.predict(x)
""",
            [
                (
                    14,
                    "Own has neither call nor test_step, so Keras cannot evaluate it on the validation data; write "
                    "test_step",
                ),
                (15, "Own has neither call nor predict_step, so Keras cannot predict it; write predict_step"),
            ],
        ),
    ]


def _needed(call: TrainCall) -> str | None:
    """The step that the call needs beside that of training."""
    if call.method == "fit":
        return "evaluate" if validates(call) is True else None
    return call.method if call.method in ("evaluate", "predict") else None
