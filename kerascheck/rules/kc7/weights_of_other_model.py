"""KC706: weights of one model are loaded into one of another shape."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.machine.keras.saving import WeightsFile
from kerascheck.network.dims import definitely_different, format_shape
from kerascheck.network.events import FileCall
from kerascheck.network.program import Program
from kerascheck.rules._related import made_layer, saved
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class WeightsOfOtherModel(Rule):
    """`load_weights` reads a file that the program has written for a model with other weights.

    ## What it does

    Compares the weights of the model that was saved under a path with those of the model that loads them from there.

    ## Why it is bad

    Keras raises that the layers expect other numbers of variables, or other shapes.

    ## Example

    ```python
    from keras import Sequential, layers

    small = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1)])
    small.save_weights("net.weights.h5")
    large = Sequential([layers.Input((4,)), layers.Dense(16), layers.Dense(1)])
    large.load_weights("net.weights.h5")
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    small = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1)])
    small.save_weights("net.weights.h5")
    large = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1)])
    large.load_weights("net.weights.h5")
    ```

    ## References

    - [Keras: save, serialize and export models](https://keras.io/guides/serialization_and_saving/)
    """

    code = "KC706"
    name = "weights-of-other-model"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if (
                not isinstance(event, FileCall)
                or event.guarded
                or event.verb != "load_weights"
                or event.network is None
            ):
                continue
            held = event.held
            if not isinstance(held, WeightsFile) or held.shapes is None or event.shapes is None:
                continue
            given = event.arguments
            lenient = any(given.value(name, None, False) is not False for name in ("skip_mismatch", "by_name"))
            if lenient or given.open_keywords or event.network.status() != "exact" or held.network.status() != "exact":
                continue
            mine, its = event.shapes, held.shapes
            what = None
            if len(mine) != len(its):
                what = f"has {len(mine)} weights, the file those of {held.network.name!r}, which has {len(its)}"
            else:
                for number, (one, other) in enumerate(zip(mine, its, strict=True), 1):
                    if len(one) != len(other) or any(
                        definitely_different(a, b) for a, b in zip(one, other, strict=True)
                    ):
                        what = (
                            f"has a weight {number} of shape {format_shape(one)}, the file that of "
                            f"{held.network.name!r}, of shape {format_shape(other)}"
                        )
                        break
            if what is not None and sorted(map(str, mine)) != sorted(map(str, its)):
                places = (*saved(program, event, held.network), *made_layer(held.network), *made_layer(event.network))
                yield Finding(event.site, f"{event.network.name!r} {what}", related=places)

    VALID = [
        # the same architecture
        """
from keras import Sequential, layers
def network():
    return Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1)])
one, other = network(), network()
one.save_weights("net.weights.h5")
other.load_weights("net.weights.h5")
""",
        # what does not fit is left out
        """
from keras import Sequential, layers
small = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1)])
small.save_weights("net.weights.h5")
large = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(3)])
large.load_weights("net.weights.h5", skip_mismatch=True)
""",
        # another file
        """
from keras import Sequential, layers
small = Sequential([layers.Input((4,)), layers.Dense(8)])
small.save_weights("small.weights.h5")
large = Sequential([layers.Input((4,)), layers.Dense(16)])
large.load_weights("large.weights.h5")
""",
        # sizes that are not known
        """
import sys
from keras import Sequential, layers
small = Sequential([layers.Input((4,)), layers.Dense(int(sys.argv[1]))])
small.save_weights("net.weights.h5")
large = Sequential([layers.Input((4,)), layers.Dense(16)])
large.load_weights("net.weights.h5")
""",
    ]
    INVALID = [
        Invalid(
            """
import os, tempfile
import tensorflow as tf
path = os.path.join(tempfile.mkdtemp(), "net.weights.h5")
def network(units):
    inputs = tf.keras.Input((4,))
    return tf.keras.Model(inputs, tf.keras.layers.Dense(units)(inputs))
network(3).save_weights(path)
network(4).load_weights(path)
""",
            [
                (
                    9,
                    "'functional_1' has a weight 1 of shape (4, 4), the file that of 'functional', of shape (4, 3)",
                )
            ],
        ),
    ]
