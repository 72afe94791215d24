"""KC420: A model is trained or evaluated that was never compiled."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._mentions import called, calls_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class NotCompiled(Rule):
    """A model is trained or evaluated that was never compiled.

    ## What it does

    Reports `fit`, `evaluate`, `train_on_batch` and `test_on_batch` of a model that the program builds and for which no
    call of `compile` has been made. It says nothing where the file has a call of `compile` that the analysis has not
    seen: that one may be meant for the model. Of several such calls of one model only the first is reported.

    ## Why it is bad

    Keras raises ValueError: it knows neither the loss nor the optimizer. (`predict` needs no `compile`.) A copy by
    `clone_model` is not compiled, whatever the original was.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
    ```

    ## References

    - [Keras: model training APIs](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC420"
    name = "not-compiled"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int] | int] = set()
        for call in program.trainings:
            network = call.network
            if call.compiled is not None or call.method.startswith("predict") or network.open is not None:
                continue
            if not any(network is known for known in program.networks) or _may_be_compiled_elsewhere(program, call):
                continue
            root = network.site.key if network.site is not None else id(network)
            if root in told:
                continue
            told.add(root)
            name = network.variable or "the model"
            yield Finding(call.site, f"{name!r} is not compiled: {call.method} raises ValueError; call compile first")

    VALID = [
        # compiled
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # predictions need no loss
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
print(model.predict(np.zeros((8, 4))))
""",
        # a loaded model is compiled as it was saved
        """
import sys
import numpy as np
import keras
if len(sys.argv) > 1:
    model = keras.models.load_model(sys.argv[1])
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # compiled by a function
        """
import numpy as np
from keras import Sequential, layers
def prepare(model):
    model.compile("adam", "mse")
    return model
model = prepare(Sequential([layers.Input((4,)), layers.Dense(1)]))
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        # compiled by another method, which is called from outside
        """
from keras import Sequential, layers
class Trainer:
    def __init__(self):
        self.model = Sequential([layers.Input((4,)), layers.Dense(1)])
    def set_up(self):
        self.model.compile("adam", "mse")
    def train(self, x, y):
        self.model.fit(x, y)
""",
        # what a function elsewhere does is not known
        """
from elsewhere import compile_it, x, y
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
compile_it(model)
model.fit(x, y)
""",
    ]
    INVALID = [
        # one model is told of once, another one by itself
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.zeros((8, 4)), np.zeros((8, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
other = Sequential([layers.Input((4,)), layers.Dense(1)])
model.fit(x, y)
other.fit(x, y)
model.fit(x, y, epochs=3)
print(model.evaluate(x, y))
""",
            [
                (7, "'model' is not compiled: fit raises ValueError; call compile first"),
                (8, "'other' is not compiled: fit raises ValueError; call compile first"),
            ],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.fit(np.zeros((8, 4)), np.zeros((8, 1)))
""",
            [(5, "'model' is not compiled: fit raises ValueError; call compile first")],
        ),
        # the other one is compiled
        Invalid(
            """
import numpy as np
import keras
from keras import Sequential, layers
first = Sequential([layers.Input((4,)), layers.Dense(1)])
first.compile("adam", "mse")
second = keras.models.clone_model(first)
print(second.evaluate(np.zeros((8, 4)), np.zeros((8, 1))))
""",
            [(8, "'second' is not compiled: evaluate raises ValueError; call compile first")],
        ),
    ]


def _may_be_compiled_elsewhere(program: Program, call: TrainCall) -> bool:
    """Whether the file calls `compile` in places that this run has not reached."""
    file = call.site.file
    compiling = (node.func for node in calls_of(file, {"compile"}) if isinstance(node.func, cst.Attribute))
    written = sum(called(file, function) != "re.compile" for function in compiling)
    seen = {compiled.site.key for compiled in program.compiles if compiled.site.file is file}
    return written > len(seen)
