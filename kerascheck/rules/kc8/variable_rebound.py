"""KC864: a loop over variables binds its name to new tensors and changes no variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: The lists of variables of a model, by names that nothing else has: `weights` may be arrays, which change in place.
_VARIABLES = frozenset({"trainable_variables", "trainable_weights"})


class VariableRebound(Rule):
    """`v = v - rate * g` in a loop over the variables of a model.

    ## What it does

    Reports statements in a loop over `trainable_variables` that give the name of the loop a new value computed from the
    old one, where the loop does nothing with it afterwards.

    ## Why it is bad

    The statement makes a tensor and calls it by the name that the variable had. The variable itself keeps its value:
    the model learns nothing. That goes for `v -= ...` as well.

    ## Example

    ```python
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])

    def update(slopes):
        for v, g in zip(model.trainable_variables, slopes):
            v = v - 0.1 * g
    ```

    ## Use instead

    ```python
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])

    def update(slopes):
        for v, g in zip(model.trainable_variables, slopes):
            v.assign_sub(0.1 * g)
    ```

    ## References

    - [TensorFlow: variables](https://www.tensorflow.org/guide/variable)
    """

    code = "KC864"
    name = "variable-rebound"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for code in all_code(program):
            for loop in own_nodes(code.file, code.node.body, cst.For):
                for name in _variables(loop):
                    statement = _rebinding(code, loop, name)
                    if statement is not None:
                        yield Finding(
                            code.site(statement),
                            f"this calls a new tensor {name!r} and leaves the variable as it is; use "
                            f"{name}.assign(...) or {name}.assign_sub(...)",
                        )

    VALID = [
        # assigned
        """
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
def update(slopes):
    for v, g in zip(model.trainable_variables, slopes):
        v.assign(v - 0.1 * g)
""",
        # the new values are kept
        """
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
def updated(slopes):
    values = []
    for v, g in zip(model.trainable_variables, slopes):
        v = v - 0.1 * g
        values.append(v)
    return values
def norms():
    for v in model.trainable_weights:
        v = keras.ops.norm(v)
        print(v)
""",
        # arrays, which change in place, and names that have nothing to do with it
        """
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
def halve():
    values = model.get_weights()
    for value in values:
        value *= 0.5
    model.set_weights(values)
    total = 0
    for v in model.trainable_variables:
        total = total + keras.ops.sum(v)
    return total
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
def update(slopes):
    for v, g in zip(model.trainable_variables, slopes):
        v = v - 0.1 * g
for i, weight in enumerate(model.trainable_weights):
    weight *= 0.5
""",
            [
                (
                    6,
                    "this calls a new tensor 'v' and leaves the variable as it is; use v.assign(...) or "
                    "v.assign_sub(...)",
                ),
                (
                    8,
                    "this calls a new tensor 'weight' and leaves the variable as it is; use weight.assign(...) or "
                    "weight.assign_sub(...)",
                ),
            ],
        ),
    ]


def _variables(loop: cst.For) -> Iterator[str]:
    """The names that the loop gives to the variables of a model."""
    given, target = loop.iter, loop.target
    if _is_variables(given) and isinstance(target, cst.Name):
        yield target.value
    if not isinstance(given, cst.Call) or not isinstance(given.func, cst.Name) or not isinstance(target, cst.Tuple):
        return
    parts: Sequence[cst.BaseElement] = target.elements
    if given.func.value == "zip":
        sources = [arg.value for arg in given.args]
    elif given.func.value == "enumerate":
        sources, parts = [arg.value for arg in given.args[:1]], parts[1:]
    else:
        return
    for source, part in zip(sources, parts, strict=False):
        if _is_variables(source) and isinstance(part.value, cst.Name):
            yield part.value.value


def _is_variables(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value in _VARIABLES


def _rebinding(code: Code, loop: cst.For, name: str) -> cst.CSTNode | None:
    """The statement that gives the name a value computed from the old one, where nothing reads that."""
    body = loop.body.body
    for place, line in enumerate(body):
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
        if not _rebinds(code, small, name):
            continue
        rest = any(name in names_used(code.file, later) for later in body[place + 1 :])
        after = [node for node in own_nodes(code.file, code.node.body, cst.Name) if node.value == name]
        inside = {id(node) for node in own_nodes(code.file, loop, cst.Name)}
        if not rest and all(id(node) in inside for node in after):
            return small
    return None


def _rebinds(code: Code, small: cst.CSTNode | None, name: str) -> bool:
    if isinstance(small, cst.AugAssign):
        return isinstance(small.target, cst.Name) and small.target.value == name
    if not isinstance(small, cst.Assign) or len(small.targets) != 1:
        return False
    target = small.targets[0].target
    return isinstance(target, cst.Name) and target.value == name and name in names_used(code.file, small.value)
