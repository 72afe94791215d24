"""KC428 to KC431: callbacks that never do what they are for."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from kerascheck.diagnostics import Applicability, Severity
from kerascheck.machine.values import ClassValue, FunctionValue
from kerascheck.network.arguments import Given
from kerascheck.network.ir import KerasObject, Program, Site, TrainCall
from kerascheck.rules._figures import Figure, figures
from kerascheck.rules._training import (
    argument,
    argument_site,
    argument_value,
    callbacks_of,
    dialect,
    known_int,
    validates,
    value_site,
)
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol, Unknown


@dataclass(frozen=True)
class _Watcher:
    """A kind of callback that watches a figure: where its arguments stand, and what it does not do without it."""

    monitor: int
    mode: int
    fails_to: str


_WATCHERS = {
    "EarlyStopping": _Watcher(0, 4, "never stops"),
    "ModelCheckpoint": _Watcher(1, 5, "never saves"),
    "ReduceLROnPlateau": _Watcher(0, 4, "never reduces"),
}


@dataclass(frozen=True)
class _Watch:
    """One callback at work in one `fit`."""

    call: TrainCall
    callback: KerasObject
    cls: str
    monitor: str
    mode: str
    known: list[Figure]  # what the logs can hold

    @property
    def base(self) -> str:
        """The figure without `val_`."""
        return self.monitor.removeprefix("val_")

    @property
    def is_idle(self) -> bool:
        """Whether the figure does not matter: a checkpoint that saves every time."""
        return self.cls == "ModelCheckpoint" and self.callback.arguments.value("save_best_only", 3, False) is False

    def site(self, name: str, position: int) -> Site:
        """Where an argument of the callback is written; the callback, or the `fit` if that is in another file."""
        place = self.callback.site
        if place is None or place.file is not self.call.site.file:
            return self.call.site
        given = self.callback.arguments.get(name, position)
        return value_site(place, given) if isinstance(given, Given) else place


#: What callbacks that set the learning rate add to the logs (`lr` in Keras 2).
_RATES = ("learning_rate", "lr")


def _watches(program: Program) -> Iterator[_Watch]:
    """The callbacks whose figure and whose `fit` are known."""
    for call in program.trainings:
        if call.method not in ("fit", "fit_generator") or call.compiled is None:
            continue
        callbacks = callbacks_of(call)
        known = figures(call.compiled) if not callbacks.meddling else None
        if known is None:
            continue
        if any(True for _ in callbacks.of("ReduceLROnPlateau", "LearningRateScheduler")):
            known = [*known, *map(Figure, _RATES)]
        for callback in callbacks.of(*_WATCHERS):
            cls = callback.qualname.rpartition(".")[2]
            watcher = _WATCHERS[cls]
            monitor = callback.arguments.value("monitor", watcher.monitor, "val_loss")
            mode = callback.arguments.value("mode", watcher.mode, "auto")
            if isinstance(monitor, str) and isinstance(mode, str):
                yield _Watch(call, callback, cls, monitor, mode, known)


class UnavailableMonitor(Rule):
    """A callback watches a figure that the training never computes.

    ## What it does

    Compares the `monitor` of `EarlyStopping`, `ModelCheckpoint` (with `save_best_only=True`) and `ReduceLROnPlateau`
    with the figures that the compiled loss and metrics give, under the names that Keras gives them; and reports `val_*`
    where `fit` has no validation data.

    It says nothing where the program has callbacks, layers or a training loop that may add figures of their own.

    ## Why it is bad

    Keras 3 raises ValueError where it cannot tell whether more or less is better, which is so for every name that it
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
                        f"{watch.monitor} needs validation data, and fit has none: "
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
            hint = f"did you mean {likely}?" if likely else f"there are {', '.join(names[:6])}"
            yield Finding(
                site,
                f"no metric gives {watch.monitor}: {what}; {hint}",
                _renamed(site, watch.monitor, likely) if likely else None,
                anchor=watch.call.site,
                severity=None if raises else Severity.WARNING,
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
            [(7, "no metric gives val_acc: Keras raises ValueError; did you mean val_accuracy?")],
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
                (8, "val_loss needs validation data, and fit has none: ModelCheckpoint never saves"),
                (9, "val_loss needs validation data, and fit has none: EarlyStopping never stops"),
                (10, "no metric gives val_accuracy: ReduceLROnPlateau never reduces; there are loss, mae"),
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
                    "no metric gives val_mae: EarlyStopping never stops; "
                    "there are loss, size_mae, price_mae, size_loss, price_loss",
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
    near = difflib.get_close_matches(watch.base, names, 1, 0.8)
    return prefix + near[0] if near else None


def _is_old_name(watch: _Watch) -> bool:
    """Whether Keras before 2.3 had this name for a metric that is there."""
    return watch.base == "acc" and any(figure.name == "accuracy" for figure in watch.known)


def _renamed(site: Site, old: str, new: str) -> Repair | None:
    """Write another string, where the old one stands there plainly."""
    value = site.node
    if not isinstance(value, cst.SimpleString) or value.prefix or value.raw_value != old:
        return None
    replacement = Replacement(value, cst.SimpleString(f"{value.quote}{new}{value.quote}"))
    return Repair(f'Write "{new}"', (replacement,), Applicability.UNSAFE)


class WrongMode(Rule):
    """A callback takes worse figures for better ones, or cannot tell which are better.

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
                    f'{watch.monitor} is better when it is {more}, but mode="{watch.mode}"; write mode="{right}"',
                    _renamed(site, watch.mode, right),
                    anchor=watch.call.site,
                )
            elif not any(figure.found and figure.direction for figure in meant) and dialect(watch.call.site) == 3:
                yield Finding(
                    watch.site("monitor", _WATCHERS[watch.cls].monitor),
                    f'Keras 3 cannot tell whether more or less {watch.base} is better; give mode="min" or mode="max"',
                    anchor=watch.call.site,
                    severity=Severity.ERROR,
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
                (7, 'val_accuracy is better when it is higher, but mode="min"; write mode="max"'),
                (8, 'val_loss is better when it is lower, but mode="max"; write mode="min"'),
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
                (11, 'Keras 3 cannot tell whether more or less share is better; give mode="min" or mode="max"'),
                (14, 'Keras 3 cannot tell whether more or less price_loss is better; give mode="min" or mode="max"'),
            ],
        ),
    ]


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
            if epochs is None:
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
                    f"{cls} waits for {patience} epochs and fit makes {epochs}: {_WATCHERS[cls].fails_to}",
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
                (7, "EarlyStopping waits for 20 epochs and fit makes 10: never stops"),
                (8, "ReduceLROnPlateau waits for 10 epochs and fit makes 10: never reduces"),
            ],
        ),
    ]


class NoCallback(Rule):
    """Something is given as a callback that is none.

    ## What it does

    Reports classes in place of objects (`callbacks=[EarlyStopping]`), functions, strings, `None`, optimizers and
    learning rate schedules in the `callbacks` of `fit`, `evaluate` and `predict`.

    ## Why it is bad

    Keras calls the methods of each callback, and raises TypeError or AttributeError at once. A schedule belongs into
    the optimizer: `Adam(learning_rate=schedule)`; a function into `LearningRateScheduler` or `LambdaCallback`.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[keras.callbacks.TerminateOnNaN])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[keras.callbacks.TerminateOnNaN()])
    ```

    ## References

    - [Keras: callbacks API](https://keras.io/api/callbacks/)
    """

    code = "KC431"
    name = "no-callback"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            given = argument(call, "callbacks") if not call.method.endswith("_on_batch") else None
            if not isinstance(given, Given) or given.value is None:
                continue
            items = list(given.value) if isinstance(given.value, (list, tuple)) else [given.value]
            found = [message for message in map(_misuse, items) if message is not None]
            if found:
                yield Finding(argument_site(call.site, given), found[0], anchor=call.site)

    VALID = [
        # objects, in a list, a tuple or alone
        """
import numpy as np
import keras
from keras import layers
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, callbacks=[keras.callbacks.TerminateOnNaN()])
model.fit(x, y, callbacks=(keras.callbacks.TerminateOnNaN(),))
model.fit(x, y, callbacks=keras.callbacks.TerminateOnNaN())
model.fit(x, y, callbacks=None)
""",
        # objects of a class of the program
        """
import numpy as np
import keras
from keras import layers
class Watch(keras.callbacks.Callback):
    pass
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 4)), np.zeros((64, 1)), callbacks=[Watch()])
""",
        # made by code that is not known
        """
from elsewhere import callbacks, x, y
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, callbacks=[callbacks.Timer(), *callbacks.more])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
class Watch(keras.callbacks.Callback):
    pass
def rate(epoch):
    return 0.01
x, y = np.zeros((64, 4)), np.zeros((64, 1))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, callbacks=[keras.callbacks.TerminateOnNaN])
model.fit(x, y, callbacks=[keras.callbacks.TerminateOnNaN(), Watch])
model.fit(x, y, callbacks=[rate])
model.fit(x, y, callbacks=[keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)])
model.fit(x, y, callbacks=["early_stopping"])
""",
            [
                (12, "TerminateOnNaN is a class; write TerminateOnNaN()"),
                (13, "Watch is a class; write Watch()"),
                (14, "a function is no callback; wrap it in LearningRateScheduler or LambdaCallback"),
                (15, "ExponentialDecay is no callback; give it to the optimizer as its learning_rate"),
                (16, "'early_stopping' is no callback; make an object of keras.callbacks"),
            ],
        ),
    ]


def _misuse(value: object) -> str | None:
    """What is wrong with this callback; None where nothing is, or it is not known."""
    if isinstance(value, Symbol):
        module, _, name = value.name.rpartition(".")
        return f"{name} is a class; write {name}()" if module == "keras.callbacks" and name[:1].isupper() else None
    if isinstance(value, ClassValue):
        return f"{value.name} is a class; write {value.name}()"
    if isinstance(value, FunctionValue):
        return "a function is no callback; wrap it in LearningRateScheduler or LambdaCallback"
    if isinstance(value, KerasObject):
        name = value.qualname.rpartition(".")[2]
        if value.qualname.startswith("keras.optimizers.schedules."):
            return f"{name} is no callback; give it to the optimizer as its learning_rate"
        if value.qualname.startswith(("keras.optimizers.", "keras.metrics.", "keras.losses.")):
            return f"{name} is no callback; it belongs into compile"
        return None
    if value is None or isinstance(value, (str, bool, int, float)):
        return f"{value!r} is no callback; make an object of keras.callbacks"
    return None
