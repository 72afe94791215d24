"""KC477: labels and predictions that scikit-learn cannot compare."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.observations import is_prediction
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent
from kerascheck.network.dims import format_shape
from kerascheck.network.program import Preparation, Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Metrics that take one class for a sample, and nothing else.
_OF_ONE_CLASS = ("confusion_matrix", "cohen_kappa_score", "matthews_corrcoef", "balanced_accuracy_score")


class LabelsOfTwoForms(Rule):
    """A metric of scikit-learn receives one-hot labels and class numbers, or scores that do not fit them.

    ## What it does

    Reports

    - classification metrics on one-hot labels and class numbers, in any order,
    - `confusion_matrix` and others that take class numbers only, on one-hot labels,
    - `roc_auc_score`, `roc_curve` and their kin on class numbers and a score for each of several classes, where
      `multi_class` is not given.

    ## Why it is bad

    scikit-learn raises ValueError, after the training.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers, utils
    from sklearn.metrics import confusion_matrix

    x, y = np.random.rand(60, 4), utils.to_categorical(np.arange(60) % 3, 3)
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    predicted = np.argmax(model.predict(x), axis=1)
    print(confusion_matrix(y, predicted))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers, utils
    from sklearn.metrics import confusion_matrix

    x, y = np.random.rand(60, 4), utils.to_categorical(np.arange(60) % 3, 3)
    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    predicted = np.argmax(model.predict(x), axis=1)
    print(confusion_matrix(np.argmax(y, axis=1), predicted))
    ```

    ## References

    - [scikit-learn: metrics](https://scikit-learn.org/stable/modules/model_evaluation.html#classification-metrics)
    """

    code = "KC477"
    name = "labels-of-two-forms"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for step in program.preparations:
            if step.name.startswith("sklearn.metrics.") and step.kind in ("decode", "score"):
                message = _judge(step)
                if message is not None:
                    yield Finding(step.site, message)

    VALID = [
        # both are class numbers, or both one-hot
        """
import numpy as np
from keras import Sequential, layers, utils
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix
number = np.arange(60) % 3
x, y = np.random.rand(60, 4), utils.to_categorical(number, 3)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
predicted = np.argmax(model.predict(x), axis=1)
print(confusion_matrix(np.argmax(y, axis=1), predicted), classification_report(number, predicted))
print(accuracy_score(y, utils.to_categorical(predicted, 3)))
""",
        # a column is as good as a row
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import accuracy_score, roc_auc_score
x, y = np.random.rand(60, 4), np.arange(60) % 2
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
predicted = model.predict(x)
print(accuracy_score(y, (predicted > 0.5).astype(int)), roc_auc_score(y, predicted))
""",
        # scores of several classes
        """
import numpy as np
from keras import Sequential, layers, utils
from sklearn.metrics import roc_auc_score
x, y = np.random.rand(60, 4), np.arange(60) % 3
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
predicted = model.predict(x)
print(roc_auc_score(y, predicted, multi_class="ovr"), roc_auc_score(utils.to_categorical(y, 3), predicted))
""",
        # the score of one of two classes
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import roc_auc_score, roc_curve
x, y = np.random.rand(60, 4), np.arange(60) % 2
model = Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
predicted = model.predict(x)
print(roc_auc_score(y, predicted[:, 1]), roc_curve(y, predicted[:, 1]))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers, utils
from sklearn.metrics import accuracy_score, confusion_matrix, roc_auc_score, roc_curve
number = np.arange(60) % 3
x, y = np.random.rand(60, 4), utils.to_categorical(number, 3)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
scores = model.predict(x)
predicted = np.argmax(scores, axis=1)
print(accuracy_score(y, predicted))
print(confusion_matrix(y, utils.to_categorical(predicted, 3)))
print(roc_auc_score(number, scores))
print(roc_curve(number, scores))
""",
            [
                (
                    10,
                    "accuracy_score cannot compare y_true of shape (60, 3) with y_pred of shape (60,); use class "
                    "numbers for both, np.argmax(..., axis=1)",
                ),
                (11, "confusion_matrix takes class numbers, not columns; use np.argmax(..., axis=1) for both"),
                (
                    12,
                    'roc_auc_score is called with class numbers and the scores of 3 classes; pass multi_class="ovr"',
                ),
                (
                    13,
                    "roc_curve is called with class numbers and the scores of 3 classes; pass the column of one class, "
                    "scores[:, 1]",
                ),
            ],
        ),
    ]


def _judge(step: Preparation) -> str | None:
    name = step.name.rpartition(".")[2]
    true, given = step.arrays
    if not isinstance(true, Array) or not isinstance(given, Array):
        return None
    columns = _columns(true), _columns(given)
    if None in columns:
        return None
    if step.kind == "score":
        return _wrong_scores(step, name, *columns)  # type: ignore[arg-type]
    if is_prediction(given):
        return None  # probabilities: another rule's matter
    if 1 in columns and columns != (1, 1):
        shapes = [_shown(array) for array in (true, given)]
        return (
            f"{name} cannot compare y_true of shape {shapes[0]} with y_pred of shape {shapes[1]}; use class numbers "
            "for both, np.argmax(..., axis=1)"
        )
    if name in _OF_ONE_CLASS and columns != (1, 1):
        return f"{name} takes class numbers, not columns; use np.argmax(..., axis=1) for both"
    return None


def _wrong_scores(step: Preparation, name: str, true: int, given: int) -> str | None:
    if true != 1 or given == 1:
        return None
    if name == "roc_auc_score" and given > 2:
        if not isinstance(step.arguments.get("multi_class", 6), Absent):
            return None
        return f'{name} is called with class numbers and the scores of {given} classes; pass multi_class="ovr"'
    advice = "pass the column of one class, scores[:, 1]"
    return f"{name} is called with class numbers and the scores of {given} classes; {advice}"


def _columns(array: Array) -> int | None:
    """How many numbers there are for a sample; None where that is not known."""
    shape = array.shape
    if not isinstance(shape, tuple) or len(shape) not in (1, 2) or array.kind not in ("numpy", "tensor", "series"):
        return None
    last = shape[1] if len(shape) == 2 else 1
    return last if isinstance(last, int) and last > 0 else None


def _shown(array: Array) -> str:
    assert isinstance(array.shape, tuple)
    return format_shape(array.shape)
