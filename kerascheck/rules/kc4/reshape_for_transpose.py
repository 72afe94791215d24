"""KC482: axes that are exchanged by a reshape."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import FITTING
from kerascheck.diagnostics import Severity
from kerascheck.network.dims import Shape, definitely_equal
from kerascheck.network.ir import BuiltinLayer, Site
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown


class ReshapeForTranspose(Rule):
    """A reshape exchanges the sizes of two axes of the samples, which does not exchange the axes.

    ## What it does

    Reports `x.reshape(n, 32, 32, 3)` of an array `(n, 3, 32, 32)`, and the layer `Reshape` with the sizes of its input
    in another order. Axes of size 1 may stand anywhere.

    ## Why it is bad

    A reshape reads the numbers in the order in which they lie in memory. What comes out has the wanted shape, and each
    pixel is made of numbers from other places: the images are noise to a convolution, the steps of a sequence are
    mixed with its features.

    ## Example

    ```python
    import numpy as np
    from keras import Sequential, layers

    images = np.zeros((8, 3, 32, 32)).reshape(8, 32, 32, 3)
    model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(images, np.zeros((8, 1)))
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Sequential, layers

    images = np.zeros((8, 3, 32, 32)).transpose(0, 2, 3, 1)
    model = Sequential([layers.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(images, np.zeros((8, 1)))
    ```

    ## References

    - [NumPy: transpose](https://numpy.org/doc/stable/reference/generated/numpy.transpose.html)
    - [Keras: Permute](https://keras.io/api/layers/reshaping_layers/permute/)
    """

    code = "KC482"
    name = "reshape-for-transpose"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(call.method in FITTING for call in program.trainings):
            return
        told: set[tuple[int, int]] = set()
        for site, before, after in (*_of_arrays(program), *_of_layers(program)):
            order = _exchanged(before, after)
            if order is None or site.key in told:
                continue
            told.add(site.key)
            way_out = f"transpose(0, {', '.join(map(str, order))})"
            yield Finding(
                site,
                f"a reshape of ({', '.join(map(str, before[1:]))}) to ({', '.join(map(str, after[1:]))}) mixes the "
                f"axes instead of exchanging them; {way_out} moves them",
            )

    VALID = [
        # moved
        """
import numpy as np
from keras import Sequential, layers
images = np.zeros((8, 3, 32, 32)).transpose(0, 2, 3, 1)
model = Sequential([layers.Input((32, 32, 3)), layers.Permute((3, 1, 2)), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(images, np.zeros((8, 1)))
""",
        # an axis of size one may stand anywhere
        """
import numpy as np
from keras import Sequential, layers
images = np.zeros((8, 1, 28, 28)).reshape(8, 28, 28, 1)
steps = np.reshape(np.zeros((8, 12, 1)), (8, 1, 12))
model = Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(images, np.zeros((8, 1)))
""",
        # rows become images
        """
import numpy as np
from keras import Sequential, layers
images = np.zeros((8, 3072)).reshape(8, 32, 32, 3)
model = Sequential([layers.Input((32, 32, 3)), layers.Reshape((1024, 3)), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(images, np.zeros((8, 1)))
""",
        # a sequence in other pieces
        """
import numpy as np
from keras import Sequential, layers
series = np.zeros((8, 24, 2)).reshape(8, 4, 6, 2)
model = Sequential([layers.Input((4, 6, 2)), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(series, np.zeros((8, 1)))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
images = np.zeros((8, 3, 32, 32)).reshape(-1, 32, 32, 3)
series = np.reshape(np.zeros((8, 12, 5)), (8, 5, 12))
model = Sequential([layers.Input((5, 12)), layers.Reshape((12, 5)), layers.LSTM(4), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(series, np.zeros((8, 1)))
""",
            [
                (
                    4,
                    "a reshape of (3, 32, 32) to (32, 32, 3) mixes the axes instead of exchanging them; "
                    "transpose(0, 2, 3, 1) moves them",
                ),
                (
                    5,
                    "a reshape of (12, 5) to (5, 12) mixes the axes instead of exchanging them; "
                    "transpose(0, 2, 1) moves them",
                ),
                (
                    6,
                    "a reshape of (5, 12) to (12, 5) mixes the axes instead of exchanging them; "
                    "transpose(0, 2, 1) moves them",
                ),
            ],
        ),
    ]


def _of_arrays(program: Program) -> Iterator[tuple[Site, Shape, Shape]]:
    """The reshapes of arrays, with the shapes before and after."""
    for step in program.preparations:
        shapes = [one.shape for one in step.arrays if isinstance(one, Array)] if step.kind == "reshape" else []
        if len(shapes) == 2 and not isinstance(shapes[0], Unknown) and not isinstance(shapes[1], Unknown):
            yield step.site, shapes[0], shapes[1]


def _of_layers(program: Program) -> Iterator[tuple[Site, Shape, Shape]]:
    """The same of the layer `Reshape`: where it is made."""
    for layer in program.layers:
        if not isinstance(layer, BuiltinLayer) or layer.cls != "Reshape" or layer.site is None:
            continue
        for node in layer.calls:
            if node.refused or not node.inputs or not node.outputs:
                continue
            before, after = node.inputs[0].shape, node.outputs[0].shape
            if not isinstance(before, Unknown) and not isinstance(after, Unknown):
                yield layer.site, before, after


def _exchanged(before: Shape, after: Shape) -> tuple[int, ...] | None:
    """The axes in the order in which they have the sizes of the new shape, where these are the old ones mixed."""
    if len(before) != len(after) or len(before) < 3:
        return None
    if before[0] != after[0] and not definitely_equal(before[0], after[0]):
        return None
    old, new = before[1:], after[1:]
    if not all(isinstance(size, int) for size in (*old, *new)) or sorted(map(str, old)) != sorted(map(str, new)):
        return None
    if [size for size in old if size != 1] == [size for size in new if size != 1]:
        return None
    left = list(range(1, len(before)))
    order = []
    for size in new:
        axis = next(axis for axis in left if before[axis] == size)
        left.remove(axis)
        order.append(axis)
    return tuple(order)
