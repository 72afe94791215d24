"""KC429: A callback takes worse values for better ones, or cannot tell which are better."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._training import (
    dialect,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._callbacks import _WATCHERS, _renamed, _watches


class WrongMode(Rule):
    """A callback takes worse values for better ones, or cannot tell which are better.

    ## What it does

    Reports `mode="min"` for metrics where more is better (accuracy, AUC, precision...), `mode="max"` for losses and
    errors, and `mode="auto"` (the default) where Keras 3 does not find out: for functions of the program and for the
    figures of single outputs (`val_price_loss`).

    ## Why it is bad

    With the wrong mode, `EarlyStopping` stops when the model gets better and `ModelCheckpoint` keeps the worst one. In
    mode `auto`, Keras 3 raises ValueError for every figure but the loss and its own metrics; Keras 2 guessed.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="min", patience=3)
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", mode="max", patience=3)
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
    ```

    ## References

    - [Keras: EarlyStopping](https://keras.io/api/callbacks/early_stopping/)
    """

    code = "KC429"
    name = "wrong-mode"
    severity = Severity.WARNING
    fixable = "unsafe"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for watch in _watches(program):
            meant = [figure for figure in watch.known if figure.matches(watch.base)]
            site = watch.site("mode", _WATCHERS[watch.cls].mode)
            if not meant:
                continue
            if watch.mode in ("min", "max"):
                better: set[str | None] = {figure.direction for figure in meant}
                wrong = "up" if watch.mode == "min" else "down"
                if better != {wrong} or watch.is_idle:
                    continue
                right = "max" if wrong == "up" else "min"
                more = "higher" if wrong == "up" else "lower"
                yield Finding(
                    site,
                    f'{watch.monitor!r} is better when it is {more}, but mode="{watch.mode}"; write mode="{right}"',
                    _renamed(site, watch.mode, right),
                    anchor=watch.call.site,
                )
            elif not any(figure.found and figure.direction for figure in meant) and dialect(watch.call.site) == 3:
                yield Finding(
                    watch.site("monitor", _WATCHERS[watch.cls].monitor),
                    f'Keras 3 cannot tell whether a higher or a lower {watch.base!r} is better; pass mode="min" or '
                    f'mode="max"',
                    anchor=watch.call.site,
                    severity=Severity.ERROR,
                    only_keras_3=True,
                )

    VALID = [
        # found out
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", "mae"])
stops = [keras.callbacks.EarlyStopping(m) for m in ("val_accuracy", "val_mae", "val_loss")]
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=stops)
""",
        # given rightly
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stops = [keras.callbacks.EarlyStopping("val_accuracy", mode="max"), keras.callbacks.EarlyStopping(mode="min")]
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=stops)
""",
        # what the function means is the program's affair
        """
import numpy as np
import keras
from keras import layers, ops
def share(y_true, y_pred):
    return ops.mean(y_pred)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=[share])
stop = keras.callbacks.EarlyStopping("val_share", mode="min")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping("val_accuracy", mode="min", patience=3)
save = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True, mode="max")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop, save])
""",
            [
                (7, '\'val_accuracy\' is better when it is higher, but mode="min"; write mode="max"'),
                (8, '\'val_loss\' is better when it is lower, but mode="max"; write mode="min"'),
            ],
            fixed="""
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping("val_accuracy", mode="max", patience=3)
save = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True, mode="min")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop, save])
""",
        ),
        # Keras does not know functions of the program, nor single outputs
        Invalid(
            """
import numpy as np
import keras
from keras import layers, ops
def share(y_true, y_pred):
    return ops.mean(y_pred)
i = keras.Input((4,))
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = keras.Model(i, layers.Dense(1)(i))
model.compile("adam", "mse", metrics=[share])
model.fit(x, y, validation_split=0.25, callbacks=[keras.callbacks.EarlyStopping("val_share")])
pair = keras.Model(i, [layers.Dense(1, name="size")(i), layers.Dense(1, name="price")(i)])
pair.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(monitor="val_price_loss")
pair.fit(x, [y, y], validation_split=0.25, callbacks=[stop])
""",
            [
                (
                    11,
                    "Keras 3 cannot tell whether a higher or a lower 'share' is better; pass mode=\"min\" or "
                    'mode="max"',
                ),
                (
                    14,
                    "Keras 3 cannot tell whether a higher or a lower 'price_loss' is better; pass mode=\"min\" or "
                    'mode="max"',
                ),
            ],
        ),
    ]
