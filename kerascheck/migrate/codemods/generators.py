"""Methods that took generators: `fit_generator`, `evaluate_generator`, `predict_generator` are `fit` and its kin."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, RemoveArgument, RenameKeyword, Rewrite
from kerascheck.migrate.arguments import argument, keyword, positional, positionals
from kerascheck.migrate.codemods import step_counts
from kerascheck.migrate.codemods.training_arguments import LOADING
from kerascheck.migrate.context import Context, Need, Step
from kerascheck.migrate.kinds import Kind
from kerascheck.project.target import Era
from kerascheck.text.treewalk import walk

#: The arguments by their places, in Keras 2.
_PLACES = {
    "fit_generator": (
        "x", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps",
        "validation_freq", "class_weight", "max_queue_size", "workers", "use_multiprocessing", "shuffle",
        "initial_epoch",
    ),
    "evaluate_generator": ("x", "steps", "callbacks", "max_queue_size", "workers", "use_multiprocessing", "verbose"),
    "predict_generator": ("x", "steps", "callbacks", "max_queue_size", "workers", "use_multiprocessing", "verbose"),
}  # fmt: skip
_RENAMED = {"generator": "x", "nb_epoch": "epochs", "x": "x"}
#: Arguments that counted samples in Keras 1 and count batches now.
_COUNTS = {"samples_per_epoch": "steps_per_epoch", "nb_val_samples": "validation_steps", "val_samples": "steps"}


def find(context: Context) -> Iterator[Step]:
    """A step for each call of such a method."""
    for call, func, kind in context.methods(*_PLACES):
        if kind in (Kind.MODEL, None):
            yield steps(context, call, func)


def steps(context: Context, call: cst.Call, func: cst.Attribute) -> Step:
    """The step for one call."""
    method = func.attr.value
    new = method.removesuffix("_generator")
    changes: list[Change] = [Rewrite(func.attr, (new,))]
    notes: list[str] = []
    needs: tuple[Need, ...] = ()
    first = next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == "generator"), None)
    if first is not None:
        changes.append(RenameKeyword(first, "x"))
    for index, arg in enumerate(positionals(call)):
        name = _PLACES[method][index] if index < len(_PLACES[method]) else None
        if index == 1 and context.era is Era.KERAS_1 and not _is_count_of_batches(arg):
            name = next(old for old, later in _COUNTS.items() if later == name)
        if index == 0 or name is None:
            continue
        if name in LOADING:
            changes.append(RemoveArgument(call, arg))
        elif name in _COUNTS:
            changes.append(Rewrite(arg, (f"{_COUNTS[name]}=", *_batches(context, call, arg, name, notes))))
        elif name in step_counts.NAMES and step_counts.is_quotient(context, arg.value):
            changes.append(Rewrite(arg, (f"{name}=", *step_counts.rounded(arg.value))))
            needs = step_counts.NEEDS
        else:
            changes.append(Rewrite(arg, (f"{name}=", arg.value)))
    for arg in call.args:
        name = arg.keyword.value if arg.keyword is not None else None
        if name in LOADING:
            changes.append(RemoveArgument(call, arg))
        elif name == "nb_epoch":
            changes.append(RenameKeyword(arg, "epochs"))
        elif name == "nb_val_samples" and _is_of_arrays(call):
            changes.append(RemoveArgument(call, arg))
        elif name in _COUNTS:
            changes.append(Rewrite(arg, (f"{_COUNTS[name]}=", *_batches(context, call, arg, name, notes))))
    message = f"{method} is now {new}"
    return Step("generators", func, message, tuple(changes), needs, note="; ".join(notes) or None)


def _is_of_arrays(call: cst.Call) -> bool:
    """Whether arrays are validated with, which need no count."""
    given = keyword(call, "validation_data")
    return given is not None and isinstance(given.value, cst.Tuple)


def _is_count_of_batches(arg: cst.Arg) -> bool:
    """Whether an argument is a quotient: `len(x) / batch_size`."""
    operations = (node.operator for node in walk(arg.value) if isinstance(node, cst.BinaryOperation))
    return any(isinstance(operation, (cst.Divide, cst.FloorDivide)) for operation in operations)


def _batches(
    context: Context, call: cst.Call, arg: cst.Arg, name: str, notes: list[str]
) -> tuple[str | cst.CSTNode, ...]:
    """How many batches the samples are that an argument counts."""
    validation = keyword(call, "validation_data") if name == "nb_val_samples" else None
    stream = validation.value if validation is not None else argument(call, "generator", 0)
    size = _batch_size(context, stream.value if isinstance(stream, cst.Arg) else stream)
    if size is None:
        notes.append(f"{name} counted samples, {_COUNTS[name]} counts batches: divide it by the size of a batch")
        return (arg.value,)
    opened, closed = (
        ("(", ")") if isinstance(arg.value, (cst.BinaryOperation, cst.IfExp, cst.BooleanOperation)) else ("", "")
    )
    return (opened, arg.value, closed, " // ", size)


def _batch_size(context: Context, stream: cst.CSTNode | None) -> str | cst.CSTNode | None:
    """The size of a batch of what `flow` and its kin give: as written, or the one that they have by themselves."""
    values = (
        context.names.values_of(stream) if isinstance(stream, cst.Name) else [stream] if stream is not None else None
    )
    if not values or len(values) != 1 or not isinstance(made := values[0], cst.Call):
        return None
    if context.kinds.of(made) is not Kind.STREAM or not isinstance(made.func, cst.Attribute):
        return None
    given = keyword(made, "batch_size") or (positional(made, 2) if made.func.attr.value == "flow" else None)
    if given is None:
        return "32"
    simple = isinstance(given.value, (cst.Name, cst.Integer, cst.Attribute))
    return context.source.code_for(given.value) if simple else None
