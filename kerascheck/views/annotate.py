"""Output shapes and parameters as comments behind the layers of a source, kept true.

A comment of ours is `# -> (None, 26, 26, 32), 320 params`. Only these are ever changed, and comments that are nothing
but a shape which begins with None and has as many axes; everything else in the file stays as it is, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kerascheck.diagnostics import Edit, Position, Span
from kerascheck.machine.keras.tensors import Operation
from kerascheck.network.dims import NAMELESS, Shape, SymDim, format_shape
from kerascheck.network.ir import Node
from kerascheck.network.rows import RowCall, outermost, row_calls
from kerascheck.network.stated_shapes import fits, may_mean_other
from kerascheck.symbolic.unknown import Unknown
from kerascheck.text.lexing import Comment, comments, joins_rows
from kerascheck.text.shape_comments import parse

if TYPE_CHECKING:
    from kerascheck.machine import Analysis
    from kerascheck.network.dims import Int
    from kerascheck.project.source import Source

#: Comments of neighbouring rows stand below one another, unless their code differs more in length than this.
_MAX_SPREAD = 40
_GAP = 2


def annotated(source: Source, analysis: Analysis) -> bytes:
    """The bytes of a source with these comments.

    Raises:
        Unfaithful, UnicodeEncodeError: the file cannot be written without a change elsewhere.
    """
    edits = list(_edits(source, _wanted(source, analysis)))
    return source.edited(edits) if edits else source.raw


# -- what to write ----------------------------------------------------------------------------------------------------


class _Wanted(NamedTuple):
    """The comment of a row, the shape in it, and the calls that it is about."""

    text: str
    shape: Shape
    nodes: list[Node]


def _wanted(source: Source, analysis: Analysis) -> dict[int, _Wanted]:
    """What is to stand behind each row that has one comment in all cases.

    What the functions that nobody calls would build counts where the module itself does not come.
    """
    by_row: dict[int, dict[str | None, set[tuple[str, Shape] | None]]] = {}
    nodes: dict[int, list[Node]] = {}
    for program in analysis.paths:
        if program.doubts:
            continue
        for row, calls in row_calls(program, source).items():
            kinds = by_row.setdefault(row, {}).setdefault(program.start, set())
            kinds |= set(_texts(calls))
            nodes.setdefault(row, []).extend(call.node for call in calls)
    found: dict[int, _Wanted] = {}
    for row, starts in by_row.items():
        kinds = starts[None] if None in starts else set().union(*starts.values())
        first = next(iter(kinds), None)
        if first is not None and len(kinds) == 1 and _is_free(source, row):
            found[row] = _Wanted(*first, nodes[row])
    return found


def _texts(calls: Sequence[RowCall]) -> list[tuple[str, Shape] | None]:
    """What is to be said of each run through a row; None where it is not known."""
    counted = _params(calls)
    if not counted:
        return []
    params = None if None in counted else sum(one for one in counted if one is not None)
    found: list[tuple[str, Shape] | None] = []
    for call in outermost(calls):
        shapes = [tensor.shape for tensor in call.node.outputs]
        shape = shapes[0] if len(shapes) == 1 else Unknown("several outputs")
        if isinstance(shape, Unknown) or call.node.refused or NAMELESS in format_shape(shape):
            found.append(None)
        else:
            found.append((_comment(shape, params), shape))
    return found or [None]


def _params(calls: Sequence[RowCall]) -> list[Int | None]:
    """The parameters of the layers of one run through a row; of one that each run makes again, None if they differ."""
    made: dict[object, set[Int | None]] = {}
    for call in calls:
        layer = call.node.layer
        if not isinstance(layer, Operation):
            params = layer.params()
            place = layer.site.key if layer.site is not None else id(layer)
            made.setdefault(place, set()).add(None if isinstance(params, Unknown) else params)
    return [next(iter(counts)) if len(counts) == 1 else None for counts in made.values()]


def _comment(shape: Shape, params: Int | None) -> str:
    text = f"# -> {format_shape(shape)}"
    if params is None or isinstance(params, SymDim) or params == 0:
        return text
    return f"{text}, {params:,} params"


def _is_free(source: Source, row: int) -> bool:
    """Whether a comment can stand at the end of a row: not within a text, nor behind a backslash or a magic."""
    line = source.logical_line(row)
    if line is None or source.written_line(row) != source.line(row):
        return False
    for start, end in joins_rows(source.text, *line):
        if source.position(start).row <= row < source.position(end).row:
            return False
    return True


# -- where to write it ------------------------------------------------------------------------------------------------


def _edits(source: Source, wanted: dict[int, _Wanted]) -> Iterable[tuple[int | None, Edit]]:
    present = {source.position(comment.offset).row: comment for comment in comments(source.text)}
    for group in _groups(sorted(wanted)):
        column = _column(source, group, present)
        for row in group:
            edit = _edit(source, row, wanted[row], present.get(row), column)
            if edit is not None:
                yield edit


def _groups(rows: Sequence[int]) -> list[list[int]]:
    """Rows that follow one another."""
    groups: list[list[int]] = []
    for row in rows:
        if groups and groups[-1][-1] == row - 1:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _column(source: Source, group: Sequence[int], present: dict[int, Comment]) -> int:
    """Where new comments of a group begin: below those that are there, else behind its longest row."""
    there = []
    lengths = []
    for row in group:
        comment = present.get(row)
        shape = parse(comment.text) if comment is not None else None
        if comment is not None and shape is not None:
            there.append(source.position(comment.offset + shape.offset).column)
        else:
            lengths.append(len(source.line(row).rstrip()))
    if there:
        return max(set(there), key=there.count)
    return max(lengths) + _GAP + 1 if max(lengths) - min(lengths) <= _MAX_SPREAD else 0


def _edit(
    source: Source, row: int, wanted: _Wanted, comment: Comment | None, column: int
) -> tuple[int | None, Edit] | None:
    line = source.line(row)
    end = len(line.rstrip())
    stated = parse(comment.text) if comment is not None else None
    if comment is None or stated is None:
        start, content = end, " " * max(_GAP, column - 1 - end) + wanted.text
    else:
        if stated.text.rstrip() == wanted.text:
            return None
        if not stated.is_own and not _is_wrong(stated.sizes, wanted):
            return None  # it is somebody's own, who knows what it means
        start, content = source.position(comment.offset + stated.offset).column - 1, wanted.text
    cell, within = source.in_cell(row)
    return cell, Edit(Span(Position(within, start + 1), Position(within, end + 1)), content)


def _is_wrong(sizes: Sequence[int | str | None], wanted: _Wanted) -> bool:
    """Whether a comment that is a shape surely means the one of its row, and is wrong."""
    if len(sizes) != len(wanted.shape) or sizes[:1] != (None,) or any(isinstance(size, str) for size in sizes):
        return False
    return not fits(sizes, wanted.shape) and not any(may_mean_other(sizes, node) for node in wanted.nodes)
