"""KC120: an Embedding gives zeros for every word, and does not learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.network.ir import BuiltinLayer, Layer
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class EmbeddingOfZeros(Rule):
    """An Embedding outputs zeros for every word, and does not learn.

    ## What it does

    Reports an `Embedding` with `trainable=False` whose table holds nothing but zeros.

    ## Why it is bad

    All words are the same to the model. Mostly the table is made by `np.zeros`, and the loop that puts in the vectors
    of the words is missing or runs over something else.

    ## Example

    ```python
    import keras
    import numpy as np
    from keras import layers

    table = np.zeros((1000, 50))
    words = layers.Embedding(1000, 50, embeddings_initializer=keras.initializers.Constant(table), trainable=False)
    model = keras.Sequential([keras.Input((20,)), words, layers.Flatten(), layers.Dense(1)])
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    from keras import layers

    from elsewhere import vectors

    table = np.zeros((1000, 50))
    for number, vector in enumerate(vectors):
        table[number] = vector
    words = layers.Embedding(1000, 50, embeddings_initializer=keras.initializers.Constant(table), trainable=False)
    model = keras.Sequential([keras.Input((20,)), words, layers.Flatten(), layers.Dense(1)])
    ```

    ## References

    - [Keras: pretrained word embeddings](https://keras.io/examples/nlp/pretrained_word_embeddings/)
    """

    code = "KC120"
    name = "embedding-of-zeros"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        given = {id(event.layer) for event in program.given_weights}
        given |= {id(event.layer) for event in program.events if hasattr(event, "values") and hasattr(event, "layer")}
        for layer in program.layers:
            if layer.cls != "Embedding" or not isinstance(layer, BuiltinLayer) or layer.trainable or layer.site is None:
                continue
            if id(layer) not in given and _holds_zeros(layer):
                yield Finding(
                    layer.site,
                    "the weights of this Embedding are all zero and not trained, so that all words look the same",
                )

    VALID = [
        # filled
        """
import keras
import numpy as np
from keras import layers
from elsewhere import vectors
table = np.zeros((1000, 50))
for number, vector in enumerate(vectors):
    table[number] = vector
words = layers.Embedding(1000, 50, embeddings_initializer=keras.initializers.Constant(table), trainable=False)
model = keras.Sequential([keras.Input((20,)), words, layers.Flatten(), layers.Dense(1)])
""",
        # learned, or set later
        """
import keras
import numpy as np
from keras import layers
from elsewhere import vectors
table = np.zeros((1000, 50))
learns = layers.Embedding(1000, 50, embeddings_initializer="zeros")
later = layers.Embedding(1000, 50, embeddings_initializer="zeros", trainable=False)
model = keras.Sequential([keras.Input((20,)), later, layers.Flatten(), layers.Dense(1)])
later.set_weights([vectors])
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import numpy as np
from keras import layers
table = np.zeros((1000, 50))
words = layers.Embedding(1000, 50, embeddings_initializer=keras.initializers.Constant(table), trainable=False)
model = keras.Sequential([keras.Input((20,)), words, layers.Flatten(), layers.Dense(1)])
""",
            [
                (
                    6,
                    "the weights of this Embedding are all zero and not trained, so that all words look the same",
                )
            ],
        ),
    ]


def _holds_zeros(layer: Layer) -> bool:
    """Whether it begins with a table of zeros."""
    table = layer.config.get("weights")
    if isinstance(table, (list, tuple)) and len(table) == 1:
        return _is_zero(table[0])
    initializer = layer.config.get("embeddings_initializer")
    if isinstance(initializer, KerasObject) and initializer.qualname.endswith(".Constant"):
        return _is_zero(initializer.arguments.value("value", 0, 0.0))
    return False


def _is_zero(value: Any) -> bool:
    return isinstance(value, Array) and value.content.single() == 0
