"""KC834: a tensor is assigned to as if it were a variable."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, functions_of, module_code, own_nodes
from kerascheck.rules._loops import names_in
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_ASSIGNING = ("assign", "assign_add", "assign_sub")
#: Operations that make tensors, by the ends of their names.
_MAKING = frozenset(
    {
        "zeros", "ones", "zeros_like", "ones_like", "fill", "constant", "convert_to_tensor", "cast", "reduce_sum",
        "reduce_mean", "eye", "range", "normal", "uniform", "stack", "concat", "reshape",
    }
)  # fmt: skip


class AssignedTensor(Rule):
    """`assign`, `assign_add` or `assign_sub` on a tensor.

    ## What it does

    Follows names, and lists that a comprehension fills, to where they are made. It reports an assignment to what
    `tf.zeros_like`, `tf.constant` and their like gave.

    ## Why it is bad

    Only variables can be assigned to: "'EagerTensor' object has no attribute 'assign_add'".

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    sums = [tf.zeros_like(v) for v in model.trainable_variables]

    def add(gradients):
        for one, gradient in zip(sums, gradients):
            one.assign_add(gradient)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    sums = [tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables]

    def add(gradients):
        for one, gradient in zip(sums, gradients):
            one.assign_add(gradient)
    ```

    ## References

    - [TensorFlow: variables](https://www.tensorflow.org/guide/variable)
    """

    code = "KC834"
    name = "assigned-tensor"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        main = program.main
        module = module_code(program, main.file) if main is not None else None
        codes = [Code(function, program.objects) for function in functions_of(program)]
        for code in [*codes, *([module] if module is not None else [])]:
            around = module if module is not None and code is not module and code.file is module.file else None
            for node in own_nodes(code.file, code.node.body, cst.Call):
                if not isinstance(node.func, cst.Attribute):
                    continue
                target, method = node.func.value, node.func.attr.value
                if method in _ASSIGNING and _Names(code, around).is_tensor(target):
                    yield Finding(
                        code.site(node),
                        f"{method} needs a variable, and this is a tensor; make it with tf.Variable(..., "
                        "trainable=False)",
                    )

    VALID = [
        # variables
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
sums = [tf.Variable(tf.zeros_like(v)) for v in model.trainable_variables]
total = tf.Variable(0.0)
def add(gradients):
    for one, gradient in zip(sums, gradients):
        one.assign_add(gradient)
    total.assign(1.0)
""",
        # a name that is a variable later
        """
import keras
import tensorflow as tf
total = tf.zeros(())
total = tf.Variable(total)
total.assign_add(1.0)
""",
        # what is given
        """
import keras
import tensorflow as tf
def add(sums, gradients):
    sums = sums or [tf.Variable(0.0)]
    for one, gradient in zip(sums, gradients):
        one.assign_add(gradient)
""",
        # the list is filled with variables elsewhere
        """
import keras
import tensorflow as tf
sums = [tf.zeros((2,)) for _ in range(3)]
for place in range(3):
    sums[place] = tf.Variable(sums[place])
sums[0].assign_add([1.0, 2.0])
""",
        # a method of another object
        """
import keras
import pandas as pd
frame = pd.DataFrame()
frame = frame.assign(total=1)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
sums = [tf.zeros_like(v) for v in model.trainable_variables]
def add(gradients):
    for one, gradient in zip(sums, gradients):
        one.assign_add(gradient)
    for place, gradient in enumerate(gradients):
        sums[place].assign_add(gradient)
""",
            [
                (
                    8,
                    "assign_add needs a variable, and this is a tensor; make it with tf.Variable(..., trainable=False)",
                ),
                (
                    10,
                    "assign_add needs a variable, and this is a tensor; make it with tf.Variable(..., trainable=False)",
                ),
            ],
        ),
        Invalid(
            """
import keras
import tensorflow as tf
total = tf.constant(0.0)
total.assign(1.0)
""",
            [(5, "assign needs a variable, and this is a tensor; make it with tf.Variable(..., trainable=False)")],
        ),
    ]


class _Names:
    """What the names in a function are bound to, if that is one expression alone."""

    def __init__(self, code: Code, around: Code | None) -> None:
        self.code = code
        self.around = _Names(around, None) if around is not None else None
        self.nodes = list(own_nodes(code.file, code.node.body))

    def is_tensor(self, node: cst.CSTNode) -> bool:
        """Whether an expression surely gives a tensor and no variable."""
        if isinstance(node, cst.Name):
            made, owner = self._bound(node.value)
            return bool(made) and all(
                owner._makes(one) if isinstance(one, cst.BaseExpression) else one is not None and owner.is_list(one[0])
                for one in made
            )
        if isinstance(node, cst.Subscript):
            return self.is_list(node.value)
        return self._makes(node)

    def is_list(self, node: cst.CSTNode) -> bool:
        """Whether it surely is a list of tensors."""
        if isinstance(node, cst.Name):
            made, owner = self._bound(node.value)
            only = made[0] if len(made) == 1 else None
            return isinstance(only, cst.ListComp) and owner._makes(only.elt)
        return False

    def _makes(self, node: cst.CSTNode) -> bool:
        name = self.code.symbol(node.func) if isinstance(node, cst.Call) else ""
        return name.startswith("tensorflow.") and name.rpartition(".")[2] in _MAKING

    def _bound(self, name: str) -> tuple[list[cst.BaseExpression | tuple[cst.CSTNode] | None], _Names]:
        """All that a name is bound to: expressions, lists (in a tuple) whose items it takes in a loop, or None."""
        found: list[cst.BaseExpression | tuple[cst.CSTNode] | None] = []
        if name not in self.code.bound and not self.code.is_module:
            return self.around._bound(name) if self.around is not None else (found, self)
        for node in self.nodes:
            if isinstance(node, cst.Assign):
                for target in node.targets:
                    if isinstance(target.target, cst.Name) and target.target.value == name:
                        found.append(node.value)
                    elif _names_in(target.target, name):
                        found.append(None)
            elif isinstance(node, cst.For) and _names_in(node.target, name):
                found.append(_taken(node, name, self.code))
            elif (
                (isinstance(node, (cst.AugAssign, cst.AnnAssign, cst.NamedExpr)) and _names_in(node.target, name))
                or (isinstance(node, (cst.Global, cst.Nonlocal, cst.WithItem, cst.Del)) and name in names_in(node))
                or _changes(node, name)
            ):
                found.append(None)
        params = self.code.node.params
        given = any(one.name.value == name for one in (*params.posonly_params, *params.params, *params.kwonly_params))
        return ([] if given else found), self


def _names_in(target: cst.CSTNode, name: str) -> bool:
    """Whether an assignment to the target binds the name or changes what it holds."""
    while isinstance(target, cst.Subscript):
        target = target.value
    if isinstance(target, (cst.Tuple, cst.List)):
        return any(_names_in(element.value, name) for element in target.elements)
    return isinstance(target, cst.Name) and target.value == name


def _changes(node: cst.CSTNode, name: str) -> bool:
    """Whether a call changes what is in the list of this name."""
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and isinstance(node.func.value, cst.Name)
        and node.func.value.value == name
        and node.func.attr.value in ("append", "extend", "insert", "clear", "pop", "remove")
    )


def _taken(loop: cst.For, name: str, code: Code) -> tuple[cst.CSTNode] | None:
    """The list whose items the name takes: that of the loop, or one of those in its `zip`."""
    target, over = loop.target, loop.iter
    if isinstance(target, cst.Name):
        return (over,) if isinstance(over, cst.Name) else None
    if not isinstance(target, cst.Tuple) or not isinstance(over, cst.Call):
        return None
    sides = [item.value for item in target.elements]
    if code.symbol(over.func) != "builtins.zip" or len(sides) != len(over.args):
        return None
    for side, arg in zip(sides, over.args, strict=True):
        if isinstance(side, cst.Name) and side.value == name and arg.keyword is None and not arg.star:
            return (arg.value,)
    return None
