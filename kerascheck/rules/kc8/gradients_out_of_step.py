"""KC858: what is paired with the variables is not one gradient for each."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class GradientsOutOfStep(Rule):
    """Gradients are zipped with variables that they do not belong to.

    ## What it does

    Reports lists that a function zips with variables, or hands to `optimizer.apply`, where the list is what
    `tf.clip_by_global_norm` gives, which is a pair, or where gradients were added to a list of zeros by `+=`, which
    appends them.

    ## Why it is bad

    `tf.clip_by_global_norm` gives the clipped gradients and their norm: zipped with the variables, the first variable
    gets the whole list. A list that `+=` has made longer still begins with its zeros, and `zip` takes those: the model
    learns nothing.

    ## Example

    ```python
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam()

    def update(slopes):
        slopes = tf.clip_by_global_norm(slopes, 1.0)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam()

    def update(slopes):
        slopes, _ = tf.clip_by_global_norm(slopes, 1.0)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables))
    ```

    ## References

    - [TensorFlow: tf.clip_by_global_norm](https://www.tensorflow.org/api_docs/python/tf/clip_by_global_norm)
    """

    code = "KC858"
    name = "gradients-out-of-step"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program):
            names = names_used(code.file, code.node)
            if "apply_gradients" in names or "apply" in names:
                yield from _faults(code)

    VALID = [
        # unpacked, or the first of the pair
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam()
def update(slopes):
    clipped, norm = tf.clip_by_global_norm(slopes, 1.0)
    optimizer.apply_gradients(zip(clipped, model.trainable_variables))
    pair = tf.clip_by_global_norm(slopes, 1.0)
    optimizer.apply_gradients(zip(pair[0], model.trainable_variables))
    first = tf.clip_by_global_norm(slopes, 1.0)[0]
    optimizer.apply_gradients(zip(first, model.trainable_variables))
""",
        # the name means the list again
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam()
def update(slopes):
    slopes = tf.clip_by_global_norm(slopes, 1.0)
    slopes = slopes[0]
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
        # added one by one, and single tensors
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam()
def update(batches):
    total = [tf.zeros_like(v) for v in model.trainable_variables]
    cost = 0.0
    for x in batches:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x, training=True))
        slopes = tape.gradient(loss, model.trainable_variables)
        total = [t + s for t, s in zip(total, slopes)]
        cost += loss
    optimizer.apply_gradients(zip(total, model.trainable_variables))
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam()
def clipped(slopes):
    slopes = tf.clip_by_global_norm(slopes, 1.0)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
def accumulated(batches):
    total = [tf.zeros_like(v) for v in model.trainable_variables]
    for x in batches:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x, training=True))
        slopes = tape.gradient(loss, model.trainable_variables)
        total += slopes
    optimizer.apply_gradients(zip(total, model.trainable_variables))
""",
            [
                (
                    8,
                    "slopes is the pair that tf.clip_by_global_norm returns, the gradients and their norm; write "
                    "slopes, norm = tf.clip_by_global_norm(...)",
                ),
                (
                    16,
                    "+= has appended the gradients to 'total', and zip takes the zeros that it begins with; add them "
                    "one by one: [t + g for t, g in zip(total, slopes)]",
                ),
            ],
        ),
    ]


def _faults(code: Code) -> Iterator[Finding]:
    bound = _bindings(code)
    latest: dict[str, cst.CSTNode] = {}
    for node in own_nodes(code.file, code.node.body, cst.Assign, cst.Call):
        if isinstance(node, cst.Assign):
            latest.update((name, node.value) for name in _plain_targets(node))
            continue
        assert isinstance(node, cst.Call)
        name = _paired(node)
        if name is None:
            continue
        value, values = latest.get(name), bound.get(name, [])
        if isinstance(value, cst.Call) and _is_clipping(code, value):
            yield Finding(
                code.site(node),
                f"{name} is the pair that tf.clip_by_global_norm returns, the gradients and their norm; write "
                f"{name}, norm = tf.clip_by_global_norm(...)",
            )
        added = _appended(code, name, bound) if values and all(map(_is_made_list, values)) else None
        if added is not None:
            yield Finding(
                code.site(node),
                f"+= has appended the gradients to {name!r}, and zip takes the zeros that it begins with; add them one "
                f"by one: [t + g for t, g in zip({name}, {added})]",
            )


def _plain_targets(node: cst.Assign) -> Iterator[str]:
    """The names that get the value as it is."""
    for target in node.targets:
        if isinstance(target.target, cst.Name):
            yield target.target.value


def _bindings(code: Code) -> dict[str, list[cst.CSTNode | None]]:
    """What each name is assigned; None where that is a part of something."""
    found: dict[str, list[cst.CSTNode | None]] = {}
    for node in own_nodes(code.file, code.node.body, cst.Assign, cst.For, cst.AnnAssign, cst.NamedExpr):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                if isinstance(target.target, cst.Name):
                    found.setdefault(target.target.value, []).append(node.value)
                else:
                    for part in names_used(code.file, target.target):
                        found.setdefault(part, []).append(None)
        elif isinstance(node, (cst.For, cst.AnnAssign, cst.NamedExpr)):
            for part in names_used(code.file, node.target):
                found.setdefault(part, []).append(None)
    return found


def _paired(call: cst.Call) -> str | None:
    """The name that `apply_gradients(zip(name, variables))`, or `apply(name, variables)`, takes for the gradients."""
    if not isinstance(call.func, cst.Attribute) or not call.args:
        return None
    given = call.args[0].value
    if call.func.attr.value == "apply_gradients":
        if not isinstance(given, cst.Call) or not isinstance(given.func, cst.Name) or given.func.value != "zip":
            return None
        given = given.args[0].value if len(given.args) == 2 else given
    elif call.func.attr.value != "apply" or len(call.args) != 2:
        return None
    return given.value if isinstance(given, cst.Name) else None


def _is_clipping(code: Code, call: cst.Call) -> bool:
    return code.symbol(call.func) in ("tensorflow.clip_by_global_norm", "tensorflow.raw_ops.ClipByGlobalNorm")


def _is_made_list(value: cst.CSTNode | None) -> bool:
    """Whether a list of as many as there are variables is made there."""
    return isinstance(value, cst.ListComp)


def _appended(code: Code, name: str, bound: dict[str, list[cst.CSTNode | None]]) -> str | None:
    """The list of gradients that `+=` appends to this one."""
    for node in own_nodes(code.file, code.node.body, cst.AugAssign):
        is_sum = isinstance(node.operator, cst.AddAssign) and isinstance(node.value, cst.Name)
        if not is_sum or not isinstance(node.target, cst.Name) or node.target.value != name:
            continue
        assert isinstance(node.value, cst.Name)
        values = bound.get(node.value.value, [])
        if values and all(map(_is_gradient, values)):
            return node.value.value
    return None


def _is_gradient(value: cst.CSTNode | None) -> bool:
    return isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and value.func.attr.value == "gradient"
