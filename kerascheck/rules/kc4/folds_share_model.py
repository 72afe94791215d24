"""KC444: one model is trained and tested in all folds of a cross-validation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Loop, Program, TrainCall
from kerascheck.rules._mentions import writes
from kerascheck.rules._training import validates
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: How a program may give weights their first values again, beside `set_weights` and `load_weights`.
_RESETTING = (
    *("assign", "clone_model", "from_config", "load_model", "KerasClassifier", "initializer", "kernel_initializer"),
    *("bias_initializer", "recurrent_initializer", "global_variables_initializer", "variables_initializer"),
)


class FoldsShareModel(Rule):
    """A model is built before the loop over the folds and trained in each of them.

    ## What it does

    Reports `fit` in a loop over the folds of a splitter of scikit-learn (or with a `train_test_split` in each round),
    where the model was made before the loop, is tested in it too, and gets no new weights in it.

    ## Why it is bad

    In the second fold the model has already been trained on what it is tested with. The accuracy rises from fold to
    fold, up to 1.0 on pure noise, and the mean over the folds says nothing. `compile` does not reset weights.

    ## Example

    ```python
    import numpy as np
    from sklearn.model_selection import KFold
    from keras import Sequential, layers

    x, y = np.random.rand(200, 8), np.random.randint(0, 2, 200)
    model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    for train, test in KFold(5).split(x):
        model.fit(x[train], y[train], epochs=20)
        print(model.evaluate(x[test], y[test]))
    ```

    ## Use instead

    ```python
    import numpy as np
    from sklearn.model_selection import KFold
    from keras import Sequential, layers

    x, y = np.random.rand(200, 8), np.random.randint(0, 2, 200)
    for train, test in KFold(5).split(x):
        model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        model.fit(x[train], y[train], epochs=20)
        print(model.evaluate(x[test], y[test]))
    ```

    ## References

    - [A model for all folds](https://github.com/antmarakis/Machine-Learning/issues/3)
    - [scikit-learn: cross-validation](https://scikit-learn.org/stable/modules/cross_validation.html)
    """

    code = "KC444"
    name = "folds-share-model"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            if call.method not in FITTING or call.site.key in told:
                continue
            for loop in call.loops:
                network = call.network
                older = 0 < network.birth <= loop.birth
                if not older or not _divides(loop, program) or not _is_tested(call, loop, program):
                    continue
                if _is_reset(network, loop, program) or writes(call.site.file, _RESETTING):
                    continue
                told.add(call.site.key)
                yield Finding(
                    _header(loop, call),
                    f"{network.variable or network.name!r} is built before the loop over the folds: later folds test "
                    "it "
                    "on what it was trained on before; build a new model in each fold",
                    anchor=call.site,
                )
                break

    VALID = [
        # a new one in each fold
        """
import numpy as np
from sklearn.model_selection import KFold
from keras import Sequential, layers
def build():
    model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model
x, y = np.random.rand(200, 8), np.random.randint(0, 2, 200)
for train, test in KFold(5).split(x):
    model = build()
    model.fit(x[train], y[train])
    print(model.evaluate(x[test], y[test]))
""",
        # the first weights are put back
        """
import numpy as np
from sklearn.model_selection import StratifiedKFold
from keras import Sequential, layers
x, y = np.random.rand(200, 8), np.random.randint(0, 2, 200)
model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
first = model.get_weights()
for train, test in StratifiedKFold(5).split(x, y):
    model.set_weights(first)
    model.fit(x[train], y[train])
    print(model.evaluate(x[test], y[test]))
""",
        # walking forward in time: what is tested always comes later
        """
import numpy as np
from sklearn.model_selection import TimeSeriesSplit
from keras import Sequential, layers
x, y = np.random.rand(200, 8), np.random.rand(200)
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
for train, test in TimeSeriesSplit(5).split(x):
    model.fit(x[train], y[train])
    print(model.evaluate(x[test], y[test]))
""",
        # epochs
        """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, x_test, y, y_test = train_test_split(np.random.rand(200, 8), np.random.rand(200))
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
for epoch in range(20):
    model.fit(x, y)
    print(model.evaluate(x_test, y_test))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from sklearn.model_selection import StratifiedKFold
from keras import Sequential, layers
class Study:
    def __init__(self, x, y):
        self.x, self.y = x, y
        self.model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
        self.model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    def fold(self, train, test):
        self.model.fit(self.x[train], self.y[train], validation_data=(self.x[test], self.y[test]), epochs=5)
    def run(self):
        folds = StratifiedKFold(n_splits=10, shuffle=True)
        for number, (train, test) in enumerate(folds.split(self.x, self.y)):
            print("fold", number)
            self.fold(train, test)
Study(np.random.rand(200, 8), np.random.randint(0, 2, 200)).run()
""",
            [
                (
                    14,
                    "'sequential' is built before the loop over the folds: later folds test it on what it was trained "
                    "on before; build a new model in each fold",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
from sklearn.model_selection import train_test_split
from keras import Sequential, layers
x, y = np.random.rand(200, 8), np.random.randint(0, 2, 200)
model = Sequential([layers.Input((8,)), layers.Dense(1, activation="sigmoid")])
scores = []
for seed in range(10):
    x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=seed)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=5)
    scores.append(np.mean((model.predict(x_test)[:, 0] > 0.5) == y_test))
""",
            [
                (
                    8,
                    "'model' is built before the loop over the folds: later folds test it on what it was trained on "
                    "before; build a new model in each fold",
                )
            ],
        ),
    ]


def _header(loop: Loop, call: TrainCall) -> Site:
    """What the loop goes over, where it is written in the same file as the training."""
    node = loop.site.node
    if loop.site.file is call.site.file and isinstance(node, cst.For):
        return Site(loop.site.file, node.iter)
    return call.site


def _divides(loop: Loop, program: Program) -> bool:
    """Whether each round of the loop has another division of the samples into training and test."""
    if any(
        loop in step.loops and step.kind == "split" and step.name.endswith("train_test_split")
        and step.arguments.value("shuffle", None, True) is True
        for step in program.preparations
    ):  # fmt: skip
        return not isinstance(loop.over, Pipeline) or loop.over.kind != "generator"
    keys = {step.site.key for step in _split_steps(loop.over)}
    names = {step.name for step in program.preparations if step.kind == "split" and step.site.key in keys}
    return bool(names) and not any("TimeSeries" in name for name in names)


def _split_steps(over: Any) -> Iterator[Any]:
    if isinstance(over, Pipeline):
        yield from (step for step in over.steps if step.name == "split")
        for part in over.parts:
            yield from _split_steps(part)


def _is_tested(call: TrainCall, loop: Loop, program: Program) -> bool:
    """Whether the model is tested in the rounds of the loop, too."""
    return validates(call) is True or any(
        other.network is call.network and loop in other.loops and other.method not in FITTING
        for other in program.trainings
    )


def _is_reset(network: Network, loop: Loop, program: Program) -> bool:
    """Whether the model, or a layer of it, is given weights in the loop."""
    return any(loop in event.loops for event in program.given_weights)
