"""KC464: the name of a checkpoint asks for a figure that there is not."""

from __future__ import annotations

import string
from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent, Given
from kerascheck.network.program import KerasObject, Program, TrainCall
from kerascheck.rules._figures import Figure, figures
from kerascheck.rules._paths import ending_of
from kerascheck.rules._training import argument, argument_site, callbacks_of, dialect, validates
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._callbacks import _RATES

_COUNTERS = frozenset({"epoch", "batch"})


class CheckpointName(Rule):
    """The file name of a checkpoint has a field for a value that is not logged.

    ## What it does

    Compares the fields in the `filepath` of `ModelCheckpoint` with the figures that the compiled loss and metrics give:
    `"{epoch}-{val_acc:.2f}.keras"` needs a metric that is logged as `val_acc`.

    ## Why it is bad

    Keras raises KeyError at the end of the first epoch, which may be an hour's work.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    save = keras.callbacks.ModelCheckpoint("{epoch:02d}-{val_acc:.2f}.keras")
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=5, validation_split=0.25, callbacks=[save])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    save = keras.callbacks.ModelCheckpoint("{epoch:02d}-{val_accuracy:.2f}.keras")
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=5, validation_split=0.25, callbacks=[save])
    ```

    ## References

    - [Keras: ModelCheckpoint](https://keras.io/api/callbacks/model_checkpoint/)
    """

    code = "KC464"
    name = "checkpoint-name"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in ("fit", "fit_generator") or call.compiled is None:
                continue
            callbacks = callbacks_of(call)
            saving = list(callbacks.of("ModelCheckpoint"))
            known = figures(call.compiled) if saving and not callbacks.meddling else None
            if known is None or not isinstance(argument(call, "validation_freq"), Absent):
                continue
            known = [*known, *map(Figure, _RATES)]
            for callback in saving:
                message = _missing(call, callback, known)
                if message is None:
                    continue
                given = callback.arguments.get("filepath", 0)
                place = callback.site
                here = place if place is not None and place.file is call.site.file else call.site
                yield Finding(
                    argument_site(here, given) if isinstance(given, Given) and here is place else here,
                    message,
                    anchor=call.site,
                )

    VALID = [
        # figures that there are
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
save = keras.callbacks.ModelCheckpoint("{epoch:02d}-{loss:.2f}-{val_accuracy:.2f}.keras")
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=5, validation_split=0.25, callbacks=[save])
""",
        # saved within epochs
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
save = keras.callbacks.ModelCheckpoint("{epoch:02d}-{batch:04d}.weights.h5", save_weights_only=True, save_freq=10)
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=5, callbacks=[save])
""",
        # in a folder that is not known; a name that is put in when the path is made
        """
import os
import tempfile
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
folder = tempfile.mkdtemp()
plain = keras.callbacks.ModelCheckpoint(os.path.join(folder, "{epoch:02d}-{accuracy:.2f}.keras"))
named = keras.callbacks.ModelCheckpoint(folder + "/{run}-{{epoch:02d}}.keras".format(run=folder[-3:]))
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=5, callbacks=[plain, named])
""",
        # a callback of the program adds the figure
        """
import numpy as np
import keras
from keras import layers
class F1(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["val_f1"] = 0.5
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
save = keras.callbacks.ModelCheckpoint("{epoch:02d}-{val_f1:.2f}.keras")
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=5, validation_split=0.25, callbacks=[F1(), save])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
x, y = np.ones((64, 4)), np.ones((64, 1))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
save = keras.callbacks.ModelCheckpoint("{epoch:02d}-{val_acc:.2f}.keras")
model.fit(x, y, epochs=5, validation_split=0.25, callbacks=[save])
model.fit(x, y, epochs=5, callbacks=[keras.callbacks.ModelCheckpoint(filepath="{epoch}-{val_loss:.2f}.keras")])
""",
            [
                (8, "no metric is logged as 'val_acc': Keras raises KeyError when it saves"),
                (10, "'val_loss' needs validation data, but fit has none: Keras raises KeyError when it saves"),
            ],
        ),
        Invalid(
            """
import os
import tempfile
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
path = os.path.join(tempfile.mkdtemp(), "{epoch:02d}-{val_accuracy:.2f}.keras")
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=5, callbacks=[keras.callbacks.ModelCheckpoint(path)])
""",
            [(10, "'val_accuracy' needs validation data, but fit has none: Keras raises KeyError when it saves")],
        ),
    ]


def _missing(call: TrainCall, callback: KerasObject, known: list[Figure]) -> str | None:
    """What is wrong with the name of the file."""
    path = ending_of(callback.arguments, callback.site or call.site)
    if path is None or callback.arguments.value("save_freq", 6, "epoch") != "epoch":
        return None
    try:
        fields = [name for _, name, _, _ in string.Formatter().parse(path) if name]
    except ValueError:
        return None
    for field in fields:
        if not field.isidentifier() or field in _COUNTERS:
            continue
        base = field.removeprefix("val_")
        if not any(figure.matches(base) for figure in known):
            if base == "acc" and dialect(call.site) == 1:
                continue
            return f"no metric is logged as {field!r}: Keras raises KeyError when it saves"
        if field.startswith("val_") and validates(call) is False:
            return f"{field!r} needs validation data, but fit has none: Keras raises KeyError when it saves"
    return None
