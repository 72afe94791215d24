"""Functions of `keras.backend`: most are in `keras.ops`, some take other arguments there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import libcst as cst

from kerascheck.fixes.changes import AddArgument, Change, RemoveStatement, RenameKeyword, Rewrite
from kerascheck.migrate.arguments import argument, has_stars, keyword, positional, positionals, text_of
from kerascheck.migrate.codemods.own_classes import calls_made_weights
from kerascheck.migrate.context import Context, Spelled, Step
from kerascheck.migrate.facts import exists, find_name
from kerascheck.migrate.kinds import Kind
from kerascheck.project.target import Era

#: What has another name, with the same arguments by place.
_RENAMED = {
    "pow": "ops.power", "permute_dimensions": "ops.transpose", "repeat_elements": "ops.repeat", "switch": "ops.where",
    "map_fn": "ops.map", "reverse": "ops.flip", "l2_normalize": "ops.normalize", "variable": "Variable",
    "random_normal": "random.normal", "random_uniform": "random.uniform", "truncated_normal": "random.truncated_normal",
    "dropout": "random.dropout",
    "eval": "ops.convert_to_numpy", "get_value": "ops.convert_to_numpy", "to_dense": "ops.convert_to_tensor",
    "constant": "ops.convert_to_tensor", "image_dim_ordering": "backend.image_data_format", "gather": "ops.take",
}  # fmt: skip
#: Functions of `keras.ops` of the same name with the same arguments.
_SAME = frozenset(
    {
        "abs", "all", "any", "arange", "argmax", "argmin", "binary_crossentropy", "cast", "categorical_crossentropy",
        "clip", "concatenate", "cos", "cumprod", "cumsum", "dot", "elu", "equal", "erf", "exp", "expand_dims", "eye",
        "greater", "greater_equal", "less", "less_equal", "log", "logsumexp", "max", "maximum", "mean",
        "min", "minimum", "not_equal", "one_hot", "ones", "ones_like", "prod", "relu", "reshape", "round", "shape",
        "sigmoid", "sign", "sin", "slice", "softmax", "softplus", "softsign", "sparse_categorical_crossentropy", "sqrt",
        "square", "squeeze", "stack", "std", "stop_gradient", "sum", "tanh", "tile", "transpose", "var", "zeros",
        "zeros_like", "ndim",
    }
)  # fmt: skip
#: What is added where it is not given: name, place and value.
_ADDED = {
    "concatenate": ("axis", 1, "axis=-1"), "argmax": ("axis", 1, "axis=-1"), "argmin": ("axis", 1, "axis=-1"),
    "expand_dims": ("axis", 1, "axis=-1"), "cumsum": ("axis", 1, "axis=0"), "cumprod": ("axis", 1, "axis=0"),
    "gather": ("axis", 2, "axis=0"), "variable": ("dtype", 1, 'dtype="float32"'),
}  # fmt: skip
#: Arguments by other names.
_KEYWORDS = {
    "clip": {"min_value": "x_min", "max_value": "x_max"}, "permute_dimensions": {"pattern": "axes"},
    "repeat_elements": {"rep": "repeats"}, "cast": {}, "tile": {"n": "repeats"}, "pow": {"a": "x2"},
    "random_normal": {"std": "stddev"}, "random_uniform": {"low": "minval", "high": "maxval"},
    "switch": {"then_expression": "x1", "else_expression": "x2"}, "map_fn": {"fn": "f", "elems": "xs"},
    "dropout": {"x": "inputs", "level": "rate"}, "reverse": {"axes": "axis"}, "binary_crossentropy": {},
    "gather": {"reference": "x"}, "constant": {"value": "x"}, "variable": {"value": "initializer"},
}  # fmt: skip
#: Functions of which only the first argument has the same place.
_ONE_PLACE = frozenset({"variable", "eye"})
#: What made variables, which had names.
_FILLED = frozenset({"zeros", "ones"})
_TARGETS = {"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"}
#: What is done by the backend only in a session, and has no place in Keras 3.
_DROPPED = frozenset({"set_learning_phase", "manual_variable_initialization"})

_Form: TypeAlias = Callable[[Context, cst.Call], "tuple[tuple[Change, ...], Spelled] | None"]


def find(context: Context) -> Iterator[Step]:
    """A step for each use of a function of the backend that is gone."""
    for binding in context.names.bindings:
        for use in dict.fromkeys(binding.uses):
            dotted = context.names.canonical(use)
            if dotted is None or not dotted.startswith("keras.backend.") or binding.is_tried:
                continue
            name = dotted.removeprefix("keras.backend.").removeprefix("tensorflow_backend.")
            spelled = context.names.dotted(use) or ""
            if not sees_to(dotted) or exists(f"keras.backend.{name}") or context.names.is_written(use):
                continue
            above = context.names.parent(use)
            call = above if isinstance(above, cst.Call) and above.func is use else None
            if name in _FILLED and call is not None and id(call) in calls_made_weights(context):
                continue
            if spelled.startswith("tensorflow") and not _must_go(context, name, call):
                continue
            yield step(context, use, call, name)


def sees_to(name: str) -> bool:
    """Whether this codemod looks at a name, by its canonical one."""
    rest = name.removeprefix("keras.backend.").removeprefix("tensorflow_backend.")
    return name.startswith("keras.backend.") and "." not in rest and rest not in (*_ELSEWHERE, "tensorflow_backend")


#: What other codemods see to.
_ELSEWHERE = frozenset({"int_shape", "set_session", "get_session", "set_image_dim_ordering", "tf", "function"})


def _must_go(context: Context, name: str, call: cst.Call | None) -> bool:
    """Whether the copy that `tensorflow.keras.backend` keeps does not do: it takes no symbolic tensors of Keras."""
    if context.options.to_keras or context.options.backend_neutral:
        return True
    if not exists(f"keras.backend.{name}", "tf.keras") or name in ("get_value", "set_value"):
        return True
    given = [arg.value for arg in call.args] if call is not None else []
    parts = [part.value for one in given if isinstance(one, (cst.List, cst.Tuple)) for part in one.elements]
    return any(context.kinds.of(one) is Kind.TENSOR for one in (*given, *parts))


def step(context: Context, use: cst.BaseExpression, call: cst.Call | None, name: str) -> Step:
    """The step for one use of a function: called, or handed on."""
    listed = _through_tensorflow(context, use, name)
    if call is None:
        if name in _SAME and name not in _ADDED and name != "relu":
            spelled = context.spell(f"keras.ops.{name}")
            return Step(
                "backend", use, f"K.{name} is now keras.ops.{name}", (Rewrite(use, (spelled.text,)),), spelled.needs
            )
        return listed
    if has_stars(call):
        return listed
    form = _FORMS.get(name)
    if form is not None:
        found = form(context, call)
        if found is None:
            return listed
        return Step("backend", use, f"K.{name} has another form in Keras 3", found[0], found[1].needs)
    if name in _DROPPED:
        statement = context.names.parent(call)
        if isinstance(statement, cst.Expr):
            return Step("backend", use, f"K.{name} is gone, and not needed", (RemoveStatement(statement),))
        return listed
    if name not in _SAME and name not in _RENAMED:
        return listed
    if name == "variable" and (made := _constant(context, call)) is not None:
        return made
    if name in _ONE_PLACE and (keyword(call, "shape") or len(positionals(call)) > 1):
        return listed
    if name == "constant" and keyword(call, "name"):
        return listed
    if name == "l2_normalize" and argument(call, "axis", 1) is None:
        return listed
    target = f"keras.{_RENAMED.get(name, f'ops.{name}')}"
    spelled = context.spell(target)
    changes: list[Change] = [Rewrite(call.func, (spelled.text,))]
    keywords = _KEYWORDS.get(name, {})
    named = [(arg, arg.keyword.value) for arg in call.args if arg.keyword is not None]
    changes += [RenameKeyword(arg, keywords[own]) for arg, own in named if own in keywords]
    if name in _ADDED and argument(call, *_ADDED[name][:2]) is None:
        changes.append(AddArgument(call, (_ADDED[name][2],)))
    called = keyword(call, "name") if name in _FILLED else None
    if called is None:
        return Step("backend", use, f"K.{name} is now {target}", tuple(changes), spelled.needs)
    variable = context.spell("keras.Variable")
    rest = [arg for arg in call.args if arg is not called]
    inner: list[str | cst.CSTNode] = [f"{variable.text}({spelled.text}("]
    for index, arg in enumerate(rest):
        inner += [", "] * (index > 0) + ([f"{arg.keyword.value}="] if arg.keyword is not None else []) + [arg.value]
    changes = [Rewrite(call, (*inner, "), name=", called.value, ")"))]
    return Step(
        "backend", use, f"K.{name} made a variable", tuple(changes), (*spelled.needs, *variable.needs),
        note="in a layer it is trained; give it trainable=False where it was not among its trainable_weights",
    )  # fmt: skip


def _constant(context: Context, call: cst.Call) -> Step | None:
    """The step for a variable that nothing keeps, since it is given to another function at once: it is a constant."""
    above = context.names.parent(call)
    outer = context.names.parent(above) if isinstance(above, cst.Arg) else None
    taker = context.names.canonical(outer.func) if isinstance(outer, cst.Call) else None
    if taker is None or not taker.startswith("keras.backend.") or taker.rpartition(".")[2] not in _SAME:
        return None
    value, dtype = argument(call, "value", 0), argument(call, "dtype", 1)
    if value is None or len(call.args) != 1 + (dtype is not None):
        return None
    spelled = context.spell("keras.ops.convert_to_tensor")
    typed: tuple[str | cst.CSTNode, ...] = (", dtype=", dtype.value) if dtype is not None else (', dtype="float32"',)
    pieces = (f"{spelled.text}(", value.value, *typed, ")")
    message = "K.variable that nothing keeps is a constant"
    return Step("backend", call.func, message, (Rewrite(call, pieces),), spelled.needs)


def _through_tensorflow(context: Context, use: cst.BaseExpression, name: str) -> Step:
    """The step for a function that has no place in `keras.ops`: `tensorflow.keras` may have it still."""
    message = f"keras.backend.{name} is gone: {_advice(name)}"
    dotted = context.names.dotted(use) or ""
    if name in _BROKEN or not dotted.startswith("keras.") or not exists(f"keras.backend.{name}", "tf.keras"):
        return Step("backend", use, message)
    if any(binding.dotted == dotted and use in binding.uses for binding in context.names.bindings):
        return Step("backend", use, message)  # the import itself sees to it
    spelled = context.through_tensorflow(f"keras.backend.{name}")
    note = f"{name} of tensorflow.keras.backend takes no symbolic tensors, and no backend but TensorFlow"
    return Step(
        "backend", use, f"K.{name} is gone from keras", (Rewrite(use, (spelled.text,)),), spelled.needs, note=note
    )


#: What `tensorflow.keras.backend` has still, and does not work.
_BROKEN = frozenset({"gradients", "foldl", "foldr"})


def _advice(name: str) -> str:
    row = find_name(f"keras.backend.{name}")
    advice = row.advice if row is not None else None
    return f"use {advice}" if advice is not None else "see what keras.ops has for it"


# -- functions of another form ---------------------------------------------------------------------------------------


def _wrapped(call: cst.Call, *pieces: str | cst.CSTNode) -> tuple[Change, ...]:
    return (Rewrite(call, pieces),)


def _flatten(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    ops = context.spell("keras.ops.reshape")
    return (Rewrite(call.func, (ops.text,)), AddArgument(call, ("(-1,)",))), ops


def _batch_flatten(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    x = argument(call, "x", 0)
    if x is None or not isinstance(x.value, cst.Name):
        return None
    ops = context.spell("keras.ops.reshape")
    return _wrapped(
        call, f"{ops.text}(", x.value, ", (", f"{context.spell('keras.ops.shape').text}(", x.value, ")[0], -1))"
    ), ops


def _set_value(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    return _assigned(call, "assign")


def _update_add(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    return _assigned(call, "assign_add")


def _update_sub(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    return _assigned(call, "assign_sub")


def _assigned(call: cst.Call, method: str) -> tuple[tuple[Change, ...], Spelled] | None:
    variable, value = positional(call, 0), positional(call, 1) or keyword(call, "value")
    if variable is None or value is None or not isinstance(variable.value, (cst.Name, cst.Attribute, cst.Subscript)):
        return None
    return _wrapped(call, variable.value, f".{method}(", value.value, ")"), Spelled("")


def _get_value(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    x = positional(call, 0)
    if x is None:
        return None
    if isinstance(x.value, cst.Attribute) and x.value.attr.value in ("lr", "learning_rate"):
        above = context.names.parent(call)
        outer = context.names.parent(above) if isinstance(above, cst.Arg) else None
        if isinstance(outer, cst.Call) and isinstance(outer.func, cst.Name) and outer.func.value == "float":
            return _wrapped(call, x.value), Spelled("")
        return (Rewrite(call.func, ("float",)),), Spelled("")
    ops = context.spell("keras.ops.convert_to_numpy")
    return (Rewrite(call.func, (ops.text,)),), ops


def _cast_to_floatx(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    ops, floatx = context.spell("keras.ops.cast"), context.beside(call.func, "floatx")
    changes = (Rewrite(call.func, (ops.text,)), AddArgument(call, (f"{floatx.text}()",)))
    return changes, Spelled("", (*ops.needs, *floatx.needs))


def _relu(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    if len(call.args) == 1:
        ops = context.spell("keras.ops.relu")
        return (Rewrite(call.func, (ops.text,)),), ops
    spelled = context.spell("keras.activations.relu")
    slope = keyword(call, "alpha")
    more = (RenameKeyword(slope, "negative_slope"),) if slope is not None else ()
    return (Rewrite(call.func, (spelled.text,)), *more), spelled


def _crossentropy(name: str) -> _Form:
    def form(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
        ops = context.spell(f"keras.ops.{name}")
        first, second = positional(call, 0), positional(call, 1)
        changes: list[Change] = [Rewrite(call.func, (ops.text,))]
        if first is not None and second is not None and context.era is Era.KERAS_1:
            changes += [Rewrite(first, (second.value,)), Rewrite(second, (first.value,))]  # it had the output first
        return tuple(changes), ops

    return form


def _switch(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    given = positionals(call)
    if len(given) != 3 or len(call.args) != 3:
        return None
    is_lazy = all(isinstance(arg.value, cst.Lambda) for arg in given[1:])
    ops = context.spell("keras.ops.cond" if is_lazy else "keras.ops.where")
    return (Rewrite(call.func, (ops.text,)),), ops


def _binomial(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    shape, p = argument(call, "shape", 0), argument(call, "p", 1)
    if shape is None or p is None or len(call.args) != 2:
        return None
    spelled = context.spell("keras.random.binomial")
    return _wrapped(call, f"{spelled.text}(", shape.value, ", 1, ", p.value, ")"), spelled


def _ndim(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    x = positional(call, 0)
    if x is None:
        return None
    return _wrapped(call, "len(", x.value, ".shape)"), Spelled("")


def _dtype(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    x = positional(call, 0)
    if x is None or not isinstance(x.value, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        return None
    return _wrapped(call, x.value, ".dtype"), Spelled("")


def _repeat(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    x, n = positional(call, 0), argument(call, "n", 1)
    if x is None or n is None:
        return None
    ops = context.spell("keras.ops.repeat")
    inner = context.spell("keras.ops.expand_dims").text
    return _wrapped(call, f"{ops.text}({inner}(", x.value, ", 1), ", n.value, ", axis=1)"), ops


def _in_top_k(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    first, second = positional(call, 0), positional(call, 1)
    if first is None or second is None:
        return None
    ops = context.spell("keras.ops.in_top_k")
    return (Rewrite(call.func, (ops.text,)), Rewrite(first, (second.value,)), Rewrite(second, (first.value,))), ops


def _image_dim_ordering(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    spelled = context.beside(call.func, "image_data_format")
    changes: list[Change] = [Rewrite(call.func, (spelled.text,))]
    above = context.names.parent(call)
    compared = context.names.parent(above) if isinstance(above, cst.ComparisonTarget) else above
    if not isinstance(compared, cst.Comparison):
        return None
    for side in (compared.left, *(one.comparator for one in compared.comparisons)):
        text = text_of(side)
        if text in _ORDERS and isinstance(side, cst.SimpleString):
            from kerascheck.migrate.arguments import requoted

            changes.append(Rewrite(side, (requoted(side, _ORDERS[text]),)))
    return tuple(changes), spelled


def _placeholder(context: Context, call: cst.Call) -> tuple[tuple[Change, ...], Spelled] | None:
    shape = argument(call, "shape", 0)
    if shape is None or len(call.args) != 1:
        return None
    spelled = context.spell("keras.Input")
    return (Rewrite(call.func, (spelled.text,)), Rewrite(shape, ("batch_shape=", shape.value))), spelled


_ORDERS = {"th": "channels_first", "tf": "channels_last"}

_FORMS: dict[str, _Form] = {
    "flatten": _flatten,
    "batch_flatten": _batch_flatten,
    "set_value": _set_value,
    "update": _set_value,
    "update_add": _update_add,
    "update_sub": _update_sub,
    "get_value": _get_value,
    "cast_to_floatx": _cast_to_floatx,
    "relu": _relu,
    "ndim": _ndim,
    "dtype": _dtype,
    "repeat": _repeat,
    "in_top_k": _in_top_k,
    "image_dim_ordering": _image_dim_ordering,
    "placeholder": _placeholder,
    "switch": _switch,
    "random_binomial": _binomial,
    "random_bernoulli": _binomial,
    **{name: _crossentropy(name) for name in _TARGETS},
}
