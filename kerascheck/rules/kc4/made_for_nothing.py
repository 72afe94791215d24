"""KC468: an optimizer or callback is made, and the training goes on without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.program import Program
from kerascheck.rules._mentions import mentions
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_KINDS = {
    "keras.optimizers.schedules.": "pass it to the optimizer",
    "keras.optimizers.": "pass it to compile",
    "keras.callbacks.": "pass it to fit in callbacks=[...]",
}


class MadeForNothing(Rule):
    """An optimizer or callback is created, and the training goes on without it.

    ## What it does

    Reports optimizers, schedules of learning rates and callbacks that are bound to a name which nothing in the file
    reads, where the file trains a model.

    ## Why it is bad

    What they are told has no effect: the model is compiled with the defaults of `"adam"`, or trained without the early
    stop, and the program does not say so.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(learning_rate=1e-4)
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.ones((64, 4)), np.ones((64, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(learning_rate=1e-4)
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(np.ones((64, 4)), np.ones((64, 1)))
    ```

    ## References

    - [Keras: optimizers](https://keras.io/api/optimizers/)
    """

    code = "KC468"
    name = "made-for-nothing"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        trained = {id(call.site.file) for call in program.trainings if call.method in FITTING}
        for name, _, site in program.calls if trained else ():
            advice = next((text for kind, text in _KINDS.items() if name.startswith(kind)), None)
            cls = name.rpartition(".")[2]
            if advice is None or not cls[:1].isupper() or id(site.file) not in trained:
                continue
            bound = _bound(site.file).get(id(site.node))
            if bound is not None and mentions(site, bound) == _times_bound(site.file)[bound]:
                yield Finding(site, f"nothing reads {bound!r}: this {cls} has no effect; {advice}")

    VALID = [
        # passed on
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = keras.optimizers.Adam(learning_rate=1e-4)
stop = keras.callbacks.EarlyStopping("loss")
model.compile(optimizer=optimizer, loss="mse")
model.fit(np.ones((64, 4)), np.ones((64, 1)), callbacks=[stop])
""",
        # one of two
        """
import sys
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = keras.optimizers.SGD(learning_rate=0.1)
if len(sys.argv) > 1:
    optimizer = keras.optimizers.Adam(learning_rate=1e-4)
model.compile(optimizer, loss="mse")
model.fit(np.ones((64, 4)), np.ones((64, 1)))
""",
        # for other files
        """
import keras
optimizer = keras.optimizers.SGD(learning_rate=0.1)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
def train(x, y):
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 1000, 0.9)
    optimizer = keras.optimizers.Adam(learning_rate=1e-4)
    stop = keras.callbacks.EarlyStopping(patience=3)
    model.compile(optimizer="adam", loss="mse")
    return model.fit(x, y, epochs=9, validation_split=0.2)
train(np.ones((64, 4)), np.ones((64, 1)))
""",
            [
                (7, "nothing reads 'schedule': this ExponentialDecay has no effect; pass it to the optimizer"),
                (8, "nothing reads 'optimizer': this Adam has no effect; pass it to compile"),
                (9, "nothing reads 'stop': this EarlyStopping has no effect; pass it to fit in callbacks=[...]"),
            ],
        ),
    ]


@once_a_file
def _bound(source: Any) -> dict[int, str]:
    """The name that each call is bound to, by the ids of the calls."""
    return {
        id(node.value): node.targets[0].target.value
        for node in outline_of(source).below(source.tree, cst.Assign)
        if isinstance(node.value, cst.Call) and len(node.targets) == 1 and isinstance(node.targets[0].target, cst.Name)
    }


@once_a_file
def _times_bound(source: Any) -> Counter[str]:
    """How often each name is what an assignment gives a value, or the name of an argument in a call."""
    targets = (node.target for node in outline_of(source).below(source.tree, cst.AssignTarget))
    keywords = (node.keyword for node in outline_of(source).below(source.tree, cst.Arg))
    return Counter(node.value for node in (*targets, *keywords) if isinstance(node, cst.Name))
