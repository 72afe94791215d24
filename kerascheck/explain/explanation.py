"""`kerascheck explain`: a text that a program has printed, and all that can be said about it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from kerascheck.explain.knowledge import REFUSED, Knowledge, known_at
from kerascheck.explain.messages import recognised
from kerascheck.explain.messages.base import Message, filled
from kerascheck.explain.places import Finder, Place
from kerascheck.explain.traces import Calling, Raised, calling, exceptions, plain
from kerascheck.project.target import Era
from kerascheck.runtime.reading import read_program

if TYPE_CHECKING:
    from kerascheck.diagnostics import Diagnostic
    from kerascheck.engine import Examination
    from kerascheck.project.source import Source

#: Where the page of the table lives; the id of a row is the anchor.
PAGE_URL = "https://kerascheck.github.io/kerascheck/messages/"

#: Files that Keras 3 alone has.
_KERAS_3 = re.compile(
    r"[/\\]keras[/\\]src[/\\]"
    r"(?:trainers|ops|backend[/\\](?:tensorflow|jax|torch)|layers[/\\]layer\.py|models[/\\](?:model|functional|sequential)\.py)"
)

#: Lines of a log that are looked through, from the end, where no exception is understood.
_MAX_LOG_LINES = 400
_MAX_LOG_LINE = 4000
#: A text of more rows is a log, in which each row is looked at by itself.
_MAX_MESSAGE_ROWS = 15


@dataclass
class Explanation:
    """All that is said about a text."""

    raised: Raised | None = None
    message: Message | None = None
    groups: dict[str, str] = field(default_factory=dict)
    calling: Calling | None = None
    places: list[Place] = field(default_factory=list)  # of the user's code, the innermost first
    knowledge: Knowledge = field(default_factory=Knowledge)
    hints: list[str] = field(default_factory=list)  # about what would help to say more
    source: Source | None = None  # that the knowledge is about

    @property
    def understood(self) -> bool:
        """Whether there is an answer: the message is known, or there is a finding at the place."""
        return self.message is not None or bool(self.knowledge.findings and not self.knowledge.elsewhere)

    @property
    def title(self) -> str:
        """The message in a user's words."""
        return filled(self.message.title, self.groups) if self.message is not None else ""

    @property
    def why(self) -> str:
        """What it means, and what usually causes it."""
        return filled(self.message.why, self.groups) if self.message is not None else ""

    @property
    def todo(self) -> list[str]:
        """What to do: what follows from the numbers first, then what the findings say, then what helps as a rule."""
        specific = self.specific
        return list(dict.fromkeys([*specific, *([] if specific else helps(self.knowledge.findings)), *self.general]))

    @property
    def specific(self) -> list[str]:
        """What follows from the numbers of the message and from the program."""
        own = [*self.message.more(self.groups)] if self.message is not None and self.message.more is not None else []
        figures = self.knowledge.figures
        return [f"This training computes: {', '.join(figures)}", *own] if figures else own

    @property
    def general(self) -> list[str]:
        """What helps as a rule."""
        return [filled(text, self.groups) for text in self.message.todo] if self.message is not None else []

    @property
    def url(self) -> str | None:
        """Where the page says more."""
        return f"{PAGE_URL}#{self.message.id}" if self.message is not None else None


#: Gives the findings and the models of a file, as of a generation of Keras if that is known; None where it cannot.
Examine: TypeAlias = "Callable[[str, Era | None], Examination | None]"


def explain(
    text: str, script: str | None, examine: Examine, read: Callable[[str], bytes] = read_program
) -> Explanation:
    """All that can be said about a text that a program has printed.

    Args:
        text: a traceback, a message, or a log with either in it.
        script: the program, where the user names it: then places are looked for in it.
        examine: what analyses a file.
        read: what gives the bytes of a file.
    """
    found = Explanation()
    raised = exceptions(text)
    _recognise(found, raised, text)
    finder = Finder(script, read)
    for one in _nearest(found.raised, raised):
        found.places = finder.places(one.frames)
        if found.places:
            break
    frames = [frame for one in raised for frame in one.frames]
    if not found.places and any(frame.cell is not None for frame in frames):
        found.hints.append(
            "The traceback is of a notebook; name it to see the row: kerascheck explain ERROR.txt NOTEBOOK.ipynb"
            if script is None
            else f"The cell that failed is not in {script} as it is now"
        )
    if found.places or script is not None:
        _look(found, script, examine)
    elif found.message is not None and not frames:
        found.hints.append("For the row and the shapes there, name the program: `kerascheck explain MESSAGE train.py`")
    elif frames and not found.hints:
        found.hints.append(
            "No file of the traceback is here; name the program: `kerascheck explain ERROR.txt train.py`"
        )
    return found


