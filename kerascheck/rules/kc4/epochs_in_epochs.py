"""KC491: a loop over the epochs trains for all of them in each round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Loop, Program, TrainCall
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class EpochsInEpochs(Rule):
    """A loop over the epochs trains for all of them in each iteration.

    ## What it does

    Reports `fit(..., epochs=n)` in `for epoch in range(n)`, with the same `n`, on a model that is made before the loop.

    ## Why it is bad

    The model is trained for n times n epochs: it overfits, takes n times as long, and what is noted after each round is
    not the state after one more epoch.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    epochs = 10
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    for epoch in range(epochs):
        model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=epochs)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    epochs = 10
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    for epoch in range(epochs):
        model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=1)
    ```

    ## References

    - [Keras: fit](https://keras.io/api/models/model_training_apis/)
    """

    code = "KC491"
    name = "epochs-in-epochs"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            given = argument(call, "epochs") if call.method == "fit" else None
            if not isinstance(given, Given) or given.node is None or call.site.key in told:
                continue
            name = given.node.value
            if not isinstance(name, cst.Name):
                continue
            if any(_counts(loop, name.value, call) for loop in call.loops):
                told.add(call.site.key)
                yield Finding(
                    argument_site(call.site, given),
                    f"each iteration trains for {name.value!r} epochs, and there are as many iterations; use epochs=1, "
                    "or no loop",
                    anchor=call.site,
                )

    VALID = [
        # one at a time, or as many for each part
        """
import numpy as np
from keras import Sequential, layers
epochs, parts = 10, 3
x, y = np.ones((64, 4)), np.ones((64, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
for epoch in range(epochs):
    model.fit(x, y, epochs=1)
for part in range(parts):
    model.fit(x, y, epochs=epochs)
for epoch in range(epochs):
    model.fit(x, y, initial_epoch=epoch, epochs=epoch + 1)
""",
        # another model each time
        """
import numpy as np
from keras import Sequential, layers
n = 3
for trial in range(n):
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=n)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
epochs = 10
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
for epoch in range(epochs):
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=epochs)
""",
            [
                (
                    8,
                    "each iteration trains for 'epochs' epochs, and there are as many iterations; use epochs=1, "
                    "or no loop",
                )
            ],
        ),
    ]


def _counts(loop: Loop, name: str, call: TrainCall) -> bool:
    """Whether the loop runs `range(name)` on a model that was there before."""
    node = loop.site.node
    if loop.site.file is not call.site.file or loop.birth < call.network.birth or not isinstance(node, cst.For):
        return False
    over = node.iter
    if not isinstance(over, cst.Call) or not isinstance(over.func, cst.Name) or over.func.value != "range":
        return False
    return len(over.args) == 1 and isinstance(over.args[0].value, cst.Name) and over.args[0].value.value == name
