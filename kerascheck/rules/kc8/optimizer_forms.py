"""KC821: methods and arguments of optimizers that Keras 3 does not have."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.events import ObjectCall
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, is_keras_3, methods, own_nodes
from kerascheck.rules._gone import severity_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk

#: Methods of optimizers up to Keras 2 that are gone in 3.15, and what does their work.
REMOVED = {
    "minimize": "compute the gradients with tf.GradientTape and call apply_gradients",
    "get_updates": "compute the gradients with tf.GradientTape and call apply_gradients",
    "get_gradients": "compute the gradients with tf.GradientTape",
    "compute_gradients": "compute the gradients with tf.GradientTape",
    "get_weights": "read optimizer.variables",
}


#: What `apply_gradients` took up to Keras 2.
_OLD_ARGUMENTS = frozenset({"name", "global_step", "experimental_aggregate_gradients", "skip_gradients_aggregation"})


#: What models call their variables.
_SWAPPED = frozenset({"trainable_variables", "trainable_weights", "variables", "weights"})
_SWAPPED_PAIRS = "apply_gradients takes the gradients first: zip(gradients, variables)"


class OptimizerForms(Rule):
    """A call of an optimizer in a form that Keras 3 does not have.

    ## What it does

    Reports `self.optimizer.minimize` in a model, and other methods that Keras 3 removed, and `apply_gradients` with
    more than the pairs of gradients and variables, with the gradients alone, or with pairs the wrong way round. What
    an older Keras has is a note where nothing shows which Keras is meant.

    ## Why it is bad

    It raises: "'Adam' object has no attribute 'minimize'", or "takes 2 positional arguments but 3 were given".

    ## Example

    ```python
    import keras

    class Net(keras.Model):
        def train_step(self, data):
            x, y = data
            self.optimizer.minimize(lambda: self.compute_loss(x, y, self(x)), self.trainable_variables)
            return {}
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    class Net(keras.Model):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x, y, self(x, training=True))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            return {"loss": loss}
    ```

    ## References

    - [Optimizers without minimize](https://github.com/tensorflow/tensorflow/issues/27386)
    """

    code = "KC821"
    name = "optimizer-forms"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        reported: set[tuple[int, int]] = set()
        for event in program.events:
            if not isinstance(event, ObjectCall) or not event.qualname.startswith("keras.optimizers."):
                continue
            call = event.arguments.call
            if event.site.key in reported or event.guarded or not is_keras_3(event.site) or _is_legacy(event.qualname):
                continue
            if event.method in REMOVED:
                continue  # KC504 speaks of what known optimizers have no more
            finding = Finding(event.site, _SWAPPED_PAIRS) if event.swapped else _fault(event.method, call, event.site)
            if finding is not None:
                reported.add(event.site.key)
                yield finding
        for cls in classes_of(program):
            if base_of(cls) not in ("keras.Model", "keras.Sequential") or not is_keras_3(cls.site):
                continue
            for method in methods(cls):
                code = Code(method, program.objects)
                for node in own_nodes(code.file, code.node.body, cst.Call):
                    if not isinstance(node.func, cst.Attribute):
                        continue
                    if code.is_own_attribute(node.func.value) != "optimizer" or _sets_optimizer(cls.node):
                        continue
                    site = code.site(node)
                    finding = _fault(node.func.attr.value, node, site)
                    if finding is not None and site.key not in reported:
                        reported.add(site.key)
                        yield finding

    VALID = [
        # pairs of gradients and variables
        """
import tensorflow as tf
from keras import Sequential, layers, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.Adam()
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    optimizer.apply(gradients, model.trainable_variables)
""",
        # a list of pairs
        """
import tensorflow as tf
from keras import Sequential, layers, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.SGD()
def step(gradients):
    pairs = [(g, v) for g, v in zip(gradients, model.trainable_variables) if g is not None]
    optimizer.apply_gradients(grads_and_vars=pairs)
""",
        # an optimizer of something else
        """
from keras import Sequential
from mine import Adam
optimizer = Adam()
optimizer.minimize(lambda: 0.0, [])
""",
        # KC504 speaks of it
        """
import tensorflow as tf
from keras import Sequential, layers, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.Adam()
optimizer.minimize(lambda: tf.reduce_mean(model(tf.ones((2, 4)))), model.trainable_variables)
""",
        # the optimizers of old
        """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
optimizer = tf.compat.v1.train.AdamOptimizer()
optimizer.minimize(lambda: tf.reduce_mean(model(tf.ones((2, 3)))), var_list=model.trainable_variables)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.SGD(0.1)
def step(x):
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x))
    slopes = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(variables, slopes))
