"""KC403: The data that test the model also decide when its training stops, or which weights are kept."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.content import Rows
from kerascheck.data.training import training_data, validation_data
from kerascheck.diagnostics import Severity
from kerascheck.network.networks import Network
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._training import callbacks_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._data_preparation import _rows, _same_rows


class TestDataChooseModel(Rule):
    """The data that test the model also decide when its training stops, or which weights are kept.

    ## What it does

    Reports `evaluate` on the very samples that were the `validation_data` of `fit`, where a callback (`EarlyStopping`,
    `ReduceLROnPlateau`, `ModelCheckpoint` with `save_best_only=True`) acted on the validation figures.

    ## Why it is bad

    The weights were chosen because they do well on these samples. The result on them is then no estimate of how the
    model does on new ones: it is too good.

    ## Example

    ```python
    import keras
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
    model.fit(x, y, epochs=50, validation_data=(x_test, y_test), callbacks=[stop])
    model.evaluate(x_test, y_test)
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, datasets, layers

    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
    model.fit(x, y, epochs=50, validation_split=0.1, callbacks=[stop])
    model.evaluate(x_test, y_test)
    ```

    ## References

    - [Keras: training and evaluation](https://keras.io/guides/training_with_built_in_methods/)
    """

    code = "KC403"
    name = "test-data-choose-model"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        chosen: list[tuple[Network, Rows, str]] = []
        for call in program.trainings:
            if call.method in ("fit", "fit_generator"):
                rows, chooser = _rows(validation_data(call)), _chooser(call)
                if rows is not None and chooser is not None:
                    chosen.append((call.network, rows, chooser))
            elif call.method == "evaluate":
                own = _rows(training_data(call))
                for network, rows, chooser in chosen:
                    if network is call.network and _same_rows(rows, own):
                        yield Finding(
                            call.site,
                            f"the model is tested on the data by which {chooser} chose it; hold other data back",
                        )
                        break

    VALID = [
        # other data
        """
import keras
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
stop = keras.callbacks.EarlyStopping(restore_best_weights=True)
model.fit(x[5000:], y[5000:], epochs=50, validation_data=(x[:5000], y[:5000]), callbacks=[stop])
model.evaluate(x_test, y_test)
""",
        # only looked at
        """
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5, validation_data=(x_test, y_test))
model.evaluate(x_test, y_test)
""",
        # the callback looks at the training
        """
import keras
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
stop = keras.callbacks.EarlyStopping(monitor="loss")
model.fit(x, y, epochs=50, validation_data=(x_test, y_test), callbacks=[stop])
model.evaluate(x_test, y_test)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import Sequential, datasets, layers
(x, y), (x_test, y_test) = datasets.mnist.load_data()
x_test = x_test.astype("float32")
model = Sequential([layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
best = keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
model.fit(x, y, epochs=50, validation_data=(x_test, y_test), callbacks=[best])
model.evaluate(x_test, y_test)
""",
            [(10, "the model is tested on the data by which ModelCheckpoint chose it; hold other data back")],
        ),
    ]


def _chooser(call: TrainCall) -> str | None:
    """The class of a callback that acts on the validation figures."""
    for callback in callbacks_of(call).of("EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"):
        cls = callback.qualname.rpartition(".")[2]
        monitor = callback.arguments.value("monitor", 1 if cls == "ModelCheckpoint" else 0, "val_loss")
        if cls == "ModelCheckpoint" and callback.arguments.value("save_best_only", 3, False) is not True:
            continue
        if isinstance(monitor, str) and monitor.startswith("val_"):
            return cls
    return None
