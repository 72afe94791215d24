"""KC460: Predictions of scaled targets are compared with the targets as they were before."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.content import FITTED
from kerascheck.data.observations import PREDICTION
from kerascheck.data.training import FITTING, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Preparation, Program
from kerascheck.rules._code import argument
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._data_preparation import _source
from kerascheck.text.treewalk import walk


class FiguresOfTwoScales(Rule):
    """Predictions of scaled targets are compared with the targets as they were before.

    ## What it does

    Reports `mean_absolute_error`, `mean_squared_error`, `r2_score` and their kin of scikit-learn, where a model was
    trained on targets that a scaler had made, what it predicts is given as it is, and the true values are those that
    the scaler was fitted on, or others of the same data set.

    ## Why it is bad

    The predictions are numbers between 0 and 1, or around 0, and the true values are not. The figure says nothing about
    the model: it is about as large as the true values are.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.metrics import mean_absolute_error
    from sklearn.preprocessing import StandardScaler

    x, price = np.random.rand(100, 3), np.random.uniform(1e5, 1e6, (100, 1))
    scaler = StandardScaler()
    y = scaler.fit_transform(price)
    model = Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x[:80], y[:80])
    predicted = model.predict(x[80:])
    print(mean_absolute_error(price[80:], predicted))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.metrics import mean_absolute_error
    from sklearn.preprocessing import StandardScaler

    x, price = np.random.rand(100, 3), np.random.uniform(1e5, 1e6, (100, 1))
    scaler = StandardScaler()
    y = scaler.fit_transform(price)
    model = Sequential([layers.Input((3,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x[:80], y[:80])
    predicted = scaler.inverse_transform(model.predict(x[80:]))
    print(mean_absolute_error(price[80:], predicted))
    ```

    ## References

    - [scikit-learn: transforming the target in regression](https://scikit-learn.org/stable/modules/compose.html#transforming-target-in-regression)
    """

    code = "KC460"
    name = "figures-of-two-scales"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for step in program.preparations:
            if step.kind != "measure" or len(step.arrays) != 2 or not _is_as_predicted(step):
                continue
            true, predicted = step.arrays
            if not isinstance(true, Array) or not isinstance(predicted, Array) or true.rows is None:
                continue
            scaled = _scaler(program, predicted)
            if scaled is None or any(tag.startswith(FITTED) or tag == "scaled" for tag in true.content.tags):
                continue
            raw = scaled.arrays[0].rows if scaled.arrays and isinstance(scaled.arrays[0], Array) else None
            if raw is None or _source(raw) != _source(true.rows):
                continue
            name, scaler = (one.name.rpartition(".")[2] for one in (step, scaled))
            yield Finding(
                step.site,
                f"{name} compares predictions of targets that {scaler} has scaled with targets that are not; bring the "
                "predictions back by inverse_transform",
            )

    VALID = [
        # brought back
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import MinMaxScaler
x, price = np.random.rand(100, 3), np.random.uniform(1e5, 1e6, (100, 1))
scaler = MinMaxScaler()
y = scaler.fit_transform(price)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], y[:80])
predicted = model.predict(x[80:])
predicted = scaler.inverse_transform(predicted)
print(mean_absolute_error(price[80:], predicted))
""",
        # both scaled
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import r2_score
from sklearn.preprocessing import MinMaxScaler
x, price = np.random.rand(100, 3), np.random.uniform(1e5, 1e6, (100, 1))
y = MinMaxScaler().fit_transform(price)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], y[:80])
print(r2_score(y[80:], model.predict(x[80:])))
""",
        # brought back by hand
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import mean_squared_error
from sklearn.preprocessing import StandardScaler
x, price = np.random.rand(100, 3), np.random.uniform(1e5, 1e6, (100, 1))
y = StandardScaler().fit_transform(price)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
predicted = model.predict(x) * price.std() + price.mean()
print(mean_squared_error(price, predicted), mean_squared_error(price, model.predict(x) * price.std() + price.mean()))
""",
        # only the features are scaled
        """
import numpy as np
from keras import Sequential, layers
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import StandardScaler
x, price = np.random.rand(100, 3), np.random.uniform(1, 10, (100, 1))
x = StandardScaler().fit_transform(x)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], price[:80])
print(mean_absolute_error(price[80:], model.predict(x[80:])))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from tensorflow.keras import Sequential, layers
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.preprocessing import MinMaxScaler
x, price = np.random.rand(100, 3), np.random.uniform(1e5, 1e6, (100, 1))
y = MinMaxScaler().fit_transform(price)
model = Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x[:80], y[:80])
predicted = model.predict(x[80:])
print(mean_absolute_error(price[80:], predicted.flatten()))
print(r2_score(price[80:], model.predict(x[80:])))
""",
            [
                (
                    12,
                    "mean_absolute_error compares predictions of targets that MinMaxScaler has scaled with targets "
                    "that are not; bring the predictions back by inverse_transform",
                ),
                (
                    13,
                    "r2_score compares predictions of targets that MinMaxScaler has scaled with targets that are not; "
                    "bring the predictions back by inverse_transform",
                ),
            ],
        ),
    ]


def _scaler(program: Program, predicted: Array) -> Preparation | None:
    """The step in which a scaler learned how to make the targets of the model that has predicted these numbers."""
    tags = [tag.removeprefix(PREDICTION) for tag in predicted.content.tags if tag.startswith(PREDICTION)]
    if len(tags) != 1 or int(tags[0]) >= len(program.trainings):
        return None
    call = program.trainings[int(tags[0])]
    before = [
        one
        for one in program.trainings[: int(tags[0])]
        if one.network is call.network and one.method in FITTING
    ]  # fmt: skip
    if not before:
        return None
    steps: set[int] = set()
    for one in before:
        y = training_data(one).y
        found = (
            [tag.removeprefix(FITTED) for tag in y.content.tags if tag.startswith(FITTED)]
            if isinstance(y, Array)
            else []
        )
        if len(found) != 1:
            return None
        steps.add(int(found[0]))
    index = steps.pop() if len(steps) == 1 else len(program.preparations)
    return program.preparations[index] if index < len(program.preparations) else None


#: Methods that leave the numbers as they are.
_REARRANGING = ("flatten", "ravel", "squeeze", "reshape")


def _is_as_predicted(step: Preparation) -> bool:
    """Whether the second argument is what `predict` gives, or a name that is bound to that and nothing else."""
    call = step.arguments.call
    given = argument(call, "y_pred", 1) if isinstance(call, cst.Call) else None
    plain = _plain(given) if given is not None else None
    if not isinstance(plain, cst.Name):
        return plain is not None and _predicts(plain)
    bound: list[cst.BaseExpression | None] = []
    for node in walk(step.site.file.tree):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                if isinstance(target.target, cst.Name):
                    bound += [node.value] if target.target.value == plain.value else []
                elif any(isinstance(one, cst.Name) and one.value == plain.value for one in walk(target.target)):
                    bound.append(None)
        elif isinstance(node, (cst.AugAssign, cst.AnnAssign)) and isinstance(node.target, cst.Name):
            bound += [None] if node.target.value == plain.value else []
        elif isinstance(node, (cst.For, cst.CompFor)):
            names = walk(node.target)
            bound += [None] if any(isinstance(one, cst.Name) and one.value == plain.value for one in names) else []
        elif isinstance(node, cst.Param):
            bound += [None] if node.name.value == plain.value else []
    return bool(bound) and all(one is not None and _predicts(_plain(one)) for one in bound)


def _plain(node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression without what only takes a part of it, or gives it another shape."""
    while True:
        if isinstance(node, cst.Subscript):
            node = node.value
        elif (
            isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in _REARRANGING
        ):
            node = node.func.value
        else:
            return node


def _predicts(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "predict"
