"""KC301 to KC307: the activation of the last layer against the loss."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Layer, Program, Tensor
from kerascheck.rules._graph import applied_activation, config_size, last_dim
from kerascheck.rules._outputs import Output, describe
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import BINARY, CATEGORICAL, Loss, losses_by_output

#: Activations whose values leave [0, 1]: no probabilities.
_UNBOUNDED = frozenset(
    {
        "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "swish", "mish", "tanh",
        "softsign", "hard_silu", "hard_swish", "hard_tanh",
    }
)  # fmt: skip


class _OutputRule(Rule):
    """A rule about one output of a compiled network and its loss: the subclasses judge, this reports."""

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or call.network.unknown is not None:
                continue
            told: set[tuple[int, int]] = set()
            for target in losses_by_output(call):
                message = self.judge(describe(target.tensor), target.loss) if target.loss is not None else None
                if message is None or target.site.key in told:
                    continue
                told.add(target.site.key)
                yield Finding(target.site, message, severity=self.grade(target.tensor), anchor=call.site)

    def judge(self, output: Output, loss: Loss) -> str | None:
        """What is wrong with this output under this loss."""
        raise NotImplementedError

    def grade(self, tensor: Tensor) -> Severity | None:
        """The severity for this output, where it is not the rule's."""
        return None


class SoftmaxOnOneUnit(Rule):
    """Softmax is applied along an axis of size one.

    ## What it does

    Finds softmax activations (of a layer, as `Activation` or as `Softmax`) on tensors whose last axis has one element.

    ## Why it is bad

    Softmax makes the elements of the axis sum to 1. A single element is then always 1, whatever the network computes:
    it cannot learn anything, and with `binary_crossentropy` the accuracy is the share of the positive class.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="softmax")])
    model.compile(loss="binary_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    ```

    ## References

    - [Keras: softmax](https://keras.io/api/layers/activations/#softmax-function)
    """

    code = "KC301"
    name = "softmax-on-one-unit"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        verdicts: dict[tuple[int, int], list[Layer]] = {}
        clear: set[tuple[int, int]] = set()
        for layer in program.layers:
            if layer.site is None:
                continue
            if _gives_ones(layer):
                verdicts.setdefault(layer.site.key, []).append(layer)
            else:
                clear.add(layer.site.key)
        for key, layers in verdicts.items():
            site = layers[0].site
            if key not in clear and site is not None:
                yield Finding(
                    site,
                    f"softmax over one unit is always 1; use sigmoid, or one unit for each class ({layers[0].cls})",
                )

    VALID = [
        # sigmoid is right for one unit
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
""",
        # two classes, two units
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(2, activation="softmax")])
""",
        # attention weights: along the time axis
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9, 20)), layers.Dense(1), layers.Softmax(axis=1)])
""",
        # the axis of time is moved to the end first
        """
from keras import Sequential, layers
model = Sequential([layers.Input((9, 20)), layers.Dense(1), layers.Flatten(), layers.Activation("softmax")])
""",
        # the number of classes is not known
        """
from keras import Sequential, layers
from data import classes
model = Sequential([layers.Input((20,)), layers.Dense(len(classes), activation="softmax")])
""",
        # one place, one or three classes
        """
from keras import layers
def head(n):
    return layers.Dense(n, activation="softmax")
heads = [head(1), head(3)]
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([
    layers.Input((20,)),
    layers.Dense(1, activation="softmax"),
])
""",
            [(5, "softmax over one unit is always 1; use sigmoid, or one unit for each class (Dense)")],
        ),
        Invalid(
            """
