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
    for call, name in context.called():
        if name != "keras.layers.Dense":
            continue
        units = keyword(call, "units") or keyword(call, "output_dim") or positional(call, 0)
        activation = keyword(call, "activation") or positional(call, 1)
        ends = activation is not None and text_of(activation.value) in ("sigmoid", "softmax")
        if units is not None and isinstance(units.value, cst.Integer) and (ends or not positionals(call)):
            found.add(int(units.value.value))
        elif ends:
            return 2 if activation is not None and text_of(activation.value) == "softmax" else None
    if found and 1 not in found:
        return max(found)
    return 1 if found == {1} else None
