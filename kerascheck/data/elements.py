"""What a loop over data meets, and lists of what it collects."""

from __future__ import annotations

from typing import Any

import libcst as cst

from kerascheck.data.array import ANYTHING, Array, holds_anything, may_nest
from kerascheck.data.content import FITTED, RISING, WINDOW, WINDOWS, Content, Rows, union
from kerascheck.data.operators import one_of
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.samples import count_of
from kerascheck.data.values import as_array, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, ListValue, Value
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Tensor
from kerascheck.network.program import Loop
from kerascheck.symbolic.unknown import Unknown


def array_element(run: Run, array: Array) -> Value | None:
    """One item of an array along its first axis; None where nothing is known of it."""
    if not isinstance(array.shape, tuple) or not array.shape or may_nest(array):
        return None
    return one_of(run, array, array.shape[1:])


def one_element(run: Run, stream: Pipeline) -> Value:
    """One element of a stream, as the program sees it."""
    value = to_value(run, stream.element)
    side_by_side = isinstance(value, tuple) and len(value) == len(stream.parts)
    for one, source in zip(value, stream.parts, strict=True) if side_by_side else ((value, stream),):
        if isinstance(one, Array) and isinstance(source, Pipeline):
            run.elements_of[id(one)] = (one, source)
    return value


def sources_of(run: Run, value: Value) -> tuple[Pipeline, ...]:
    """The streams that the parts of a tuple are elements of, if all of them are; else none."""
    found = [run.elements_of.get(id(part), (None, None))[1] for part in value] if isinstance(value, tuple) else []
    streams = tuple(source for source in found if isinstance(source, Pipeline))
    return streams if len(streams) == len(found) else ()


def to_value(run: Run, element: Any) -> Value:
    """An element of a stream as a new value of the program."""
    if isinstance(element, tuple):
        return tuple(to_value(run, part) for part in element)
    if isinstance(element, list):
        return run.new_list([to_value(run, part) for part in element])
    if isinstance(element, dict):
        return run.new_dict({key: to_value(run, part) for key, part in element.items()})
    if isinstance(element, Array):
        made = element.snapshot()
        made.birth = run.tick()
        return made
    if isinstance(element, Unknown):
        return Unknown(element.reason, ("element", run.tick()))
    return element


def to_element(run: Run, value: Value) -> Any:
    """A value of the program as an element of a stream: arrays in tuples, lists and dictionaries, or Unknown."""
    if isinstance(value, tuple):
        return tuple(to_element(run, part) for part in value)
    if isinstance(value, ListValue):
        return value.unknown if value.unknown is not None else [to_element(run, part) for part in value.items]
    if isinstance(value, DictValue):
        if value.unknown is not None:
            return value.unknown
        return {key: to_element(run, part) for key, part in value.items.items()}
    if isinstance(value, Array):
        return value.snapshot()
    if isinstance(value, Tensor):
        return Array(value.shape, value.dtype, kind="tensor")
    if isinstance(value, (bool, int, float, SymDim)):
        from kerascheck.data.values import as_array

        return as_array(run, value)
    if isinstance(value, str):
        return Array((), "str")
    return value if isinstance(value, Unknown) else Unknown("something in a stream that is not known")


def map_element(element: Any, function: Any) -> Any:
    """The element with `function` applied to each array (and each Unknown) in it."""
    if isinstance(element, tuple):
        return tuple(map_element(part, function) for part in element)
    if isinstance(element, list):
        return [map_element(part, function) for part in element]
    if isinstance(element, dict):
        return {key: map_element(part, function) for key, part in element.items()}
    return function(element)