def _recognise(found: Explanation, raised: Sequence[Raised], text: str) -> None:
    """Find the message in the table: that of the last exception, or of one before it, or else a line of a log."""
    is_log = len(raised) == 1 and not raised[0].kind and raised[0].message.count("\n") > _MAX_MESSAGE_ROWS
    for one in reversed(raised) if not is_log else ():
        known = recognised(one.message, one.kind) or (recognised(f"{one.kind}: {one.message}") if one.kind else None)
        if known is not None:
            found.raised, (found.message, found.groups) = one, known
            break
    found.raised = found.raised or (raised[-1] if raised else None)
    # What an error that nobody knows is about stands in no other line, such as the notes of TensorFlow's start.
    if found.message is None and all(one.kind.endswith("Warning") for one in raised if one.kind):
        for line in reversed(plain(text).split("\n")[-_MAX_LOG_LINES:]):
            known = recognised(line[:_MAX_LOG_LINE], "log") if line.strip() else None
            if known is not None:
                found.message, found.groups = known
                found.raised = Raised("", line.strip(), found.raised.frames if found.raised else ())
                break
    if found.raised is not None:
        found.calling = calling(found.raised.message)
    if found.calling is not None and found.message is not None:
        found.groups = {"layer": found.calling.layer, **found.groups}


def _nearest(first: Raised | None, others: Sequence[Raised]) -> list[Raised]:
    """The exceptions in whose frames the place is looked for: the one that is explained, then the later ones."""
    return [*([first] if first is not None else []), *(one for one in reversed(others) if one is not first)]


def _look(found: Explanation, script: str | None, examine: Examine) -> None:
    """Analyse the file of the place, or the script, and take up what is known there."""
    rules = found.message.rules if found.message is not None else ()
    origin = found.message.origin if found.message is not None else ""
    frames = found.raised.frames if found.raised is not None else ()
    is_keras3 = any(_KERAS_3.search(frame.filename) for frame in frames)
    names = list(dict.fromkeys(place.filename for place in found.places))[:3]
    if script is not None and script not in names:
        names.append(script)
    for name in names:
        examination = examine(name, None)
        if examination is None:
            continue
        if is_keras3 and examination.source is not None and examination.source.target.era.is_old:
            era = examination.source.target.era.value
            found.hints.append(f"{name} is written for an older Keras ({era}), but ran with Keras 3")
            examination = examine(name, Era.KERAS_3) or examination
        rows = [place.row for place in found.places if place.filename == name]
        known = known_at(examination, rows, rules, found.groups, origin)
        if known.findings or known.steps or known.data or found.source is None:
            found.knowledge, found.source = known, examination.source
        if known.findings or known.steps or known.data:
            break
    _sharpen(found)
    if not found.places and found.knowledge.findings and found.source is not None:
        first = found.knowledge.findings[0]
        row = first.span.start.row + (found.source.rows_of_cell(first.cell)[0] - 1 if first.cell is not None else 0)
        found.places = [Place(found.source, row, "found by the analysis, since there is no traceback")]
        found.knowledge.elsewhere = False


def _sharpen(found: Explanation) -> None:
    """Point to the layer within a statement of many rows that is refused."""
    refused = next((step for step in found.knowledge.steps if step.shape == REFUSED and step.row is not None), None)
    if refused is None or not found.places or found.source is None or refused.row is None:
        return
    first = found.places[0]
    if first.source.filename == found.source.filename and first.row < refused.row and found.knowledge.at_place:
        note = f"within the statement of row {first.in_cell}"
        found.places[0] = Place(first.source, refused.row, f"{first.note}; {note}" if first.note else note)


def saved_error(raw: bytes) -> str | None:
    """The last error among the outputs that a notebook keeps, as text; None where there is none."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    errors = [
        output
        for cell in _listed(document, "cells")
        for output in _listed(cell, "outputs")
        if isinstance(output, dict) and output.get("output_type") == "error"
    ]
    if not errors:
        return None
    last = errors[-1]
    rows = [str(row) for row in _listed(last, "traceback")]
    return "\n".join(rows) or f"{last.get('ename', '')}: {last.get('evalue', '')}"


def _listed(holder: Any, name: str) -> list[Any]:
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []


def as_dict(found: Explanation) -> dict[str, Any]:
    """The explanation under the names that JSON uses."""
    from kerascheck.reporters.json import as_dict as finding

    known = found.knowledge
    return {
        "understood": found.understood,
        "id": found.message.id if found.message is not None else None,
        "exception": found.raised.kind if found.raised is not None and found.raised.kind else None,
        "message": found.raised.message if found.raised is not None else None,
        "title": found.title or None,
        "explanation": found.why or None,
        "todo": found.todo,
        "url": found.url,
        "places": [
            {
                "filename": str(Path(place.filename).absolute()),
                "cell": place.cell,
                "row": place.in_cell,
                "code": place.line.strip(),
                "note": place.note,
            }
            for place in found.places
        ],
        "layers": [
            {
                "row": _shown_row(found, step.row),
                "name": step.name,
                "class": step.cls,
                "output_shape": step.shape,
                "note": step.note or None,
            }
            for step in known.steps
        ],
        "data": [
            {"what": fact.what, "shape": fact.shape, "note": fact.note or None, "row": _shown_row(found, fact.row)}
            for fact in known.data
        ],
        "findings": [finding(item) for item in known.findings],
    }


def _shown_row(found: Explanation, row: int | None) -> dict[str, int | None] | None:
    if row is None or found.source is None:
        return None
    cell, within = found.source.in_cell(row)
    return {"cell": cell, "row": within}


def helps(items: Sequence[Diagnostic]) -> list[str]:
    """What the findings themselves say about what to do."""
    return list(dict.fromkeys(text for item in items if (text := item.help or (item.fix.message if item.fix else ""))))
