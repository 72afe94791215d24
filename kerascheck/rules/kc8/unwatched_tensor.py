"""KC828: a gradient is asked for a tensor that the tape does not watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.events import GradientCall
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, argument, own_nodes
from kerascheck.rules._loops import names_in
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk

#: Operations of TensorFlow and keras.ops whose result surely is a tensor and no variable, by the ends of their names.
_MAKING = frozenset(
    {
        "zeros", "ones", "fill", "constant", "convert_to_tensor", "cast", "zeros_like", "ones_like", "range", "arange",
        "linspace", "normal", "uniform", "truncated_normal", "concat", "concatenate", "stack", "reshape",
        "expand_dims", "squeeze", "transpose", "tile", "repeat", "add", "subtract", "multiply", "divide", "abs",
        "square", "sqrt", "exp", "clip", "clip_by_value",
    }
)  # fmt: skip

#: What makes variables.
_MAKERS = frozenset({"Variable", "variable", "get_variable"})


def is_integer(value: Any) -> bool:
    """Whether the array holds integers."""
    return isinstance(value, Array) and isinstance(value.dtype, str) and value.dtype.startswith(("int", "uint"))


class UnwatchedTensor(Rule):
    """A gradient with respect to a tensor that the tape does not watch.

    ## What it does

    Follows the second argument of `tape.gradient` to where the function makes it. It reports a tensor that operations
    made before the tape was opened and that the tape was never told to watch.

    ## Why it is bad

    A tape notes by itself what happens to variables, not to other tensors. The gradient is None, and what is computed
    with it raises "Attempt to convert a value (None) with an unsupported type".

    ## Example

    ```python
    import keras
    import tensorflow as tf

    def penalty(critic, real, fake):
        mixed = 0.5 * tf.convert_to_tensor(real) + 0.5 * fake
        with tf.GradientTape() as tape:
            score = critic(mixed)
        slopes = tape.gradient(score, mixed)
        return tf.reduce_mean((tf.norm(slopes) - 1.0) ** 2)
    ```

    ## Use instead

    ```python
    import keras
    import tensorflow as tf

    def penalty(critic, real, fake):
        mixed = 0.5 * tf.convert_to_tensor(real) + 0.5 * fake
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            score = critic(mixed)
        slopes = tape.gradient(score, mixed)
        return tf.reduce_mean((tf.norm(slopes) - 1.0) ** 2)
    ```

    ## References

    - [TensorFlow: controlling what the tape watches](https://www.tensorflow.org/guide/autodiff#controlling_what_the_tape_watches)
    """

    code = "KC828"
    name = "unwatched-tensor"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        sources = _sources_of(program)
        for code in all_code(program, "GradientTape"):
            yield from _unwatched(code, sources)

    VALID = [
        # watched
        """
import keras
import tensorflow as tf
def slope(model):
    x = tf.random.normal((4, 3))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
    return tape.gradient(y, x)
""",
        # several at once
        """
import keras
import tensorflow as tf
def slopes(model):
    x = tf.random.normal((4, 3))
    t = tf.zeros((4, 1))
    with tf.GradientTape() as tape:
        tape.watch([x, t])
        y = model(x, t)
    return tape.gradient(y, [x, t])
""",
        # a variable
        """
import keras
import tensorflow as tf
def slope(model):
    x = tf.Variable(tf.random.normal((4, 3)))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)
""",
        # made under the tape: its notes begin before
        """
import keras
import tensorflow as tf
def slope(model, images):
    with tf.GradientTape() as tape:
        features = tf.reshape(model(images), (4, -1))
        score = tf.reduce_sum(features)
    return tape.gradient(score, features)
""",
        # what is given may be a variable
        """
import keras
import tensorflow as tf
def slope(model, x):
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)
""",
        # None stands for zeros
        """
import keras
import tensorflow as tf
def slope(model):
    x = tf.random.normal((4, 3))
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
""",
        # an outer tape watches it, and another name stands for it
        """
import keras
import tensorflow as tf
def second(model):
    x = tf.linspace(0.0, 1.0, 10)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = model(x)
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x)
""",
        # handed to a function that watches, or watched by another name
        """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
def begin(tape, x):
    tape.watch(x)
def slope(x):
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        begin(tape, x)
        y = model(x)
    return tape.gradient(y, x)
