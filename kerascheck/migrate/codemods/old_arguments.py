"""Arguments by their old names, and at places where Keras 3 expects others: `Dense(output_dim=7, init="uniform")`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from kerascheck.fixes.changes import AddArgument, Change, RemoveArgument, RenameKeyword, Rewrite
from kerascheck.keras.changes import Change as Row
from kerascheck.keras.changes import find as find_row
from kerascheck.keras.changes import find_name
from kerascheck.layers.registry import find as find_layer
from kerascheck.machine.names import canonical
from kerascheck.migrate.arguments import keyword, positionals, requoted, text_of
from kerascheck.migrate.codemods.input_lengths import ALONG_TIME
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.facts import arguments_of, is_of, only_in_tensorflow, row_of, successor, under_keras

#: Sizes that were given one by one and are one argument now.
_SIZES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
_ALL_SIZES = frozenset(size for sizes in _SIZES for size in sizes)  # by place they are seen to elsewhere
#: What other codemods see to.
_ELSEWHERE = frozenset({"batch_input_shape", "save_format", "weights", "decay"})


def find(context: Context) -> Iterator[Step]:
    """A step for each old argument of a call of something of Keras."""
    for call, name in context.called():
        if (
            name.startswith(("keras.", "tensorflow."))
            and not name.startswith("keras.backend.")
            and not _is_lost(context, call)
        ):
            yield from steps(context, call, name)


def _is_lost(context: Context, call: cst.Call) -> bool:
    """Whether what is called is itself gone, and nothing takes its place: then its arguments tell what it did."""
    dotted = context.names.dotted(call.func) or ""
    return row_of(dotted) is not None and successor(dotted) is None and not only_in_tensorflow(dotted)


def steps(context: Context, call: cst.Call, name: str) -> Iterator[Step]:
    """The steps for one call of what has this canonical name."""
    yield from renamed(context, call, name, {(row.kind, row.old): row for row in _rows(context, call, name)}.values())


def _rows(context: Context, call: cst.Call, name: str) -> list[Row]:
    """The rows of something, also by the other names that it may have: `Convolution2D` is `Conv2D`."""
    group, _, short = name.rpartition(".")
    definition = find_layer(short) if group == "keras.layers" else None
    today = f"{group}.{definition.name}" if definition is not None else name
    moved = canonical(successor(context.names.dotted(call.func) or "") or today)
    return [row for owner in dict.fromkeys((moved, today, name)) for row in arguments_of(owner)]


def renamed(context: Context, call: cst.Call, name: str, rows: Iterable[Row]) -> Iterator[Step]:
    """The steps for the arguments of one call that stand in these rows of the table."""
    short = name.rpartition(".")[2]
    elsewhere = _ELSEWHERE | {"input_length"} if short in ALONG_TIME else _ELSEWHERE
    rows = [row for row in rows if row.old not in elsewhere]
    done: set[str] = set()
    for sizes in _SIZES:
        given = [arg for size in sizes if (arg := keyword(call, size)) is not None]
        if len(given) == len(sizes):
            yield Step("arguments", call, f"{short}({', '.join(sizes)}) is kernel_size", _one_size(call, given))
            done.update(sizes)
    for row in rows:
        arg = keyword(call, row.old) if row.kind == "argument" and row.old not in done else None
        if arg is None:
            continue
        done.add(row.old)
        if row.old == "period":
            yield _period(call, arg, short)
        elif row.old == "dim_ordering" and text_of(arg.value) == "default":
            yield Step("arguments", arg, f"{short} has no {row.old}; this is the default", (RemoveArgument(call, arg),))
        elif row.new is not None and keyword(call, row.new) is None:
            yield Step(
                "arguments",
                arg,
                f"{short}({row.old}=) is now {row.new}",
                (RenameKeyword(arg, row.new), *_value(arg, row)),
            )
        elif row.instead is None:
            note = f"{short} has no {row.old} any more; it is left out" if row.new is None else None
            yield Step("arguments", arg, f"{short}({row.old}=) is gone", (RemoveArgument(call, arg),), note=note)
        else:
            yield Step("arguments", arg, f"{short}({row.old}=) is gone: {row.instead}")
    for arg in call.args:
        value = arg.value.value if arg.keyword is not None and isinstance(arg.value, cst.Name) else None
        if arg.keyword is not None and value is not None and find_row("value", name, f"{arg.keyword.value}={value}"):
            yield Step(
                "arguments", arg, f"{short}({arg.keyword.value}={value}) is the default", (RemoveArgument(call, arg),)
            )
    yield from _added(context, call, rows)
    era = context.era
    yield from _by_place(
        call,
        short,
        [row for row in rows if row.kind != "position" or (is_of(row, era) and row.was not in _ALL_SIZES)],
    )


def _period(call: cst.Call, arg: cst.Arg, short: str) -> Step:
    """The step for saving after every so many epochs: after every one, which are the same files and more."""
    is_one = isinstance(arg.value, cst.Integer) and arg.value.evaluated_value == 1
    message = f"{short}(period=1) is what it does" if is_one else f"{short}(period=) is gone"
    note = None if is_one else f"{short} saves after every epoch now; save_freq counts batches"
    return Step("arguments", arg, message, (RemoveArgument(call, arg),), note=note)


def _added(context: Context, call: cst.Call, rows: Iterable[Row]) -> Iterator[Step]:
    """What the successor of a callable needs besides to do the same, where nothing that is given says it."""
    gone = find_name(under_keras(context.names.dotted(call.func) or "") or "")
    if gone is None or not gone.adds:
        return
    places = range(len(positionals(call)))
    given = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    given |= {str(row.new) for row in rows if row.old in given or (row.kind == "position" and row.position in places)}
    missing = [f"{name}={value}" for name, value in gone.adds.items() if name not in given]
    if missing:
        changes = tuple(AddArgument(call, (text,)) for text in missing)
        yield Step("arguments", call, f"{gone.old.rpartition('.')[2]} is {gone.instead}", changes)


def _by_place(call: cst.Call, short: str, rows: list[Row]) -> Iterator[Step]:
    """Arguments at a place that is another's in Keras 3 get their names, with all that follow."""
    given = positionals(call)
    places = {row.position: row for row in rows if row.kind == "position" and row.position < len(given)}
    if not places:
        return
    following = [(arg, places.get(index)) for index, arg in enumerate(given) if index >= min(places)]
    renamed = {one.old: one.new for one in rows if one.kind == "argument"}
    keywords = [one.keyword.value for one in call.args if one.keyword is not None]
    named = {renamed.get(name, name) for name in keywords}
    changes: list[Change] = []
    for arg, row in following:
        if row is None or row.new is None or row.new in named:
            return  # which it is, where others have their places still, is not in the table
        changes += [Rewrite(arg, (f"{row.new}=", arg.value)), *_value(arg, row)]
    names = ", ".join(str(row.new) for _, row in following if row is not None)
    yield Step("arguments", call, f"the arguments of {short} have other places: {names}", tuple(changes))


def _one_size(call: cst.Call, given: list[cst.Arg]) -> tuple[Change, ...]:
    pieces: list[str | cst.CSTNode] = ["kernel_size=("]
    for index, arg in enumerate(given):
        pieces += [", "] * (index > 0) + [arg.value]
    return (Rewrite(given[0], (*pieces, ")")), *(RemoveArgument(call, arg) for arg in given[1:]))


def _value(arg: cst.Arg, row: Row) -> list[Change]:
    text = text_of(arg.value)
    new = row.values.get(text) if text is not None else None
    return [Rewrite(arg.value, (requoted(arg.value, new),))] if new and isinstance(arg.value, cst.SimpleString) else []
