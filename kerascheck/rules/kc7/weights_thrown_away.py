"""KC718: weights are mixed or changed, and no model gets them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used, once_in_outline
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, all_code, as_written, functions_of, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline

#: What only asks for the length of a list, or goes through it.
_ASKING = frozenset({"len", "range", "enumerate"})
_GROWING = frozenset({"append", "extend", "insert"})


class WeightsThrownAway(Rule):
    """A function computes new weights from those of a model and never sets them.

    ## What it does

    Reports a list of the function's own that holds what `get_weights` gave, or what is computed from that, where the
    function changes or fills it and does nothing else with it; an assignment to an item of `layer.get_weights()`
    itself; and `set_weights(model.get_weights)`, also by way of a name, which hands over the method.

    ## Why it is bad

    `get_weights` gives copies. The model keeps what it has until `set_weights` is called: a soft update of a target
    network that does not end in it never takes place.

    ## Example

    ```python
    from keras import Sequential, layers

    def network():
        return Sequential([layers.Input((4,)), layers.Dense(1)])

    online, target = network(), network()

    def update(tau):
        mixed = []
        for new, old in zip(online.get_weights(), target.get_weights()):
            mixed.append(tau * new + (1 - tau) * old)
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    def network():
        return Sequential([layers.Input((4,)), layers.Dense(1)])

    online, target = network(), network()

    def update(tau):
        mixed = []
        for new, old in zip(online.get_weights(), target.get_weights()):
            mixed.append(tau * new + (1 - tau) * old)
        target.set_weights(mixed)
    ```

    ## References

    - [Keras: get_weights and set_weights](https://keras.io/api/layers/base_layer/#setweights-method)
    """

    code = "KC718"
    name = "weights-thrown-away"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        yield from self._in_expressions(program)
        for function in functions_of(program):
            if "get_weights" not in names_used(function.site.file, function.node):
                continue
            code = Code(function, program.objects)
            for name, made in _lists(code).items():
                changes = list(_changes(code, name))
                if changes and not _is_used(code, name, made, changes):
                    yield Finding(
                        code.site(made),
                        f"{name!r} holds new weights that no model receives: get_weights returns copies; end with "
                        f"set_weights({name})",
                    )

    def _in_expressions(self, program: Program) -> Iterator[Finding]:
        """Changes of a copy that has no name, and methods in the place of weights."""
        for code in all_code(program):
            if "get_weights" not in names_used(code.file, code.file.tree):
                continue
            for node in own_nodes(code.file, code.node.body, cst.Assign, cst.AugAssign):
                if any(isinstance(one, cst.Subscript) and _is_item_of_copy(one) for one in _targets(node)):
                    yield Finding(
                        code.site(node),
                        "get_weights returns copies, so this changes nothing in the model; change the list and pass "
                        "it to set_weights",
                    )
            methods = _names_of_methods(code.file, code.file.tree)
            for call in own_nodes(code.file, code.node.body, cst.Call):
                given = [arg.value for arg in call.args] if _last_name(call.func) == "set_weights" else []
                if any(_last_name(one) == "get_weights" or as_written(one) in methods for one in given):
                    yield Finding(
                        code.site(call),
                        "this passes the method get_weights, not the weights; call it: get_weights()",
                        severity=Severity.ERROR,
                    )

    VALID = [
        # items of copies that are kept, or only read
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
weights = model.get_weights()
weights[0][:] = 0.0
model.set_weights(weights)
first = model.get_weights()[0][0]
table = {}
table[model.get_weights()[0].shape] = first
""",
        # set, returned, or handed to something else
        """
from keras import Sequential, layers
def network():
    return Sequential([layers.Input((4,)), layers.Dense(1)])
online, target = network(), network()
def update(tau):
    mixed = []
    for new, old in zip(online.get_weights(), target.get_weights()):
        mixed.append(tau * new + (1 - tau) * old)
    target.set_weights(mixed)
def halves():
    weights = online.get_weights()
    for i in range(len(weights)):
        weights[i] = weights[i] / 2
    return weights
def show(write):
    sums = []
    for new in online.get_weights():
        sums.append(new.sum())
    write(sums)
""",
        # only looked at
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def shapes():
    weights = model.get_weights()
    for i, one in enumerate(weights):
        print(i, one.shape)
""",
        # a list of something else, and one of the module
        """
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
history = []
def keep():
    history.append(model.get_weights())
def count():
    rounds = []
    for i in range(3):
        rounds.append(i)
    before = model.get_weights()
    return before
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Input((5,)), layers.Embedding(20, 8), layers.Dense(1)])
model.layers[0].get_weights()[0][:] = np.ones((20, 8))
model.get_weights()[0] += 1.0
model.set_weights(model.get_weights)
class Keep:
    def begin(self):
        self.kept = None
        self.rest = model.get_weights
    def on_epoch_end(self):
        self.kept = model.get_weights
    def on_train_end(self):
        model.set_weights(self.kept)
""",
            [
                (
                    5,
                    "get_weights returns copies, so this changes nothing in the model; change the list and pass it "
                    "to set_weights",
                ),
                (
                    6,
                    "get_weights returns copies, so this changes nothing in the model; change the list and pass it "
                    "to set_weights",
                ),
                (7, "this passes the method get_weights, not the weights; call it: get_weights()"),
                (15, "this passes the method get_weights, not the weights; call it: get_weights()"),
            ],
        ),
        Invalid(
            """
