"""KC603: only numpy's random numbers are seeded."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._mentions import writes
from kerascheck.rules._training import dialect
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What seeds Keras or TensorFlow.
_SEEDING = ("set_random_seed", "set_seed", "SeedGenerator", "enable_op_determinism", "theano")


class SeedOfNumpyOnly(Rule):
    """`numpy.random.seed` is called and nothing that seeds Keras.

    ## What it does

    Reports `numpy.random.seed(...)` in a program that trains a model and calls neither `keras.utils.set_random_seed`
    nor `tf.random.set_seed`.

    ## Why it is bad

    Initial weights, dropout and the order of the batches come from the backend, which does not ask numpy: two runs give
    different models. It was otherwise with Theano, from which the line is often copied.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    np.random.seed(7)
    model = Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    from keras import Sequential, layers

    keras.utils.set_random_seed(7)
    model = Sequential([layers.Input((8,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
    ```

    ## References

    - [Keras: set_random_seed](https://keras.io/api/utils/python_utils/#setrandomseed-function)
    - [Results that do not repeat](https://github.com/keras-team/keras/issues/2743)
    """

    code = "KC603"
    name = "seed-of-numpy-only"
    severity = Severity.INFO

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(call.method in FITTING for call in program.trainings):
            return
        for name, arguments, site in program.calls:
            if name != "numpy.random.seed" or not isinstance(arguments.value("seed", 0), int) or dialect(site) < 2:
                continue
            if writes(site.file, _SEEDING):
                continue
            yield Finding(
                site,
                "numpy.random.seed() does not seed Keras: weights, dropout and the order of batches differ from run to "
                "run; use keras.utils.set_random_seed()",
            )
            return

    VALID = [
        # all of them
        """
import keras
import numpy as np
from keras import Sequential, layers
keras.utils.set_random_seed(7)
np.random.seed(7)
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
        # each one by itself
        """
import random
import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential, layers
random.seed(1), np.random.seed(1), tf.random.set_seed(1)
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(64, 8), np.random.rand(64, 1))
""",
        # nothing is trained
        """
import numpy as np
from keras import Sequential, layers
np.random.seed(1)
x = np.random.rand(64, 8)
model = Sequential([layers.Input((8,)), layers.Dense(1)])
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy
from keras import Sequential, layers
seed = 7
numpy.random.seed(seed)
model = Sequential([layers.Input((8,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(numpy.random.rand(64, 8), numpy.random.rand(64, 1))
""",
            [
                (
                    5,
                    "numpy.random.seed() does not seed Keras: weights, dropout and the order of batches differ from "
                    "run to run; use keras.utils.set_random_seed()",
                )
            ],
        ),
    ]
