"""KC507: entries of a history that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._figures import Figure, figures
from kerascheck.rules._gone import severity_of
from kerascheck.rules._mentions import asked
from kerascheck.rules._training import callbacks_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_VALIDATION = "val_"


class NoSuchHistory(Rule):
    """An entry of the history is read that the training does not write.

    ## What it does

    Compares what the program reads of `model.fit(...).history` with the figures that the compiled loss and metrics
    give, under the names that Keras gives them. A metric is called what `compile` calls it: `metrics=["accuracy"]`
    gives `"accuracy"` and `"val_accuracy"` since Keras 2.3, not `"acc"` and `"val_acc"`. The learning rate that
    callbacks set is `"learning_rate"` in Keras 3, not `"lr"`.

    It says nothing where the program has callbacks, layers or a training loop that may add figures of their own. A
    program for which an older Keras is known to be meant may use the old names; where nothing but its own style shows
    that, the finding is a note.

    ## Why it is bad

    Python raises KeyError, after all the training.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20)
    print(history.history["acc"])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20)
    print(history.history["accuracy"])
    ```

    ## References

    - [Keras 2.3.0 release notes](https://github.com/keras-team/keras/releases/tag/2.3.0)
    """

    code = "KC507"
    name = "no-such-history"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for read in program.reads:
            call, name, site = read.call, read.part, read.site
            if not isinstance(name, str) or read.guarded:
                continue
            severity, known = severity_of(site.file), _known(call)
            if known is None or severity is None or name in asked(site.file, site.file.tree):
                continue
            base = name.removeprefix(_VALIDATION)
            if any(figure.matches(base) for figure in known):
                continue  # without validation data, KC452 says so
            names = list(dict.fromkeys(figure.name for figure in known))
            prefix = name[: len(name) - len(base)]
            likely = [one for one in names if base in ("acc", "accuracy") and one in ("acc", "accuracy")]
            if base == "lr":
                likely = [one for one in names if one == "learning_rate"]
            hint = f'use "{prefix}{likely[0]}"' if likely else f"there are {', '.join(names[:6])}"
            message = f'the history has no "{name}" in Keras 3; {hint}'
            yield Finding(site, message, anchor=call.site, severity=severity)

    VALID = [
        # what compile calls them
        """
import numpy as np
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["acc", keras.metrics.AUC(), keras.metrics.AUC()])
history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20, validation_split=0.25)
for name in ("loss", "acc", "auc", "auc_1"):
    print(history.history[name], history.history["val_" + name])
""",
        # it looks before
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20)
accuracy = history.history["acc"] if "acc" in history.history else history.history["accuracy"]
""",
        # a callback that may add to it
        """
import numpy as np
import keras
from keras import Sequential, layers
class Extra(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["acc"] = 1.0
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20, callbacks=[Extra()])
print(history.history["acc"])
""",
        # another dictionary
        """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20)
print({"acc": 1}["acc"])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
plateau = keras.callbacks.ReduceLROnPlateau()
history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20, callbacks=[plateau])
print(history.history["acc"], history.history["lr"])
entries = history.history
print(entries["loss"], entries["auc"])
""",
            [
                (9, 'the history has no "acc" in Keras 3; use "accuracy"'),
                (9, 'the history has no "lr" in Keras 3; use "learning_rate"'),
                (11, 'the history has no "auc" in Keras 3; there are loss, accuracy, learning_rate'),
            ],
            """
import numpy as np
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
plateau = keras.callbacks.ReduceLROnPlateau()
history = model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=20, callbacks=[plateau])
print(history.history["accuracy"], history.history["learning_rate"])
entries = history.history
print(entries["loss"], entries["auc"])
""",
        ),
    ]


def _known(call: TrainCall) -> list[Figure] | None:
    """The figures that the history has; None where there may be more."""
    if call.compiled is None:
        return None
    callbacks = callbacks_of(call)
    known = figures(call.compiled) if not callbacks.meddling else None
    if known is not None and any(True for _ in callbacks.of("ReduceLROnPlateau", "LearningRateScheduler")):
        known = [*known, Figure("learning_rate")]
    return known
