"""KC430: A callback waits longer than the training lasts."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import KerasObject, Program, TrainCall
from kerascheck.rules._training import (
    argument_site,
    argument_value,
    callbacks_of,
    known_int,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._callbacks import _WATCHERS
from kerascheck.symbolic.unknown import Unknown


def _has_time(call: TrainCall, callback: KerasObject, patience: int) -> bool:
    """Whether a training may take the callback, too, and last long enough for it."""
    value = argument_value(call, "callbacks")
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    if not any(item is callback or isinstance(item, Unknown) for item in items):
        return False
    epochs = known_int(argument_value(call, "epochs", 1))
    return epochs is None or epochs > patience


class PatienceBeyondEpochs(Rule):
    """A callback waits longer than the training lasts.

    ## What it does

    Compares the `patience` of `EarlyStopping` and `ReduceLROnPlateau` with the `epochs` of the `fit` they are used in.
    `EarlyStopping` with `restore_best_weights=True` is of use without ever stopping.

    ## Why it is bad

    The callback counts epochs without progress; there are not enough of them, so it never acts.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    stop = keras.callbacks.EarlyStopping(patience=20)
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=10, validation_split=0.25, callbacks=[stop])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    stop = keras.callbacks.EarlyStopping(patience=3)
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=10, validation_split=0.25, callbacks=[stop])
    ```

    ## References

    - [Keras: EarlyStopping](https://keras.io/api/callbacks/early_stopping/)
    """

    code = "KC430"
    name = "patience-beyond-epochs"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        trainings = [call for call in program.trainings if call.method in ("fit", "fit_generator")]
        for call in trainings:
            epochs = known_int(argument_value(call, "epochs", 1))
            if not epochs:  # where it is 0, nothing is trained at all
                continue
            for callback in callbacks_of(call).of("EarlyStopping", "ReduceLROnPlateau"):
                cls = callback.qualname.rpartition(".")[2]
                given = callback.arguments.get("patience", 2)
                patience = known_int(given.value) if isinstance(given, Given) else None
                if patience is None or patience < epochs or not isinstance(given, Given):
                    continue
                if any(_has_time(other, callback, patience) for other in trainings if other is not call):
                    continue
                if callback.arguments.value("restore_best_weights", 6, False) is not False:
                    continue
                place = callback.site if callback.site and callback.site.file is call.site.file else None
                yield Finding(
                    argument_site(place, given) if place is not None else call.site,
                    f"{cls} waits for {patience} epochs, but fit trains for {epochs}: it {_WATCHERS[cls].fails_to}",
                    anchor=call.site,
                )

    VALID = [
        # time enough
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(patience=5)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=10, validation_split=0.25, callbacks=[stop])
""",
        # for the best weights, not for the stop
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=10, validation_split=0.25, callbacks=[stop])
""",
        # another training with it is longer
        """
import sys
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(patience=10)
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model.fit(x, y, epochs=5, validation_split=0.25, callbacks=[stop])
callbacks = [stop]
if len(sys.argv) > 1:
    callbacks.remove(stop)
model.fit(x, y, epochs=100, validation_split=0.25, callbacks=callbacks)
""",
        # nothing is trained, which another rule tells
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(patience=5)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=0, validation_split=0.25, callbacks=[stop])
""",
        # how long it lasts is not known
        """
import sys
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(patience=10)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=len(sys.argv), validation_split=0.25, callbacks=[stop])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=20)
slow = keras.callbacks.ReduceLROnPlateau("val_loss", 0.5, 10)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=10, validation_split=0.25, callbacks=[stop, slow])
""",
            [
                (7, "EarlyStopping waits for 20 epochs, but fit trains for 10: it never stops"),
                (8, "ReduceLROnPlateau waits for 10 epochs, but fit trains for 10: it never reduces"),
            ],
        ),
    ]
