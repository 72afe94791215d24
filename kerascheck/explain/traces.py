"""Tracebacks as Python, IPython, Colab and pytest write them, read back into frames and messages.

Whatever the text is, this reads something: where there is no traceback, the text is a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Of a text that is longer, the end is looked at: what went wrong last stands there.
MAX_CHARACTERS = 2_000_000
_MAX_LINE = 4_000
_MAX_MESSAGE_LINES = 80
_MAX_FRAMES = 2_000

_STYLES = re.compile(r"\x1b(?:\[[0-9;:?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9])")
_HEADER = re.compile(
    r"^((?:[\w.-]{1,80} *\| ?)?\s*(?:[|+] *)*)(?:[A-Za-z_][\w.]* +)?Traceback \(most recent call last\)"
)
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")

#: `File "train.py", line 7, in fit` of Python itself.
_PYTHON = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<row>\d+)(?:, in (?P<function>.+))?$')
#: `File ~/x.py:7, in fit(x)`, `Cell In[3], line 7`, `Input In [3], in <cell line: 7>()` of IPython 8.
_IPYTHON = re.compile(r"^File (?P<file>\S.*?):(?P<row>\d+)(?:, in (?P<function>.+))?$")
_CELL = re.compile(r"^(?:Cell|Input) In ?\[(?P<count>\d+)\], (?:line (?P<row>\d+)|in <.*?(?P<line>\d+)?>.*|in .*)$")
#: `/usr/lib/x.py in fit(x)` and `<ipython-input-3-0a1b> in <module>` of older ones and of Colab.
_OLD = re.compile(r"^(?P<file><ipython-input-[^>]+>|\S+\.py) in (?P<function>.+)$")
#: Files that notebooks make of their cells, some with the count of the cell in their name.
_OF_CELL = re.compile(r"ipython-input-(?:(?P<count>\d+)-)?|[/\\]ipykernel_\d+[/\\]\d+\.py$")
_ARROW = re.compile(r"^-+> *(?P<row>\d+) ?(?P<code>.*)$")
#: `tests/test_x.py:7: ValueError` of pytest, and `tests/test_x.py:7: in test_x` of its short form.
_PYTEST = re.compile(r"^(?P<file>[^\s:]\S*\.py):(?P<row>\d+):(?: in (?P<function>\S+)| (?P<kind>[A-Z]\w*))?$")
_PYTEST_CODE = re.compile(r"^> {1,12}(?P<code>\S.*)$")
_PYTEST_MESSAGE = re.compile(r"^E {2,}(?P<text>.*)$|^E(?P<empty>)$")
#: What Python writes last: `ValueError: ...`, with the module before it where it is not a builtin.
_RAISED = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(?:: ?(?P<text>.*))?$", re.DOTALL)
_KIND = re.compile(
    r"(?:^|[\s:|])(?P<kind>(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Warning)): (?P<text>\S.*)$"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One place that a traceback names.

    `cell` is the execution count of a notebook's cell (0 where it is not told), `code` what the traceback quotes.
    """

    filename: str
    row: int | None
    function: str | None = None
    cell: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """One exception of a text: its class ("" where only a message is known), its message, and where it came from."""

    kind: str
    message: str
    frames: tuple[Frame, ...] = ()


@dataclass
class _Reading:
    """An exception that is being read."""

    indent: str = ""
    frames: list[Frame] = field(default_factory=list)
    kind: str | None = None
    message: list[str] = field(default_factory=list)


def exceptions(text: str) -> list[Raised]:
    """The exceptions in a text in their order; a chain of causes gives each of them."""
    lines = [line[:_MAX_LINE].rstrip() for line in plain(text).split("\n")]
    found = [*_tracebacks(lines)] or [*_of_pytest(lines)]
    return found or [*_bare(lines)]


def plain(text: str) -> str:
    """The text without colours, with one kind of line ends, and only so much of its end as is looked at."""
    text = text[-MAX_CHARACTERS:].replace("\r\n", "\n").replace("\r", "\n")
    return _STYLES.sub("", text).replace("\x00", "")


def _tracebacks(lines: list[str]) -> Iterator[Raised]:
    reading: _Reading | None = None
    for line in [*lines, "Traceback (most recent call last):"]:
        header = _HEADER.match(line)
        if header or line.strip().startswith(_CHAINED):
            if reading is not None and (reading.kind is not None or reading.frames):
                yield _finished(reading)
            reading = _Reading(header.group(1)) if header else None
            continue
        if reading is None:
            continue
        text = "" if line == reading.indent.rstrip() else line.removeprefix(reading.indent)
        if reading.kind is None:
            _read_frame(reading, text)
        elif len(reading.message) < _MAX_MESSAGE_LINES and not _is_padding(text, reading.message):
            reading.message.append(text)


def _is_padding(line: str, message: list[str]) -> bool:
    """Whether a row of a message says nothing: a frame, as TensorFlow lists those of its graphs, or one more blank."""
    return _PYTHON.match(line) is not None or not (line.strip() or message[-1].strip())


