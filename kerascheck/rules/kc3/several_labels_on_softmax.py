"""KC320: Targets with several labels for a sample are trained as one class out of many."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.content import SEVERAL_LABELS
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._targets import targets_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class SeveralLabelsOnSoftmax(Rule):
    """Targets with several labels for a sample are trained as one class out of many.

    ## What it does

    Reports `categorical_crossentropy` on a softmax output whose targets come from `MultiLabelBinarizer` or
    `make_multilabel_classification`: rows with several ones, or none.

    ## Why it is bad

    The units of a softmax share 1 among them. For a sample of three labels each of them gets a third at best, which no
    threshold of 0.5 finds, and for one without labels nothing is learnt. Each label is a question of its own.

    ## Example

    ```python
    from keras import Sequential, layers
    from sklearn.datasets import make_multilabel_classification

    x, y = make_multilabel_classification(n_classes=5)
    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers
    from sklearn.datasets import make_multilabel_classification

    x, y = make_multilabel_classification(n_classes=5)
    model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y)
    ```

    ## References

    - [Stack Overflow 44164749: multi-label classification in Keras](https://stackoverflow.com/q/44164749)
    """

    code = "KC320"
    name = "several-labels-on-softmax"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for targets in targets_of(program):
            if targets.loss is None or targets.loss.name != "categorical_crossentropy":
                continue
            if SEVERAL_LABELS not in targets.content.tags or targets.output.activation != "softmax":
                continue
            if targets.call.site.key in told:
                continue  # the validation data have the same labels
            told.add(targets.call.site.key)
            yield Finding(
                targets.site,
                "the targets have several labels for a sample, and softmax with categorical_crossentropy predicts "
                "one class each; use sigmoid with binary_crossentropy",
                anchor=targets.call.site,
                related=targets.places,
            )

    VALID = [
        # a question for each label
        """
from keras import Sequential, layers
from sklearn.datasets import make_multilabel_classification
x, y = make_multilabel_classification(n_classes=5)
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""",
        # one label for each sample
        """
import keras
from keras import Sequential, layers
from sklearn.datasets import load_iris
x, y = load_iris(return_X_y=True)
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, keras.utils.to_categorical(y))
""",
        # numbers that stand for labels
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(100, 20), np.random.randint(0, 2, (100, 5))
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""",
        # a distribution over the labels of each sample
        """
from elsewhere import x, tags
from keras import Sequential, layers
from sklearn.preprocessing import MultiLabelBinarizer
y = MultiLabelBinarizer().fit_transform(tags)
y = y / y.sum(axis=1, keepdims=True)
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
from sklearn.datasets import make_multilabel_classification
x, y = make_multilabel_classification(n_classes=5)
model = Sequential([layers.Input((20,)), layers.Dense(5, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
model.fit(x[:80], y[:80], validation_data=(x[80:], y[80:]))
""",
            [
                (
                    7,
                    "the targets have several labels for a sample, and softmax with categorical_crossentropy "
                    "predicts one class each; use sigmoid with binary_crossentropy",
                )
            ],
        ),
    ]