def common(left: Any, right: Any) -> Any:
    """What two elements have in common: sizes that differ are None."""
    for kind in (tuple, list):
        if isinstance(left, kind) and isinstance(right, kind) and len(left) == len(right):
            return kind(common(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        return {key: common(part, right[key]) for key, part in left.items()}
    if not isinstance(left, Array) or not isinstance(right, Array):
        return left if isinstance(left, Unknown) else right if isinstance(right, Unknown) else Unknown("batches")
    made = left.snapshot()
    made.content, made.rows = union(left.content, right.content), None
    if left.dtype != right.dtype:
        made.dtype = Unknown("batches of different dtypes")
    if not isinstance(left.shape, tuple) or not isinstance(right.shape, tuple) or len(left.shape) != len(right.shape):
        made.shape = Unknown("batches of different ranks")
    else:
        made.shape = tuple(a if a == b else None for a, b in zip(left.shape, right.shape, strict=True))
    return made


# -- lists that grow in loops of unknown length ---------------------------------------------------------------------


def one_more(run: Run, target: ListValue, item: Value, loop: Loop | None = None) -> None:
    """An item is appended to a list of unknown items. Those of other rounds may differ from it (see `values.grown`).

    `loop`: where it is appended, if not in the innermost loop that is running.
    """
    array = None if isinstance(item, (Tensor, Unknown)) else Array(()) if isinstance(item, str) else as_array(run, item)
    if array is None or not isinstance(array.shape, tuple) or array.kind not in ("numpy", "series", "list", "tensor"):
        target.element = None  # nor is it known of the others that they are like it
        return
    known = target.element
    if isinstance(known, Array) and known.shape != array.shape:
        target.element = None
        return
    tags = known.content.tags & {WINDOWS} if isinstance(known, Array) else frozenset[str]()
    made = frozenset(tag for tag in array.content.tags if tag.startswith(FITTED))
    if known is None or (isinstance(known, Array) and made <= known.content.tags):
        tags |= made
    tags |= _rising(known, item)
    loop = loop or (run.loops[-1] if run.loops else None)
    if loop is not None and overlap(array, loop.over, loop.site.node):
        tags |= {WINDOWS}
    dtype = ANYTHING if holds_anything(array.dtype) else Unknown("the dtype of what a loop collects")
    target.element = new_array(run, array.shape, dtype, content=Content(tags=tags))
    rows = _series(array)
    if rows is not None and (known is None or _same_rows(known.rows, rows)):
        target.element.rows = rows


def _rising(known: Value, item: Value) -> frozenset[str]:
    """Notes that whole numbers are appended in their order: the first of them and the latest one."""
    if not isinstance(item, int) or isinstance(item, bool):
        return frozenset()
    if not isinstance(known, Array):
        return frozenset((f"{RISING}{item}:{item}",))
    before = _risen(known)
    if before is None or before[1] > item:
        return frozenset()
    return frozenset((f"{RISING}{before[0]}:{item}",))


def _risen(element: Array) -> tuple[int, int] | None:
    """The first and the latest of the whole numbers that were appended in their order."""
    tag = next((tag for tag in element.content.tags if tag.startswith(RISING)), None)
    if tag is None:
        return None
    first, last = tag.removeprefix(RISING).split(":")
    return int(first), int(last)


def common_item(elements: list[Array]) -> Array:
    """What stands for the items of a list in all of several cases: the latest, but for the order of whole numbers."""
    latest = elements[-1]
    orders = [_risen(element) for element in elements]
    if len(elements) == 1 or not any(orders) or all(order == orders[0] for order in orders):
        return latest
    made = latest.snapshot()
    made.birth = latest.birth
    tags = frozenset(tag for tag in latest.content.tags if not tag.startswith(RISING))
    known = [order for order in orders if order is not None]
    if len(known) == len(orders):
        tags |= {f"{RISING}{min(first for first, _ in known)}:{max(last for _, last in known)}"}
    made.content = Content(tags=tags)
    return made


def _series(window: Array) -> Rows | None:
    """Which samples the series holds that a window is a part of, under a name of their own: windows are no rows."""
    rows = window.rows
    if WINDOW not in window.content.tags or rows is None or rows.part is None:
        return None
    return Rows((WINDOWS, rows.source), rows.part.rpartition("/")[0] or None, None, rows.arrangement)


def _same_rows(one: Rows | None, other: Rows) -> bool:
    return one is not None and one.source == other.source and one.part == other.part


def overlap(window: Array, over: Value, node: cst.CSTNode) -> bool:
    """Whether slices that a loop takes, one in each round, surely have elements in common."""
    if WINDOW not in window.content.tags or not isinstance(window.shape, tuple) or not window.shape:
        return False
    width, stride = window.shape[0], _stride(over, node)
    return isinstance(width, int) and stride is not None and 0 < stride < width


def _stride(over: Value, node: cst.CSTNode) -> int | None:
    """By how much the counter of a loop grows; None where that is not known."""
    if isinstance(over, range):
        return over.step
    walked = node.iter if isinstance(node, (cst.For, cst.CompFor)) else None
    if not isinstance(walked, cst.Call) or not isinstance(walked.func, cst.Name) or walked.func.value != "range":
        return None
    step = walked.args[2].value if len(walked.args) == 3 else None
    if isinstance(step, cst.Integer):
        return int(step.evaluated_value)
    return 1 if len(walked.args) < 3 else None


# -- comprehensions ---------------------------------------------------------------------------------------------------


def collected(run: Run, source: Value, element: Value, clause: cst.CompFor) -> Array | None:
    """The list of one such element for each item of `source`; None where that is not known."""
    count = count_of(run, source) if isinstance(source, (Array, Unknown)) else None
    if count is None or (isinstance(source, Unknown) and source.text is None):
        return None
    if isinstance(element, (bool, int, float, Tensor)):
        element = to_element(run, element)
    if not isinstance(element, Array) or not isinstance(element.shape, tuple):
        return None
    content = element.content.view()  # the items may be parts of an array
    if overlap(element, source, clause):
        content.tags |= {WINDOWS}
    content.values, content.attained = None, False
    return new_array(run, (count, *element.shape), element.dtype, content=content, kind="list")