from keras.models import Sequential
from keras.layers import Dense, Activation
model = Sequential()
model.add(Dense(1, input_dim=20))
model.add(Activation("softmax"))
""",
            [(6, "softmax over one unit is always 1; use sigmoid, or one unit for each class (Activation)")],
        ),
    ]


def _gives_ones(layer: Layer) -> bool:
    if layer.unknown is not None or applied_activation(layer) != "softmax":
        return False
    if layer.cls == "Softmax" and layer.config.get("axis", -1) != -1:
        return False
    if layer.cls == "Dense":
        return config_size(layer, "units") == 1
    if layer.cls not in ("Activation", "Softmax", "Conv1D", "Conv2D", "Conv3D"):
        return False
    return bool(layer.calls) and all(_single(tensor) for node in layer.calls for tensor in node.outputs)


def _single(tensor: Tensor) -> bool:
    if last_dim(tensor) is not None:
        return last_dim(tensor) == 1
    node = tensor.node  # a network without an input shape yet
    if node is None or node.layer.cls not in ("Activation", "Softmax") or not node.inputs:
        return False
    before = node.inputs[0].node
    return before is not None and before.layer.cls == "Dense" and config_size(before.layer, "units") == 1


class LogitsWithoutFromLogits(_OutputRule):
    """A crossentropy loss gets the output of a layer without activation, and is not told so.

    ## What it does

    Reports `binary_crossentropy`, `categorical_crossentropy`, `sparse_categorical_crossentropy` and their focal forms
    on an output layer without activation, unless `from_logits=True` is given.

    ## Why it is bad

    Without `from_logits` the loss takes its input for probabilities. Values below 0 and above 1 are clipped, there the
    gradient is zero, and the network gets stuck or learns the wrong thing.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3)])
    model.compile(loss="categorical_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC302"
    name = "logits-without-from-logits"
    severity = Severity.ERROR

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.name not in BINARY | CATEGORICAL or loss.from_logits is not False or output.activation != "linear":
            return None
        right = "sigmoid" if loss.name in BINARY else "softmax"
        return (
            f"{loss.name} gets the values of a layer without activation; give the last layer {right}, "
            "or the loss from_logits=True"
        )

    VALID = [
        # the loss knows
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
""",
        # the loss knows, by position
        """
from keras import Sequential, layers
from keras.losses import BinaryCrossentropy
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile("adam", BinaryCrossentropy(True))
""",
        # probabilities
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy")
""",
        # a separate activation
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1), layers.Activation("sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # a regression
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse")
""",
        # a loss of the program
        """
import keras
from keras import Sequential, layers
def loss(y, p):
    return keras.losses.binary_crossentropy(y, p, from_logits=True)
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss=loss)
""",
        # an activation of the program, or one that is not known
        """
from keras import Sequential, layers
from mine import squash
model = Sequential([layers.Input((20,)), layers.Dense(1, activation=squash)])
model.compile(loss="binary_crossentropy")
""",
        # a function behind the layer
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1), layers.Lambda(lambda x: x * 0.5)])
model.compile(loss="binary_crossentropy")
""",
        # each output has its own loss
        """
from keras import Input, Model, layers
x = Input((20,))
model = Model(x, [layers.Dense(1, name="size")(x), layers.Dense(3, activation="softmax", name="kind")(x)])
model.compile(loss={"size": "mse", "kind": "categorical_crossentropy"})
""",
        # whether logits are meant is not known
        """
import sys, keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=len(sys.argv) > 1))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss="categorical_crossentropy")
""",
            [
                (
                    4,
                    "categorical_crossentropy gets the values of a layer without activation; "
                    "give the last layer softmax, or the loss from_logits=True",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential()
model.add(tf.keras.layers.Dense(8, activation="relu", input_shape=(20,)))
model.add(tf.keras.layers.Dense(1, activation=None))
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryCrossentropy())
""",
            [
                (
                    6,
                    "binary_crossentropy gets the values of a layer without activation; "
                    "give the last layer sigmoid, or the loss from_logits=True",
                )
            ],
        ),
        # one of two outputs
        Invalid(
            """
from keras import Input, Model, layers
x = Input((20,))
model = Model(x, [layers.Dense(1, name="size")(x), layers.Dense(3, name="kind")(x)])
model.compile(loss=["mse", "sparse_categorical_crossentropy"])
""",
            [
                (
                    5,
                    "sparse_categorical_crossentropy gets the values of a layer without activation; "
                    "give the last layer softmax, or the loss from_logits=True",
                )
            ],
        ),
    ]


class UnboundedBeforeCrossentropy(_OutputRule):
    """A crossentropy loss gets the output of relu, tanh or another activation that gives no probabilities.

    ## What it does

    Reports the crossentropy losses on an output with an activation whose values leave [0, 1] (relu and its kin, tanh).

    ## Why it is bad

    The loss takes the values for probabilities. relu gives 0 for half of all inputs, whose logarithm has no gradient;
    values above 1 are clipped. Such networks stop learning at once or give NaN.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="relu")])
    model.compile(loss="binary_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC303"
    name = "unbounded-before-crossentropy"
    severity = Severity.ERROR

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.name not in BINARY | CATEGORICAL or output.activation not in _UNBOUNDED:
            return None
        right = "sigmoid" if loss.name in BINARY else "softmax"
        if loss.from_logits is not False:
            return None
        return f"{loss.name} needs probabilities, but the last activation is {output.activation}; use {right}"

    VALID = [
        # relu inside, sigmoid at the end
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(9, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # relu for a count
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="relu")])
model.compile(loss="poisson")
""",
        # only asked for its features
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(9, activation="relu")])
model.compile(loss="categorical_crossentropy")
features = model.predict(np.zeros((5, 20)))
""",
        # tanh with hinge
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="tanh")])
model.compile(loss="hinge")
""",
        # hard_sigmoid stays in [0, 1]
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="hard_sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # exponential, normalized by the loss, is softmax
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="exponential")])
model.compile(loss="categorical_crossentropy")
""",
        # as logits, odd but sound
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="tanh")])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
        # an average of rectified maps is scaled elsewhere
        """
from keras import Sequential, layers
model = Sequential([
    layers.Input((8, 8, 3)), layers.Conv2D(3, 1, activation="relu"), layers.GlobalAveragePooling2D(),
])
model.compile(loss="categorical_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="relu")])
model.compile(loss="binary_crossentropy")
""",
            [(4, "binary_crossentropy needs probabilities, but the last activation is relu; use sigmoid")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(4), layers.LeakyReLU(), layers.Dropout(0.0)])