def other(x):
    x = tf.convert_to_tensor(x)
    inputs = [x]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = model(x)
    return tape.gradient(y, x)
slope([[1.0, 2.0, 3.0]])
other([[1.0, 2.0, 3.0]])
""",
        # a variable under the name of the array in it
        """
import numpy as np
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((3,)), tf.keras.layers.Dense(1)])
def slope(image):
    image = tf.Variable(image)
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(model(image))
    return tape.gradient(score, image)
slope(np.ones((2, 3)))
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((3,)), tf.keras.layers.Dense(1)])
x = tf.constant([[1, 2, 3]])
with tf.GradientTape() as tape:
    tape.watch(x)
    y = model(tf.cast(x, tf.float32))
print(tape.gradient(y, x))
""",
            [(8, "'x' holds integers, for which there are no gradients: this is None; make it of floats")],
        ),
        Invalid(
            """
import numpy as np
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Input((3,)), tf.keras.layers.Dense(1)])
def slope(model, x):
    x = tf.convert_to_tensor(x[None], dtype=tf.float32)
    with tf.GradientTape() as tape:
        y = model(x)
    return tape.gradient(y, x)
def of_given(image):
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(model(image))
    return tape.gradient(score, image)
print(slope(model, np.ones(3)))
print(of_given(tf.ones((2, 3))))
""",
            [
                (9, "the tape does not watch 'x', so this gradient is None; call tape.watch(x) inside `with`"),
                (13, "the tape does not watch 'image', so this gradient is None; call tape.watch(image) inside `with`"),
            ],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
def penalty(critic, real, fake):
    mixed = tf.random.uniform((4, 1)) * real + fake
    with tf.GradientTape() as tape:
        score = critic(mixed)
    slopes = tape.gradient(score, [mixed])[0]
    return tf.norm(slopes)
""",
            [(8, "the tape does not watch 'mixed', so this gradient is None; call tape.watch(mixed) inside `with`")],
        ),
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(1)])
x = tf.constant([[1.0, 2.0, 3.0]])
with tf.GradientTape() as t:
    y = model(x)
