"""KC880: a training step of one's own leaves the loss as it is, and the optimizer takes its scale off the gradients."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.machine.values import Instance
from kerascheck.network.arguments import Given
from kerascheck.network.events import PolicyCall
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, is_keras_3, own_method, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_SCALING = frozenset({"scale_loss", "get_scaled_loss", "minimize", "super", "LossScaleOptimizer", "inner_optimizer"})
_UPDATING = frozenset({"apply", "apply_gradients"})


class LossNotScaled(Rule):
    """A `train_step` under `mixed_float16` does not call `optimizer.scale_loss`.

    ## What it does

    Looks at programs that set the policy `mixed_float16` and compile a model with a `train_step` of its own. It reports
    the step that hands gradients of the plain loss to `self.optimizer`.

    ## Why it is bad

    Under this policy `compile` wraps the optimizer: it divides all gradients by the scale of the loss, 32768 at first,
    since the step of Keras multiplies the loss with it. Without that the steps are as much too small: the model hardly
    learns with SGD, and nothing is said.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    keras.mixed_precision.set_global_policy("mixed_float16")

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1)

        def call(self, x):
            return self.head(x)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x, y, self(x, training=True))
            slopes = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
            return {"loss": loss}

    net = Net()
    net.compile("sgd", "mse")
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    keras.mixed_precision.set_global_policy("mixed_float16")

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(1)

        def call(self, x):
            return self.head(x)

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x, y, self(x, training=True))
                scaled = self.optimizer.scale_loss(loss)
            slopes = tape.gradient(scaled, self.trainable_variables)
            self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
            return {"loss": loss}

    net = Net()
    net.compile("sgd", "mse")
    ```

    ## References

    - [Keras: LossScaleOptimizer](https://keras.io/api/optimizers/loss_scale_optimizer/)
    """

    code = "KC880"
    name = "loss-not-scaled"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        policies = [event.policy for event in program.events if isinstance(event, PolicyCall)]
        if not policies or set(policies) != {"mixed_float16"}:
            return
        told: set[int] = set()
        for call in program.compiles:
            instance = getattr(call.network, "instance", None)
            scaled = call.arguments.get("auto_scale_loss")
            if not isinstance(instance, Instance) or isinstance(scaled, Given) or not is_keras_3(call.site):
                continue
            step = own_method(instance.cls, "train_step")
            if step is None or step.decorated or id(step.node) in told:
                continue
            told.add(id(step.node))
            code = Code(step, program.objects)
            if not _SCALING.isdisjoint(names_used(code.file, instance.cls.node)) and not _only_initialised(code):
                continue
            for node in own_nodes(code.file, code.node.body, cst.Call):
                func = node.func
                is_update = isinstance(func, cst.Attribute) and func.attr.value in _UPDATING
                if is_update and code.is_own_attribute(func.value) == "optimizer":  # type: ignore[attr-defined]
                    yield Finding(
                        code.site(node),
                        "under mixed_float16 this optimizer divides the gradients by its scale: compute them from "
                        "self.optimizer.scale_loss(loss)",
                        anchor=call.site,
                    )

    VALID = [
        # another policy
        """
import keras
import tensorflow as tf
keras.mixed_precision.set_global_policy("mixed_bfloat16")
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        slopes = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
        return {"loss": loss}
net = Net()
net.compile("sgd", "mse")
""",
        # not wrapped, or left to the optimizer
        """
import keras
import tensorflow as tf
keras.mixed_precision.set_global_policy("mixed_float16")
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        slopes = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
        return {"loss": loss}
net = Net()
net.compile("sgd", "mse", auto_scale_loss=False)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
keras.mixed_precision.set_global_policy("mixed_float16")
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        slopes = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(slopes, self.trainable_variables)
        return {"loss": loss}
net = Net()
net.compile("sgd", "mse")
""",
            [
                (
                    16,
                    "under mixed_float16 this optimizer divides the gradients by its scale: compute them from "
                    "self.optimizer.scale_loss(loss)",
                )
            ],
        ),
    ]


def _only_initialised(code: Code) -> bool:
    """Whether the class says none of these words but `super`, and that outside of the step."""
    owner = code.function.owner
    assert owner is not None
    said = names_used(code.file, owner.node) & _SCALING
    return said == {"super"} and "super" not in names_used(code.file, code.node)
