"""KC717: what `tf.saved_model.load` gives is asked for methods of Keras models."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.events import FileCall
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: What Keras models have and objects from a SavedModel have not.
_OF_MODELS = frozenset(
    {"predict", "fit", "evaluate", "compile", "summary", "predict_on_batch", "get_weights", "set_weights", "get_layer"}
)


class ServedModelUsed(Rule):
    """A model that is loaded by `tf.saved_model.load` is taken for a Keras model.

    ## What it does

    Reports `predict`, `fit`, `summary` and other methods of Keras models on what `tf.saved_model.load` gives, in
    programs that export a Keras model.

    ## Why it is bad

    `export` writes the computation alone. The loaded object has no such methods: "'_UserObject' object has no attribute
    'predict'".

    ## Example

    ```python
    import keras
    import numpy as np
    import tensorflow as tf

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.export("served")
    loaded = tf.saved_model.load("served")
    print(loaded.predict(np.ones((2, 4))))
    ```

    ## Use instead

    ```python
    import keras
    import numpy as np
    import tensorflow as tf

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.export("served")
    loaded = tf.saved_model.load("served")
    print(loaded.serve(np.ones((2, 4), "float32")))
    ```

    ## References

    - [Keras: model export for inference](https://keras.io/api/models/model_saving_apis/export/)
    """

    code = "KC717"
    name = "served-model-used"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not any(isinstance(event, FileCall) and event.verb == "export" for event in program.events):
            return  # a tf.Module of the program's own may have any methods
        for code in all_code(program):
            loaded = _loaded(code)
            for node in own_nodes(code.file, code.node.body, cst.Call) if loaded else ():
                function = node.func
                if not isinstance(function, cst.Attribute) or function.attr.value not in _OF_MODELS:
                    continue
                if isinstance(function.value, cst.Name) and function.value.value in loaded:
                    yield Finding(
                        code.site(node),
                        f"{function.value.value!r} was loaded by tf.saved_model.load and has no {function.attr.value}; "
                        "call its serve(...), or save the model as .keras and use keras.models.load_model",
                    )

    VALID = [
        # its own methods
        """
import keras
import numpy as np
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.export("served")
loaded = tf.saved_model.load("served")
print(loaded.serve(np.ones((2, 4), "float32")), loaded.signatures)
""",
        # a model of Keras
        """
import keras
import numpy as np
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.export("served")
model.save("model.keras")
loaded = keras.models.load_model("model.keras")
print(loaded.predict(np.ones((2, 4))))
""",
        # a module that has such a method
        """
import keras
import tensorflow as tf
loaded = tf.saved_model.load("other")
print(loaded.predict(tf.ones((2, 4))))
""",
        # the name means something else by then
        """
import keras
import numpy as np
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.export("served")
loaded = tf.saved_model.load("served")
loaded = model
print(loaded.predict(np.ones((2, 4))))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)])
def serve(path):
    loaded = tf.saved_model.load(path)
    loaded.summary()
    return loaded.predict(np.ones((2, 4)))
model.export("served")
serve("served")
""",
            [
                (
                    7,
                    "'loaded' was loaded by tf.saved_model.load and has no summary; call its serve(...), or save the "
                    "model as .keras and use keras.models.load_model",
                ),
                (
                    8,
                    "'loaded' was loaded by tf.saved_model.load and has no predict; call its serve(...), or save the "
                    "model as .keras and use keras.models.load_model",
                ),
            ],
        ),
    ]


def _loaded(code: Code) -> set[str]:
    """The names that the code gives to what it loads, and to nothing else."""
    bound: dict[str, list[cst.BaseExpression]] = {}
    for node in own_nodes(code.file, code.node.body, cst.Assign):
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                bound.setdefault(target.target.value, []).append(node.value)
    return {name for name, values in bound.items() if all(_loads(code, value) for value in values)}


def _loads(code: Code, node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and code.symbol(node.func) == "tensorflow.saved_model.load"
