"""KC863: gradients are computed and nothing is done with them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, own_method, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class GradientsUnused(Rule):
    """The gradients that a `train_step` computes are never applied.

    ## What it does

    Reports `slopes = tape.gradient(...)` in the `train_step` of a model that never mentions `slopes` again.

    ## Why it is bad

    A gradient changes nothing by itself. Without `optimizer.apply_gradients` the step costs as much as any other and
    the model learns nothing.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    class Net(keras.Model):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
            slopes = tape.gradient(loss, self.trainable_variables)
            return {"loss": loss}
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    class Net(keras.Model):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
            slopes = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
            return {"loss": loss}
    ```

    ## References

    - [Keras: customizing what happens in fit](https://keras.io/guides/custom_train_step_in_tensorflow/)
    """

    code = "KC863"
    name = "gradients-unused"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            step = own_method(cls, "train_step") if base_of(cls) in ("keras.Model", "keras.Sequential") else None
            if step is None:
                continue
            code = Code(step, program.objects)
            for node in own_nodes(code.file, code.node.body, cst.Assign):
                target = node.targets[0].target if len(node.targets) == 1 else None
                if not isinstance(target, cst.Name) or not _is_gradient(node.value) or target.value not in code.bound:
                    continue
                if not _is_mentioned(code, target):
                    yield Finding(
                        code.site(node),
                        f"nothing is done with {target.value}, so this step changes no variable; pass them to "
                        f"optimizer.apply_gradients",
                    )

    VALID = [
        # applied in the step itself, or in a function within
        """
import keras
import tensorflow as tf
class Net(keras.Model):
    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self(data, training=True))
        slopes = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
        return {"loss": loss}
class Late(keras.Model):
    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self(data, training=True))
        slopes = tape.gradient(loss, self.trainable_variables)
        def update():
            self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
        update()
        return {"loss": loss}
""",
        # applied or returned by another function
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam()
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
def slopes_of(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True))
    slopes = tape.gradient(loss, model.trainable_variables)
    return slopes
def later(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True))
    slopes = tape.gradient(loss, model.trainable_variables)
    return lambda: slopes
""",
        # no step of a training: one that is only tried out
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
def warm_up(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True))
    _ = tape.gradient(loss, model.trainable_variables)
""",
        # kept on an object, or for the module
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
class Keeper:
    def look(self, x):
        global last
        with tf.GradientTape(persistent=True) as tape:
            loss = tf.reduce_mean(model(x, training=True))
        self.slopes = tape.gradient(loss, model.trainable_variables)
        last = tape.gradient(loss, model.trainable_variables)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
        slopes = tape.gradient(loss, self.trainable_variables)
        return {"loss": loss}
""",
            [
                (
                    9,
                    "nothing is done with slopes, so this step changes no variable; pass them to "
                    "optimizer.apply_gradients",
                )
            ],
        ),
    ]


def _is_gradient(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and value.func.attr.value == "gradient"


def _is_mentioned(code: Code, target: cst.Name) -> bool:
    """Whether the function mentions the name elsewhere."""
    names = [node for node in own_nodes(code.file, code.node.body, cst.Name) if node.value == target.value]
    inner = own_nodes(code.file, code.node.body, cst.FunctionDef, cst.Lambda, cst.ClassDef)
    return len(names) > 1 or any(target.value in names_used(code.file, one) for one in inner)
