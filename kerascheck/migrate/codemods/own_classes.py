"""Layers and optimizers of the program's own: what their methods are called, and how they make their weights."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import AddArgument, Change, Piece, RemoveStatement, RenameKeyword, Rewrite
from kerascheck.keras.attributes import WEIGHT_METHODS
from kerascheck.migrate.arguments import argument, has_stars, keyword, positionals, text_of
from kerascheck.migrate.context import Context, Step
from kerascheck.text.treewalk import walk

_PAGE = "https://keras.io/guides/making_new_layers_and_models_via_subclassing/"
#: What a layer keeps by itself of the variables that its attributes hold.
_LISTS = ("trainable_weights", "non_trainable_weights")
_GETTERS = ("keras.initializers.get", "keras.initializations.get")
_VARIABLES = ("keras.backend.variable", "keras.Variable")
#: Functions of the backend that made variables, with the initializer that does the same.
_MADE = {"keras.backend.zeros": "zeros", "keras.backend.ones": "ones"}
_UPDATES = frozenset(
    f"keras.backend.{name}" for name in ("update", "update_add", "update_sub", "set_value", "moving_average_update")
)
#: The arguments of `add_weight` by their places, in Keras 2.
_PLACES = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")


def find(context: Context) -> Iterator[Step]:
    """The steps for classes that inherit from a layer or an optimizer of Keras."""
    for node in context.names.nodes:
        if not isinstance(node, cst.ClassDef):
            continue
        base = context.kinds.base_of(node)
        if base is None or not base.startswith("keras."):
            continue
        if base.startswith("keras.optimizers."):
            yield from _optimizer(node)
        elif base == "keras.Layer" or base.startswith("keras.layers."):
            yield from _layer(context, node)
        elif base.startswith("keras.metrics."):
            yield from _metric(node)


def _methods(owner: cst.ClassDef) -> Iterator[cst.FunctionDef]:
    return (one for one in owner.body.body if isinstance(one, cst.FunctionDef))


def _optimizer(owner: cst.ClassDef) -> Iterator[Step]:
    for method in _methods(owner):
        if method.name.value in ("get_updates", "_resource_apply_dense"):
            message = f"{owner.name.value}.{method.name.value} is never called: an optimizer has build and update_step"
            yield Step("methods", method.name, message, page="https://keras.io/api/optimizers/")


def _layer(context: Context, owner: cst.ClassDef) -> Iterator[Step]:
    names = {method.name.value for method in _methods(owner)}
    for method in _methods(owner):
        if method.name.value == "get_output_shape_for" and "compute_output_shape" not in names:
            change = Rewrite(method.name, ("compute_output_shape",))
            yield Step("methods", method.name, "get_output_shape_for is compute_output_shape", (change,), page=_PAGE)
        yield from _weights(method)
        for call in _initializing(context, owner, method):
            yield _initialized(context, call)
        for call in _filled(context, owner, method):
            yield _as_weight(context, owner, call)
        for target in _assigned(context, method):
            if target.attr.value in _LISTS:
                yield _list_of_weights(context, owner, target)


def _list_of_weights(context: Context, owner: cst.ClassDef, target: cst.Attribute) -> Step:
    """`self.trainable_weights = [self.W, self.b]`: not needed where the class makes each of these as a variable."""
    statement = context.names.statement(target)
    value = statement.value if isinstance(statement, (cst.Assign, cst.AugAssign)) else None
    listed = [one.value for one in value.elements] if isinstance(value, (cst.List, cst.Tuple)) else []
    made = [_maker(context, owner, one) for one in listed]
    makers = [one for one in made if one is not None]
    if statement is None or not makers or len(makers) < len(made) or not _is_alone(statement):
        message = f"{target.attr.value} cannot be set: what add_weight makes is in it"
        return Step("attributes", target, message, page=_PAGE)
    changes: list[Change] = [RemoveStatement(statement)]
    if target.attr.value == "non_trainable_weights":
        untold = [one for one in makers if keyword(one, "trainable") is None]
        untold = [one for one in untold if context.names.canonical(one.func) not in _MADE]
        changes += [AddArgument(one, ("trainable=False",)) for one in untold]
    return Step("attributes", target, f"{target.attr.value} holds the variables by itself", tuple(changes), page=_PAGE)


def _initializing(context: Context, owner: cst.ClassDef, method: cst.FunctionDef) -> Iterator[cst.Call]:
    """Calls of initializers that the class keeps, which made variables in Keras 1: `self.init(shape, name="W")`."""
    for node in walk(method):
        call = node.value if isinstance(node, cst.Assign) else None
        func = call.func if isinstance(call, cst.Call) else None
        if not isinstance(call, cst.Call) or not isinstance(func, cst.Attribute) or not positionals(call):
            continue
        names = {arg.keyword.value for arg in call.args if arg.keyword is not None}
        made = _kept(context, owner, func)
        is_get = isinstance(made, cst.Call) and context.names.canonical(made.func) in _GETTERS
        if is_get and names == {"name"} and len(call.args) == 2:  # Keras 1 alone gave a name to what is made
            yield call


def _initialized(context: Context, call: cst.Call) -> Step:
    """The step for a variable that an initializer makes: a weight of the layer, with this initializer."""
    shape, name = call.args
    pieces = ("self.add_weight(shape=", shape.value, ", initializer=", call.func, ", name=", name.value, ")")
    message = "an initializer makes values, and no variable: add_weight does"
    return Step("methods", call, message, (Rewrite(call, pieces),), page=_PAGE)


def _filled(context: Context, owner: cst.ClassDef, method: cst.FunctionDef) -> Iterator[cst.Call]:
    """Calls that made variables of zeros or ones, which the layer keeps: `self.b = K.zeros((3,), name="b")`."""
    for node in walk(method.body):
        if not isinstance(node, cst.Assign) or len(node.targets) != 1 or not isinstance(node.value, cst.Call):
            continue
        target = node.targets[0].target
        is_own = isinstance(target, cst.Attribute) and context.names.is_self(target.value)
        call, name = node.value, context.names.canonical(node.value.func)
        named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
        kept = name in _MADE and argument(call, "shape", 0) is not None and named <= {"shape", "dtype", "name"}
        # (In the end a layer that is called makes tensors, and keeps no variables.)
        is_made_once = method.name.value in ("build", "__init__") and len(positionals(call)) <= 1
        if not (isinstance(target, cst.Attribute) and is_own and kept and is_made_once):
            continue
        if _is_trained(context, owner, call) or _is_updated(context, owner, target.attr.value):
            yield call


def calls_made_weights(context: Context) -> frozenset[int]:
    """The identities of the calls of the backend that become weights."""
    owners = [node for node in context.names.nodes if isinstance(node, cst.ClassDef)]
    layers = [one for one in owners if (context.kinds.base_of(one) or "").startswith(("keras.Layer", "keras.layers."))]
    made = (call for one in layers for method in _methods(one) for call in _filled(context, one, method))
    return frozenset(map(id, made))


def _as_weight(context: Context, owner: cst.ClassDef, call: cst.Call) -> Step:
    """The step for such a call: a weight, which is trained where the layer says that it is."""
    shape, name = argument(call, "shape", 0), keyword(call, "name")
    assert shape is not None
    method = next(one for one in context.names.ancestors(call) if isinstance(one, cst.FunctionDef))
    self_name = method.params.params[0].name.value
    function = context.names.canonical(call.func) or ""
    pieces: list[Piece] = [f"{self_name}.add_weight(shape=", shape.value, f', initializer="{_MADE[function]}"']
    pieces += [", name=", name.value] if name is not None else []
    dtype = keyword(call, "dtype")
    pieces += [", dtype=", dtype.value] if dtype is not None else []
    pieces += [] if _is_trained(context, owner, call) else [", trainable=False"]
    message = f"K.{_MADE[function]} makes no variable: add_weight does"
    return Step("methods", call, message, (Rewrite(call, (*pieces, ")")),), page=_PAGE)


def _is_updated(context: Context, owner: cst.ClassDef, attribute: str) -> bool:
    """Whether the class changes the value of the variable of one of its attributes."""
    for node in walk(owner.body):
        name = context.names.canonical(node.func) if isinstance(node, cst.Call) else None
        if not isinstance(node, cst.Call) or name not in _UPDATES or not node.args:
            continue
        changed = node.args[0].value
        is_own = isinstance(changed, cst.Attribute) and context.names.is_self(changed.value)
        if isinstance(changed, cst.Attribute) and is_own and changed.attr.value == attribute:
            return True
    return False


def _is_trained(context: Context, owner: cst.ClassDef, call: cst.Call) -> bool:
    """Whether the variable of this call is among the weights that the class says are trained."""
    for method in _methods(owner):
        for target in _assigned(context, method):
            statement = context.names.statement(target)
            value = statement.value if isinstance(statement, (cst.Assign, cst.AugAssign)) else None
            listed = [one.value for one in value.elements] if isinstance(value, (cst.List, cst.Tuple)) else []
            if target.attr.value == "trainable_weights" and any(_maker(context, owner, one) is call for one in listed):
                return True
    return False


def _is_alone(statement: cst.CSTNode) -> bool:
    """Whether a statement assigns to one thing."""
    return not isinstance(statement, cst.Assign) or len(statement.targets) == 1


def _maker(context: Context, owner: cst.ClassDef, node: cst.BaseExpression) -> cst.Call | None:
    """The one call that makes the variable that a class keeps in an attribute: `self.W = K.variable(...)`."""
    call = _kept(context, owner, node)
    if not isinstance(call, cst.Call):
        return None
    func = call.func
    is_added = (
        isinstance(func, cst.Attribute) and context.names.is_self(func.value) and func.attr.value in WEIGHT_METHODS
    )
    if is_added or context.names.canonical(func) in (*_VARIABLES, *_MADE):
        return call
    return next((call for method in _methods(owner) if call in _initializing(context, owner, method)), None)


def _kept(context: Context, owner: cst.ClassDef, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The one value that a class assigns to an attribute of its objects, where it is one."""
    if not isinstance(node, cst.Attribute) or not context.names.is_self(node.value):
        return None
    found = [
        statement.value
        for method in _methods(owner)
        for statement in walk(method)
        if isinstance(statement, cst.Assign)
        for one in statement.targets
        if isinstance(one.target, cst.Attribute)
        and context.names.is_self(one.target.value)
        and one.target.attr.value == node.attr.value
    ]
    return found[0] if len(found) == 1 else None


