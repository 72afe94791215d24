"""Changes of code become edits of the text."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from kerascheck.diagnostics import Edit, Span
from kerascheck.fixes.changes import (
    AddArgument,
    AddItem,
    CannotChange,
    InsertRows,
    RemoveArgument,
    RemoveItem,
    RemoveStatement,
    RenameKeyword,
    Rewrite,
    RewriteWithin,
    Unwrap,
)

if TYPE_CHECKING:
    from kerascheck.fixes.changes import Change, Piece
    from kerascheck.project.source import Source


@dataclass(frozen=True)
class _Splice:
    """Text in place of a stretch of the source; its parts are words, or stretches that stay.

    Rows that stay move from the first of two indentations to the second, where there are two.
    """

    start: int
    end: int
    parts: tuple[str | tuple[int, int], ...]
    indents: tuple[str, str] | None = None

    @property
    def kept(self) -> list[tuple[int, int]]:
        """The stretches that stay."""
        return [part for part in self.parts if not isinstance(part, str)]


def _order(splice: _Splice) -> tuple[int, bool, int, bool]:
    """From the front; insertions before what begins at the same place, and what surrounds before what it surrounds."""
    is_wrapping = (splice.start, splice.end) in splice.kept
    return splice.start, splice.start != splice.end, -splice.end, not is_wrapping


def edits_of(changes: Iterable[Change], source: Source) -> list[Edit]:
    """All changes as edits of the text, none of which touches another, each of whole words and signs.

    Raises:
        CannotChange: two of them contradict each other, or a node is not found in the text.
        LookupError: a node is not part of the tree.
    """
    splices = _Lowering(source, list(changes)).splices()
    edits: list[Edit] = []
    for edit in _edits(splices, source):
        if edits and edits[-1].span.end == edit.span.start:  # one edit: what follows may be moved to where it was
            before = edits.pop()
            edit = Edit(Span(before.span.start, edit.span.end), before.content + edit.content)
        edits.append(edit)
    return edits


def _edits(splices: _Splices, source: Source) -> list[Edit]:
    edits: list[Edit] = []
    for splice in splices.outermost:
        old = source.text[splice.start : splice.end]
        edits += [
            Edit(Span(source.position(splice.start + start), source.position(splice.start + end)), content)
            for start, end, content in differences(old, splices.render(splice))
        ]
    return edits


class _Splices:
    """Splices, some of which lie within what others keep."""

    def __init__(self, text: str, splices: Iterable[_Splice]) -> None:
        self._text = text
        self._below: dict[_Splice, list[_Splice]] = {}
        self.outermost: list[_Splice] = []
        above: list[_Splice] = []
        for splice in sorted(set(splices), key=_order):
            while above and above[-1].end <= splice.start:
                above.pop()
            if above:
                self._put_below(above[-1], splice)
            else:
                self.outermost.append(splice)
            above.append(splice)

    def _put_below(self, outer: _Splice, splice: _Splice) -> None:
        if any(part[0] <= splice.start and splice.end <= part[1] for part in outer.kept):
            self._below.setdefault(outer, []).append(splice)
        elif splice.end > outer.end or (splice.start, splice.end) == (outer.start, outer.end):
            raise CannotChange("two changes meet in one place")
        # Otherwise what it would change goes.

    def render(self, splice: _Splice) -> str:
        """What a splice writes."""
        text = "".join(part if isinstance(part, str) else self._kept(splice, *part) for part in splice.parts)
        return text if splice.indents is None else _moved(text, *splice.indents)

    def _kept(self, outer: _Splice, start: int, end: int) -> str:
        """A stretch of the source, with the splices in it."""
        written: list[str] = []
        at = start
        for inner in self._below.get(outer, ()):
            if start <= inner.start and inner.end <= end:
                written += [self._text[at : inner.start], self.render(inner)]
                at = inner.end
        return "".join([*written, self._text[at:end]])


class _Lowering:
    """The work on the changes of one source."""

    def __init__(self, source: Source, changes: list[Change]) -> None:
        self._source = source
        self._text = source.text
        self._changes = changes

    def splices(self) -> _Splices:
        found: list[_Splice] = []
        calls: dict[int, tuple[cst.Call, list[RemoveArgument | AddArgument]]] = {}
        lists: dict[int, tuple[Sequence[cst.CSTNode], list[RemoveItem | AddItem]]] = {}
        for change in self._changes:
            if isinstance(change, (RemoveArgument, AddArgument)):
                calls.setdefault(id(change.call), (change.call, []))[1].append(change)
            elif isinstance(change, (RemoveItem, AddItem)):
                lists.setdefault(id(change.items[0]), (change.items, []))[1].append(change)
            else:
                found.append(self._splice(change))
        for call, of_call in calls.values():
            found += self._of_call(call, of_call)
        for items, of_list in lists.values():
            gone = [change.item for change in of_list if isinstance(change, RemoveItem)]
            more = [(change.text,) for change in of_list if isinstance(change, AddItem)]
            found += self._of_items(items, gone, more)
        return _Splices(self._text, found)

    def _splice(
        self, change: Rewrite | RewriteWithin | RenameKeyword | RemoveStatement | InsertRows | Unwrap
    ) -> _Splice:
        if isinstance(change, Rewrite):
            start, end = self.stretch(change.node)
            return _Splice(start, end, self._parts(change.pieces))
        if isinstance(change, RewriteWithin):
            first = self._source.offset(self._source.locate(change.node).start)
            first += len(change.node.prefix) + len(change.node.quote)
            return _Splice(first + change.start, first + change.end, (change.text,))
        if isinstance(change, RenameKeyword):
            if change.arg.keyword is None:
                raise CannotChange("only a keyword argument has a name")
            start, end = self.stretch(change.arg.keyword)
            return _Splice(start, end, (change.name,))
        if isinstance(change, InsertRows):
            return self._insertion(change)
        if isinstance(change, Unwrap):
            return self._unwrapping(change.statement)
        from kerascheck.fixes.lower import removal

        if id(change.statement) in self._last_ones:
            return _Splice(*self.stretch(change.statement), ("pass",))
        edit = removal(change.statement, self._source)
        return _Splice(self._source.offset(edit.span.start), self._source.offset(edit.span.end), (edit.content,))

    @cached_property
    def _last_ones(self) -> set[int]:
        """Statements of which `pass` is left, since all others of their block go as well."""
        gone: dict[int, tuple[cst.IndentedBlock, list[cst.CSTNode]]] = {}
        kept: set[int] = set()
        for change in self._changes:
            if isinstance(change, (RemoveStatement, InsertRows)):
                block = self._source.locator.line_and_block_of(change.statement)[1]
                if isinstance(change, InsertRows):
                    kept.add(id(block))
                elif isinstance(block, cst.IndentedBlock):
                    gone.setdefault(id(block), (block, []))[1].append(change.statement)
        return {
            id(statements[0])
            for block, statements in gone.values()
            if id(block) not in kept and _are_all(block, statements)
        }

    def _insertion(self, change: InsertRows) -> _Splice:
        source = self._source
        line, _ = source.locator.line_and_block_of(change.statement)
        span = source.locate(line)
        start, end = source.rows(span.start.row, span.end.row)
        indent = self._text[start : source.offset(span.start)]
        if indent.strip():
            raise CannotChange("the statement does not begin its row")
        newline = source.newline
        if not change.behind:
            return _Splice(
                start, start, ("".join(f"{indent}{row}{newline}" if row else newline for row in change.rows),)
            )
        if source.cells and source.in_cell(span.end.row)[0] != source.in_cell(span.end.row + 1)[0]:
            end = start + len(self._text[start:end].rstrip("\r\n"))  # it stays in its cell
        if not self._text[start:end].endswith(("\n", "\r")):
            return _Splice(end, end, ("".join(f"{newline}{indent}{row}" for row in change.rows),))
        return _Splice(end, end, ("".join(f"{indent}{row}{newline}" if row else newline for row in change.rows),))

    def _unwrapping(self, statement: cst.With) -> _Splice:
        source, body = self._source, statement.body.body
        if not isinstance(statement.body, cst.IndentedBlock):
            raise CannotChange("the block is written in one row")
        outer, first = source.locate(statement), source.locate(body[0])
        start, end = source.rows(outer.start.row, source.locate(body[-1]).end.row)
        above = len(getattr(body[0], "leading_lines", ()))  # comments of the first statement
        head = source.rows(outer.start.row, first.start.row - 1 - above)[1]
        inner = self._text[source.rows(first.start.row, first.start.row)[0] : source.offset(first.start)]
        indent = self._text[start : source.offset(outer.start)]
        if getattr(body[0], "decorators", ()) or indent.strip() or inner.strip() or not inner.startswith(indent):
            raise CannotChange("the block does not stand in rows of its own")
        return _Splice(start, end, ((head, end),), (inner, indent))

    def _parts(self, pieces: Sequence[Piece]) -> tuple[str | tuple[int, int], ...]:
        return tuple(piece if isinstance(piece, str) else self.stretch(piece) for piece in pieces)

    def stretch(self, node: cst.CSTNode) -> tuple[int, int]:
        """The offsets of a node with its parentheses, which its position leaves out."""
        source = self._source
        if isinstance(node, cst.Arg):
            first = node.keyword if node.keyword is not None else node.value
            start, end = self.stretch(first)[0], self.stretch(node.value)[1]
            return (self._text.rfind(node.star, 0, start), end) if node.star else (start, end)
        if isinstance(node, (cst.Element, cst.StarredElement)):
            inner = self.stretch(node.value)
            return (
                (source.offset(source.locate(node).start), inner[1]) if isinstance(node, cst.StarredElement) else inner
            )
        if isinstance(node, cst.WithItem):
            last = node.item if node.asname is None else node.asname.name
            return self.stretch(node.item)[0], self.stretch(last)[1]
        span = source.locate(node)
        start, end = source.offset(span.start), source.offset(span.end)
        for _ in getattr(node, "lpar", ()):
            start = self._text.rfind("(", 0, start)
        for _ in getattr(node, "rpar", ()):
            end = self._text.find(")", end) + 1
        if start < 0 or end <= 0:
            raise CannotChange(f"the text of this {type(node).__name__} is not as generated")
        return start, end

    def _of_call(self, call: cst.Call, changes: list[RemoveArgument | AddArgument]) -> list[_Splice]:
        gone = [change.arg for change in changes if isinstance(change, RemoveArgument)]
        more = [change.pieces for change in changes if isinstance(change, AddArgument)]
        if call.args:
            return self._of_items(call.args, gone, more)
        end = self._source.offset(self._source.locate(call).end) - 1
        parts: list[str | tuple[int, int]] = []
        for pieces in more:
            parts += [", ", *self._parts(pieces)]
        return [_Splice(end, end, tuple(parts[1:]))]

    def _of_items(
        self, items: Sequence[cst.CSTNode], gone: Sequence[cst.CSTNode], more: Sequence[tuple[Piece, ...]]
    ) -> list[_Splice]:
        """Splices that take some of several things out that commas part, and write others behind the last."""
        spans = [self._item(item) for item in items]
        ids = {id(item) for item in gone}
        kept = [index for index, item in enumerate(items) if id(item) not in ids]
        found: list[_Splice] = []
        if not kept:
            parts: list[str | tuple[int, int]] = []
            for pieces in more:
                parts += [", ", *self._parts(pieces)]
            start, end = spans[0][0], spans[-1][2]
            if more and spans[-1][2] > spans[-1][1] and "\n" in self._text[start:end]:
                end = spans[-1][1]
            if not more:
                start, end = self._inside(start, end)
            return [_Splice(start, end, tuple(parts[1:]))]
        last = kept[-1]
        for first, behind in _runs(len(items), set(kept)):
            found.append(self._gap(spans, first, behind))
        if more:
            at = spans[last][1]
            if spans[-1][2] > spans[-1][1] and self._begins_its_row(spans[last][0]):
                row = self._source.position(spans[last][0])
                indent = self._text[spans[last][0] - row.column + 1 : spans[last][0]]
                parts = []
                for pieces in more:
                    parts += [f",{self._source.newline}{indent}", *self._parts(pieces)]
            else:
                parts = []
                for pieces in more:
                    parts += [", ", *self._parts(pieces)]
            gap = next((one for one in found if one.start == at), None)
            if gap is None:
                found.append(_Splice(at, at, tuple(parts)))
            else:
                found[found.index(gap)] = _Splice(gap.start, gap.end, (*parts, *gap.parts))
        return found

    def _item(self, item: cst.CSTNode) -> tuple[int, int, int]:
        """Where one of several things begins and ends, and where the comma behind it ends (or it, without one)."""
        if isinstance(item, cst.ImportAlias):
            span = self._source.locate(item)
            start, end = self._source.offset(span.start), self._source.offset(span.end)
            end = start + len(self._text[start:end].rstrip().rstrip(",").rstrip())
        else:
            start, end = self.stretch(item)
        comma = getattr(item, "comma", None)
        if not isinstance(comma, cst.Comma):
            return start, end, end
        at = _skip_blank(self._text, end)
        if self._text[at : at + 1] != ",":
            raise CannotChange("there is no comma where one was expected")
        return start, end, at + 1

    def _inside(self, start: int, end: int) -> tuple[int, int]:
        """With the blanks up to the brackets on both sides, where there is no comment among them."""
        low, high = start, end
        while low > 0 and self._text[low - 1] in " \t\r\n\\":
            low -= 1
        while high < len(self._text) and self._text[high] in " \t\r\n\\":
            high += 1
        if self._text[low - 1 : low] in ("(", "[") and self._text[high : high + 1] in (")", "]"):
            return low, high
        return start, end

    def _gap(self, spans: list[tuple[int, int, int]], first: int, behind: int) -> _Splice:
        """Take out the things from the first up to the one behind, which stays (or is not there)."""
        text = self._text
        if behind < len(spans):
            start, end = spans[first][0], spans[behind][0]
            if "#" not in _between(text, spans, first, behind):
                if first == 0 or self._begins_its_row(start) or not self._begins_its_row(end):
                    return _Splice(start, end, ())
                # The others begin on the next row: this one leaves no blank at the end of its own.
                start -= len(text[:start]) - len(text[:start].rstrip(" \t"))
                row_start = text.rfind("\n", 0, end) + 1
                row_end = row_start - (2 if text[row_start - 2 : row_start] == "\r\n" else 1)
                return _Splice(start, row_end, ())
            end = spans[behind - 1][2]
            while text[end : end + 1] in (" ", "\t"):
                end += 1
            return _Splice(start, end, ())
        before, start, end = spans[first - 1], spans[first - 1][1], spans[-1][1]
        if "#" not in text[before[2] : spans[first][0]]:
            if spans[-1][2] > end and before[2] == before[1]:
                end = spans[-1][2]
            return _Splice(start, end, ())
        # There is a comment of the one before: it keeps its comma and its row.
        row = text.rfind("\n", 0, spans[first][0])
        row -= 1 if text[row - 1 : row] == "\r" else 0
        return _Splice(row, spans[-1][2], ())

    def _begins_its_row(self, offset: int) -> bool:
        row = self._source.position(offset).row
        return not self._text[self._source.line_starts[row - 1] : offset].strip()


def _are_all(block: cst.IndentedBlock, statements: Sequence[cst.CSTNode]) -> bool:
    """Whether these are all statements of a block that has several."""
    ids = {id(one) for one in statements}
    own = [one for line in block.body for one in (line.body if isinstance(line, cst.SimpleStatementLine) else [line])]
    return len(own) > 1 and all(id(one) in ids for one in own)


def _moved(text: str, before: str, after: str) -> str:
    """Rows with another indentation; rows that begin within a string stay as they are."""
    within: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _STRINGS:
                within.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, IndentationError) as error:
        raise CannotChange(f"the block cannot be read: {error}") from error
    return "".join(
        after + row[len(before) :] if row.startswith(before) and number not in within else row
        for number, row in enumerate(re.split(r"(?<=\n)", text), 1)
    )


#: Tokens that may go over several rows.
_STRINGS = frozenset(
    {tokenize.STRING, *(getattr(tokenize, name) for name in ("FSTRING_MIDDLE",) if hasattr(tokenize, name))}
)


def _runs(count: int, kept: set[int]) -> Iterator[tuple[int, int]]:
    """Stretches of indices that are not kept: the first, and the one behind the last."""
    index = 0
    while index < count:
        if index in kept:
            index += 1
            continue
        first = index
        while index < count and index not in kept:
            index += 1
        yield first, index


def _between(text: str, spans: list[tuple[int, int, int]], first: int, behind: int) -> str:
    """What stands between things that go, and up to the next: no strings, so a `#` is a comment."""
    return "".join(text[spans[index][1] : spans[index + 1][0]] for index in range(first, behind))


def _skip_blank(text: str, at: int) -> int:
    """The next sign that is neither blank nor in a comment."""
    while at < len(text):
        if text[at] == "#":
            while at < len(text) and text[at] not in "\r\n":
                at += 1
        elif text[at].isspace() or text[at] == "\\":
            at += 1
        else:
            break
    return at


#: What a text is made of: strings, words and numbers, blanks, comments, signs.
_TOKEN = re.compile(
    r"(?:\b[rRbBuUfF]{1,2})?(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
    r"|\d[\w.]*|\w+|[ \t]+|\r\n?|\n|\#[^\r\n]*|.",
    re.DOTALL,
)


def differences(old: str, new: str) -> list[tuple[int, int, str]]:
    """Where two texts differ, in whole words and signs: start and end in the old one, and what stands there then."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    front = _common(before, after)
    back = _common(before[front:][::-1], after[front:][::-1])
    if front == len(before) == len(after):
        return []
    start = sum(map(len, before[:front]))
    end = len(old) - sum(map(len, before[len(before) - back :]))
    content = "".join(after[front : len(after) - back])
    return [(start, end, content)]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """How many words and signs both begin with."""
    pairs = zip(left, right, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
