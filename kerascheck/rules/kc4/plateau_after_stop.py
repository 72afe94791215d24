"""KC461: the training is stopped before the learning rate would be reduced."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Absent, Given
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._training import callback_site, callbacks_of, known_int
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class PlateauAfterStop(Rule):
    """The training is stopped before the learning rate would be reduced.

    ## What it does

    Compares the `patience` of `EarlyStopping` and `ReduceLROnPlateau` in one `fit` where both watch the same figure.

    ## Why it is bad

    Both count the epochs without progress. Where the stop waits no longer than the reduction, the training ends before
    the smaller rate is tried: the callback has no effect.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    stop = keras.callbacks.EarlyStopping(patience=5)
    reduce = keras.callbacks.ReduceLROnPlateau(patience=10)
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=99, validation_split=0.25, callbacks=[stop, reduce])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    stop = keras.callbacks.EarlyStopping(patience=10)
    reduce = keras.callbacks.ReduceLROnPlateau(patience=3)
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=99, validation_split=0.25, callbacks=[stop, reduce])
    ```

    ## References

    - [Keras: ReduceLROnPlateau](https://keras.io/api/callbacks/reduce_lr_on_plateau/)
    """

    code = "KC461"
    name = "plateau-after-stop"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in ("fit", "fit_generator"):
                continue
            callbacks = callbacks_of(call)
            stops = list(callbacks.of("EarlyStopping"))
            for plateau in callbacks.of("ReduceLROnPlateau") if stops else ():
                given = plateau.arguments.get("patience", 2)
                waits = known_int(given.value) if isinstance(given, Given) else 10
                patience = [found for stop in stops if (found := _patience(stop, plateau)) is not None]
                if waits is None or not patience or waits < min(patience):
                    continue
                yield Finding(
                    callback_site(plateau, call, given),
                    f"EarlyStopping ends the training after {min(patience)} epochs without progress, and "
                    f"ReduceLROnPlateau reduces only after {waits}: the smaller rate is never tried",
                    anchor=call.site,
                )

    VALID = [
        # reduced several times before it ends
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
calls = [keras.callbacks.EarlyStopping(patience=12), keras.callbacks.ReduceLROnPlateau(patience=4)]
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=99, validation_split=0.25, callbacks=calls)
""",
        # another figure
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
calls = [keras.callbacks.EarlyStopping("loss", patience=4), keras.callbacks.ReduceLROnPlateau("val_loss", patience=4)]
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=99, validation_split=0.25, callbacks=calls)
""",
        # what counts as progress differs
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
calls = [keras.callbacks.EarlyStopping(patience=4), keras.callbacks.ReduceLROnPlateau(patience=5, min_delta=0.05)]
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=99, validation_split=0.25, callbacks=calls)
""",
        # stops only from a later epoch on
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
calls = [keras.callbacks.EarlyStopping(patience=4, start_from_epoch=50), keras.callbacks.ReduceLROnPlateau(patience=4)]
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=99, validation_split=0.25, callbacks=calls)
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
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
plateau = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=3)
model.fit(x, y, epochs=99, validation_split=0.25, callbacks=[stop, plateau])
model.fit(x, y, epochs=99, validation_split=0.25, callbacks=[stop, keras.callbacks.ReduceLROnPlateau()])
""",
            [
                (
                    9,
                    "EarlyStopping ends the training after 3 epochs without progress, and ReduceLROnPlateau reduces "
                    "only after 3: the smaller rate is never tried",
                ),
                (
                    11,
                    "EarlyStopping ends the training after 3 epochs without progress, and ReduceLROnPlateau reduces "
                    "only after 10: the smaller rate is never tried",
                ),
            ],
        ),
    ]


#: What `ReduceLROnPlateau` takes for no progress, unless it is told otherwise.
_LEAST_PROGRESS = 1e-4


def _patience(stop: KerasObject, plateau: KerasObject) -> int | None:
    """How long the stop waits, where both surely count the same epochs."""
    watched = stop.arguments.value("monitor", 0, "val_loss")
    if not isinstance(watched, str) or watched != plateau.arguments.value("monitor", 0, "val_loss"):
        return None
    if not isinstance(stop.arguments.get("start_from_epoch"), Absent):
        return None
    least, own = plateau.arguments.value("min_delta", 5, _LEAST_PROGRESS), stop.arguments.value("min_delta", 1, 0)
    if not isinstance(least, (int, float)) or not isinstance(own, (int, float)):
        return None
    if abs(least) > max(abs(own), _LEAST_PROGRESS):
        return None
    patience = known_int(stop.arguments.value("patience", 2, 0))
    return patience if patience else None