from keras import Sequential, layers
def network():
    return Sequential([layers.Input((4,)), layers.Dense(1)])
online, target = network(), network()
def update(tau):
    mixed = []
    for new, old in zip(online.get_weights(), target.get_weights()):
        mixed.append(tau * new + (1 - tau) * old)
class Agent:
    def soft(self, tau):
        theirs = target.get_weights()
        mine = online.get_weights()
        for i in range(len(theirs)):
            theirs[i] = tau * mine[i] + (1 - tau) * theirs[i]
""",
            [
                (
                    7,
                    "'mixed' holds new weights that no model receives: get_weights returns copies; end with "
                    "set_weights(mixed)",
                ),
                (
                    12,
                    "'theirs' holds new weights that no model receives: get_weights returns copies; end with "
                    "set_weights(theirs)",
                ),
            ],
        ),
    ]


def _lists(code: Code) -> dict[str, cst.Assign]:
    """The names that the function binds once, to an empty list or to what `get_weights` gives."""
    found: dict[str, list[cst.Assign]] = {}
    for node in own_nodes(code.file, code.node.body, cst.Assign):
        for target in node.targets:
            if isinstance(target.target, cst.Name) and target.target.value in code.bound:
                found.setdefault(target.target.value, []).append(node)
    return {name: made[0] for name, made in found.items() if len(made) == 1 and _is_list_of_weights(made[0].value)}


def _is_list_of_weights(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.List):
        return not node.elements
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "get_weights"


def _changes(code: Code, name: str) -> Iterator[cst.CSTNode]:
    """The statements and calls that put weights into the list: what they put there hangs on `get_weights`."""
    weights = _of_weights(code)
    for node in own_nodes(code.file, code.node.body, cst.Assign, cst.AugAssign, cst.Call):
        if isinstance(node, cst.Call):
            grows = isinstance(node.func, cst.Attribute) and node.func.attr.value in _GROWING
            if grows and _is_name(node.func.value, name) and _mentions(code, node.args[-1:], weights):  # type: ignore[attr-defined]
                yield node
            continue
        for target in _targets(node):
            if isinstance(target, cst.Subscript) and _is_name(target.value, name):
                yield node


def _targets(node: cst.CSTNode) -> list[cst.CSTNode]:
    """What a statement assigns to."""
    if isinstance(node, cst.Assign):
        return [one.target for one in node.targets]
    return [node.target] if isinstance(node, cst.AugAssign) else []


def _of_weights(code: Code) -> frozenset[str]:
    """The names that loops give to what `get_weights` gives."""
    found: set[str] = set()
    for node in own_nodes(code.file, code.node.body, cst.For):
        if "get_weights" in names_used(code.file, node.iter):
            found |= names_used(code.file, node.target)
    return frozenset(found)


def _mentions(code: Code, parts: object, names: frozenset[str]) -> bool:
    return isinstance(parts, (tuple, list)) and any(not names.isdisjoint(names_used(code.file, one)) for one in parts)


def _is_used(code: Code, name: str, made: cst.Assign, changes: list[cst.CSTNode]) -> bool:
    """Whether the list is read outside of the changes, for more than its length."""
    inside = {id(part) for node in (made, *changes) for part in own_nodes(code.file, node, cst.Name)}
    for call in own_nodes(code.file, code.node.body, cst.Call):
        if isinstance(call.func, cst.Name) and call.func.value in _ASKING:
            inside.update(id(arg.value) for arg in call.args if _is_name(arg.value, name))
    return any(
        node.value == name and id(node) not in inside for node in own_nodes(code.file, code.node.body, cst.Name)
    ) or any(name in names_used(code.file, part) for part in _inner(code))


def _inner(code: Code) -> Iterator[cst.CSTNode]:
    """What is defined in the function, which may read its names."""
    yield from own_nodes(code.file, code.node.body, cst.FunctionDef, cst.Lambda, cst.ClassDef)


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _is_item_of_copy(node: cst.Subscript) -> bool:
    """Whether it is an item, or an item of an item, of a call of `get_weights`."""
    value = node.value
    while isinstance(value, cst.Subscript):
        value = value.value
    return isinstance(value, cst.Call) and _last_name(value.func) == "get_weights"


@once_in_outline
def _names_of_methods(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    """The names, as they are written, that the file gives to the method `get_weights`, and to nothing else but None."""
    found: dict[str, list[bool]] = {}
    for node in outline.below(tree, cst.Assign):
        for target in node.targets:
            pairs: list[tuple[cst.BaseExpression, cst.BaseExpression]] = [(target.target, node.value)]
            if isinstance(target.target, cst.Tuple) and isinstance(node.value, cst.Tuple):
                sides = zip(target.target.elements, node.value.elements, strict=False)
                pairs = [(one.value, other.value) for one, other in sides]
            for name, value in pairs:
                if not isinstance(value, cst.Name) or value.value != "None":
                    found.setdefault(as_written(name), []).append(_last_name(value) == "get_weights")
    return frozenset(name for name, are_methods in found.items() if all(are_methods) and name != "...")


def _last_name(node: cst.CSTNode) -> str:
    """The attribute that it ends with."""
    return node.attr.value if isinstance(node, cst.Attribute) else ""
