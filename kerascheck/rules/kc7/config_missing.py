"""KC710: a layer or model of the program that cannot be written down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.machine.members import find_member
from kerascheck.machine.values import ClassValue, FunctionValue, Instance
from kerascheck.network.arguments import Absent
from kerascheck.network.events import FileCall
from kerascheck.network.ir import Layer
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, Program
from kerascheck.rules._code import base_of, is_keras_3
from kerascheck.rules._configs import parameters_of
from kerascheck.rules._paths import ending_of, is_none_of
from kerascheck.rules._related import made_layer
from kerascheck.rules._serial import own_class, written_parts
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Symbol

_VERBS = {"save": "saved", "pickle": "pickled", "clone": "cloned"}


class ConfigMissing(Rule):
    """A model is saved, cloned or pickled whose class has no `get_config`, and Keras cannot make one.

    ## What it does

    Looks at the layers and models of the program's own classes in a model that is saved, cloned or pickled. Without a
    `get_config`, Keras writes down the arguments of the constructor, if they are numbers, texts, truth values and lists
    of these. It reports arrays, functions, layers and other objects among them, and subclassed models with parameters.

    ## Why it is bad

    Keras raises: "Object Lookup was created by passing non-serializable argument values in `__init__()`", when the
    training is over.

    ## Example

    ```python
    import keras
    import numpy as np
    from keras import layers

    class Lookup(layers.Layer):
        def __init__(self, table, **kwargs):
            super().__init__(**kwargs)
            self.table = table

        def call(self, x):
            return keras.ops.matmul(x, self.table)

    model = keras.Sequential([layers.Input((3,)), Lookup(np.eye(3))])
    model.save("model.keras")
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    from keras import layers

    class Lookup(layers.Layer):
        def __init__(self, table, **kwargs):
            super().__init__(**kwargs)
            self.table = np.array(table)

        def call(self, x):
            return keras.ops.matmul(x, self.table)

        def get_config(self):
            return {**super().get_config(), "table": self.table.tolist()}

    model = keras.Sequential([layers.Input((3,)), Lookup(np.eye(3))])
    model.save("model.keras")
    ```

    ## References

    - [Keras: saving custom objects](https://keras.io/guides/serialization_and_saving/#custom-objects)
    """

    code = "KC710"
    name = "config-missing"
    severity = Severity.ERROR
    only_keras_3 = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for event in program.events:
            if not isinstance(event, FileCall) or event.verb not in _VERBS or event.network is None:
                continue
            if event.guarded or not is_keras_3(event.site) or _is_named_for_keras_2(event):
                continue
            for part in written_parts(event.network):
                if part is event.network and event.verb == "clone":
                    continue
                what = _unwritable(part)
                if what is not None:
                    yield Finding(
                        event.site,
                        f"{part.cls} cannot be {_VERBS[event.verb]}: {what}, so it needs a get_config of its own",
                        related=tuple(made_layer(part)),
                    )
                    break
            else:
                schedule = _schedule_of(event)
                if schedule is not None:
                    yield Finding(
                        event.site,
                        f"{schedule.name} cannot be {_VERBS[event.verb]} with the optimizer: a learning-rate schedule "
                        "needs a get_config of its own",
                    )

    VALID = [
        # a format of Keras 2, which Keras 3 refuses before it looks
        """
import os
import keras
from keras import layers
class Scale(layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return x * self.factor
model = keras.Sequential([layers.Input((3,)), Scale(2.0)])
model.save(os.path.join(os.environ["OUT"], "scaled"))
model.save(os.environ["OUT"], save_format="tf")
""",
        # it says what it is made of
        """
import keras
import numpy as np
from keras import layers
class Lookup(layers.Layer):
    def __init__(self, table, **kwargs):
        super().__init__(**kwargs)
        self.table = table
    def call(self, x):
        return keras.ops.matmul(x, self.table)
    def get_config(self):
        return {**super().get_config(), "table": self.table.tolist()}
model = keras.Sequential([layers.Input((3,)), Lookup(np.eye(3))])
model.save("model.keras")
""",
        # numbers and texts
        """
import keras
from keras import layers
class Scale(layers.Layer):
    def __init__(self, factors, kind="plain", **kwargs):
        super().__init__(**kwargs)
        self.factors = factors
    def call(self, x):
        return x * self.factors[0]
model = keras.Sequential([layers.Input((3,)), Scale([1.0, 2.0])])
model.save("model.keras")
""",
        # KC508 speaks of a folder as of old: Keras 2 writes the model as a graph
        """
import keras
import numpy as np
from keras import layers
class Lookup(layers.Layer):
    def __init__(self, table, **kwargs):
        super().__init__(**kwargs)
        self.table = table
    def call(self, x):
        return keras.ops.matmul(x, self.table)
model = keras.Sequential([layers.Input((3,)), Lookup(np.eye(3))])
model.save("models/lookup")
""",
        # weights alone
        """
import keras
import numpy as np
from keras import layers
class Lookup(layers.Layer):
    def __init__(self, table, **kwargs):
        super().__init__(**kwargs)
        self.table = table
    def call(self, x):
        return keras.ops.matmul(x, self.table)
model = keras.Sequential([layers.Input((3,)), Lookup(np.eye(3)), layers.Dense(1)])
model.save_weights("model.weights.h5")
""",
        # what it is given is not known
        """
import keras
from keras import layers
from mine import settings
class Scale(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
    def call(self, x):
        return x * self.factor
model = keras.Sequential([layers.Input((3,)), Scale(settings.factor)])
model.save("model.keras")
""",
        # a model without parameters
        """
import keras
import numpy as np
from keras import layers
class Net(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(x)
net = Net()
net(np.zeros((1, 3)))
net.save("net.keras")
""",
        # a schedule that says what it is made of
        """
import keras
from keras import layers
class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, first):
        self.first = first
    def __call__(self, step):
        return self.first / (keras.ops.cast(step, "float32") + 1.0)
    def get_config(self):
        return {"first": self.first}
model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(Falling(0.1)), "mse")
model.save("model.keras")
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers
class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, first):
        self.first = first
    def __call__(self, step):
        return self.first / (keras.ops.cast(step, "float32") + 1.0)
model = keras.Sequential([layers.Input((3,)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(Falling(0.1)), "mse")
model.save("model.keras")
""",
            [
                (
                    11,
                    "Falling cannot be saved with the optimizer: a learning-rate schedule needs a get_config of its "
                    "own",
                )
            ],
        ),
        Invalid(
            """
import pickle
import tensorflow as tf
class Apply(tf.keras.layers.Layer):
    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function
    def call(self, x):
        return self.function(x)
model = tf.keras.Sequential([tf.keras.layers.Input((3,)), Apply(lambda t: t + 1), tf.keras.layers.Dense(1)])
text = pickle.dumps(model)
copy = tf.keras.models.clone_model(model)
""",
            [
                (
                    11,
                    "Apply cannot be pickled: its argument 'function' is a function, so it needs a get_config of its "
                    "own",
                ),
                (
                    12,
                    "Apply cannot be cloned: its argument 'function' is a function, so it needs a get_config of its "
                    "own",
                ),
            ],
        ),
        Invalid(
            """
import keras
import numpy as np
from keras import layers
class Net(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.head = layers.Dense(units)
    def call(self, x):
        return self.head(x)
net = Net(3)
net(np.zeros((1, 4)))
net.save("net.keras")
""",
            [
                (
                    13,
                    "Net cannot be saved: its __init__ needs 'units', so it needs a get_config of its own",
                )
            ],
        ),
    ]


def _schedule_of(event: FileCall) -> ClassValue | None:
    """The class of the schedule of the optimizer that the file would hold, where Keras cannot write it down."""
    network = event.network
    compiled = network.compiled if network is not None else None
    if event.verb != "save" or compiled is None or event.arguments.value("include_optimizer", None, True) is not True:
        return None
    optimizer = compiled.arguments.value("optimizer", 0)
    if not isinstance(optimizer, KerasObject) or not optimizer.qualname.startswith("keras.optimizers."):
        return None
    rate = optimizer.arguments.value("learning_rate", 0)
    if not isinstance(rate, Instance) or base_of(rate.cls) != "keras.optimizers.schedules.LearningRateSchedule":
        return None
    return rate.cls if find_member(rate.cls, "get_config") is None else None


def _unwritable(part: Layer) -> str | None:
    """Why Keras cannot write down how the layer or model is made."""
    cls = own_class(part)
    if cls is None or find_member(cls, "get_config") is not None or base_of(cls) not in ("keras.Layer", "keras.Model"):
        return None
    if isinstance(part, Network):
        taken = parameters_of(cls)
        if part.kind != "subclass" or taken is None or not taken.required:
            return None
        return f"its __init__ needs {' and '.join(map(repr, taken.required))}"
    for name, value in _arguments(cls, part).items():
        what = _kind(value)
        if what is not None:
            return f"its argument {name!r} is {what}"
    return None


def _arguments(cls: ClassValue, part: Layer) -> dict[str, Any]:
    """The arguments of the constructor by their names, the defaults included."""
    init = find_member(cls, "__init__")
    given = part.arguments
    if not isinstance(init, FunctionValue) or given is None or not isinstance(init.node, cst.FunctionDef):
        return {}
    names = [param.name.value for param in init.node.params.params][1:]
    found = {name: value for name, value in init.defaults.items() if name != "name"}
    found.update({name: one.value for name, one in zip(names, given.positional, strict=False)})
    found.update({name: one.value for name, one in given.keywords.items() if name not in ("name", "dtype")})
    return found


def _kind(value: Any) -> str | None:
    """What the value is, where it surely is nothing that Keras writes down by itself."""
    if isinstance(value, (list, tuple)):
        return next((f"a list with {kind}" for item in value if (kind := _kind(item)) is not None), None)
    if isinstance(value, Array):
        return "an array" if isinstance(value.shape, tuple) and value.shape != () else None
    if isinstance(value, FunctionValue):
        return "a function"
    if isinstance(value, Symbol):
        return "a function" if value.name.startswith(("keras.activations.", "keras.ops.", "tensorflow.nn.")) else None
    if isinstance(value, Layer):
        return "a layer"
    if isinstance(value, ClassValue):
        return "a class"
    if isinstance(value, KerasObject):
        return f"an object of {value.qualname.rpartition('.')[2]}"
    return f"an object of {value.cls.name}" if isinstance(value, Instance) and value.cls.kind == "" else None


def _is_named_for_keras_2(event: FileCall) -> bool:
    """Whether a model is saved under a name or in a format that Keras 3 refuses before it looks at the model."""
    if event.verb != "save" or not isinstance(event.arguments.get("zipped"), Absent):
        return False
    is_other = is_none_of(ending_of(event.arguments, event.site), _ENDINGS)
    return is_other or not isinstance(event.arguments.get("save_format"), Absent)


_ENDINGS = (".keras", ".h5", ".hdf5")
