"""`predict_classes` and `predict_proba`: the class is where `predict` is largest, or whether it is above a half."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, Rewrite
from kerascheck.migrate.arguments import keyword, positional, positionals, text_of
from kerascheck.migrate.context import Context, Spelled, Step
from kerascheck.migrate.kinds import Kind


def find(context: Context) -> Iterator[Step]:
    """A step for each call of such a method."""
    for call, func, kind in context.methods("predict_classes", "predict_proba"):
        if kind is Kind.MODEL or (kind is None and func.attr.value == "predict_classes"):
            yield steps(context, call, func)


def steps(context: Context, call: cst.Call, func: cst.Attribute) -> Step:
    """The step for one call."""
    rename: Change = Rewrite(func.attr, ("predict",))
    if func.attr.value == "predict_proba":
        return Step("methods", func, "predict_proba is predict", (rename,))
    units = last_units(context, func.value)
    if units == 1:
        wrap = Rewrite(call, ("(", call, ' > 0.5).astype("int32")'))
        return Step("methods", func, "predict_classes is predict(...) > 0.5", (rename, wrap))
    numpy = _numpy(context)
    note = None if units is not None else "for one sigmoid it is predict(...) > 0.5 instead"
    wrap = Rewrite(call, (f"{numpy.text}(", call, ", axis=-1)"))
    return Step("methods", func, "predict_classes is argmax of predict", (rename, wrap), numpy.needs, note=note)


def _numpy(context: Context) -> Spelled:
    from kerascheck.migrate.context import Need

    for binding in context.names.bindings:
        if binding.dotted == "numpy" and context.names.binding_of(binding.local) is binding:
            return Spelled(f"{binding.local}.argmax")
    return Spelled("np.argmax", (Need("", "numpy", "np"),))


def last_units(context: Context, model: cst.BaseExpression) -> int | None:
    """How many outputs the last `Dense` has that the file writes, where that is one number; else None.

    The layers of a model are those that are added to it, or in the list that it is made of.
    """
    found: set[int] = set()
    own = _last_dense(context, model)
    for call, name in [(own, "keras.layers.Dense")] if own is not None else context.called():
        if name != "keras.layers.Dense":
            continue
        units = keyword(call, "units") or keyword(call, "output_dim") or positional(call, 0)
        activation = keyword(call, "activation") or positional(call, 1)
        ends = activation is not None and text_of(activation.value) in ("sigmoid", "softmax")
        if units is not None and isinstance(units.value, cst.Integer) and (ends or not positionals(call)):
            found.add(int(units.value.value))
        elif ends:
            return 2 if activation is not None and text_of(activation.value) == "softmax" else None
    if own is not None:
        return found.pop() if found else None
    if found and 1 not in found:
        return max(found)
    return 1 if found == {1} else None


def _last_dense(context: Context, model: cst.BaseExpression) -> cst.Call | None:
    """The `Dense` that a Sequential of this name ends with; None where it ends with something else."""
    made = context.names.values_of(model) if isinstance(model, cst.Name) else None
    if made is None or len(made) != 1 or not isinstance(made[0], cst.Call):
        return None
    if context.names.canonical(made[0].func) != "keras.Sequential":
        return None
    adding = [
        call
        for call, func, _ in context.methods("add")
        if isinstance(func.value, cst.Name) and context.names.values_of(func.value) == made
    ]
    given = positional(adding[-1] if adding else made[0], 0)
    last = given.value if given is not None else None
    if not adding and isinstance(last, (cst.List, cst.Tuple)):
        last = last.elements[-1].value if last.elements else None
    is_dense = isinstance(last, cst.Call) and context.names.canonical(last.func) == "keras.layers.Dense"
    return last if is_dense and isinstance(last, cst.Call) else None
