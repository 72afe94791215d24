"""KC489: a cross-validation never looks at the part that it holds back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk


class FoldNotTested(Rule):
    """A cross-validation never looks at the part that it holds back.

    ## What it does

    Reports `for train, test in folds.split(x)` where a model is trained and evaluated in the loop, and nothing in the
    body reads `test`.

    ## Why it is bad

    The figures are those of the samples that the model was trained on: they say nothing about new ones.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.model_selection import KFold

    x, y = np.random.rand(100, 4), np.random.rand(100)
    for train, test in KFold(5).split(x):
        model = Sequential([layers.Input((4,)), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x[train], y[train])
        print(model.evaluate(x[train], y[train]))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers
    from sklearn.model_selection import KFold

    x, y = np.random.rand(100, 4), np.random.rand(100)
    for train, test in KFold(5).split(x):
        model = Sequential([layers.Input((4,)), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x[train], y[train])
        print(model.evaluate(x[test], y[test]))
    ```

    ## References

    - [scikit-learn: cross-validation](https://scikit-learn.org/stable/modules/cross_validation.html)
    """

    code = "KC489"
    name = "fold-not-tested"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        fitted = {loop.site.key for call in program.trainings if call.method in FITTING for loop in call.loops}
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            if call.method not in ("evaluate", "predict") or call.site.key in told:
                continue
            for loop in call.loops:
                unread = _unread(loop.site.file).get(id(loop.site.node)) if loop.site.key in fitted else None
                if unread is not None:
                    told.add(call.site.key)
                    yield Finding(
                        call.site,
                        f"no iteration of this loop uses {unread!r}, the part that is held out: the scores are "
                        "those of the training",
                    )
                    break

    VALID = [
        # tested on what is held back
        """
import numpy as np
from keras import Sequential, layers
from sklearn.model_selection import KFold
x, y = np.random.rand(100, 4), np.random.rand(100)
for train, test in KFold(5).split(x):
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x[train], y[train])
    print(model.evaluate(x[train], y[train]), model.evaluate(x[test], y[test]))
""",
        # nothing is tested here
        """
import numpy as np
from keras import Sequential, layers
from sklearn.model_selection import KFold
x, y = np.random.rand(100, 4), np.random.rand(100)
models = []
for train, _ in KFold(5).split(x):
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x[train], y[train])
    models.append(model)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
from sklearn.model_selection import StratifiedKFold
x, y = np.random.rand(100, 4), np.arange(100) % 2
folds = StratifiedKFold(n_splits=5)
scores = []
for number, (train, test) in enumerate(folds.split(x, y)):
    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x[train], y[train])
    scores.append(model.evaluate(x[train], y[train]))
""",
            [
                (
                    12,
                    "no iteration of this loop uses 'test', the part that is held out: the scores are those of the "
                    "training",
                )
            ],
        ),
    ]


@once_a_file
def _unread(source: Any) -> dict[int, str]:
    """The loops over `split(...)` that never read the second part, by their ids, with its name."""
    found: dict[int, str] = {}
    for loop in outline_of(source).below(source.tree, cst.For):
        over: cst.BaseExpression = loop.iter
        target: cst.BaseExpression = loop.target
        counts = isinstance(target, cst.Tuple) and len(target.elements) == 2 and _is_call_of(over, "enumerate")
        if counts and isinstance(target, cst.Tuple) and isinstance(over, cst.Call):
            over, target = over.args[0].value, target.elements[1].value
        if not isinstance(target, (cst.Tuple, cst.List)) or len(target.elements) != 2 or not _is_call_of(over, "split"):
            continue
        first, second = (element.value for element in target.elements)
        if not isinstance(first, cst.Name) or not isinstance(second, cst.Name):
            continue
        names = {node.value for node in walk(loop.body) if isinstance(node, cst.Name)}
        if first.value in names and second.value not in names:
            found[id(loop)] = second.value
    return found


def _is_call_of(node: cst.BaseExpression, name: str) -> bool:
    """Whether it calls a function or a method of that name with something."""
    if not isinstance(node, cst.Call) or not node.args:
        return False
    called = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    return isinstance(called, cst.Name) and called.value == name
