"""KC465: a figure of scikit-learn gets the predictions in place of the true values."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.observations import DECIDED, PREDICTION
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What comes out otherwise where the two change places.
_CHANGES = {
    "r2_score": "it divides by the spread of the first one",
    "explained_variance_score": "it divides by the spread of the first one",
    "mean_absolute_percentage_error": "it divides by the first one",
    "classification_report": "precision and recall change places",
    "precision_score": "it computes the recall",
    "recall_score": "it computes the precision",
    "precision_recall_fscore_support": "precision and recall change places",
    "confusion_matrix": "rows and columns change places",
    "balanced_accuracy_score": "it computes something else",
    "fbeta_score": "precision and recall change places",
    "roc_auc_score": "it computes something else",
    "roc_curve": "it computes something else",
    "average_precision_score": "it computes something else",
    "precision_recall_curve": "it computes something else",
}


class FiguresSwapped(Rule):
    """A metric of scikit-learn receives the predictions in place of the true values.

    ## What it does

    Reports `r2_score(predicted, true)`, `classification_report(predicted, true)` and their kin: those whose result
    hangs on the order, where the first argument is what a model predicts and the second is not.

    ## Why it is bad

    scikit-learn expects the true values first. The other way round R² is another number, precision and recall change
    places, and the classes that a confusion matrix shows as missed are those that were wrongly found.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.metrics import r2_score

    x, y = np.random.rand(60, 4), np.random.rand(60)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    print(r2_score(model.predict(x), y))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.metrics import r2_score

    x, y = np.random.rand(60, 4), np.random.rand(60)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    print(r2_score(y, model.predict(x)))
    ```

    ## References

    - [scikit-learn: metrics](https://scikit-learn.org/stable/modules/model_evaluation.html)
    """

    code = "KC465"
    name = "figures-swapped"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for step in program.preparations:
            name = step.name.rpartition(".")[2]
            if not step.name.startswith("sklearn.metrics.") or name not in _CHANGES or len(step.arrays) != 2:
                continue
            first, second = step.arrays
            if _is_predicted(first) and isinstance(second, Array) and _is_given(second):
                yield Finding(
                    step.site,
                    f"{name} expects the true values first, but is called with the predictions: {_CHANGES[name]}",
                )

    VALID = [
        # in their order
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import classification_report, confusion_matrix, r2_score
x, y = np.random.rand(60, 4), np.arange(60) % 3
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
predicted = np.argmax(model.predict(x), axis=1)
print(confusion_matrix(y, predicted), classification_report(y_true=y, y_pred=predicted), r2_score(y, predicted))
""",
        # the order does not matter
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import accuracy_score, mean_absolute_error, mean_squared_error
x, y = np.random.rand(60, 4), np.random.rand(60)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
predicted = model.predict(x)
print(mean_squared_error(predicted, y), mean_absolute_error(predicted, y))
""",
        # two models
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import confusion_matrix
x = np.random.rand(60, 4)
teacher = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
student = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
print(confusion_matrix(teacher.predict(x).argmax(axis=1), student.predict(x).argmax(axis=1)))
""",
        # by name
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import r2_score
x, y = np.random.rand(60, 4), np.random.rand(60)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
print(r2_score(y_pred=model.predict(x), y_true=y))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import classification_report, confusion_matrix, r2_score
x, y, number = np.random.rand(60, 4), np.random.rand(60), np.arange(60) % 3
model = Sequential([layers.Input((4,)), layers.Dense(1)])
print(r2_score(model.predict(x).ravel(), y))
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
predicted = np.argmax(model.predict(x), axis=1)
print(classification_report(predicted, number))
matrix = confusion_matrix(y_true=predicted, y_pred=number)
""",
            [
                (
                    7,
                    "r2_score expects the true values first, but is called with the predictions: it divides by the "
                    "spread of the "
                    "first one",
                ),
                (
                    10,
                    "classification_report expects the true values first, but is called with the predictions: "
                    "precision and recall "
                    "change places",
                ),
                (
                    11,
                    "confusion_matrix expects the true values first, but is called with the predictions: rows and "
                    "columns change "
                    "places",
                ),
            ],
        ),
    ]


def _is_predicted(value: object) -> bool:
    return isinstance(value, Array) and any(tag.startswith((PREDICTION, DECIDED)) for tag in value.content.tags)


def _is_given(array: Array) -> bool:
    """Whether these are numbers of a data set, which no model has had a hand in as far as is known."""
    return not _is_predicted(array) and isinstance(array.shape, tuple) and array.ndim != 0