print(t.gradient(y, x).numpy())
""",
            [(8, "the tape does not watch 'x', so this gradient is None; call t.watch(x) inside `with`")],
        ),
    ]


def _sources_of(program: Program) -> dict[int, Any]:
    """What gradients are asked for, by the ids of the calls, in programs that make no variables of their own."""
    gradients = [event for event in program.events if isinstance(event, GradientCall)]
    files = {id(one.site.file): one.site.file for one in (*gradients, *program.functions)} if gradients else {}
    if any(not _MAKERS.isdisjoint(names_used(file, file.tree)) for file in files.values()):
        return {}  # a variable of numbers that are known is as good as these
    return {id(event.site.node): event.arguments.value("sources", 1) for event in gradients}


def _unwatched(code: Code, sources: dict[int, Any]) -> Iterator[Finding]:
    """The gradients of tensors that no tape watches; `sources`: what was given for them, by the ids of the calls."""
    nodes = list(own_nodes(code.file, code.node.body))
    tapes = _tapes(code, nodes)
    if not tapes:
        return
    made = _bindings(nodes)
    watched = {name for node in nodes for name in _watched(node)}
    for node in nodes:
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            continue
        tape = node.func.value
        if node.func.attr.value != "gradient" or not isinstance(tape, cst.Name) or tape.value not in tapes:
            continue
        if argument(node, "unconnected_gradients", 3) is not None:
            continue
        integer = _is_array(node, sources.get(id(node))) and is_integer(sources[id(node)])
        for name in _sources(node):
            if integer and name in watched and name not in _parameters(code):
                yield Finding(
                    code.site(node),
                    f"{name!r} holds integers, for which there are no gradients: this is None; make it of floats",
                )
            if name in watched or _is_inside(code, tapes[tape.value], name):
                continue
            if _is_made_once(code, name, made) or (
                _is_array(node, sources.get(id(node))) and not watched and not _is_handed_on(nodes, tape.value)
            ):
                yield Finding(
                    code.site(node),
                    f"the tape does not watch {name!r}, so this gradient is None; call {tape.value}.watch({name}) "
                    "inside `with`",
                )


def _is_made_once(code: Code, name: str, made: dict[str, list[cst.BaseExpression | None]]) -> bool:
    """Whether the code makes a tensor of this name, and nothing else."""
    values = made.get(name, [])
    if len(values) != 1 or values[0] is None or name in _parameters(code):
        return False
    return _is_tensor(code, values[0], made)


def _is_array(call: cst.Call, value: Any) -> bool:
    """Whether the one source that the call names surely was no variable."""
    given = argument(call, "sources", 1)
    return isinstance(given, cst.Name) and isinstance(value, Array) and value.kind in ("tensor", "numpy")


def _is_handed_on(nodes: list[cst.CSTNode], tape: str) -> bool:
    """Whether other code gets the tape, which may watch with it."""
    given = (arg.value for node in nodes if isinstance(node, cst.Call) for arg in node.args)
    return any(isinstance(value, cst.Name) and value.value == tape for value in given)


def _tapes(code: Code, nodes: list[cst.CSTNode]) -> dict[str, list[cst.With]]:
    """The names of the tapes, and the statements that open them."""
    found: dict[str, list[cst.With]] = {}
    for node in nodes:
        for item in node.items if isinstance(node, cst.With) else ():
            call, name = item.item, item.asname.name if item.asname is not None else None
            if not isinstance(name, cst.Name) or not isinstance(call, cst.Call):
                continue
            if code.symbol(call.func) == "tensorflow.GradientTape":
                assert isinstance(node, cst.With)
                found.setdefault(name.value, []).append(node)
    return found


def _bindings(nodes: list[cst.CSTNode]) -> dict[str, list[cst.BaseExpression | None]]:
    """What each name is bound to; None where that is not an expression of its own."""
    found: dict[str, list[cst.BaseExpression | None]] = {}
    for node in nodes:
        if isinstance(node, cst.Assign):
            for target in node.targets:
                if isinstance(target.target, cst.Name):
                    found.setdefault(target.target.value, []).append(node.value)
                else:
                    _unclear(target.target, found)
        elif isinstance(node, (cst.AugAssign, cst.AnnAssign, cst.NamedExpr, cst.For, cst.CompFor)):
            _unclear(node.target, found)
        elif isinstance(node, cst.WithItem) and node.asname is not None:
            _unclear(node.asname.name, found)
        elif isinstance(node, (cst.Global, cst.Nonlocal)):
            for item in node.names:
                found.setdefault(item.name.value, []).append(None)
    return found


def _unclear(target: cst.CSTNode, found: dict[str, list[cst.BaseExpression | None]]) -> None:
    if isinstance(target, cst.Name):
        found.setdefault(target.value, []).append(None)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _unclear(element.value, found)
    elif isinstance(target, cst.StarredElement):
        _unclear(target.value, found)


def _watched(node: cst.CSTNode) -> Iterator[str]:
    """The names that a call of `watch` mentions."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "watch":
        for part in walk(node):
            if isinstance(part, cst.Name):
                yield part.value


def _sources(call: cst.Call) -> list[str]:
    """The plain names among the sources."""
    given = argument(call, "sources", 1)
    parts = [one.value for one in given.elements] if isinstance(given, (cst.List, cst.Tuple)) else [given]
    return [part.value for part in parts if isinstance(part, cst.Name)]


def _is_inside(code: Code, opened: list[cst.With], name: str) -> bool:
    """Whether the name is bound under the tape, so that its notes may lead to it."""
    return any(name in _bindings(list(own_nodes(code.file, one.body))) for one in opened)


def _parameters(code: Code) -> set[str]:
    params = code.node.params
    return {param.name.value for param in (*params.posonly_params, *params.params, *params.kwonly_params)}


def _is_tensor(code: Code, node: cst.BaseExpression, made: dict[str, list[cst.BaseExpression | None]]) -> bool:
    """Whether it surely is a tensor of TensorFlow and no variable."""
    if isinstance(node, cst.Call):
        name = code.symbol(node.func)
        return name.startswith(("tensorflow.", "keras.ops.", "keras.random.")) and name.rpartition(".")[2] in _MAKING
    if isinstance(node, cst.BinaryOperation):
        return _is_tensor(code, node.left, made) or _is_tensor(code, node.right, made)
    if isinstance(node, cst.Name):
        values = made.get(node.value, [])
        return (
            len(values) == 1
            and values[0] is not None
            and values[0] is not node
            and node.value not in names_in(values[0])
            and _is_tensor(code, values[0], made)
        )
    return False
