"""KC447: samples are repeated before they are divided."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import OVERSAMPLED, Rows
from kerascheck.data.training import arrays_of, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Preparation, Program, TrainCall
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class OversampledSplit(Rule):
    """The rare class is oversampled before the samples are split.

    ## What it does

    Reports `RandomOverSampler`, `SMOTE` and their kin of imbalanced-learn, and rows drawn by `sklearn.utils.resample`
    that are put back to the others, where `train_test_split` or the folds of a cross-validation divide the result; and
    `validation_split` of such data.

    ## Why it is bad

    Copies of one sample (or samples made of it) come into both parts. The model is tested on what it was trained on,
    and on noise it reaches a recall of 1. With `validation_split` the validation part is the end of the data, where the
    copies are.

    ## Example

    ```python
    import numpy as np
    from imblearn.over_sampling import SMOTE
    from sklearn.model_selection import train_test_split
    from keras import Sequential, layers

    x, y = np.random.rand(1000, 8), np.arange(1000) % 20 == 0
    x, y = SMOTE().fit_resample(x, y)
    x_train, x_test, y_train, y_test = train_test_split(x, y)
    model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["recall"])
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## Use instead

    ```python
    import numpy as np
    from imblearn.over_sampling import SMOTE
    from sklearn.model_selection import train_test_split
    from keras import Sequential, layers

    x, y = np.random.rand(1000, 8), np.arange(1000) % 20 == 0
    x_train, x_test, y_train, y_test = train_test_split(x, y, stratify=y)
    x_train, y_train = SMOTE().fit_resample(x_train, y_train)
    model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["recall"])
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## References

    - [imbalanced-learn: common pitfalls](https://imbalanced-learn.org/stable/common_pitfalls.html)
    - [Oversampled before the split](https://github.com/georgymh/ml-fraud-detection/issues/1)
    """

    code = "KC447"
    name = "oversampled-split"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not program.trainings:
            return
        told: set[tuple[int, int]] = set()
        for step in program.preparations:
            rows = next((rows for rows in map(_rows, step.arrays) if _is_oversampled(rows)), None)
            if step.kind != "split" or rows is None:
                continue
            source = _source(program, rows, step.moment)
            if source is None or source.site.key in told:
                continue
            told.add(source.site.key)
            name = source.name.rpartition(".")[2]
            splitter = step.name.rpartition(".")[2]
            yield Finding(
                source.site,
                f"{name} repeats samples that {splitter} splits later, so copies end up in both parts; split first, "
                f"then resample the training part",
                severity=Severity.INFO if "/" in (rows.part or "") else None,  # the test part was taken before
            )
        for call in program.trainings:
            yield from self._split_of_copies(call)

    def _split_of_copies(self, call: TrainCall) -> Iterator[Finding]:
        split = argument(call, "validation_split") if call.method == "fit" else None
        if not isinstance(split, Given) or not isinstance(split.value, float) or not 0 < split.value < 1:
            return
        arrays = arrays_of(training_data(call).x)
        if any(_is_oversampled(array.rows) and _keeps_order(array.rows) for array in arrays):
            yield Finding(
                argument_site(call.site, split),
                f"the last {split.value:.0%} of oversampled data are copies of training samples; pass validation_data "
                "that was split off before",
                anchor=call.site,
            )

    VALID = [
        # the training part alone
        """
import numpy as np
from imblearn.over_sampling import RandomOverSampler
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(1000, 8), np.arange(1000) % 20 == 0
x_train, x_test, y_train, y_test = train_test_split(x, y, stratify=y)
x_train, y_train = RandomOverSampler().fit_resample(x_train, y_train)
model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x_train, y_train)
model.evaluate(x_test, y_test)
""",
        # samples are left out
        """
import numpy as np
from imblearn.under_sampling import RandomUnderSampler
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(1000, 8), np.arange(1000) % 20 == 0
x, y = RandomUnderSampler().fit_resample(x, y)
x_train, x_test, y_train, y_test = train_test_split(x, y)
model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x_train, y_train, validation_split=0.2)
""",
        # in each fold
        """
import numpy as np
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import StratifiedKFold
from keras import Sequential, layers
x, y = np.random.rand(1000, 8), np.arange(1000) % 20 == 0
for train, test in StratifiedKFold(5).split(x, y):
    x_train, y_train = SMOTE().fit_resample(x[train], y[train])
    model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x_train, y_train, validation_data=(x[test], y[test]))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import StratifiedKFold
from keras import Sequential, layers
def balanced(x, y):
    sampler = SMOTE(random_state=1)
    return sampler.fit_resample(x, y)
x, y = balanced(np.random.rand(1000, 8), np.arange(1000) % 20 == 0)
for train, test in StratifiedKFold(5).split(x, y):
    model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x[train], y[train], validation_data=(x[test], y[test]))
""",
            [
                (
                    8,
                    "SMOTE repeats samples that StratifiedKFold splits later, so copies end up in both parts; split "
                    "first, then resample the training part",
                )
            ],
        ),
        # rows of a table, drawn and put back
        Invalid(
            """
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.utils import resample
from keras import Sequential, layers
table = pd.read_csv("cards.csv")
common, rare = table[table["fraud"] == 0], table[table["fraud"] == 1]
rare = resample(rare, replace=True, n_samples=len(common), random_state=1)
table = pd.concat([common, rare])
x, y = table.drop("fraud", axis=1), table["fraud"]
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
model = Sequential([layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x_train, y_train)
""",
            [
                (
                    8,
                    "resample repeats samples that train_test_split splits later, so copies end up in both parts; "
                    "split first, then resample the training part",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from imblearn.over_sampling import RandomOverSampler
from keras import Sequential, layers
x, y = np.random.rand(1000, 8), np.arange(1000) % 20 == 0
x, y = RandomOverSampler().fit_resample(x, y)
model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, validation_split=0.2)
""",
            [
                (
                    9,
                    "the last 20% of oversampled data are copies of training samples; pass validation_data that was "
                    "split off before",
                )
            ],
        ),
    ]


def _rows(array: object) -> Rows | None:
    return array.rows if isinstance(array, Array) else None


def _is_oversampled(rows: Rows | None) -> bool:
    """Whether the samples are a whole with repetitions, and no part of one."""
    return rows is not None and rows.part is not None and rows.part.rpartition("/")[2] == OVERSAMPLED


def _keeps_order(rows: Rows | None) -> bool:
    return rows is not None and rows.arrangement is None and rows.order is None


def _source(program: Program, rows: Rows, moment: int) -> Preparation | None:
    """The latest step that repeated samples of that data set before the moment."""
    found = None
    for step in program.preparations:
        own = [other for other in map(_rows, step.arrays) if other is not None]
        if step.kind == "resample" and step.moment < moment and any(other.source == rows.source for other in own):
            found = step
    return found