model.compile("adam", "sparse_categorical_crossentropy")
""",
            [
                (
                    4,
                    "sparse_categorical_crossentropy needs probabilities, but the last activation is leaky_relu; "
                    "use softmax",
                )
            ],
        ),
    ]


class FromLogitsAfterActivation(_OutputRule):
    """A loss with `from_logits=True` gets probabilities.

    ## What it does

    Reports `from_logits=True` where the output has gone through softmax or sigmoid already.

    ## Why it is bad

    The loss applies the activation a second time. The probabilities it computes are nearly equal for all classes, and
    training is slow and ends far from the optimum. (The TensorFlow backend notices some of these cases and undoes the
    activation with a warning; JAX and PyTorch do not.)

    ## Example

    ```python
    import keras
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
    model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(3)])
    model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC304"
    name = "from-logits-after-activation"
    severity = Severity.WARNING

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.from_logits is not True or output.activation not in ("softmax", "sigmoid"):
            return None
        return f"from_logits=True, but the output has gone through {output.activation}; remove the one or the other"

    VALID = [
        # logits
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3)])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
        # probabilities
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=False))
""",
        # softmax inside an attention block is not at the end
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(9, activation="softmax"), layers.Dense(3)])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(3, activation="softmax")])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
""",
            [(5, "from_logits=True, but the output has gone through softmax; remove the one or the other")],
        ),
    ]


class SoftmaxWithBinaryCrossentropy(_OutputRule):
    """`binary_crossentropy` is used on a softmax output.

    ## What it does

    Reports `binary_crossentropy` on two or more softmax units. For exactly two it is only advice: with one-hot labels
    that comes to the same as `categorical_crossentropy`.

    ## Why it is bad

    `binary_crossentropy` takes each unit for a question of its own, softmax makes them one question. `"accuracy"`
    becomes the share of right bits, which is 80% for five classes when every answer is wrong but one-hot.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    ```

    ## References

    - [Stack Overflow 42081257: why binary and categorical crossentropy give different performances](https://stackoverflow.com/q/42081257)
    """

    code = "KC305"
    name = "softmax-with-binary-crossentropy"
    severity = Severity.WARNING

    def judge(self, output: Output, loss: Loss) -> str | None:
        units = output.units
        if loss.name not in BINARY or output.activation != "softmax" or not isinstance(units, int) or units < 2:
            return None
        return (
            f"{loss.name} on {units} softmax units; use categorical_crossentropy for one class out of {units}, "
            "or sigmoid for independent labels"
        )

    def grade(self, tensor: Tensor) -> Severity | None:
        return Severity.INFO if describe(tensor).units == 2 else None

    VALID = [
        # one sigmoid unit
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # independent labels
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # one class out of five
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile(loss="categorical_crossentropy")
""",
        # the number of units is not known
        """
from keras import Sequential, layers
from data import classes
model = Sequential([layers.Input((20,)), layers.Dense(len(classes), activation="softmax")])
model.compile(loss="binary_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
""",
            [
                (
                    4,
                    "binary_crossentropy on 5 softmax units; use categorical_crossentropy for one class out of 5, "
                    "or sigmoid for independent labels",
                )
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((20,)), layers.Dense(2, activation="softmax")])
model.compile(loss=losses.binary_crossentropy)
""",
            [
                (
                    4,
                    "binary_crossentropy on 2 softmax units; use categorical_crossentropy for one class out of 2, "
                    "or sigmoid for independent labels",
                )
            ],
        ),
    ]


class SigmoidWithCategoricalCrossentropy(_OutputRule):
    """`categorical_crossentropy` is used on several sigmoid units.

    ## What it does

    Reports `categorical_crossentropy` and `sparse_categorical_crossentropy` on two or more sigmoid units.

    ## Why it is bad

    The loss divides the outputs by their sum and looks at the right class alone: the sigmoids are no probabilities any
    more. Where several labels can hold at once, `binary_crossentropy` is the loss; where exactly one holds, softmax is
    the activation.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC306"
    name = "sigmoid-with-categorical-crossentropy"
    severity = Severity.WARNING

    def judge(self, output: Output, loss: Loss) -> str | None:
        units = output.units
        if loss.name not in CATEGORICAL or output.activation not in ("sigmoid", "hard_sigmoid"):
            return None
        if not isinstance(units, int) or units < 2 or loss.from_logits is not False:
            return None
        return (
            f"{loss.name} on {units} sigmoid units; use softmax for one class out of {units}, "
            "or binary_crossentropy for independent labels"
        )

    VALID = [
        # one class out of five
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile(loss="categorical_crossentropy")
""",
        # independent labels
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # another softmax behind the sigmoid
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid"), layers.Softmax()])
model.compile(loss="categorical_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
model.compile(loss="categorical_crossentropy")
""",
            [
                (
                    4,
                    "categorical_crossentropy on 5 sigmoid units; use softmax for one class out of 5, "
                    "or binary_crossentropy for independent labels",
                )
            ],
        ),
    ]


