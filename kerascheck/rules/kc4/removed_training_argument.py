"""KC421: A training call has an argument that it does not take (any longer)."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.fixes.arguments import rename_keyword
from kerascheck.keras.signatures import TRAINING
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._gone import severity_of
from kerascheck.rules._training import (
    argument_site,
    call_node,
)
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds
from kerascheck.text.spelling import most_like

#: What became of the arguments of Keras 1: the new name (None: there is none), and what to do.
_RENAMED = {"nb_epoch": "epochs"}


_KERAS_1 = {
    "nb_epoch": "it is called epochs since Keras 2",
    "samples_per_epoch": "since Keras 2 it is steps_per_epoch, which counts batches",
    "nb_val_samples": "since Keras 2 it is validation_steps, which counts batches",
    "val_samples": "it is called steps since Keras 2, which counts batches",
    "show_accuracy": 'pass metrics=["accuracy"] to compile',
    "nb_worker": "pass workers to the PyDataset",
    "max_q_size": "pass max_queue_size to the PyDataset",
    "pickle_safe": "pass use_multiprocessing to the PyDataset",
}


_KERAS_2 = {
    name: f"Keras 3 takes it in the constructor of the PyDataset: super().__init__({name}=...)"
    for name in ("workers", "use_multiprocessing", "max_queue_size")
}


#: What the calls for a single batch took before Keras 3.
_ON_BATCH = {"reset_metrics": "Keras 3 begins anew with each batch"}


_METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


class RemovedTrainingArgument(Rule):
    """A training call has an argument that it does not take (any longer).

    ## What it does

    Compares the keyword arguments of `fit`, `evaluate`, `predict` and the methods for single batches with those of
    Keras 3. It knows the names of Keras 1 (`nb_epoch`, `samples_per_epoch`, `show_accuracy`...) and of Keras 2
    (`workers`, `use_multiprocessing`, `max_queue_size`), and proposes a name that looks like a misspelled one.

    It is an error where the file is written for today's Keras, and a note where nothing but the way it is written shows
    an older one. Where an older Keras is known to be meant, its arguments are not reported.

    ## Why it is bad

    Keras raises TypeError (`evaluate`: ValueError) as soon as the method is called.

    ## Example

    ```python
    import numpy as np
    from tensorflow.keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), nb_epoch=10)
    ```

    ## Use instead

    ```python
    import numpy as np
    from tensorflow.keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=10)
    ```

    ## References

    - [Keras 2.0 release notes](https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes)
    - [Keras: migrating to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC421"
    name = "removed-training-argument"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in _METHODS:
                continue
            for name, given in call.arguments.keywords.items():
                if name in TRAINING[call.method] or given.node is None:
                    continue
                site = argument_site(call.site, given)
                message = f"{call.method} has no argument {name}"
                on_batch = _ON_BATCH if call.method in ("train_on_batch", "test_on_batch") else {}
                advice = _KERAS_1.get(name) or _KERAS_2.get(name) or on_batch.get(name)
                near = most_like(name, TRAINING[call.method], 0.75)
                if advice is None and near:
                    advice = f"did you mean {near}?"
                severity = None
                if name in _KERAS_2 or name in _KERAS_1 or name in on_batch:
                    severity = severity_of(call.site.file)
                    if severity is None:
                        continue
                yield Finding(
                    site,
                    f"{message}; {advice}" if advice else message,
                    _renamed(call, given, name),
                    anchor=call.site,
                    severity=severity,
                )

    VALID = [
        # the names of today
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=10, initial_epoch=5, validation_freq=2, validation_split=0.25)
""",
        # another thing with a method of that name
        """
from keras import layers
from elsewhere import search, x, y
search.fit(x, y, nb_epoch=10)
""",
        # the program's own fit
        """
import keras
class Model(keras.Model):
    def fit(self, x, y, nb_epoch):
        return nb_epoch
Model().fit(1, 2, nb_epoch=10)
""",
        # behind **, no name is known
        """
import json, sys
import numpy as np
from keras import Sequential, layers
options = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), **options)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(1, input_dim=4))
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), nb_epoch=10, batch_size=4)
""",
            [(8, "fit has no argument nb_epoch; it is called epochs since Keras 2")],
            fixed="""
import numpy as np
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(1, input_dim=4))
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), epochs=10, batch_size=4)
""",
        ),
        Invalid(
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.evaluate(np.zeros((8, 4)), np.zeros((8, 1)), show_accuracy=True)
""",
            [(6, 'evaluate has no argument show_accuracy; pass metrics=["accuracy"] to compile')],
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.evaluate(np.zeros((8, 4)), np.zeros((8, 1)))
""",
        ),
        Invalid(
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), workers=4, batchsize=4, colour="red")
""",
            [
                (
                    6,
                    "fit has no argument workers; Keras 3 takes it in the constructor of the PyDataset: "
                    "super().__init__(workers=...)",
                ),
                (6, "fit has no argument batchsize; did you mean batch_size?"),
                (6, "fit has no argument colour"),
            ],
            """
import numpy as np
from tensorflow import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((8, 4)), np.zeros((8, 1)), batchsize=4, colour="red")
""",
        ),
    ]


def _renamed(call: TrainCall, given: Given, name: str) -> Repair | None:
    """Write the new name, where it means the same and is not given as well."""
    new, node = _RENAMED.get(name), call_node(call.site)
    if new is None or node is None or given.node is None or not any(arg is given.node for arg in node.args):
        return None
    order = TRAINING[call.method]
    if new in call.arguments.keywords or new not in order or len(call.arguments.positional) > order.index(new):
        return None
    return Repair(f"Write {new}", (Replacement(node, rename_keyword(node, given.node, new)),))