def _read_frame(reading: _Reading, line: str) -> None:
    """A line among the frames: a frame, a row of source, or the exception, with which they end."""
    frames = reading.frames
    frame = frame_of(line)
    if frame is not None:
        if len(frames) < _MAX_FRAMES:
            frames.append(frame)
        return
    arrow = _ARROW.match(line)
    if arrow and frames:
        frames[-1] = _with_code(frames[-1], arrow.group("code"), int(arrow.group("row")))
    elif line[:1].isspace():
        if frames and frames[-1].code is None and line.startswith("    ") and _is_quoted(frames[-1], line):
            frames[-1] = _with_code(frames[-1], line, None)
    elif (raised := _RAISED.match(line)) and raised.group("kind") not in ("File", "Cell", "Input"):
        reading.kind = raised.group("kind")
        reading.message = [raised.group("text") or ""]


def _is_quoted(frame: Frame, line: str) -> bool:
    """Whether a row below a frame is the source, which Python quotes without its number."""
    return frame.cell is None and not re.match(r"\s*\d+ ", line) and bool(line.strip(" ^~"))


def _with_code(frame: Frame, code: str, row: int | None) -> Frame:
    return Frame(frame.filename, row or frame.row, frame.function, frame.cell, code.strip())


def frame_of(line: str) -> Frame | None:
    """The frame that a line of a traceback names, if it names one."""
    if found := _PYTHON.match(line):
        name = found.group("file")
        return Frame(name, int(found.group("row")), found.group("function"), _cell_of(name))
    if found := _CELL.match(line):
        row = found.group("row") or found.group("line")
        return Frame("", int(row) if row else None, None, int(found.group("count")))
    if found := _IPYTHON.match(line):
        name = found.group("file")
        return Frame(name, int(found.group("row")), found.group("function"), _cell_of(name))
    if found := _OLD.match(line):
        return Frame(found.group("file"), None, found.group("function"), _cell_of(found.group("file")))
    return None


def _cell_of(name: str) -> int | None:
    """The count of the cell that a file is made of, 0 where its name does not tell; None for other files."""
    found = _OF_CELL.search(name)
    return int(found.group("count") or 0) if found else None


def _finished(reading: _Reading) -> Raised:
    return Raised(reading.kind or "", _message(reading.message), tuple(reading.frames))


def _message(lines: list[str]) -> str:
    """The rows of a message; those behind it that a shell or a log has added do no harm."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return "\n".join(lines)


def _of_pytest(lines: list[str]) -> Iterator[Raised]:
    """The failures that pytest tells."""
    frames: list[Frame] = []
    message: list[str] = []
    code: str | None = None
    kind = ""
    for line in [*lines, "= end ="]:
        if line[:1] in "=_" and line[:1] == line[-1:] and line[1:2] in "=_ ":
            if message and frames:
                yield _raised_in_pytest(message, kind, frames)
            if line.strip("=_ "):
                frames, message, code, kind = [], [], None, ""
        elif found := _PYTEST_MESSAGE.match(line):
            message.append(found.group("text") or "")
        elif found := _PYTEST_CODE.match(line):
            code = found.group("code")
        elif found := _PYTEST.match(line):
            frames.append(Frame(found.group("file"), int(found.group("row")), found.group("function"), None, code))
            code, kind = None, found.group("kind") or kind
        elif frames and frames[-1].code is None and line.startswith("    ") and line.strip():
            frames[-1] = _with_code(frames[-1], line, None)


def _raised_in_pytest(message: list[str], kind: str, frames: list[Frame]) -> Raised:
    first = _RAISED.match(message[0])
    if first and first.group("text") is not None:
        return Raised(first.group("kind"), _message([first.group("text"), *message[1:]]), tuple(frames))
    return Raised(kind, _message(message), tuple(frames))


def _bare(lines: list[str]) -> Iterator[Raised]:
    """Messages without a traceback: `ValueError: ...`, the last one in a log; or else the text as a whole."""
    for number in range(len(lines) - 1, -1, -1):
        found = _KIND.search(lines[number])
        if found and len(found.group("kind")) < 200:
            rest = lines[number + 1 : number + _MAX_MESSAGE_LINES]
            yield Raised(found.group("kind"), _message([found.group("text"), *rest]))
            return
    rows = [line for line in lines if line.strip()]
    if rows:
        yield Raised("", _message(rows[-_MAX_MESSAGE_LINES:]))


# -- what Keras wraps around a message --------------------------------------------------------------------------------

_CALLING = re.compile(r'Exception encountered when calling (?:layer )?"?(?P<name>[\w./]+?)"?(?:\.call\(\))?'
                      r"(?: \(type (?P<cls>\w+)\))?\.", re.ASCII)  # fmt: skip
_ARGUMENT = re.compile(r"^\s*[•*-] (?P<name>\w+)=(?P<value>.+)$")
_SHAPE = re.compile(r"shape=\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Calling:
    """The layer that was being called, by its class or name, and the shapes that it was called on."""

    layer: str
    shapes: tuple[str, ...]


def calling(message: str) -> Calling | None:
    """What Keras says of the innermost layer in which the error came up."""
    found = _CALLING.search(message)
    if found is None:
        return None
    behind = message[found.end() :].partition("rguments received by")[2]
    shapes = [
        f"({shape.group(1)})"
        for line in behind.split("\n")[:40]
        if (argument := _ARGUMENT.match(line)) and argument.group("name") in ("args", "inputs", "x", "input")
        for shape in _SHAPE.finditer(argument.group("value"))
    ]
    return Calling(found.group("cls") or found.group("name"), tuple(shapes[:8]))
