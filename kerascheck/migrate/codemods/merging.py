"""The function `merge` and the layer `Merge` of Keras 1: each way of merging is a layer and a function of its own."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import AddArgument, Change, RemoveArgument, RenameKeyword, Rewrite
from kerascheck.migrate.arguments import argument, keyword, positional, positionals, text_of
from kerascheck.migrate.context import Context, Spelled, Step
from kerascheck.migrate.kinds import Kind

#: The function for a mode.
_MODES = {
    "sum": "add", "mul": "multiply", "ave": "average", "max": "maximum", "concat": "concatenate", "dot": "dot",
    "cos": "dot",
}  # fmt: skip

#: Along which axes the products were, where nothing else was said.
_LAST_AXES = "axes=-1"


def find(context: Context) -> Iterator[Step]:
    """A step for each call of `merge` and each layer `Merge`."""
    for call, name in context.called():
        if name in (
            "keras.layers.merge",
            "keras.layers.merge.merge",
            "keras.engine.merge",
            "keras.layers.topology.merge",
        ):
            yield steps(context, call)
        elif name == "keras.layers.Merge":
            yield _of_models(context, call) if _merges_models(context, call) else _layer(context, call)


def _by_function(context: Context, call: cst.Call, mode: cst.Arg) -> Step:
    """The step for a merge by a function of the program: a Lambda layer, which finds the shape by itself."""
    inputs, name = argument(call, "inputs", 0), keyword(call, "name")
    others = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    if inputs is None or not others <= {"inputs", "mode", "output_shape", "name"}:
        return Step("merging", call, "merge is gone: use a Lambda layer")
    spelled = context.spell("keras.layers.Lambda")
    named = (", name=", name.value) if name is not None else ()
    pieces = (f"{spelled.text}(", mode.value, *named, ")(", inputs.value, ")")
    return Step("merging", call, "merge by a function is a Lambda layer", (Rewrite(call, pieces),), spelled.needs)


#: The layer for a mode.
_LAYERS = {
    "sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate", "dot": "Dot",
    "cos": "Dot",
}  # fmt: skip


def _layer(context: Context, call: cst.Call) -> Step:
    """The step for a layer `Merge`: one that is called on tensors; of models that it merges, the outputs are wanted."""
    given = keyword(call, "mode")
    mode = text_of(given.value) if given is not None else None
    names = {arg.keyword.value: arg for arg in call.args if arg.keyword is not None}
    if mode not in _LAYERS or given is None or len(names) != len(call.args) or "layers" in names:
        return Step("merging", call, "Merge is gone: merge the outputs of the models with a layer such as Concatenate")
    spelled = context.spell(f"keras.layers.{_LAYERS[mode]}")
    changes: list[Change] = [Rewrite(call.func, (spelled.text,)), RemoveArgument(call, given)]
    for old, new, wanted in (("concat_axis", "axis", ("concat",)), ("dot_axes", "axes", ("dot", "cos"))):
        if old in names:
            arg = names[old]
            changes.append(RenameKeyword(arg, new) if mode in wanted else RemoveArgument(call, arg))
    if mode in ("dot", "cos"):
        added = [_LAST_AXES] * ("dot_axes" not in names) + ["normalize=True"] * (mode == "cos")
        changes += [AddArgument(call, (text,)) for text in added]
    return Step("merging", call, f"Merge(mode={mode!r}) is now {_LAYERS[mode]}", tuple(changes), spelled.needs)


def _models(call: cst.Call) -> list[cst.BaseExpression]:
    """What a layer `Merge` is given to merge, where that is written as a list."""
    given = argument(call, "layers", 0)
    return (
        [one.value for one in given.value.elements] if given and isinstance(given.value, (cst.List, cst.Tuple)) else []
    )


def _merges_models(context: Context, call: cst.Call) -> bool:
    models = _models(call)
    return bool(models) and all(
        isinstance(one, cst.Name) and context.kinds.of(one) is Kind.MODEL and not _begins_with_merge(context, one.value)
        for one in models
    )


def _begins_with_merge(context: Context, model: str) -> bool:
    """Whether a `Merge` is added to a Sequential of this name, which has no inputs of its own before it is called."""
    for adding, func, _ in context.methods("add"):
        added = positional(adding, 0)
        is_added = added is not None and isinstance(func.value, cst.Name) and func.value.value == model
        if is_added and added is not None and context.kinds.class_of(added.value) == "keras.layers.Merge":
            return True
    return False


def _of_models(context: Context, call: cst.Call) -> Step:
    """The step for a layer that merges models: a model of the inputs of all, which merges their outputs."""
    mode, names = argument(call, "mode", 1), {arg.keyword.value for arg in call.args if arg.keyword is not None}
    kept = {"layers", "mode", "concat_axis", "dot_axes", "name", "output_shape"}
    merged: list[str | cst.CSTNode] = ["["]
    inputs: list[str | cst.CSTNode] = ["["]
    for index, model in enumerate(_models(call)):
        comma = ", " if index else ""
        inputs += [f"{comma}*", model, ".inputs"]
        merged += [comma, model, ".outputs[0]"]
    found = _merging(context, call, mode, [*merged, "]"]) if names <= kept and len(positionals(call)) <= 2 else None
    if found is None:
        return Step("merging", call, "Merge is gone: make a keras.Model of the inputs, and merge the outputs in it")
    pieces, spelled = found
    made = context.spell("keras.Model")
    name = keyword(call, "name")
    named = (", name=", name.value) if name is not None else ()
    change = Rewrite(call, (f"{made.text}(", *inputs, "], ", *pieces, *named, ")"))
    note = "a Sequential that begins with it has its weights once it is called on data"
    needs = (*made.needs, *spelled.needs)
    return Step("merging", call, "Merge of models is a Model that merges their outputs", (change,), needs, note=note)


def _merging(
    context: Context, call: cst.Call, mode: cst.Arg | None, merged: list[str | cst.CSTNode]
) -> tuple[list[str | cst.CSTNode], Spelled] | None:
    """How tensors are merged as this call says, and what that needs; None where it is not known."""
    if mode is not None and isinstance(mode.value, (cst.Lambda, cst.Name)):
        spelled = context.spell("keras.layers.Lambda")
        return [f"{spelled.text}(", mode.value, ")(", *merged, ")"], spelled
    text = text_of(mode.value) if mode is not None else "sum"
    if text not in _MODES:
        return None
    axis = keyword(call, {"concat": "concat_axis", "dot": "dot_axes", "cos": "dot_axes"}.get(text, ""))
    spelled = context.spell(f"keras.layers.{_MODES[text]}")
    along: list[str | cst.CSTNode] = []
    if axis is not None:
        along = [", axis=" if text == "concat" else ", axes=", axis.value]
    elif text in ("dot", "cos"):
        along = [f", {_LAST_AXES}"]
    return [f"{spelled.text}(", *merged, *along, ", normalize=True)" if text == "cos" else ")"], spelled


def steps(context: Context, call: cst.Call) -> Step:
    """The step for one call of `merge`."""
    given = argument(call, "mode", 1)
    mode = text_of(given.value) if given is not None else "sum"
    if given is not None and isinstance(given.value, cst.Lambda):
        return _by_function(context, call, given)
    if mode not in _MODES:
        return Step("merging", call, "merge is gone, and its mode is not known here: use a Lambda layer, or keras.ops")
    spelled = context.spell(f"keras.layers.{_MODES[mode]}")
    changes: list[Change] = [Rewrite(call.func, (spelled.text,))]
    if given is not None:
        changes.append(RemoveArgument(call, given))
    axis = keyword(call, "concat_axis")
    if axis is not None:
        changes.append(RenameKeyword(axis, "axis") if mode == "concat" else RemoveArgument(call, axis))
    dots = keyword(call, "dot_axes")
    if dots is not None:
        changes.append(RenameKeyword(dots, "axes") if mode in ("dot", "cos") else RemoveArgument(call, dots))
    elif mode in ("dot", "cos") and positional(call, 3) is None:
        changes.append(AddArgument(call, (_LAST_AXES,)))
    for index, arg in enumerate(call.args):
        if arg.keyword is None and index >= 2:
            names = {2: "concat_axis", 3: "dot_axes"}
            wanted = {"concat": 2, "dot": 3, "cos": 3}.get(mode)
            if index == wanted:
                changes.append(Rewrite(arg, ("axis=" if mode == "concat" else "axes=", arg.value)))
            elif index in names:
                changes.append(RemoveArgument(call, arg))
        elif arg.keyword is not None and arg.keyword.value in (
            "output_shape",
            "output_mask",
            "arguments",
            "node_indices",
            "tensor_indices",
        ):
            changes.append(RemoveArgument(call, arg))
    if mode == "cos":
        changes.append(AddArgument(call, ("normalize=True",)))
    first = keyword(call, "inputs") or positional(call, 0)
    if first is None:
        return Step("merging", call, "merge is gone, and what it merges is not written here")
    return Step("merging", call, f"merge(mode={mode!r}) is now {_MODES[mode]}", tuple(changes), spelled.needs)
