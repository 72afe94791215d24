"""KC478: validation data that the model is trained on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.content import WINDOWS, Rows
from kerascheck.data.pipeline import Pipeline, Step
from kerascheck.data.training import FITTING, training_data, validation_data
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_SLICE = re.compile(r"\[(\d*):(\d*)\]")
#: Methods of streams that leave no sample of the first ones out.
_KEEPING = frozenset(
    {"take", "shuffle", "batch", "map", "prefetch", "cache", "repeat", "padded_batch", "with_options", "unbatch"}
)


class ValidatedOnTraining(Rule):
    """The validation data of a `fit` are samples that it trains on.

    ## What it does

    Reports `validation_data` that are the training part of data that have been divided, a slice that lies inside of
    that of the training, or `take` of a stream of which the training takes the first samples as well.

    ## Why it is bad

    The model has seen the answers. The validation figures look as good as those of the training, early stopping never
    stops, and the best weights are those that have learned by heart.

    ## Example

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.california_housing.load_data(version="small")
    model = Sequential([layers.Input((8,)), layers.BatchNormalization(), layers.Dense(1)])
    model.compile("adam", "mape")
    model.fit(x[:400], y[:400], validation_data=(x[:100], y[:100]))
    ```

    ## Use instead

    ```python
    from keras import Sequential, datasets, layers

    (x, y), _ = datasets.california_housing.load_data(version="small")
    model = Sequential([layers.Input((8,)), layers.BatchNormalization(), layers.Dense(1)])
    model.compile("adam", "mape")
    model.fit(x[:400], y[:400], validation_data=(x[400:], y[400:]))
    ```

    ## References

    - [Keras: training and evaluation with the built-in methods](https://keras.io/guides/training_with_built_in_methods/)
    """

    code = "KC478"
    name = "validated-on-training"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            given = argument(call, "validation_data") if call.method == "fit" else None
            if not isinstance(given, Given):
                continue
            found = _seen(call)
            if found is None:
                continue
            message, step = found
            own = argument_site(call.site, given)
            site = step.site if step is not None and step.site.file is call.site.file else own
            if site.key not in told:
                told.add(site.key)
                yield Finding(site, message, anchor=call.site)
        yield from _tested_on_some(program)

    VALID = [
        # another part
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
x_train, x_test, y_train, y_test = train_test_split(x, y)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train, validation_data=(x_test, y_test))
model.fit(x[:800], y[:800], validation_data=(x[800:], y[800:]))
model.fit(x[200:], y[200:], validation_data=(x[:200], y[:200]))
""",
        # nothing is divided: a demonstration
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, validation_data=(x, y))
""",
        # the rest of the stream
        """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
data = tf.data.Dataset.from_tensor_slices((x, y))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(data.take(800).batch(32), validation_data=data.skip(800).batch(32))
model.fit(data.skip(200).batch(32), validation_data=data.take(200).batch(32))
""",
        # a stretch of the training series for the first windows
        """
import numpy as np
from keras import Sequential, layers
def windows(series):
    x = np.array([series[i : i + 10] for i in range(len(series) - 10)])
    return x[..., None], series[10:]
series = np.sin(np.arange(1000.0))
x_train, y_train = windows(series[:800])
x_test, y_test = windows(series[790:])
model = Sequential([layers.Input((10, 1)), layers.LSTM(4), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train, validation_data=(x_test, y_test))
""",
        # a fold that is not known
        """
import numpy as np
from sklearn.model_selection import KFold
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
for train, test in KFold(5).split(x):
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x[train], y[train], validation_data=(x[test], y[test]))
""",
        # how good it is on a part of the training, or on all
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:800], y[:800])
model.evaluate(x[:100], y[:100])
model.evaluate(x[:1000], y[:1000])
model.evaluate(x[800:], y[800:])
""",
    ]
    INVALID = [
        # a part of them is the same
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:800], y[:800], validation_data=(x[700:900], y[700:900]))
model.evaluate(x[600:], y[600:])
""",
            [
                (
                    7,
                    "the samples 700 to 800 are among those of the training, 0 to 800, as well, so that the validation "
                    "results are too good; take others",
                ),
                (
                    8,
                    "the samples 600 to 800 are among those of the training, 0 to 800, as well, so that the test "
                    "results are too good; take others",
                ),
            ],
        ),
        Invalid(
            """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
x_train, x_test, y_train, y_test = train_test_split(x, y)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x_train, y_train, validation_data=(x_train, y_train))
model.fit(x[:800], y[:800], validation_data=(x[:200], y[:200]))
""",
            [
                (
                    9,
                    "the model is trained on these samples, so that the validation results are those of the training; "
                    "pass the part that is held back",
                ),
                (
                    10,
                    "the samples 0 to 200 are among those of the training, 0 to 800, so that the validation results "
                    "are too good; take others",
                ),
            ],
        ),
        Invalid(
            """
import numpy as np
import tensorflow as tf
from keras import Sequential, layers
x, y = np.random.rand(1000, 4), np.random.rand(1000, 1)
data = tf.data.Dataset.from_tensor_slices((x, y))
train = data.take(800).shuffle(800).batch(32)
test = data.take(200).batch(32)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(train, validation_data=test)
""",
            [
                (
                    8,
                    "take() returns the first samples of the stream, which the training has as well; skip those of the "
                    "training before it",
                )
            ],
        ),
    ]


def _seen(call: TrainCall) -> tuple[str, Step | None] | None:
    """What is wrong, and the step of a stream that it is about."""
    train, held = training_data(call), validation_data(call)
    if held is None:
        return None
    if isinstance(train.stream, Pipeline) and isinstance(held.stream, Pipeline):
        step = _taken_again(train.stream, held.stream)
        return None if step is None else (_TAKEN_AGAIN, step)
    x, other = train.x, held.x
    if train.is_stream or held.is_stream or not isinstance(x, Array) or not isinstance(other, Array):
        return None
    if x.rows is None or other.rows is None or not _are_alike(x.rows, other.rows):
        return None
    if x.rows.part is not None and x.rows.part == other.rows.part and x.content.state == other.content.state:
        return _THE_SAME, None
    message = _within(x.rows, other.rows)
    return None if message is None else (message, None)


_THE_SAME = (
    "the model is trained on these samples, so that the validation results are those of the training; pass the part "
    "that is held back"
)
_TAKEN_AGAIN = (
    "take() returns the first samples of the stream, which the training has as well; skip those of the training "
    "before it"
)


def _are_alike(one: Rows, other: Rows) -> bool:
    """Whether both are of one data set in one order, and no windows of a series."""
    is_windows = isinstance(one.source, tuple) and one.source[:1] == (WINDOWS,)
    return not is_windows and one.source == other.source and one.arrangement == other.arrangement


def _within(train: Rows, held: Rows) -> str | None:
    """Whether a slice lies inside of that of the training."""
    outer = [(rows.part or "").rpartition("/") for rows in (train, held)]
    if outer[0][0] != outer[1][0]:
        return None
    ends = [_SLICE.fullmatch(last) for _, _, last in outer]
    if ends[0] is None or ends[1] is None:
        return None
    (begin, end), (first, last) = [(int(one[1] or 0), int(one[2]) if one[2] else None) for one in ends if one]
    if first < begin or (end is not None and (last is None or last > end)):
        return _overlap(begin, end, first, last, "validation")
    return (
        f"the samples {first} to {_shown(last)} are among those of the training, {begin} to {_shown(end)}, so that the "
        "validation results are too good; take others"
    )


def _overlap(begin: int, end: int | None, first: int, last: int | None, what: str) -> str | None:
    """Whether some of the samples of one slice, but not all, are in the other."""
    low, high = max(begin, first), min((stop for stop in (end, last) if stop is not None), default=None)
    if min(begin, first) < 0 or (end is not None and end < 0) or (last is not None and last < 0):
        return None
    if high is None or low >= high or (begin <= first and (end is None or (last is not None and last <= end))):
        return None
    if first <= begin and (last is None or (end is not None and end <= last)):
        return None
    return (
        f"the samples {low} to {high} are among those of the training, {begin} to {_shown(end)}, as well, so that the "
        f"{what} results are too good; take others"
    )


def _tested_on_some(program: Program) -> Iterator[Finding]:
    """Tests on samples of which some, but not all, were in the training: no one means that."""
    trained: dict[int, Rows] = {}
    for call in program.trainings:
        data = training_data(call)
        rows = data.x.rows if isinstance(data.x, Array) and not data.is_stream else None
        if call.method in FITTING:
            trained.pop(id(call.network), None)
            if rows is not None and call.method == "fit":
                trained[id(call.network)] = rows
        elif call.method == "evaluate" and rows is not None and (before := trained.get(id(call.network))) is not None:
            ends = [_SLICE.fullmatch((one.part or "").rpartition("/")[2]) for one in (before, rows)]
            outer = [(one.part or "").rpartition("/")[0] for one in (before, rows)]
            if not _are_alike(before, rows) or outer[0] != outer[1] or ends[0] is None or ends[1] is None:
                continue
            spans = [(int(one[1] or 0), int(one[2]) if one[2] else None) for one in ends if one is not None]
            message = _overlap(*spans[0], *spans[1], "test")
            if message is not None:
                yield Finding(call.site, message)


def _shown(end: int | None) -> str:
    return "the last" if end is None else str(end)


def _taken_again(train: Pipeline, held: Pipeline) -> Step | None:
    """The `take` of the validation, of a stream whose first samples the training has as well."""
    for step in held.steps:
        if step.name != "take" or step.before is None:
            continue
        whole = step.before
        after = [one for one in train.steps if one.before is not None and one.before.birth >= whole.birth]
        begins_there = train.birth == whole.birth or any(
            one.before is not None and one.before.birth == whole.birth for one in after
        )
        if begins_there and all(one.name in _KEEPING for one in after):
            return step
    return None