""",
            [(11, "apply_gradients takes the gradients first: zip(gradients, variables)")],
        ),
        Invalid(
            """
import keras
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        self.optimizer.minimize(lambda: self.compute_loss(x, y, self(x)), self.trainable_variables)
        return {}
""",
            [
                (
                    6,
                    "an optimizer of Keras 3 has no minimize; compute the gradients with tf.GradientTape and call "
                    "apply_gradients",
                )
            ],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        slopes = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(slopes, self.trainable_variables)
        return {"loss": loss}
""",
            [
                (
                    10,
                    "apply_gradients takes pairs of gradients and variables and nothing else; write "
                    "apply_gradients(zip(gradients, variables))",
                )
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.SGD(0.1)
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x))
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(model.trainable_variables, slopes))
""",
            [(10, "apply_gradients takes the gradients first: zip(gradients, variables)")],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.SGD(0.1)
def step(slopes):
    optimizer.apply_gradients(zip(slopes, model.trainable_variables), experimental_aggregate_gradients=False)
""",
            [
                (
                    7,
                    "apply_gradients of Keras 3 has no argument experimental_aggregate_gradients",
                )
            ],
        ),
    ]


def _is_legacy(qualname: str) -> bool:
    return ".legacy." in qualname or ".schedules." in qualname or ".experimental." in qualname


def _fault(method: str, call: cst.Call | None, site: Site) -> Finding | None:
    """What is wrong with the call. What older ones have is as grave as any old form."""
    old = severity_of(site.file)
    if method in REMOVED:
        message = f"an optimizer of Keras 3 has no {method}; {REMOVED[method]}"
        return None if old is None else Finding(site, message, severity=old)
    if method != "apply_gradients" or call is None or any(arg.star for arg in call.args):
        return None
    positional = [arg.value for arg in call.args if arg.keyword is None]
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value != "grads_and_vars":
            name = arg.keyword.value
            grade = old if name in _OLD_ARGUMENTS else Severity.ERROR
            message = f"apply_gradients of Keras 3 has no argument {name}"
            return None if grade is None else Finding(site, message, severity=grade)
    if len(positional) > 1:
        return Finding(
            site,
            "apply_gradients takes pairs of gradients and variables and nothing else; write "
            "apply_gradients(zip(gradients, variables))",
        )
    pairs = positional[0] if positional else None
    if isinstance(pairs, cst.Call) and isinstance(pairs.func, cst.Name) and pairs.func.value == "zip":
        first = pairs.args[0].value if len(pairs.args) == 2 else None
        second = pairs.args[1].value if len(pairs.args) == 2 else None
        if _is_variables(first) and not _is_variables(second):
            return Finding(site, _SWAPPED_PAIRS)
    return None


def _is_variables(node: cst.CSTNode | None) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value in _SWAPPED


def _sets_optimizer(node: cst.ClassDef) -> bool:
    """Whether the class keeps something of its own under that name: the call of that is seen elsewhere."""
    return any(
        isinstance(part, cst.AssignTarget)
        and isinstance(part.target, cst.Attribute)
        and part.target.attr.value == "optimizer"
        for part in walk(node)
    )
