"""KC825: metrics that an own loop reads each epoch and never resets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import outline_of
from kerascheck.network.events import ObjectCall
from kerascheck.network.ir import Site
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import LOOPS, NOWHERE, Place, places_in
from kerascheck.rules._mentions import writes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import children


class MetricNeverReset(Rule):
    """A metric is read once in each iteration of a loop and goes on counting through all of them.

    ## What it does

    Reports `metric.result()` in a loop around the loop that updates the metric, where the metric is made before
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
        found: dict[int, tuple[Site, dict[int, str]]] = {}  # by the loop: where it first reads one, and all of them
        for event in events:
            subject = event.subject
            assert isinstance(subject, KerasObject)
            if event.method != "result" or not subject.qualname.startswith("keras.metrics."):
                continue
            loop = _loop_around(event, subject, events)
            if loop is not None:
                site, metrics = found.setdefault(id(loop), (event.site, {}))
                metrics[id(subject)] = subject.qualname.rpartition(".")[2]
        for site, metrics in found.values():
            names = list(dict.fromkeys(metrics.values()))
            few = len(names) < 3 and len(names) == len(metrics)
            shown = " and ".join(names) if few else f"{len(metrics)} metrics"
            yield Finding(
                site,
                f"{shown} {'is' if len(metrics) == 1 else 'are'} read in each iteration of this loop and never "
                f"reset: the values accumulate over all of them; call reset_state() at the beginning of each",
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
import keras
class Trainer:
    def __init__(self, model):
        self.model = model
        self.mean = keras.metrics.Mean()
    def epoch(self, data):
        for x, y in data:
            self.mean.update_state(self.model(x))
        return self.mean.result()
    def run(self, data, epochs):
        for epoch in range(epochs):
            print(self.epoch(data))
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
Trainer(model).run([(keras.ops.ones((2, 4)), 0)], 3)
""",
            [
                (
                    10,
                    "Mean is read in each iteration of this loop and never reset: the values accumulate over all of "
                    "them; "
                    "call "
                    "reset_state() at the beginning of each",
                )
            ],
        ),
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
                    "Mean is read in each iteration of this loop and never reset: the values accumulate over all of "
                    "them; "
                    "call "
                    "reset_state() at the beginning of each",
                )
            ],
        ),
    ]


def _loop_around(event: ObjectCall, subject: KerasObject, events: list[ObjectCall]) -> cst.CSTNode | None:
    """The loop that reads the metric in each round, around one that updates it; None where that is not so."""
    file = event.site.file
    if writes(file, ("reset_state", "reset_states")) or subject.site is None or subject.site.file is not file:
        return None
    places = places_in(file, file.tree)
    place = places.get(id(event.site.node), NOWHERE)
    updates = [
        one.site.node
        for one in events
        if one.subject is subject and one.method in ("update_state", "__call__") and one.site.file is file
    ]
    if not place.loops and place.function and place.function != places.get(id(subject.site.node), NOWHERE).function:
        return _of_function(file, places, place.function, updates)
    made = places.get(id(subject.site.node), NOWHERE).loops
    for loop in place.loops[:1]:
        if any(one is loop for one in made):
            return None
        if any(_is_inside(places, node, loop) for node in updates):
            return loop
    return None


def _of_function(file: Any, places: dict[int, Place], function: str, updates: list[cst.CSTNode]) -> cst.CSTNode | None:
    """The loop of a function that updates the metric and reads it behind, where another loop calls that function."""
    inner = [
        place.loops[0]
        for node in updates
        if (place := places.get(id(node), NOWHERE)).loops and place.function == function
    ]
    if not inner:
        return None
    for node in outline_of(file).below(file.tree, cst.Call):
        if places.get(id(node), NOWHERE).loops:
            name = node.func.attr.value if isinstance(node.func, cst.Attribute) else getattr(node.func, "value", "")
            if name == function:
                return inner[0]
    return None


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
