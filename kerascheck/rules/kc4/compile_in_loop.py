"""KC445: `compile` is called in each round of the loop that trains."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import CompileCall, Loop, Program, TrainCall
from kerascheck.rules._loops import changing_names, names_in, stands_in
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class CompileInLoop(Rule):
    """A model is compiled again, in the same way, in each iteration of the loop that trains it.

    ## What it does

    Reports `compile` in the body of a loop that also trains the model, where the model is older than the loop, the
    arguments are the same in each round, and neither `trainable` nor the weights are changed in between.

    ## Why it is bad

    Each `compile` makes a new optimizer, which has forgotten its moments, its number of steps and the place in its
    schedule; and the training step is traced again. The rounds train worse than one training of as many epochs.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    for epoch in range(20):
        model.compile("adam", "mse")
        model.fit(x, y)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    for epoch in range(20):
        model.fit(x, y)
    ```

    ## References

    - [Keras: compile](https://keras.io/api/models/model_training_apis/#compile-method)
    - [Keras FAQ: saving and resuming the state of the optimizer](https://keras.io/getting_started/faq/)
    """

    code = "KC445"
    name = "compile-in-loop"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for compiled in program.compiles:
            loop = compiled.loops[-1] if compiled.loops else None
            if loop is None or compiled.site.key in told or not 0 < compiled.network.birth <= loop.birth:
                continue
            fits = [
                call
                for call in program.trainings
                if call.method in FITTING and call.network is compiled.network and loop in call.loops
            ]
            if not any(call.compiled is not None and call.compiled.site.key == compiled.site.key for call in fits):
                continue
            if _varies(compiled, loop, fits, program):
                continue
            told.add(compiled.site.key)
            yield Finding(
                compiled.site,
                "compile() in each iteration of the loop forgets the state of the optimizer; call it once before the "
                "loop",
            )

    VALID = [
        # before the loop
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
for epoch in range(20):
    model.fit(x, y)
""",
        # another optimizer in each round
        """
import numpy as np
import keras
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
for rate in (0.1, 0.01):
    model.compile(keras.optimizers.Adam(rate), "mse")
    model.fit(x, y)
""",
        # a new model in each round
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
for trial in range(5):
    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
""",
        # layers are released one after the other
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
model.layers[0].trainable = False
for stage in range(2):
    model.compile("adam", "mse")
    model.fit(x, y)
    model.layers[0].trainable = True
""",
        # all begins anew
        """
import numpy as np
from keras import Sequential, layers
x, y = np.random.rand(64, 4), np.random.rand(64, 1)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
first = model.get_weights()
for trial in range(5):
    model.set_weights(first)
    model.compile("adam", "mse")
    model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import Sequential, layers
def train(model, batches, epochs):
    for epoch in range(epochs):
        model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mse")
        for x, y in batches:
            model.train_on_batch(x, y)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
train(model, [(np.random.rand(8, 4), np.random.rand(8, 1))] * 4, 20)
""",
            [
                (
                    7,
                    "compile() in each iteration of the loop forgets the state of the optimizer; call it once before "
                    "the "
                    "loop",
                )
            ],
        ),
    ]


def _varies(compiled: CompileCall, loop: Loop, fits: list[TrainCall], program: Program) -> bool:
    """Whether the rounds differ in what compile is for, or may."""
    node = compiled.site.node
    if not stands_in(compiled.site, loop) or not isinstance(node, cst.Call):
        return True
    if set().union(*(names_in(argument.value) for argument in node.args)) & changing_names(loop):
        return True
    if any(loop in event.loops for event in program.given_weights) or "trainable" in names_in(loop.site.node):
        return True
    if any(loop in step.loops and step.kind == "split" for step in program.preparations):
        return True
    return len({call.weights for call in fits}) > 1
