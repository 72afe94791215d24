"""KC462: the learning rate begins at or below the floor of `ReduceLROnPlateau`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.arguments import Given
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._training import callback_site, callbacks_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: The rates of optimizers that are given none. Source: keras/src/optimizers (Keras 3.15).
_RATES = {"sgd": 0.01, **dict.fromkeys(("adam", "adamw", "adamax", "nadam", "rmsprop", "adagrad", "adadelta"), 0.001)}


class FloorAboveRate(Rule):
    """The learning rate begins at or below the floor of `ReduceLROnPlateau`.

    ## What it does

    Compares `min_lr` of `ReduceLROnPlateau` with the learning rate of the optimizer that the model is compiled with.

    ## Why it is bad

    The callback reduces a rate only while it is above `min_lr`: it never does anything.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-4), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(patience=3, min_lr=0.001)
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[plateau])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-4), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(patience=3, min_lr=1e-6)
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[plateau])
    ```

    ## References

    - [Keras: ReduceLROnPlateau](https://keras.io/api/callbacks/reduce_lr_on_plateau/)
    """

    code = "KC462"
    name = "floor-above-rate"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in ("fit", "fit_generator") or call.compiled is None:
                continue
            callbacks = callbacks_of(call)
            rate = _rate(call.compiled.arguments.value("optimizer", 0, "rmsprop"))
            if rate is None or callbacks.meddling or any(callbacks.of("LearningRateScheduler")):
                continue
            if "learning_rate" in _set_in(call.site.file):
                continue
            for plateau in callbacks.of("ReduceLROnPlateau"):
                given = plateau.arguments.get("min_lr", 7)
                floor = given.value if isinstance(given, Given) else None
                if not isinstance(floor, (int, float)) or isinstance(floor, bool) or floor < rate:
                    continue
                yield Finding(
                    callback_site(plateau, call, given),
                    f"the learning rate is {rate:g}, and min_lr={floor:g} lets ReduceLROnPlateau reduce only higher "
                    "ones: it never does",
                    anchor=call.site,
                )

    VALID = [
        # room below
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")
plateau = keras.callbacks.ReduceLROnPlateau(patience=3, min_lr=0.001)
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[plateau])
""",
        # another rate later
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(1e-5), "mse")
model.optimizer.learning_rate = 0.01
plateau = keras.callbacks.ReduceLROnPlateau(patience=3, min_lr=0.001)
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[plateau])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
x, y = np.ones((64, 4)), np.ones((64, 1))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
plateau = keras.callbacks.ReduceLROnPlateau(patience=3, min_lr=0.001)
model.fit(x, y, epochs=50, validation_split=0.25, callbacks=[plateau])
model.compile(keras.optimizers.SGD(learning_rate=1e-3), "mse")
model.fit(x, y, epochs=50, validation_split=0.25, callbacks=[keras.callbacks.ReduceLROnPlateau(min_lr=0.005)])
""",
            [
                (
                    8,
                    "the learning rate is 0.001, and min_lr=0.001 lets ReduceLROnPlateau reduce only higher ones: it "
                    "never does",
                ),
                (
                    11,
                    "the learning rate is 0.001, and min_lr=0.005 lets ReduceLROnPlateau reduce only higher ones: it "
                    "never does",
                ),
            ],
        ),
    ]


def _rate(optimizer: Any) -> float | None:
    """The rate that the optimizer begins with; None where it is not known or no number."""
    if isinstance(optimizer, str):
        return _RATES.get(optimizer.lower())
    if not isinstance(optimizer, KerasObject) or not optimizer.qualname.startswith("keras.optimizers."):
        return None
    default = _RATES.get(optimizer.qualname.rpartition(".")[2].lower())
    given = optimizer.arguments.value("learning_rate", 0, optimizer.arguments.value("lr", None, default))
    return given if isinstance(given, (int, float)) and not isinstance(given, bool) else None


@once_a_file
def _set_in(source: Any) -> frozenset[str]:
    """The attributes that the file sets or hands to `assign`."""
    found: set[str] = set()
    for node in outline_of(source).below(source.tree, cst.AssignTarget, cst.AugAssign, cst.Attribute):
        target: cst.CSTNode | None = node.target if isinstance(node, (cst.AssignTarget, cst.AugAssign)) else None
        if isinstance(node, cst.Attribute) and node.attr.value == "assign":
            target = node.value
        if isinstance(target, cst.Attribute):
            found.add("learning_rate" if target.attr.value == "lr" else target.attr.value)
    return frozenset(found)
