"""KC433: A metric does not measure what its name says on this output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.training import arrays_of, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.network.program import CompileCall, KerasObject, Program
from kerascheck.rules._figures import BY_NAME
from kerascheck.rules._outputs import Output, describe
from kerascheck.rules._training import judged_compiles, known_int
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol
from kerascheck.training.compiled_losses import BINARY, Loss, losses_by_output, output_name, part_site


class MetricDoesNotFit(Rule):
    """A metric does not measure what its name says on this output.

    ## What it does

    Looks at the metrics of `compile` together with the output and the loss they belong to. It reports

    - `categorical_accuracy` and `sparse_categorical_accuracy` on a single unit, where `argmax` is always 0,
    - the one under the loss of the other, which has labels of another form,
    - `binary_accuracy` on three or more softmax units, and with class numbers as labels,
    - `keras.metrics.Accuracy()`, which counts outputs that are equal to the label to the last digit,
    - `IoU` and `MeanIoU` on probabilities, which they truncate to 0,
    - metrics with a threshold of 0.5 on logits (a layer without activation whose loss has `from_logits=True`), where it
      should be 0; `"accuracy"` has one, too, on a single unit,
    - top-k accuracy with as many places as there are classes,
    - `"accuracy"` on several sigmoid units whose labels are not one-hot: that means `categorical_accuracy`.

    ## Why it is bad

    The model trains, and the figure on the screen is wrong: always 1, always 0, or the share of one class.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["categorical_accuracy"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["binary_accuracy"])
    ```

    ## References

    - [Keras: accuracy metrics](https://keras.io/api/metrics/accuracy_metrics/)
    - [Keras: image segmentation metrics](https://keras.io/api/metrics/segmentation_metrics/)
    """

    code = "KC433"
    name = "metric-does-not-fit"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or call.network.unknown is not None:
                continue
            shapes_known = _meets_known_labels(program, call)
            for metric, place, output, loss in _metrics_by_output(call):
                message = _misfit(metric, output, loss) or _on_logits(metric, output, loss)
                if message is None and not shapes_known:
                    message = _other_form(metric, output, loss)
                if message is None and _is_several_labels(program, call, metric, output, loss):
                    message = (
                        f'"{metric}" on {output.units} sigmoid units only looks at the largest; '
                        'use "binary_accuracy" where several labels can hold'
                    )
                if message is not None:
                    yield Finding(place, message, anchor=call.site)

    VALID = [
        # Keras chooses the right one
        """
from keras import Sequential, layers
for units, activation, loss in ((1, "sigmoid", "binary_crossentropy"), (3, "softmax", "categorical_crossentropy")):
    model = Sequential([layers.Input((4,)), layers.Dense(units, activation=activation)])
    model.compile("adam", loss, metrics=["accuracy", "Accuracy"])
""",
        # the right ones by name
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(10, activation="softmax")])
top = keras.metrics.SparseTopKCategoricalAccuracy(k=5)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy", top])
""",
        # two units of softmax: both bits are right or both are wrong
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["binary_accuracy"])
""",
        # independent labels
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(5, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["binary_accuracy"])
""",
        # one label out of five, one-hot
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((3, 4)), np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
""",
        # it is told that the outputs are probabilities
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
iou = keras.metrics.MeanIoU(num_classes=3, sparse_y_true=False, sparse_y_pred=False)
model.compile("adam", "categorical_crossentropy", metrics=[iou, keras.metrics.OneHotMeanIoU(num_classes=3)])
""",
        # logits, and a threshold for them; several classes are compared by argmax
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(
    "adam",
    keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0), keras.metrics.Precision(thresholds=0), "mse"],
)
model = Sequential([layers.Input((4,)), layers.Dense(3)])
model.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
""",
        # each output has its own
        """
from keras import Input, Model, layers
i = Input((4,))
kind = layers.Dense(3, activation="softmax", name="kind")(i)
flag = layers.Dense(1, activation="sigmoid", name="flag")(i)
model = Model(i, [kind, flag])
model.compile(
    "adam",
    {"kind": "categorical_crossentropy", "flag": "binary_crossentropy"},
    metrics={"kind": ["categorical_accuracy"], "flag": ["binary_accuracy"]},
)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile(
    "adam",
    "binary_crossentropy",
    metrics=[
        "categorical_accuracy",
        keras.metrics.SparseCategoricalAccuracy(),
        keras.metrics.Accuracy(),
        keras.metrics.MeanIoU(num_classes=2),
    ],
)
""",
            [
                (9, "categorical_accuracy on one unit is not an accuracy: argmax is always 0; use binary_accuracy"),
                (10, "sparse_categorical_accuracy on one unit is the share of class 0; use binary_accuracy"),
                (11, 'Accuracy() counts outputs equal to the label to the last digit; write "accuracy"'),
                (12, "MeanIoU truncates probabilities to 0; use BinaryIoU"),
            ],
        ),
        Invalid(
            """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile(
    "adam",
    "categorical_crossentropy",
    metrics=["binary_accuracy", "top_k_categorical_accuracy", "sparse_categorical_accuracy"],
)
model.compile(
    "adam",
    "sparse_categorical_crossentropy",
    metrics=[
        "categorical_accuracy",
        keras.metrics.BinaryAccuracy(),
        keras.metrics.MeanIoU(3),
    ],
)
""",
            [
                (8, "binary_accuracy counts the right bits of 3 softmax units; use categorical_accuracy"),
                (8, "top-5 accuracy of 3 classes is always 1; use a smaller k"),
                (
                    8,
                    "sparse_categorical_accuracy expects class numbers, categorical_crossentropy one-hot labels; "
                    "use categorical_accuracy",
                ),
                (
                    14,
                    "categorical_accuracy expects one-hot labels, sparse_categorical_crossentropy class numbers; "
                    "use sparse_categorical_accuracy",
                ),
                (
                    15,
                    "binary_accuracy compares class numbers with probabilities; use sparse_categorical_accuracy",
                ),
                (16, "MeanIoU truncates probabilities to 0; pass sparse_y_pred=False"),
            ],
        ),
        # logits taken for probabilities
        Invalid(
            """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(
    "adam",
    keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=["accuracy", keras.metrics.Recall(name="recall"), keras.metrics.BinaryAccuracy()],
)
""",
            [
                (
                    8,
                    '"accuracy" asks whether logits are above 0.5; use keras.metrics.BinaryAccuracy(threshold=0.0)',
                ),
                (8, "Recall asks whether logits are above 0.5; pass thresholds=0.0"),
                (8, "BinaryAccuracy asks whether logits are above 0.5; pass threshold=0.0"),
            ],
        ),
        # several labels at once
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((2, 4)), np.array([[1, 0, 1], [0, 1, 1]]))
""",
            [
                (
                    5,
                    '"accuracy" on 3 sigmoid units only looks at the largest; '
                    'use "binary_accuracy" where several labels can hold',
                )
            ],
        ),
    ]


def _metrics_by_output(call: CompileCall) -> Iterator[tuple[Any, Site, Output, Loss]]:
    """Each metric with its place, and the output and the loss it belongs to, as far as they are known."""
    given = call.arguments.get("metrics")
    if not isinstance(given, Given):
        return
    for target in losses_by_output(call):
        if target.loss is None:
            continue
        output = describe(target.tensor)
        for metric, place in _metrics_of(call, given, target.tensor):
            yield metric, place, output, target.loss


def _metrics_of(call: CompileCall, given: Given, tensor: Any) -> Iterator[tuple[Any, Site]]:
    value, outputs = given.value, call.outputs
    if isinstance(value, dict):
        name = output_name(tensor)
        items = value.get(name, []) if isinstance(name, str) else []
        for item in items if isinstance(items, (list, tuple)) else [items]:
            yield item, part_site(call, given, name)
    elif isinstance(value, (list, tuple)) and len(outputs) <= 1:
        for index, item in enumerate(value):
            for inner in item if isinstance(item, (list, tuple)) else [item]:
                yield inner, part_site(call, given, index)
    elif isinstance(value, (list, tuple)) and len(value) == len(outputs):
        for index, items in enumerate(value):
            if outputs[index] is tensor:
                for item in items if isinstance(items, (list, tuple)) else [items]:
                    yield item, part_site(call, given, index)


def _class_of(metric: Any) -> tuple[str | None, Arguments]:
    """The class of Keras that a metric means, and its arguments; None for `"accuracy"` and what is not known."""
    nothing = Arguments([], {})
    if isinstance(metric, str):
        return (None if metric.lower() in ("accuracy", "acc") else BY_NAME.get(metric)), nothing
    name = metric.name if isinstance(metric, Symbol) else metric.qualname if isinstance(metric, KerasObject) else ""
    module, _, last = name.rpartition(".")
    if module != "keras.metrics":
        return None, nothing
    return BY_NAME.get(last), metric.arguments if isinstance(metric, KerasObject) else nothing


#: Where `thresholds` stands among the positional parameters of the metrics that decide by one.
_DECIDING = {
    "Precision": 0, "Recall": 0, "TruePositives": 0, "TrueNegatives": 0, "FalsePositives": 0, "FalseNegatives": 0,
    "BinaryAccuracy": 2,
}  # fmt: skip


def _on_logits(metric: Any, output: Output, loss: Loss) -> str | None:
    """What is wrong with a metric that takes logits for probabilities."""
    if output.activation != "linear" or output.units != 1 or loss.name not in BINARY or loss.from_logits is not True:
        return None
    if isinstance(metric, str) and metric.lower() in ("accuracy", "acc"):
        return '"accuracy" asks whether logits are above 0.5; use keras.metrics.BinaryAccuracy(threshold=0.0)'
    cls, arguments = _class_of(metric)
    if cls is None or cls not in _DECIDING:
        return None
    name = "threshold" if cls == "BinaryAccuracy" else "thresholds"
    given = arguments.value(name, _DECIDING[cls], None)
    if given is not None and given != 0.5:
        return None
    return f"{cls} asks whether logits are above 0.5; pass {name}=0.0"


def _misfit(metric: Any, output: Output, loss: Loss) -> str | None:
    """What is wrong with this metric for this output under this loss."""
    cls, arguments = _class_of(metric)
    units = output.units if isinstance(output.units, int) else None
    if cls is None:
        return None
    if cls == "Accuracy" and output.activation in ("sigmoid", "softmax"):
        return 'Accuracy() counts outputs equal to the label to the last digit; write "accuracy"'
    if cls in ("MeanIoU", "IoU") and output.activation in ("sigmoid", "softmax"):
        if arguments.value("sparse_y_pred", 5 if cls == "MeanIoU" else 6, True) is not True:
            return None
        return f"{cls} truncates probabilities to 0; " + ("use BinaryIoU" if units == 1 else "pass sparse_y_pred=False")
    if units == 1 and loss.name in BINARY:
        if cls == "CategoricalAccuracy":
            return "categorical_accuracy on one unit is not an accuracy: argmax is always 0; use binary_accuracy"
        if cls == "SparseCategoricalAccuracy":
            return "sparse_categorical_accuracy on one unit is the share of class 0; use binary_accuracy"
    if units is None or units < 2:
        return None
    is_one_question = loss.name == "categorical_crossentropy" and output.activation == "softmax"
    if cls == "BinaryAccuracy" and units > 2 and is_one_question:
        return f"binary_accuracy counts the right bits of {units} softmax units; use categorical_accuracy"
    if cls in ("TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy"):
        k = known_int(arguments.value("k", 0, 5))
        if k is not None and k >= units:
            return f"top-{k} accuracy of {units} classes is always 1; use a smaller k"
    return None


def _other_form(metric: Any, output: Output, loss: Loss) -> str | None:
    """What is wrong with a metric for labels of another form than the loss takes."""
    cls, _ = _class_of(metric)
    if not isinstance(output.units, int) or output.units < 2:
        return None
    if loss.name == "sparse_categorical_crossentropy":
        if cls in ("CategoricalAccuracy", "TopKCategoricalAccuracy"):
            right = "sparse_categorical_accuracy" if cls == "CategoricalAccuracy" else "SparseTopKCategoricalAccuracy"
            return f"{_spelled(cls)} expects one-hot labels, {loss.name} class numbers; use {right}"
        if cls == "BinaryAccuracy":
            return "binary_accuracy compares class numbers with probabilities; use sparse_categorical_accuracy"
    if loss.name == "categorical_crossentropy" and cls in (
        "SparseCategoricalAccuracy",
        "SparseTopKCategoricalAccuracy",
    ):
        right = "categorical_accuracy" if cls == "SparseCategoricalAccuracy" else "TopKCategoricalAccuracy"
        return f"{_spelled(cls)} expects class numbers, {loss.name} one-hot labels; use {right}"
    return None


def _meets_known_labels(program: Program, call: CompileCall) -> bool:
    """Whether a training call shows the shapes of the labels: KC214 and KC215 then speak about them."""
    return any(
        isinstance(array.shape, tuple)
        for training in program.trainings
        if training.compiled is call
        for array in arrays_of(training_data(training).y)
    )


def _spelled(cls: str) -> str:
    """The name of the function that stands for a class."""
    return next(name for name, meant in BY_NAME.items() if meant == cls and name.islower())


def _is_several_labels(program: Program, call: CompileCall, metric: Any, output: Output, loss: Loss) -> bool:
    """Whether `"accuracy"` is asked of sigmoid units whose labels surely are not one-hot."""
    if not isinstance(metric, str) or metric.lower() not in ("accuracy", "acc") or loss.name not in BINARY:
        return False
    if output.activation != "sigmoid" or not isinstance(output.units, int) or output.units < 2:
        return False
    for training in program.trainings:
        if training.compiled is call and training.method == "fit":
            y = training_data(training).y
            zeros_and_ones = isinstance(y, Array) and y.content.values == frozenset((0, 1))
            if isinstance(y, Array) and zeros_and_ones and y.content.one_hot is False:
                return len(call.outputs) == 1
    return False
