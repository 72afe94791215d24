"""KC602: models pile up in a loop."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._mentions import writes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What frees the memory of models: Keras, or the end of a process.
_CLEARING = ("clear_session", "subprocess", "multiprocessing", "Process")


class ModelsInLoop(Rule):
    """Models are built and trained in a loop, and nothing is cleared between them.

    ## What it does

    Reports the training of a model that is made anew in each round of a loop, in files that never call
    `keras.utils.clear_session` (or `keras.backend.clear_session`).

    ## Why it is bad

    Keras keeps what all models have in common: the counters of names, and the functions that TensorFlow traced for each
    of them. Over many rounds the memory fills up and each round is slower than the one before.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    for units in range(8, 128):
        model = Sequential([layers.Input((4,)), layers.Dense(units, activation="relu"), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y)
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    from keras import Sequential, layers

    x, y = np.random.rand(64, 4), np.random.rand(64, 1)
    for units in range(8, 128):
        keras.utils.clear_session()
        model = Sequential([layers.Input((4,)), layers.Dense(units, activation="relu"), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y)
    ```

    ## References

    - [Keras: clear_session](https://keras.io/api/utils/config_utils/#clearsession-function)
    """

    code = "KC602"
    name = "models-in-loop"
    severity = Severity.INFO
    enabled = False

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for call in program.trainings:
            if call.method not in FITTING or not call.loops or call.site.key in told:
                continue
            if not any(loop.birth < call.network.birth for loop in call.loops):
                continue
            if writes(call.site.file, _CLEARING):
                continue
            told.add(call.site.key)
            yield Finding(
                call.site,
                "each iteration of the loop builds and trains a model, and the memory of the earlier ones is not "
                "freed; "
                "call "
                "keras.utils.clear_session() at the beginning of each",
            )

    VALID = [
        # cleared
        """
import keras
import numpy as np
from keras import Sequential, layers
for units in (8, 16, 32):
    keras.backend.clear_session()
    model = Sequential([layers.Input((4,)), layers.Dense(units, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
""",
        # one model
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
for epoch in range(50):
    model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
def run(units):
    model = Sequential([layers.Input((4,)), layers.Dense(units, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    return model.fit(np.random.rand(64, 4), np.random.rand(64, 1))
results = [run(units) for units in (8, 16, 32)]
""",
            [
                (
                    7,
                    "each iteration of the loop builds and trains a model, and the memory of the earlier ones is not "
                    "freed; "
                    "call keras.utils.clear_session() at the beginning of each",
                )
            ],
        ),
    ]
