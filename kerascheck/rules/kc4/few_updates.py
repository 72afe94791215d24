"""KC432: The weights are updated a few times only."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.training import training_data
from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_in_outline
from kerascheck.network.arguments import Given
from kerascheck.network.ir import Site
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._training import (
    argument,
    argument_value,
    known_int,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4.steps_for_arrays import batches_of
from kerascheck.text.outline import Outline


class FewUpdates(Rule):
    """The weights are updated a few times only.

    ## What it does

    Counts the steps of a `fit` on data that the source spells out: epochs times batches. Fewer than ten
    (setting `few-updates`) are reported.

    ## Why it is bad

    Each batch moves the weights once, by a step as small as the learning rate. A handful of steps leaves them about
    where they were, whatever the model is. Small data need hundreds of epochs.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0, 1, 1, 0])
    model = Sequential([layers.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0, 1, 1, 0])
    model = Sequential([layers.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, epochs=1000)
    ```

    ## References

    - [Keras FAQ: sample, batch, epoch](https://keras.io/getting_started/faq/#what-do-sample-batch-and-epoch-mean)
    """

    code = "KC432"
    name = "few-updates"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            epochs = known_int(argument_value(call, "epochs", 1)) if call.method == "fit" else None
            batches = batches_of(call)
            if epochs is None or batches is None or not _is_spelled_out(call) or _is_repeated(program, call):
                continue
            given = argument(call, "steps_per_epoch")
            steps = epochs * batches
            if isinstance(given, Given) or not 0 < steps < thresholds.few_updates:
                continue
            times = "once" if steps == 1 else f"{steps} times"
            rounds = f"{epochs} epoch{'s' if epochs > 1 else ''} of {batches} batch{'es' if batches > 1 else ''}"
            yield Finding(call.site, f"the weights are updated {times} ({rounds}); train for more epochs")

    VALID = [
        # enough
        """
import numpy as np
from keras import Sequential, layers
x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
model = Sequential([layers.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y, epochs=1000)
""",
        # random numbers: a trial run
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.random.rand(32, 2), np.random.randint(0, 2, 32))
""",
        # again and again
        """
import numpy as np
from keras import Sequential, layers
x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
model = Sequential([layers.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
for step in range(1000):
    model.fit(x, y)
""",
        # how many samples there are is not known
        """
from elsewhere import x, y
from keras import Sequential, layers
model = Sequential([layers.Input((2,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
model = Sequential([layers.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("sgd", "binary_crossentropy")
model.fit(x, y, epochs=2)
""",
            [(7, "the weights are updated 2 times (2 epochs of 1 batch); train for more epochs")],
        ),
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
model = Sequential([layers.Input((2,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("sgd", "binary_crossentropy")
model.fit(x, y, batch_size=4)
""",
            [(7, "the weights are updated once (1 epoch of 1 batch); train for more epochs")],
        ),
    ]


def _is_spelled_out(call: TrainCall) -> bool:
    """Whether features and targets are data that the source gives number by number."""
    data = training_data(call)
    return all(
        isinstance(part, Array) and part.content.values is not None and len(part.content.values) > 1
        for part in (data.x, data.y)
    )


def _is_repeated(program: Program, call: TrainCall) -> bool:
    """Whether the model is trained in other calls as well, or in more rounds of this one."""
    others = [other for other in program.trainings if other.network is call.network and other.method != "predict"]
    return sum(other.method in ("fit", "train_on_batch", "fit_generator") for other in others) > 1 or _in_loop(
        call.site
    )


def _in_loop(site: Site) -> bool:
    """Whether the file has loops at all: a `fit` inside one of unknown length is seen once."""
    return _has_loops(site.file, site.file.tree)


@once_in_outline
def _has_loops(outline: Outline, tree: cst.CSTNode) -> bool:
    return bool(outline.below(tree, cst.For, cst.While))
