"""KC822: a loss or metric is called with the predictions first."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_in_outline
from kerascheck.network.events import ObjectCall
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline
from kerascheck.training.compiled_losses import standard_name

#: Losses that give the same with their arguments exchanged, or nearly so.
_SYMMETRIC = frozenset(
    {
        "mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "huber", "log_cosh",
        "cosine_similarity", "dice",
    }
)  # fmt: skip


#: Metrics by the ends of their names that depend on which of both is the prediction.
_METRICS = (
    *("CategoricalAccuracy", "BinaryAccuracy", "AUC", "Precision", "Recall", "Crossentropy"),
    *("MeanAbsolutePercentageError", "categorical_accuracy", "binary_accuracy", "top_k_categorical_accuracy"),
)


class LossCallSwapped(Rule):
    """A loss or metric of Keras is called on the predictions first and the targets second.

    ## What it does

    Reports `loss(y_pred, y_true)` and `metric.update_state(y_pred, y_true)`, where the first argument is what a model
    gave and the second is not, for losses and metrics in which the order matters.

    ## Why it is bad

    Losses of Keras take the targets first. The other way round, a crossentropy takes the logarithm of the labels: the
    loss is clipped and the gradients say nothing. `tf.losses` of TensorFlow 1 and PyTorch have other orders.

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers, losses

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    criterion = losses.BinaryCrossentropy()

    def step(x, y):
        predictions = model(x, training=True)
        return criterion(predictions, y)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers, losses

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    criterion = losses.BinaryCrossentropy()

    def step(x, y):
        predictions = model(x, training=True)
        return criterion(y, predictions)
    ```

    ## References

    - [Keras: losses](https://keras.io/api/losses/)
    """

    code = "KC822"
    name = "loss-call-swapped"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[int, int]] = set()
        for event in program.events:
            if not isinstance(event, ObjectCall) or event.method not in ("__call__", "call", "update_state"):
                continue
            if event.site.key in reported or not _order_matters(event.qualname):
                continue
            first = _origin(event, 0, "y_true")
            second = _origin(event, 1, "y_pred")
            if first is None or second is not None or not _has_two(event):
                continue
            reported.add(event.site.key)
            yield Finding(
                event.site,
                f"{event.qualname.rpartition('.')[2]} takes the targets first and the predictions second; here the "
                f"output of {first.name!r} comes first",
            )

    VALID = [
        # targets first
        """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
criterion = losses.BinaryCrossentropy()
def step(x, y):
    return criterion(y, model(x))
""",
        # by name
        """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
def step(x, y):
    return losses.binary_crossentropy(y_pred=model(x), y_true=y)
""",
        # the order makes no difference
        """
from keras import Sequential, layers, losses
model = Sequential([layers.Input((4,)), layers.Dense(1)])
criterion = losses.MeanSquaredError()
def step(x, y):
    return criterion(model(x), y)
""",
        # both are outputs: one model teaches the other
        """
from keras import Sequential, layers, losses
teacher = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
student = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
criterion = losses.KLDivergence()
def step(x):
    return criterion(teacher(x), student(x))
""",
        # what the function gives is not known
        """
from keras import Sequential, layers, losses
from mine import soften
teacher = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
criterion = losses.KLDivergence()
def step(x, student):
    return criterion(teacher(x), soften(student(x)))
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(3, activation="softmax")])
criterion = tf.keras.losses.SparseCategoricalCrossentropy()
accuracy = tf.keras.metrics.SparseCategoricalAccuracy()
def step(x, y):
    predictions = model(x)
    accuracy.update_state(predictions, y)
    return criterion(predictions, y)
""",
            [
                (
                    8,
                    "SparseCategoricalAccuracy takes the targets first and the predictions second; here the output of '"
                    "sequential' comes first",
                ),
                (
                    9,
                    "SparseCategoricalCrossentropy takes the targets first and the predictions second; here the output "
                    "of 'sequential' comes first",
                ),
            ],
        ),
    ]


def _order_matters(qualname: str) -> bool:
    last = qualname.rpartition(".")[2]
    if qualname.startswith("keras.losses."):
        name = standard_name(last)
        return name is not None and name not in _SYMMETRIC
    if qualname.startswith("keras.metrics."):
        name = standard_name(last)
        return last.endswith(_METRICS) or (name is not None and name not in _SYMMETRIC)
    return False


def _origin(event: ObjectCall, place: int, name: str) -> Network | None:
    return event.origins.get(place, event.origins.get(name))


def _has_two(event: ObjectCall) -> bool:
    """Whether the second argument is plain data: a name for something given or unpacked, and nothing computed."""
    call = event.arguments.call
    if call is None or len(call.args) < 2 or call.args[1].star or call.args[1].keyword is not None:
        return False
    node: cst.BaseExpression = call.args[1].value
    while isinstance(node, cst.Subscript):
        node = node.value
    return isinstance(node, cst.Name) and node.value not in computed_names(event.site.file, event.site.file.tree)


@once_in_outline
def computed_names(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    """The names that the file gives to what it computes; what is unpacked or looped over is not among them."""
    return frozenset(
        target.target.value
        for node in outline.below(tree, cst.Assign)
        if not isinstance(node.value, (cst.Name, cst.Subscript))
        for target in node.targets
        if isinstance(target.target, cst.Name)
    )
