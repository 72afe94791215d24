"""KC428: A callback monitors a value that the training never computes."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._training import (
    dialect,
    validates,
)
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._callbacks import _RATES, _WATCHERS, _renamed, _Watch, _watches
from kerascheck.text.spelling import most_like


class UnavailableMonitor(Rule):
    """A callback monitors a value that the training never computes.

    ## What it does

    Compares the `monitor` of `EarlyStopping`, `ModelCheckpoint` (with `save_best_only=True`) and `ReduceLROnPlateau`
    with the figures that the compiled loss and metrics give, under the names that Keras gives them; and reports `val_*`
    where `fit` has no validation data.

    It says nothing where the program has callbacks, layers or a training loop that may add figures of their own.

    ## Why it is bad

    Keras 3 raises ValueError where it cannot tell whether higher or lower is better, which is so for every name that it
    does not know; with a `mode` it only warns, and the callback never does anything: no stop, no saved model. A metric
    is called what `compile` calls it: `metrics=["accuracy"]` gives `val_accuracy` since Keras 2.3, not `val_acc`.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_acc", patience=3)
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=3)
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
    ```

    ## References

    - [Keras: EarlyStopping](https://keras.io/api/callbacks/early_stopping/)
    - [Keras 2.3.0 release notes](https://github.com/keras-team/keras/releases/tag/2.3.0)
    """

    code = "KC428"
    name = "unavailable-monitor"
    severity = Severity.ERROR
    fixable = "unsafe"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for watch in _watches(program):
            site = watch.site("monitor", _WATCHERS[watch.cls].monitor)
            if watch.is_idle:
                continue
            if any(figure.matches(watch.base) for figure in watch.known):
                if watch.monitor.startswith("val_") and validates(watch.call) is False:
                    yield Finding(
                        site,
                        f"{watch.monitor!r} needs validation data, but fit has none: "
                        f"{watch.cls} {_WATCHERS[watch.cls].fails_to}",
                        anchor=watch.call.site,
                        severity=Severity.WARNING,
                    )
                continue
            old = _is_old_name(watch) and dialect(site) == 1
            if old:
                continue
            names = list(dict.fromkeys(figure.name for figure in watch.known if figure.name not in _RATES))
            likely = _likely(watch, names)
            raises = watch.mode not in ("min", "max") and dialect(watch.call.site) == 3
            what = "Keras raises ValueError" if raises else f"{watch.cls} {_WATCHERS[watch.cls].fails_to}"
            hint = f"did you mean {likely!r}?" if likely else f"there are {', '.join(map(repr, names[:6]))}"
            yield Finding(
                site,
                f"no metric is logged as {watch.monitor!r}: {what}; {hint}",
                _renamed(site, watch.monitor, likely) if likely else None,
                anchor=watch.call.site,
                severity=None if raises else Severity.WARNING,
                only_keras_3=raises,
            )

    VALID = [
        # the name that compile gives
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["acc", keras.metrics.AUC()])
stops = [keras.callbacks.EarlyStopping(monitor=m, patience=3) for m in ("val_acc", "acc", "loss", "val_loss")]
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=stops)
""",
        # a number that depends on what ran before
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(), keras.metrics.AUC(curve="PR")])
stop = keras.callbacks.EarlyStopping(monitor="val_auc_1", mode="max")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
""",
        # names of the program's choice
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(name="roc")])
stop = keras.callbacks.EarlyStopping(monitor="val_roc")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
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
stop = keras.callbacks.EarlyStopping(monitor="val_f1", mode="max")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[F1(), stop])
""",
        # outputs have figures of their own
        """
import numpy as np
import keras
from keras import layers
i = keras.Input((4,))
model = keras.Model(i, [layers.Dense(1, name="size")(i), layers.Dense(1, name="price")(i)])
model.compile("adam", {"size": "mse", "price": "mse"}, metrics={"price": ["mae"]})
watched = ("val_price_mae", "val_size_loss")
stops = [keras.callbacks.EarlyStopping(monitor=m, mode="min") for m in watched]
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model.fit(x, {"size": y, "price": y}, epochs=50, validation_split=0.25, callbacks=stops)
""",
        # saved in each epoch, whatever the figure is
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
save = keras.callbacks.ModelCheckpoint("last.keras", verbose=1)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=3, callbacks=[save])
""",
        # the training loop of the program reports what it likes
        """
import numpy as np
import keras
from keras import layers
class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(1)
    def call(self, x):
        return self.dense(x)
    def train_step(self, data):
        return {"g_loss": 0.0}
model = Model()
model.compile("adam", "mse")
stop = keras.callbacks.EarlyStopping(monitor="g_loss", mode="min")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=3, callbacks=[stop])
""",
    ]
    INVALID = [
        # one metric, as an older Keras takes it
        Invalid(
            """
import numpy as np
from tensorflow.keras import Sequential, layers
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.optimizers import Adam
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer=Adam(lr=0.01), metrics="acc")
stop = EarlyStopping(monitor="los", patience=5)
model.fit(np.zeros((64, 4)), np.eye(64, 3), epochs=50, callbacks=[stop])
""",
            [(8, "no metric is logged as 'los': Keras raises ValueError; did you mean 'loss'?")],
            """
import numpy as np
from tensorflow.keras import Sequential, layers
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.optimizers import Adam
model = Sequential([layers.Input((4,)), layers.Dense(3, activation="softmax")])
model.compile(loss="categorical_crossentropy", optimizer=Adam(lr=0.01), metrics="acc")
stop = EarlyStopping(monitor="loss", patience=5)
model.fit(np.zeros((64, 4)), np.eye(64, 3), epochs=50, callbacks=[stop])
""",
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_acc", patience=3)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
""",
            [(7, "no metric is logged as 'val_acc': Keras raises ValueError; did you mean 'val_accuracy'?")],
            fixed="""
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=3)
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
""",
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["mae"])
save = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
model.fit(x, y, epochs=50, callbacks=[save, keras.callbacks.EarlyStopping(patience=3)])
reduce = keras.callbacks.ReduceLROnPlateau("val_accuracy", mode="max")
model.fit(x, y, epochs=50, validation_data=(x, y), callbacks=reduce)
""",
            [
                (8, "'val_loss' needs validation data, but fit has none: ModelCheckpoint never saves"),
                (9, "'val_loss' needs validation data, but fit has none: EarlyStopping never stops"),
                (10, "no metric is logged as 'val_accuracy': ReduceLROnPlateau never reduces; there are 'loss', 'mae'"),
            ],
        ),
        # the outputs of a model have names
        Invalid(
            """
import numpy as np
import keras
from keras import layers
i = keras.Input((4,))
model = keras.Model(i, [layers.Dense(1, name="size")(i), layers.Dense(1, name="price")(i)])
model.compile("adam", "mse", metrics=["mae", "mae"])
stop = keras.callbacks.EarlyStopping(monitor="val_mae", mode="min")
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model.fit(x, [y, y], epochs=50, validation_split=0.25, callbacks=[stop])
""",
            [
                (
                    8,
                    "no metric is logged as 'val_mae': EarlyStopping never stops; "
                    "there are 'loss', 'size_mae', 'price_mae', 'size_loss', 'price_loss'",
                )
            ],
        ),
    ]


#: Names that mean the same metric, by version of Keras and by habit.
_SAME = ({"acc", "accuracy", "Accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"},
         {"mae", "mean_absolute_error", "MAE"}, {"mse", "mean_squared_error", "MSE"}, {"auc", "AUC", "roc_auc"},
         {"precision", "Precision"}, {"recall", "Recall"})  # fmt: skip


def _likely(watch: _Watch, names: list[str]) -> str | None:
    """The figure that was probably meant, with its `val_`."""
    prefix = "val_" if watch.monitor.startswith("val_") else ""
    for same in _SAME:
        meant = [name for name in names if name in same]
        if watch.base in same and len(meant) == 1:
            return prefix + meant[0]
    near = most_like(watch.base, names, 0.8)
    return prefix + near if near else None


def _is_old_name(watch: _Watch) -> bool:
    """Whether Keras before 2.3 had this name for a metric that is there."""
    return watch.base == "acc" and any(figure.name == "accuracy" for figure in watch.known)
