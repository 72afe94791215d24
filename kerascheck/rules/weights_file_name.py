"""KC702: weights under a name that Keras 3 does not take."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Program
from kerascheck.rules._code import is_keras_3
from kerascheck.rules._paths import ending_of, last_part
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ENDING = ".weights.h5"
#: Formats of weights that Keras 3 does not read.
_FOREIGN = (".ckpt", ".tf", ".index", ".npz", ".npy", ".pt", ".pth", ".pkl", ".pb", ".weights")


class WeightsFileName(Rule):
    """Weights are saved or loaded under a name that does not end in `.weights.h5`.

    ## What it does

    Reports `save_weights` and `ModelCheckpoint(save_weights_only=True)` with a path that does not end in
    `.weights.h5`, and `load_weights` of formats that Keras 3 does not read.

    ## Why it is bad

    Keras 3 refuses: "The filename must end in `.weights.h5`", in `save_weights` after the training is over.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.save_weights("model.h5")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    model.save_weights("model.weights.h5")
    ```

    ## References

    - [A checkpoint of weights](https://github.com/tensorflow/tensorflow/issues/75196)
    """

    code = "KC702"
    name = "weights-file-name"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, FileCall) or event.guarded or not is_keras_3(event.site):
                continue
            ending = ending_of(event.arguments, event.site)
            if ending is None or "save_format" in event.arguments.keywords:
                continue
            shown = last_part(ending)
            fits = ending.endswith(_ENDING) or _ENDING.endswith(ending)
            if event.verb == "save_weights" and not fits:
                yield Finding(event.site, f"save_weights takes a name that ends in {_ENDING}, got {shown!r}")
            elif event.verb == "load_weights" and ending.endswith(_FOREIGN):
                yield Finding(
                    event.site, f"load_weights of Keras 3 reads {_ENDING}, .keras and .h5 files, got {shown!r}"
                )
        for name, arguments, site in program.calls:
            if not name.endswith(".ModelCheckpoint") or arguments.value("save_weights_only", 4, False) is not True:
                continue
            ending = ending_of(arguments, site)
            if not is_keras_3(site) or ending is None or ending.endswith(_ENDING) or _ENDING.endswith(ending):
                continue
            yield Finding(
                site,
                f"ModelCheckpoint(save_weights_only=True) takes a path that ends in {_ENDING}, got "
                f"{last_part(ending)!r}",
            )

    VALID = [
        # the one ending
        """
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.save_weights("best.weights.h5")
model.load_weights("best.weights.h5")
keep = keras.callbacks.ModelCheckpoint("best-{epoch:02d}.weights.h5", save_weights_only=True)
""",
        # whole models
        """
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.load_weights("old.h5")
keep = keras.callbacks.ModelCheckpoint("best.keras")
""",
        # a path that is not known
        """
import sys
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
model.save_weights(sys.argv[1])
def keep(path, name):
    model.save_weights(path + name)
    return keras.callbacks.ModelCheckpoint(f"{path}/{name}", save_weights_only=True)
""",
        # only the beginning is not known
        """
import os, sys
import keras
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
path = os.path.join(sys.argv[1], "best.weights.h5")
model.save_weights(path)
model.save_weights(sys.argv[1] + ".h5")
""",
        # written for TensorFlow 2.10
        """
import tensorflow as tf
from tensorflow.keras.preprocessing.text import Tokenizer
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.compile(tf.keras.optimizers.Adam(lr=0.1, decay=1e-6))
model.fit_generator(None)
model.save_weights("checkpoint.ckpt", save_format="tf")
""",
    ]
    INVALID = [
        Invalid(
            """
import os, sys
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(1)])
model.save_weights(os.path.join(sys.argv[1], "model.h5"))
keep = tf.keras.callbacks.ModelCheckpoint(filepath="training/cp.ckpt", save_weights_only=True, verbose=1)
model.load_weights("training/cp.ckpt")
""",
            [
                (5, "save_weights takes a name that ends in .weights.h5, got 'model.h5'"),
                (
                    6,
                    "ModelCheckpoint(save_weights_only=True) takes a path that ends in .weights.h5, got 'cp.ckpt'",
                ),
                (7, "load_weights of Keras 3 reads .weights.h5, .keras and .h5 files, got 'cp.ckpt'"),
            ],
        ),
    ]