class CategoricalOnOneUnit(_OutputRule):
    """`categorical_crossentropy` is used on one unit.

    ## What it does

    Reports `categorical_crossentropy` and `sparse_categorical_crossentropy` on an output of one unit.

    ## Why it is bad

    The loss divides the outputs by their sum: one output divided by itself is 1, the loss is 0 for every input and the
    network learns nothing. The sparse form raises an error on the first label 1.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="categorical_crossentropy")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy")
    ```

    ## References

    - [Keras: probabilistic losses](https://keras.io/api/losses/probabilistic_losses/)
    """

    code = "KC307"
    name = "categorical-on-one-unit"
    severity = Severity.ERROR

    def judge(self, output: Output, loss: Loss) -> str | None:
        if loss.name not in CATEGORICAL or output.units != 1 or output.activation not in ("sigmoid", "hard_sigmoid"):
            return None  # softmax, none and relu on one unit have rules of their own
        ending = "knows class 0 only" if loss.name.startswith("sparse") else "is always 0"
        return f"{loss.name} on one unit {ending}; use binary_crossentropy"

    VALID = [
        # the loss for one unit
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
""",
        # two units
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(2, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy")
""",
        # the number of units is not known
        """
from keras import Sequential, layers
from data import classes
model = Sequential([layers.Input((20,)), layers.Dense(len(classes), activation="sigmoid")])
model.compile(loss="categorical_crossentropy")
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="categorical_crossentropy")
""",
            [(4, "categorical_crossentropy on one unit is always 0; use binary_crossentropy")],
        ),
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="sparse_categorical_crossentropy")
""",
            [(4, "sparse_categorical_crossentropy on one unit knows class 0 only; use binary_crossentropy")],
        ),
    ]
