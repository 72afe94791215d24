"""KC438: lists in what a generator or a `PyDataset` gives, where Keras 3 takes tuples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerascheck.data.pipeline import Pipeline
from kerascheck.diagnostics import Severity
from kerascheck.network.arguments import Given
from kerascheck.network.program import Program
from kerascheck.rules._gone import severity_of_refusal
from kerascheck.rules._streams import other_backend
from kerascheck.rules._training import argument, argument_site
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class ListsInStream(Rule):
    """A generator or `PyDataset` yields lists where Keras 3 expects tuples.

    ## What it does

    Looks at what generators and `PyDataset` (`Sequence`) objects of the program give to `fit`, `evaluate`, `predict`
    and `validation_data`: a generator that yields `[x, y]`, and a list of several inputs or targets in a batch,
    `(x, [y1, y2])`.

    ## Why it is bad

    Keras 3 makes a `tf.data.Dataset` of them, to which a list is no structure: `fit` raises ValueError ("the generator
    must return a tuple") or TypeError ("output_signature must contain objects that are subclass of tf.TypeSpec").

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers

    def batches():
        while True:
            yield np.random.rand(8, 4), [np.zeros((8, 1)), np.zeros((8, 1))]

    inputs = Input((4,))
    model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    model.compile("adam", ["mse", "mse"])
    model.fit(batches(), steps_per_epoch=10)
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    def batches():
        while True:
            yield np.random.rand(8, 4), (np.zeros((8, 1)), np.zeros((8, 1)))

    inputs = Input((4,))
    model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
    model.compile("adam", ["mse", "mse"])
    model.fit(batches(), steps_per_epoch=10)
    ```

    ## References

    - [output_signature must contain objects that are subclass of TypeSpec](https://github.com/tensorflow/tensorflow/issues/38032)
    - [Keras: PyDataset](https://keras.io/api/utils/python_utils/#pydataset-class)
    """

    code = "KC438"
    name = "lists-in-stream"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            method = call.method.removesuffix("_generator")
            names = {"fit": ("x", "validation_data"), "evaluate": ("x",), "predict": ("x",)}.get(method, ())
            for name in names:
                given = argument(call, "generator" if name == "x" and method != call.method else name)
                stream = given.value if isinstance(given, Given) else None
                if not isinstance(given, Given) or not isinstance(stream, Pipeline) or call.guarded:
                    continue
                if other_backend(call.site):
                    continue
                message = _message(stream)
                severity = severity_of_refusal(call.site.file)
                if message is not None and severity is not None:
                    site = argument_site(call.site, given)
                    yield Finding(site, message, anchor=call.site, severity=severity)

    VALID = [
        # tuples
        """
import numpy as np
from keras import Input, Model, layers
def batches():
    while True:
        yield (np.random.rand(8, 4), np.random.rand(8, 4)), np.zeros((8, 1))
a, b = Input((4,)), Input((4,))
model = Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=2)
""",
        # the outermost list of a PyDataset is made a tuple
        """
import numpy as np
import keras
from keras import layers
class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 2
    def __getitem__(self, index):
        return [np.random.rand(8, 4), np.zeros((8, 1))]
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(Batches())
""",
        # dictionaries
        """
import numpy as np
from keras import Input, Model, layers
def batches():
    while True:
        yield {"a": np.random.rand(8, 4), "b": np.random.rand(8, 4)}, np.zeros((8, 1))
a, b = Input((4,), name="a"), Input((4,), name="b")
model = Model({"a": a, "b": b}, layers.Dense(1)(layers.Concatenate()([a, b])))
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=2)
""",
        # lists of arrays are fine where there is no stream
        """
import numpy as np
from keras import Input, Model, layers
a, b = Input((4,)), Input((4,))
model = Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
model.compile("adam", "mse")
model.fit([np.random.rand(8, 4), np.random.rand(8, 4)], np.zeros((8, 1)))
""",
        # an array that is made of a list
        """
import numpy as np
from keras import Sequential, layers
def batches(rows):
    while True:
        x, y = [], []
        for row in rows:
            x.append(row)
            y.append(1.0)
        yield np.array(x), np.array(y)
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(np.random.rand(8, 4)), steps_per_epoch=2)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
def batches():
    while True:
        yield [np.random.rand(8, 4), np.zeros((8, 1))]
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=2)
""",
            [(9, "the generator yields a list, which Keras 3 refuses; yield a tuple, (x, y)")],
            """
import numpy as np
from keras import Sequential, layers
def batches():
    while True:
        yield np.random.rand(8, 4), np.zeros((8, 1))
model = Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches(), steps_per_epoch=2)
""",
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers
class Pairs(keras.utils.PyDataset):
    def __init__(self, left, right, same, batch_size=4):
        super().__init__()
        self.left, self.right, self.same, self.size = left, right, same, batch_size
    def __len__(self):
        return len(self.left) // self.size
    def __getitem__(self, index):
        part = slice(index * self.size, (index + 1) * self.size)
        return [self.left[part], self.right[part]], self.same[part]
a, b = layers.Input((4,)), layers.Input((4,))
model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
model.compile("adam", "mse")
x, y = np.random.rand(16, 4), np.zeros((16, 1))
model.fit([x, x], y, validation_data=Pairs(x, x, y))
""",
            [(18, "the inputs in a batch are a list, which Keras 3 refuses; make them a tuple")],
            """
import numpy as np
import keras
from keras import layers
class Pairs(keras.utils.PyDataset):
    def __init__(self, left, right, same, batch_size=4):
        super().__init__()
        self.left, self.right, self.same, self.size = left, right, same, batch_size
    def __len__(self):
        return len(self.left) // self.size
    def __getitem__(self, index):
        part = slice(index * self.size, (index + 1) * self.size)
        return (self.left[part], self.right[part]), self.same[part]
a, b = layers.Input((4,)), layers.Input((4,))
model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
model.compile("adam", "mse")
x, y = np.random.rand(16, 4), np.zeros((16, 1))
model.fit([x, x], y, validation_data=Pairs(x, x, y))
""",
        ),
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
def batches():
    while True:
        yield np.random.rand(8, 4), [np.zeros((8, 1)) for _ in range(2)]
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", ["mse", "mse"])
model.fit(batches(), steps_per_epoch=2)
""",
            [(10, "the targets in a batch are a list, which Keras 3 refuses; make them a tuple")],
            """
import numpy as np
from keras import Input, Model, layers
def batches():
    while True:
        yield np.random.rand(8, 4), tuple([np.zeros((8, 1)) for _ in range(2)])
inputs = Input((4,))
model = Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])
model.compile("adam", ["mse", "mse"])
model.fit(batches(), steps_per_epoch=2)
""",
        ),
    ]


def _message(stream: Pipeline) -> str | None:
    """What Keras refuses in the elements of a stream that the program makes itself."""
    if stream.steps or stream.kind not in ("generator", "sequence"):
        return None
    element = stream.element
    if stream.kind == "generator" and isinstance(element, list):
        return "the generator yields a list, which Keras 3 refuses; yield a tuple, (x, y)"
    if not isinstance(element, (tuple, list)) or not 1 <= len(element) <= 3:
        return None
    for part, what in zip(element, ("inputs", "targets", "sample weights"), strict=False):
        if _has_list(part):
            return f"the {what} in a batch are a list, which Keras 3 refuses; make them a tuple"
    return None


def _has_list(part: Any) -> bool:
    if isinstance(part, list):
        return True
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, tuple) else ()
    return any(map(_has_list, inner))
