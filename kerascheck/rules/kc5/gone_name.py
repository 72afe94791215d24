"""KC502: modules, classes and functions that Keras 3 does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._gone import gone_mentions, said, severity_of, way_out
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class GoneName(Rule):
    """A module, class or function of an older Keras.

    ## What it does

    Looks up what the program imports, and what it reaches through modules, in a table of what Keras 1 and 2 had and
    Keras 3 has not. `tf.keras` keeps some names that `keras` has lost; the rule knows by which of the two a name is
    reached. So it does for names of TensorFlow 1 such as `tf.Session`.

    A program for which an older Keras is known to be meant (by what its project or its notebook installs, by
    `TF_USE_LEGACY_KERAS`, by `import tf_keras`) may use them. Where nothing but such names show an older Keras, the
    finding is a note. What a program tries, with another way in `except ImportError`, and what depends on a version
    it asks for is left out.

    ## Why it is bad

    The import fails, or the use of the name: `ImportError`, `ModuleNotFoundError`, `AttributeError`.

    ## Example

    ```python
    from keras.layers.core import Dense
    from keras.utils.np_utils import to_categorical
    ```

    ## Use instead

    ```python
    from keras.layers import Dense
    from keras.utils import to_categorical
    ```

    ## References

    - [Keras: migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC502"
    name = "gone-name"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        severity = severity_of(program.source)
        if severity is None:
            return
        for mention, row, site in gone_mentions(program):
            if mention.dotted.startswith("keras.backend.") and row.kind != "module":
                continue
            way = way_out(mention, row)
            owner = "TensorFlow 2" if mention.root == "tensorflow" else "Keras 3"
            message = f"{owner} has no {said(mention, row)}"
            if row.raises is not None:
                message = f"{owner} raises {row.raises.removesuffix(' when it is called')} for {said(mention, row)}"
            yield Finding(site, f"{message}; use {way}" if way is not None else message, severity=severity)

    VALID = [
        # where they are now
        """
from keras.layers import Conv2D, Dense, concatenate
from keras.utils import plot_model, to_categorical
from keras import losses, ops
""",
        # names that are still there, though Keras has others for them
        """
from keras.layers import Convolution2D, MaxPooling2D
from keras.models import Sequential
model = Sequential([Convolution2D(8, (3, 3), input_shape=(28, 28, 1)), MaxPooling2D()])
""",
        # tf.keras keeps it
        """
import tensorflow as tf
from tensorflow.keras.preprocessing.text import Tokenizer
tokenizer = Tokenizer(num_words=100)
images = tf.keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255)
""",
        # another way where it is not there
        """
try:
    from keras.layers.merge import concatenate
except ImportError:
    from keras.layers import concatenate
""",
        # the version is asked for
        """
import keras
if keras.__version__ < "3":
    from keras.utils.np_utils import to_categorical
else:
    from keras.utils import to_categorical
""",
        # meant for Keras 2
        """
import os
os.environ["TF_USE_LEGACY_KERAS"] = "1"
from tensorflow.keras.layers.experimental.preprocessing import Rescaling
""",
        # a name of the program's own
        """
import numpy as np
from keras.layers import Dense
class objectives:
    mse = "mse"
def merge(arrays):
    return np.concatenate(arrays)
joined, loss = merge([np.zeros(3), np.ones(3)]), objectives.mse
""",
        # a parameter
        """
from keras import layers
def first(layers):
    return layers.core
""",
    ]
    INVALID = [
        Invalid(
            """
from keras.layers.core import Dense, Dropout
from keras.utils.np_utils import to_categorical
from keras.utils.visualize_util import plot
""",
            [
                (2, "Keras 3 has no keras.layers.core; use keras.layers.Dense"),
                (2, "Keras 3 has no keras.layers.core; use keras.layers.Dropout"),
                (3, "Keras 3 has no keras.utils.np_utils; use keras.utils.to_categorical"),
                (4, "Keras 3 has no keras.utils.visualize_util.plot; use keras.utils.plot_model"),
            ],
            """
from keras.layers import Dense, Dropout
from keras.utils import to_categorical, plot_model
""",
        ),
        Invalid(
            """
from keras.utils import multi_gpu_model
from keras.preprocessing.text import Tokenizer
from keras.layers import merge
tokenizer = Tokenizer(num_words=100)
""",
            [
                (
                    2,
                    "Keras 3 has no keras.utils.multi_gpu_model; use tf.distribute.MirroredStrategy",
                ),
                (3, "Keras 3 has no keras.preprocessing.text.Tokenizer; use keras.layers.TextVectorization"),
                (
                    4,
                    "Keras 3 has no keras.layers.merge; use concatenate, add, multiply, average, dot or maximum of "
                    "keras.layers",
                ),
            ],
            """
from tensorflow.keras.preprocessing.text import Tokenizer
tokenizer = Tokenizer(num_words=100)
""",
        ),
        Invalid(
            """
import tensorflow as tf
from tensorflow import keras
flip = keras.layers.experimental.preprocessing.RandomFlip("horizontal")
adam = tf.keras.optimizers.legacy.Adam(0.01)
session = tf.Session()
""",
            [
                (4, "Keras 3 has no tf.keras.layers.experimental; use keras.layers.RandomFlip"),
                (5, "Keras 3 raises ImportError for tf.keras.optimizers.legacy.Adam; use keras.optimizers.Adam"),
                (6, "TensorFlow 2 has no tf.Session; use tf.compat.v1.Session"),
            ],
            """
import tensorflow as tf
from tensorflow import keras
flip = keras.layers.RandomFlip("horizontal")
adam = tf.keras.optimizers.Adam(0.01)
session = tf.Session()
""",
        ),
    ]
