"""KC825: metrics that an own loop reads each epoch and never resets."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.events import ObjectCall
from kerascheck.network.ir import KerasObject, Program
from kerascheck.rules._code import LOOPS, NOWHERE, Place, places_in
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import children


class MetricNeverReset(Rule):
    """A metric is read once in each round of a loop and goes on counting through all of them.

    ## What it does

    Reports `metric.result()` in a loop around the loop that updates the metric, where the metric is made in front of
    both and the file resets no metric at all.

    ## Why it is bad

    The figure of an epoch is the mean over all epochs so far: it lags behind, and the figures of the test data are not
    those of the model that there is now.

    ## Example

    ```python
    from keras import Sequential, layers, metrics

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    accuracy = metrics.SparseCategoricalAccuracy()

    def train(data, epochs):
        for epoch in range(epochs):
            for x, y in data:
                accuracy.update_state(y, model(x))
            print(epoch, accuracy.result())
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers, metrics

    model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
    accuracy = metrics.SparseCategoricalAccuracy()

    def train(data, epochs):
        for epoch in range(epochs):
            accuracy.reset_state()
            for x, y in data:
                accuracy.update_state(y, model(x))
            print(epoch, accuracy.result())
    ```

    ## References

    - [Keras: writing a custom training loop](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/)
    """

    code = "KC825"
    name = "metric-never-reset"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        events = [one for one in program.events if isinstance(one, ObjectCall) and isinstance(one.subject, KerasObject)]
        reported: set[int] = set()
        for event in events:
            subject = event.subject
            assert isinstance(subject, KerasObject)
            if event.method != "result" or id(subject) in reported or not subject.qualname.startswith("keras.metrics."):
                continue
            file = event.site.file
            if "reset_state" in file.text or subject.site is None or subject.site.file is not file:
                continue
            places = places_in(file, file.tree)
            updates = [
                one.site.node
                for one in events
                if one.subject is subject and one.method in ("update_state", "__call__") and one.site.file is file
            ]
            for loop in places.get(id(event.site.node), NOWHERE).loops[:1]:
                made = places.get(id(subject.site.node), NOWHERE).loops
                if any(one is loop for one in made):
                    continue
                if any(_is_inside(places, node, loop) for node in updates):
                    reported.add(id(subject))
                    yield Finding(
                        event.site,
                        f"{subject.qualname.rpartition('.')[2]} is read in each round of this loop and never reset: it "
                        "goes on over all rounds; call reset_state() at the beginning of each",
                    )

    VALID = [
        # reset
        """
from keras import Sequential, layers, metrics
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
accuracy = metrics.SparseCategoricalAccuracy()
def train(data, epochs):
    for epoch in range(epochs):
        for x, y in data:
            accuracy.update_state(y, model(x))
        print(epoch, accuracy.result())
        accuracy.reset_state()
""",
        # new in each epoch
        """
from keras import Sequential, layers, metrics
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
def train(data, epochs):
    for epoch in range(epochs):
        accuracy = metrics.SparseCategoricalAccuracy()
        for x, y in data:
            accuracy.update_state(y, model(x))
        print(epoch, accuracy.result())
""",
        # one pass, with the figure so far
        """
from keras import Sequential, layers, metrics
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
accuracy = metrics.SparseCategoricalAccuracy()
def test(data):
    for x, y in data:
        accuracy.update_state(y, model(x))
        print("so far", accuracy.result())
    print(accuracy.result())
""",
        # read once behind everything
        """
from keras import Sequential, layers, metrics
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
accuracy = metrics.SparseCategoricalAccuracy()
def test(folds):
    for data in folds:
        for x, y in data:
            accuracy.update_state(y, model(x))
    print(accuracy.result())
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(3, activation="softmax")])
mean = tf.keras.metrics.Mean()
criterion = tf.keras.losses.SparseCategoricalCrossentropy()
def step(x, y):
    mean(criterion(y, model(x)))
def train(data, epochs):
    for epoch in range(epochs):
        for x, y in data:
            step(x, y)
        print(epoch, float(mean.result()))
""",
            [
                (
                    12,
                    "Mean is read in each round of this loop and never reset: it goes on over all rounds; call "
                    "reset_state() at the beginning of each",
                )
            ],
        ),
    ]


def _is_inside(places: dict[int, Place], node: cst.CSTNode, loop: cst.CSTNode) -> bool:
    """Whether the node runs in a loop within this one: it stands there, or in a function that is called there."""
    place = places.get(id(node), NOWHERE)
    if any(one is loop for one in place.loops):
        return place.loops[-1] is not loop
    return not place.loops and place.function in _called_in_inner_loops(loop)


def _called_in_inner_loops(loop: cst.CSTNode) -> set[str]:
    """The names of the functions that the loops within this one call."""
    called: set[str] = set()
    waiting: list[tuple[cst.CSTNode, bool]] = [(loop, False)]
    while waiting:
        node, inner = waiting.pop()
        if isinstance(node, cst.Call) and inner:
            function = node.func
            called.add(function.attr.value if isinstance(function, cst.Attribute) else getattr(function, "value", ""))
        inner = inner or (isinstance(node, LOOPS) and node is not loop)
        waiting += [(child, inner) for child in children(node)]
    return called