def _metric(owner: cst.ClassDef) -> Iterator[Step]:
    names = {method.name.value for method in _methods(owner)}
    for method in _methods(owner):
        if method.name.value == "reset_states" and "reset_state" not in names:
            change = Rewrite(method.name, ("reset_state",))
            yield Step("methods", method.name, "reset_states is reset_state", (change,), page=_PAGE)
        yield from _weights(method)


def _weights(method: cst.FunctionDef) -> Iterator[Step]:
    """What the weights need that the method adds."""
    for node in walk(method):
        func = node.func if isinstance(node, cst.Call) else None
        if isinstance(node, cst.Call) and isinstance(func, cst.Attribute) and func.attr.value in WEIGHT_METHODS:
            yield from _weight(node, func)


def _weight(call: cst.Call, func: cst.Attribute) -> Iterator[Step]:
    """`self.add_weight("kernel", (3, 4))`: the shape comes first now, and the name by keyword."""
    changes: list[Change] = []
    given = positionals(call)
    if given and text_of(given[0].value) is not None and not has_stars(call):
        taken = [(arg, name) for arg, name in zip(given, _PLACES, strict=False) if keyword(call, name) is None]
        changes += [Rewrite(arg, (f"{name}=", arg.value)) for arg, name in taken]
    if func.attr.value == "add_variable":
        changes.append(Rewrite(func.attr, ("add_weight",)))
    init = keyword(call, "init")
    if init is not None:
        changes.append(RenameKeyword(init, "initializer"))
    if changes:
        message = "add_weight takes the shape first, and a name by keyword"
        yield Step("methods", func.attr, message, tuple(changes), page=_PAGE)


def _assigned(context: Context, method: cst.FunctionDef) -> Iterator[cst.Attribute]:
    """Attributes of the object itself that are assigned to."""
    for node in walk(method):
        targets = [one.target for one in node.targets] if isinstance(node, cst.Assign) else []
        for target in [*targets, node.target] if isinstance(node, cst.AugAssign) else targets:
            if isinstance(target, cst.Attribute) and context.names.is_self(target.value):
                yield target
