"""KC435: how classes are made of what a model predicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.data.array import Array, is_integer
from kerascheck.data.content import AS_PREDICTED
from kerascheck.data.observations import PREDICTION
from kerascheck.data.values import dtype_of
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Preparation, Program, TrainCall
from kerascheck.rules._outputs import describe
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import BINARY, losses_by_output

_ROUNDING = ("round", "around", "round_", "rint")
_ABOVE = ("Greater", "GreaterThan", "GreaterThanEqual")
_HALF_OF_LOGITS = "for which 0 is the middle, and not 0.5; apply keras.ops.sigmoid first, or write predictions > 0"
_PROBABILITIES = ("sigmoid", "softmax", "hard_sigmoid")


class WrongDecision(Rule):
    """Predictions are turned into classes in a way that does not fit the output.

    ## What it does

    Follows what `predict` gives. It reports

    - `argmax` over a single unit, which is always 0,
    - `argmax` along the axis of the samples, and without an axis for several samples,
    - a threshold of 0.5, or rounding, on three and more softmax units,
    - the same on logits: what a layer without activation gives whose loss has `from_logits=True`,
    - probabilities cut to whole numbers by `astype`, or compared with labels as they are,
    - probabilities in metrics of scikit-learn that expect classes.

    ## Why it is bad

    The model may be good, and the result is all zeros, has the wrong length or an accuracy of nothing. scikit-learn
    raises ValueError on a mix of classes and probabilities.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    classes = np.argmax(model.predict(np.zeros((8, 4))), axis=1)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    classes = (model.predict(np.zeros((8, 4))) > 0.5).astype("int32")
    ```

    ## References

    - [TensorFlow 2.6 release notes, on predict_classes](https://github.com/tensorflow/tensorflow/releases/tag/v2.6.0)
    - [scikit-learn: metrics](https://scikit-learn.org/stable/modules/model_evaluation.html#classification-metrics)
    """

    code = "KC435"
    name = "wrong-decision"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for step in program.preparations:
            if step.kind != "decode":
                continue
            for array in step.arrays:
                call = _origin(program, array) if isinstance(array, Array) else None
                found = _judge(step, array, call) if call is not None else None
                if found is not None:
                    yield Finding(step.site, found[0], severity=found[1])
                    break

    VALID = [
        # one unit: a threshold
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
predicted = model.predict(np.zeros((8, 4)))
print((predicted > 0.5).astype("int32"), np.round(predicted), predicted.ravel().round().astype(int))
""",
        # several units: the largest
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
predicted = model.predict(np.zeros((8, 4)))
print(np.argmax(predicted, axis=1), predicted.argmax(axis=-1), np.argmax(predicted[0]), predicted[:, 1] > 0.5)
""",
        # logits: 0 is the middle; or made probabilities first
        """
import numpy as np
import keras
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
predicted = model.predict(np.zeros((8, 4)))
print(predicted > 0, predicted > 0.0, tf.nn.sigmoid(predicted) > 0.5, keras.ops.sigmoid(predicted) > 0.5)
print((1 / (1 + np.exp(-predicted))) > 0.5, np.round(keras.activations.sigmoid(predicted)))
""",
        # one sample: no axis is needed
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
print(np.argmax(model.predict(np.zeros((1, 4)))))
""",
        # two units: 0.5 decides
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
print(model.predict(np.zeros((8, 4))) > 0.5)
""",
        # independent labels
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(5, activation="sigmoid")])
print(model.predict(np.zeros((8, 4))).round())
""",
        # images
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(16, activation="sigmoid")])
images = (model.predict(np.zeros((8, 4))) * 255).astype("uint8")
""",
        # classes for scikit-learn
        """
import numpy as np
from sklearn.metrics import accuracy_score
from keras import Sequential, layers
y = np.array([0, 1, 1, 0])
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
print(accuracy_score(y, model.predict(np.zeros((4, 4))) > 0.5), (model.predict(np.zeros((4, 4))).round()[:, 0] == y))
""",
        # a number that is predicted
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
print(model.predict(np.zeros((8, 4))).astype(int))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
predicted = model.predict(np.zeros((8, 4))).ravel()
print((predicted > 0.5).astype("int32"))
print(np.where(predicted >= 0.5, 1, 0))
""",
            [
                (
                    8,
                    "the model outputs logits, for which 0 is the middle, and not 0.5; apply keras.ops.sigmoid first, "
                    "or write predictions > 0",
                ),
                (
                    9,
                    "the model outputs logits, for which 0 is the middle, and not 0.5; apply keras.ops.sigmoid first, "
                    "or write predictions > 0",
                ),
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((8, 4)), np.array([0, 1, 1, 0, 1, 0, 0, 1])
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
predicted = model.predict(x)
a = np.argmax(predicted, axis=1)
b = predicted.argmax(axis=-1)
c = predicted.astype("int32")
d = np.mean(predicted[:, 0] == y)
""",
            [
                (7, "argmax over one unit is always 0; write predictions > 0.5"),
                (8, "argmax over one unit is always 0; write predictions > 0.5"),
                (9, "astype truncates every probability below 1 to 0; write predictions > 0.5"),
                (10, "probabilities are compared with labels; decide first: (predictions > 0.5) == labels"),
            ],
        ),
        Invalid(
            """
import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix
from keras import Sequential, layers
x, y = np.zeros((8, 4)), np.array([0, 1, 2, 0, 1, 2, 0, 1])
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
predicted = model.predict(x)
a = np.argmax(predicted, axis=0)
b = np.argmax(predicted)
c = predicted > 0.5
d = np.round(predicted)
print(accuracy_score(y, predicted))
print(confusion_matrix(y_true=y, y_pred=predicted))
""",
            [
                (8, "argmax along axis 0 finds a sample for each class; use axis=-1"),
                (9, "argmax without axis returns one number for all 8 samples; use axis=-1"),
                (10, "none of 3 softmax units may reach 0.5; use argmax(axis=-1)"),
                (11, "none of 3 softmax units may reach 0.5; use argmax(axis=-1)"),
                (12, "accuracy_score expects classes, but got probabilities; use argmax(axis=-1)"),
                (13, "confusion_matrix expects classes, but got probabilities; use argmax(axis=-1)"),
            ],
        ),
    ]


def _origin(program: Program, array: Array) -> TrainCall | None:
    """The call that the predictions come from, of a model with one output; None where that is not known."""
    tags = [tag for tag in array.content.tags if tag.startswith(PREDICTION)]
    if len(tags) != 1:
        return None
    index = int(tags[0].removeprefix(PREDICTION))
    call = program.trainings[index] if index < len(program.trainings) else None
    return call if call is not None and len(call.outputs) == 1 else None


def _judge(step: Preparation, array: Array, call: TrainCall) -> tuple[str, Severity | None] | None:
    output = describe(call.outputs[0])
    name = step.name.rpartition(".")[2]
    units = output.units if isinstance(output.units, int) else None
    halves = name in _ROUNDING or (name in _ABOVE and _is_half(step))
    if halves and output.activation == "linear" and AS_PREDICTED in array.content.tags and _gives_logits(call):
        return f"the model outputs logits, {_HALF_OF_LOGITS}", None
    if not isinstance(array.shape, tuple) or units is None or output.activation not in _PROBABILITIES:
        return None
    if name == "argmax":
        axis = step.arguments.value("axis", 1 if step.name == "numpy.argmax" else 0)
        message = _wrong_argmax(array, axis, units)
        return (message, None) if message is not None else None
    if (array.content.low, array.content.high) != (0.0, 1.0):
        return None
    advice = "write predictions > 0.5" if units == 1 else "use argmax(axis=-1)"
    if step.name.startswith("sklearn.metrics."):
        return f"{name} expects classes, but got probabilities; {advice}", Severity.ERROR
    if name == "astype":
        return _wrong_cast(step.arguments.value("dtype", 0), advice)
    if name == "Equal":
        return _wrong_comparison(step, units)
    if halves and output.activation == "softmax" and units > 2 and array.shape[-1:] == (units,):
        return f"none of {units} softmax units may reach 0.5; use argmax(axis=-1)", None
    return None


def _gives_logits(call: TrainCall) -> bool:
    """Whether the loss that the model is compiled with takes its one output for the logits of yes or no."""
    targets = list(losses_by_output(call.compiled)) if call.compiled is not None else []
    return len(targets) == 1 and all(
        one.loss is not None and one.loss.name in BINARY and one.loss.from_logits is True for one in targets
    )


def _wrong_argmax(array: Array, axis: Any, units: int) -> str | None:
    assert isinstance(array.shape, tuple)
    if array.shape[-1:] != (units,) or len(array.shape) > 2:
        return None
    count = array.shape[0] if len(array.shape) == 2 else None
    if units == 1 and (axis in (1, -1) if count is not None else axis in (None, 0, -1)):
        return "argmax over one unit is always 0; write predictions > 0.5"
    if count is None or units < 2:
        return None
    if axis in (0, -2):
        return "argmax along axis 0 finds a sample for each class; use axis=-1"
    if axis is None and isinstance(count, int) and count > 1:
        return f"argmax without axis returns one number for all {count} samples; use axis=-1"
    return None


def _wrong_cast(wanted: Any, advice: str) -> tuple[str, Severity | None] | None:
    dtype = dtype_of(wanted)
    if isinstance(dtype, str) and is_integer(dtype):
        return f"astype truncates every probability below 1 to 0; {advice}", None
    return None


def _wrong_comparison(step: Preparation, units: int) -> tuple[str, Severity | None] | None:
    others = [given.value for given in step.arguments.positional[1:]]
    labels = others[0] if others else None
    if not isinstance(labels, Array) or not is_integer(labels.dtype):
        return None
    decided = "(predictions > 0.5)" if units == 1 else "predictions.argmax(axis=-1)"
    return f"probabilities are compared with labels; decide first: {decided} == labels", None


def _is_half(step: Preparation) -> bool:
    return any(given.value == 0.5 for given in step.arguments.positional[1:] if isinstance(given.value, float))
