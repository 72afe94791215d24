"""KC463: a callback takes only progress that the figure cannot make."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.keras.naming import snake_case
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._training import callback_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc4._callbacks import _watches

#: Metrics that go from 0 to 1.
_SHARES = frozenset(
    {
        "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "TopKCategoricalAccuracy",
        "SparseTopKCategoricalAccuracy", "AUC", "Precision", "Recall", "F1Score", "IoU", "BinaryIoU", "MeanIoU",
    }
)  # fmt: skip
_NAMES = frozenset({"acc", *_SHARES, *map(snake_case, _SHARES), "accuracy", "auc"})
#: Where `min_delta` stands.
_POSITIONS = {"EarlyStopping": 1, "ReduceLROnPlateau": 5}


class ProgressOutOfReach(Rule):
    """A callback waits for an improvement that the metric cannot make.

    ## What it does

    Reports `min_delta` of 1 or more where `EarlyStopping` or `ReduceLROnPlateau` watches a metric that goes from 0 to
    1: accuracy, AUC, precision, recall.

    ## Why it is bad

    No epoch improves an accuracy by 1. The callback sees no progress from the first epoch on, and stops the training as
    soon as its patience is over. One per cent is `min_delta=0.01`.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping("val_accuracy", min_delta=1, patience=3)
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping("val_accuracy", min_delta=0.01, patience=3)
    model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
    ```

    ## References

    - [Keras: EarlyStopping](https://keras.io/api/callbacks/early_stopping/)
    """

    code = "KC463"
    name = "progress-out-of-reach"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for watch in _watches(program):
            if watch.cls not in _POSITIONS or watch.base not in _NAMES:
                continue
            if not any(figure.name == watch.base for figure in watch.known):
                continue
            given = watch.callback.arguments.get("min_delta", _POSITIONS[watch.cls])
            least = given.value if isinstance(given, Given) else None
            if isinstance(least, (int, float)) and not isinstance(least, bool) and abs(least) >= 1:
                yield Finding(
                    callback_site(watch.callback, watch.call, given),
                    f"{watch.monitor!r} goes from 0 to 1, so that no epoch improves it by {least:g}: {watch.cls} sees "
                    "no progress at all",
                    anchor=watch.call.site,
                )

    VALID = [
        # a hundredth
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping("val_accuracy", min_delta=0.01, patience=3)
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop])
""",
        # a figure without such bounds
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
stops = [keras.callbacks.EarlyStopping("val_loss", min_delta=5), keras.callbacks.EarlyStopping("val_mae", min_delta=1)]
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=stops)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
stop = keras.callbacks.EarlyStopping("accuracy", 1, 3)
reduce = keras.callbacks.ReduceLROnPlateau("val_auc", mode="max", min_delta=2.5)
model.fit(np.ones((64, 4)), np.ones((64, 1)), epochs=50, validation_split=0.25, callbacks=[stop, reduce])
""",
            [
                (
                    7,
                    "'accuracy' goes from 0 to 1, so that no epoch improves it by 1: EarlyStopping sees no progress at "
                    "all",
                ),
                (
                    8,
                    "'val_auc' goes from 0 to 1, so that no epoch improves it by 2.5: ReduceLROnPlateau sees no "
                    "progress at all",
                ),
            ],
        ),
    ]
