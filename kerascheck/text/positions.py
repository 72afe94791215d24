"""Where nodes stand, computed for the nodes that somebody asks for.

libcst knows positions only after generating the code of the whole file again (`PositionProvider`), which costs three
times the parse. Here one logical line is generated at a time. Its row is known without any parser: the statements
of the tree, in order, are the logical lines of the text, in order. The generated text is compared with the source, so
that a wrong guess cannot pass: where they differ, `PositionProvider` answers.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst
from libcst._nodes.internal import CodegenState

from kerascheck.diagnostics import Position, Span
from kerascheck.text.parsing import unchecked_nodes
from kerascheck.text.treewalk import code_fields

if TYPE_CHECKING:
    from libcst.metadata import CodeRange

_NEWLINE = re.compile(r"\r\n?|\n")

#: What a statement with a body holds after its head, in the order of the source.
_PARTS = ("body", "cases", "handlers", "orelse", "finalbody")

#: What the walk over one logical line leaves out: other logical lines, and what is no node.
_ELSEWHERE = frozenset(
    {cst.IndentedBlock, cst.Else, cst.If, cst.Finally, cst.MaybeSentinel, str, bool, type(None)},
)
_ELSEWHERE_FIELDS = frozenset({"decorators", "cases", "handlers"})


class _Line:
    """One logical line: the node that begins it, its row, and the indentation around it."""

    __slots__ = ("block", "indents", "is_elif", "node", "row")

    def __init__(
        self, node: cst.CSTNode, indents: tuple[str, ...], block: cst.IndentedBlock | None, is_elif: bool = False
    ) -> None:
        self.node = node
        self.block = block
        self.indents = indents
        self.is_elif = is_elif
        self.row = 0


class Locator:
    """The positions of the nodes of one tree."""

    def __init__(self, tree: cst.Module, text: str, lines: list[tuple[int, int]], line_starts: list[int]) -> None:
        self._tree = tree
        self._text = text
        self._logical_lines = lines
        self._line_starts = line_starts
        self._spans: dict[int, Span] = {}  # by id(node); the tree keeps the nodes alive
        self._generated: set[int] = set()  # indices of the lines that are in `_spans`

    def locate(self, node: cst.CSTNode) -> Span:
        """Where the node stands, without the whitespace around it, as `PositionProvider` has it.

        Raises:
            LookupError: the node is not part of the tree.
        """
        span = self._spans.get(id(node))
        if span is None:
            span = self._fast_span(node) or self._slow_span(node)
            self._spans[id(node)] = span
        return span

    def code_for(self, node: cst.CSTNode, like: cst.CSTNode | None = None) -> str:
        """The node as text; its further rows are indented as those of `like` (by default itself) are."""
        index = self._owners.get(id(node if like is None else like))
        indents = self._lines[index].indents if self._lines is not None and index is not None else ()
        state = CodegenState(self._tree.default_indent, self._tree.default_newline, indent_tokens=list(indents))
        node._codegen(state)
        return "".join(state.tokens)

    def line_and_block_of(self, statement: cst.CSTNode) -> tuple[cst.CSTNode, cst.IndentedBlock | None]:
        """The first node of the logical line of a statement, and the block it is directly in, if it is in one.

        Raises:
            LookupError: the node is not part of the tree, or its text is not understood.
        """
        index = self._owners.get(id(statement))
        if index is None or self._lines is None:
            raise LookupError(f"this {type(statement).__name__} is not part of the file")
        line = self._lines[index]
        return line.node, line.block

    def _fast_span(self, node: cst.CSTNode) -> Span | None:
        """The span by generating one logical line, or None where that does not work."""
        if self._lines is None:
            return None
        if _has_body(node):
            return self._span_with_body(node)
        index = self._owners.get(id(node))
        if index is None:
            return None
        if index not in self._generated:
            self._generate(self._lines[index])
            self._generated.add(index)
        return self._spans.get(id(node))

    def _span_with_body(self, node: cst.CSTNode) -> Span | None:
        """The span of a statement with a body, or of a body: from the first token to the end of the last statement."""
        first = node
        while isinstance(first, cst.IndentedBlock):
            if not first.body:
                return None
            first = first.body[0]
        last: cst.CSTNode | None = node
        while last is not None and _has_body(last):
            last = _last_part(last)
        if last is None:
            return None
        end = self.locate(last).end
        index = self._owners.get(id(first))
        if _has_body(first) and index is not None and self._lines is not None:
            line = self._lines[index]
            return Span(Position(line.row, len("".join(line.indents)) + 1), end)
        return Span(self.locate(first).start, end)

    def _generate(self, line: _Line) -> None:
        """Record the spans of all nodes of one logical line, if its text comes out as it is in the source."""
        recorder = _Recorder(self._tree.default_indent, self._tree.default_newline, line)
        node = _without_front(line.node)
        try:
            if line.is_elif:
                node._codegen(recorder, is_elif=True)
            else:
                node._codegen(recorder)
        except _BodyReached:
            pass
        if id(node) in recorder.spans:
            recorder.spans[id(line.node)] = recorder.spans[id(node)]
        start = self._line_starts[line.row - 1]
        generated = "".join(recorder.tokens)
        end = start + len(generated)
        # The last line of a file may lack the line ending that libcst writes.
        if self._text[start:end] == generated or self._text[start:] == generated.rstrip("\r\n"):
            self._spans.update(recorder.spans)

    def _slow_span(self, node: cst.CSTNode) -> Span:
        found = self._all_ranges.get(node)
        if found is None:
            raise LookupError(f"this {type(node).__name__} is not part of the file")
        return Span(Position(found.start.line, found.start.column + 1), Position(found.end.line, found.end.column + 1))

    @cached_property
    def _all_ranges(self) -> Mapping[cst.CSTNode, CodeRange]:
        from libcst.metadata import MetadataWrapper, PositionProvider  # costs as much to import as libcst itself

        with unchecked_nodes():  # each visitor makes every node anew, to throw it away
            return MetadataWrapper(self._tree, unsafe_skip_copy=True).resolve(PositionProvider)

    @cached_property
    def _lines(self) -> list[_Line] | None:
        """The logical lines as the tree has them, with their rows; None where the text has another number."""
        lines = list(_lines_of(self._tree))
        if len(lines) != len(self._logical_lines):
            return None
        for line, (start, _) in zip(lines, self._logical_lines, strict=True):
            line.row = bisect.bisect_right(self._line_starts, start)
        return lines

    @cached_property
    def _owners(self) -> dict[int, int]:
        """The index of the logical line of each node, by id(node)."""
        owners: dict[int, int] = {}
        for index, line in enumerate(self._lines or ()):
            stack = [line.node]
            while stack:
                node = stack.pop()
                owners[id(node)] = index
                for name in code_fields(type(node)):
                    value = getattr(node, name)
                    kind = type(value)  # isinstance is many times slower: the node classes are abstract ones
                    if kind is list or kind is tuple:
                        if name not in _ELSEWHERE_FIELDS:
                            stack.extend(value)
                    elif kind not in _ELSEWHERE:
                        stack.append(value)
        return owners


class _BodyReached(Exception):
    """The head of a statement is generated."""


class _Recorder(CodegenState):
    """Generates one logical line and records where each node in it begins and ends."""

    def __init__(self, default_indent: str, default_newline: str, line: _Line) -> None:
        super().__init__(default_indent, default_newline, indent_tokens=list(line.indents))
        self.spans: dict[int, Span] = {}
        self._stop = _body_nodes(line.node)
        self._row, self._column = line.row, 1
        self._starts: list[Position] = []

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.add_token(token)

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        rows = _NEWLINE.split(value)
        if len(rows) > 1:
            self._row += len(rows) - 1
            self._column = 1
        self._column += len(rows[-1])

    def before_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self._stop:
            raise _BodyReached
        self._starts.append(Position(self._row, self._column))

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._starts.pop()
        self.spans.setdefault(id(node), Span(start, Position(self._row, self._column)))

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Iterator[None]:
        start = Position(self._row, self._column)
        yield
        end = Position(self._row, self._column)
        start = self.spans[id(start_node)].start if start_node is not None else start
        end = self.spans[id(end_node)].end if end_node is not None else end
        self.spans[id(node)] = Span(start, end)


def _lines_of(tree: cst.Module) -> Iterator[_Line]:
    """The logical lines of a tree in the order of the source."""
    stack: list[tuple[cst.CSTNode, tuple[str, ...], cst.CSTNode]] = [(node, (), tree) for node in reversed(tree.body)]
    while stack:
        node, indents, parent = stack.pop()
        inner = indents
        if isinstance(node, (cst.IndentedBlock, cst.Match)):
            inner = (*indents, tree.default_indent if node.indent is None else node.indent)
        block = parent if isinstance(parent, cst.IndentedBlock) else None
        if isinstance(node, cst.SimpleStatementSuite):
            continue  # stands on the line of its head
        if not isinstance(node, cst.IndentedBlock):
            for decorator in getattr(node, "decorators", ()):
                yield _Line(decorator, indents, block)
            yield _Line(node, indents, block, is_elif=isinstance(node, cst.If) and isinstance(parent, cst.If))
        if not isinstance(node, cst.SimpleStatementLine):
            stack += [(part, inner, node) for part in reversed(list(_parts(node)))]


def _parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The body of a statement and the branches that follow it."""
    for name in _PARTS:
        value = getattr(node, name, None)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, Sequence):
            yield from value


def _has_body(node: cst.CSTNode) -> bool:
    """Whether the node spans logical lines other than its own."""
    return isinstance(
        node,
        (
            cst.BaseCompoundStatement,
            cst.IndentedBlock,
            cst.Else,
            cst.Finally,
            cst.ExceptHandler,
            cst.ExceptStarHandler,
            cst.MatchCase,
        ),
    )


def _last_part(node: cst.CSTNode) -> cst.CSTNode | None:
    parts = list(_parts(node))
    return parts[-1] if parts else None


def _body_nodes(node: cst.CSTNode) -> frozenset[int]:
    """Where the logical line of a head ends: everything below it but a suite on the same line."""
    if isinstance(node, cst.SimpleStatementLine):
        return frozenset()
    return frozenset(id(part) for part in _parts(node) if not isinstance(part, cst.SimpleStatementSuite))


def _without_front(node: cst.CSTNode) -> cst.CSTNode:
    """The node without the lines above its own: comments, blank lines, decorators."""
    front = {
        name: ()
        for name in ("leading_lines", "decorators", "lines_after_decorators")
        if len(getattr(node, name, ())) > 0
    }
    return node.with_changes(**front) if front else node
