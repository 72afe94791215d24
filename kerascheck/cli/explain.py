"""`kerascheck explain`: from a traceback or a message to the row, the shapes there and the fix."""

from __future__ import annotations

import codecs
import io
import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from kerascheck.cli.common import OK, STDIN, Failure, wants_colour
from kerascheck.configuration.config import Resolver
from kerascheck.errors import ConfigError
from kerascheck.runtime.reading import MAX_NOTEBOOK_BYTES, read_bytes, read_program
from kerascheck.text.escaping import as_json, say

if TYPE_CHECKING:
    from kerascheck.engine import Examination
    from kerascheck.explain.explanation import Examine, Explanation
    from kerascheck.project.target import Era

NOT_UNDERSTOOD = 1
FORMATS = ("text", "json")

#: Of what is longer, the end is read: what went wrong stands there.
MAX_BYTES = 4_000_000
_PROGRAMS = (".py", ".ipynb")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),  # what `>` of an older PowerShell writes
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_USAGE = "give it a file, a message in quotes, or pipe it: python train.py 2>&1 | kerascheck explain"


@dataclass(frozen=True)
class Question:
    """What is to be explained, and the program where it is named."""

    text: str
    script: str | None = None


def question(what: str | None, script: str | None, stdin: TextIO | None = None) -> Question:
    """What the arguments mean.

    Args:
        what: a file, `-`, a message, or a program whose message comes from standard input; None: standard input.
        script: the program.
        stdin: standard input.

    Raises:
        Failure: there is nothing to explain, or it cannot be read.
    """
    stream = stdin if stdin is not None else sys.stdin
    if script is not None and not os.path.exists(script):
        raise Failure(f"{script}: no such file")
    if script is not None and not (script.endswith(_PROGRAMS) and os.path.isfile(script)):
        raise Failure(f"{script}: not a Python file or notebook")
    if what is None or what == STDIN:
        if what is None and (stream is None or stream.isatty()):
            raise Failure(f"nothing to explain; {_USAGE}")
        return Question(_of_stdin(stream), script)
    if _is_file(what):
        if what.endswith(_PROGRAMS):
            return _about_program(what, script, stream)
        return Question(_of_file(what), script)
    if os.path.isdir(what):
        raise Failure(f"{what}: is a folder; {_USAGE}")
    if not what.strip():
        raise Failure(f"nothing to explain; {_USAGE}")
    if _looks_like_path(what):
        raise Failure(f"{what}: no such file; {_USAGE}")
    return Question(what[-MAX_BYTES:], script)


def _about_program(what: str, script: str | None, stream: TextIO | None) -> Question:
    """A program in place of a message: the message is piped, or it is a notebook that keeps its last error."""
    from kerascheck.explain.explanation import saved_error

    if script is None and stream is not None and not stream.isatty():
        piped = _of_stdin(stream)
        if piped.strip():
            return Question(piped, what)
    if what.endswith(".ipynb"):
        try:
            saved = saved_error(read_program(what))
        except OSError as error:
            raise Failure(f"{what}: cannot be read: {error.strerror or error}") from None
        if saved is not None:
            return Question(saved, script or what)
        raise Failure(f"{what}: no cell of it has kept an error; {_USAGE}")
    raise Failure(f"{what}: a program, not a message; kerascheck check looks for faults in it. For a message, {_USAGE}")


def _is_file(what: str) -> bool:
    try:
        return len(what) < 4096 and os.path.isfile(what)
    except ValueError:  # a NUL in it
        return False


def _looks_like_path(what: str) -> bool:
    """Whether it is rather the name of a file that is not there than a message."""
    return not any(c.isspace() for c in what) and (os.sep in what or what.endswith((".txt", ".log", ".py", ".ipynb")))


def _of_stdin(stream: TextIO | None) -> str:
    """The end of standard input, however much comes."""
    raw = getattr(stream, "buffer", None)
    if stream is None:
        raise Failure(f"there is no standard input; {_USAGE}")
    if raw is None:
        return stream.read()[-MAX_BYTES:]
    try:
        return _decoded(_tail(raw), "standard input")
    except OSError as error:
        raise Failure(f"standard input cannot be read: {error.strerror or error}") from None


def _tail(stream: BinaryIO) -> bytes:
    head, tail = b"", b""
    while chunk := stream.read(1 << 20):
        head = head or chunk[:4]
        tail = (tail + chunk)[-MAX_BYTES:]
    bom = next((mark for mark, _ in _BOMS if head.startswith(mark)), b"")
    return tail if tail.startswith(bom) else bom + tail


def _of_file(name: str) -> str:
    try:
        raw = read_bytes(name, MAX_NOTEBOOK_BYTES)
    except OSError as error:
        raise Failure(f"{name}: cannot be read: {error.strerror or error}") from None
    return _decoded(_tail(io.BytesIO(raw)), name)


def _decoded(raw: bytes, name: str) -> str:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace").removeprefix("\ufeff")
    if raw.count(0) > len(raw) // 100:
        raise Failure(f"{name}: not text")
    return raw.decode("utf-8", "replace")


def explain(
    asked: Question,
    output_format: str,
    stream: TextIO,
    resolver: Resolver,
) -> int:
    """Write the explanation; the exit status: 0 explained, 1 not understood.

    Raises:
        Failure: there is nothing to explain, no such format, or the configuration is wrong.
    """
    from kerascheck.crashes import internal_error
    from kerascheck.explain.explanation import as_dict
    from kerascheck.explain.explanation import explain as explained
    from kerascheck.explain.text import write
    from kerascheck.runtime.recursion import deep_recursion

    if output_format not in FORMATS:
        raise Failure(f"{output_format!r} is not a format of this command: text or json")
    if not asked.text.strip():
        raise Failure(f"nothing to explain: the input is empty; {_USAGE}")
    try:
        with deep_recursion():
            found: Explanation = explained(asked.text, asked.script, _examiner(resolver))
    except ConfigError as error:
        raise Failure(str(error)) from None
    except (RecursionError, MemoryError):
        raise Failure("the program is too large or nested too deeply to explain") from None
    except Exception as error:
        raise Failure(internal_error("the explanation", error)) from None
    if output_format == "json":
        stream.write(as_json(as_dict(found), stream) + "\n")
    else:
        write(found, stream, wants_colour(stream), shutil.get_terminal_size((80, 24)).columns)
    return OK if found.understood else NOT_UNDERSTOOD


def _examiner(resolver: Resolver) -> Examine:
    """What analyses one file under the limits of one; what cannot be analysed is said on stderr."""
    from kerascheck.engine import examine
    from kerascheck.workers.supervision import given_up, on_file

    def examined(name: str, era: Era | None) -> Examination | None:
        settings = resolver.settings_for(Path(name))
        if era is not None:
            settings = replace(settings, target=era.value)
        if name in given_up:
            say("warning", f"{name}: {given_up[name]}")
            return None
        try:
            raw = read_program(name)
        except OSError as error:
            say("warning", f"{name}: cannot be read: {error.strerror or error}")
            return None
        with on_file(name, settings.budget):
            found = examine(raw, name, settings)
        for item in found.report.diagnostics if found.analysis is None else ():
            say("warning", f"{name}:{item.span.start.row}: not analysed: {item.code} {item.message}")
        return found

    return examined
