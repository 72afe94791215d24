"""What a migration did and left, as text, Markdown, JSON or a page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from kerascheck.text.markup import Child, Markup, tag


@dataclass(frozen=True)
class Entry:
    """One thing that was done, or is to be done by hand."""

    row: int
    cell: int | None
    kind: str
    message: str
    page: str
    note: str | None = None

    @property
    def place(self) -> str:
        """The row, in a notebook with its cell."""
        return f"{self.row}" if self.cell is None else f"cell {self.cell}:{self.row}"


@dataclass
class FileReport:
    """One file."""

    filename: str
    era: str
    done: list[Entry] = field(default_factory=list)
    left: list[Entry] = field(default_factory=list)
    skipped: str | None = None  # why nothing was done

    @property
    def notes(self) -> list[Entry]:
        """What was done and should be looked at."""
        return [entry for entry in self.done if entry.note is not None]


#: What the kinds are called.
TITLES = {
    "arguments": "arguments",
    "attributes": "attributes",
    "backend": "functions of keras.backend",
    "convolutions": "kernels of convolutions",
    "devices": "several GPUs",
    "files": "names of files",
    "found": "what a check finds afterwards",
    "generators": "methods that took generators",
    "imports": "imports",
    "keys": "keys of histories and logs",
    "merging": "merging",
    "methods": "methods",
    "names": "names",
    "models": "models that differ",
    "pins": "requirements",
    "sessions": "sessions",
    "shapes": "shapes of tensors",
    "texts": "names in texts",
    "wrappers": "wrappers for scikit-learn",
}


def counts(reports: Iterable[FileReport]) -> list[tuple[str, int, int]]:
    """Each kind with how many were done and how many are left."""
    done: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for report in reports:
        done.update(entry.kind for entry in report.done)
        left.update(entry.kind for entry in report.left)
    return [(kind, done[kind], left[kind]) for kind in sorted({*done, *left})]


def as_text(reports: Sequence[FileReport], written: bool) -> str:
    """What is left to do, what to look at, and how much was done."""
    rows: list[str] = []
    for report in reports:
        if report.skipped is not None:
            rows.append(f"{report.filename}: not looked at: {report.skipped}")
        rows += [f"{report.filename}:{entry.place}: by hand: {entry.message}  <{entry.page}>" for entry in report.left]
        rows += [
            f"{report.filename}:{entry.place}: look at it: {entry.message} ({entry.note})" for entry in report.notes
        ]
    done = sum(len(report.done) for report in reports)
    left = sum(len(report.left) for report in reports)
    files = sum(bool(report.done) for report in reports)
    verb = "changed" if written else "to change"
    what = (
        f"{done} {_places(done)} {verb} in {files} {'file' if files == 1 else 'files'}" if done else f"Nothing {verb}"
    )
    rows.append(f"{what}, {left} left to do by hand.")
    return "\n".join(rows) + "\n"


def as_json(reports: Sequence[FileReport]) -> str:
    """All of it, for programs."""
    value = {
        "files": [asdict(report) for report in reports],
        "counts": [{"kind": kind, "done": done, "left": left} for kind, done, left in counts(reports)],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_markdown(reports: Sequence[FileReport]) -> str:
    """All of it, to be read or put into an issue."""
    rows = ["# Migration to Keras 3", "", "| kind | done | by hand |", "| --- | ---: | ---: |"]
    rows += [f"| {TITLES.get(kind, kind)} | {done} | {left} |" for kind, done, left in counts(reports)]
    for report in reports:
        if not report.done and not report.left and report.skipped is None:
            continue
        rows += ["", f"## {report.filename}", "", _written_for(report.era)]
        if report.skipped is not None:
            rows.append(f"Not looked at: {report.skipped}.")
        for title, entries in (("By hand", report.left), ("Look at it", report.notes), ("Done", report.done)):
            if entries:
                rows += ["", f"{title}:", ""]
                rows += [f"- {entry.place}: {_escaped(entry.message)}{_more(entry, title)}" for entry in entries]
    return "\n".join(rows) + "\n"


def _more(entry: Entry, title: str) -> str:
    if title == "By hand":
        return f" ([page]({entry.page}))"
    return f" ({_escaped(entry.note)})" if title == "Look at it" and entry.note is not None else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ccc;text-align:left}"
    "td.n{text-align:right}.left{color:#a40000}code{font-family:ui-monospace,monospace}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}.left{color:#ff8080}td,th{border-color:#444}}"
)


def as_html(reports: Sequence[FileReport]) -> str:
    """All of it, as a page that needs nothing else."""
    table = tag(
        "table",
        tag("tr", tag("th", "kind"), tag("th", "done"), tag("th", "by hand")),
        [
            tag("tr", tag("td", TITLES.get(kind, kind)), tag("td", done, class_="n"), tag("td", left, class_="n"))
            for kind, done, left in counts(reports)
        ],
    )
    body: list[Child] = [tag("h1", "Migration to Keras 3"), table]
    body += [_section(report) for report in reports if report.done or report.left or report.skipped is not None]
    head = tag("head", tag("meta", charset="utf-8"), tag("title", "Migration to Keras 3"), tag("style", Markup(_STYLE)))
    return f"<!doctype html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def _section(report: FileReport) -> Markup:
    parts: list[Child] = [tag("h2", report.filename), tag("p", _written_for(report.era))]
    if report.skipped is not None:
        parts.append(tag("p", f"Not looked at: {report.skipped}", class_="left"))
    for title, entries in (("By hand", report.left), ("Look at it", report.notes), ("Done", report.done)):
        if entries:
            items = [
                tag(
                    "li",
                    tag("code", entry.place), ": ", entry.message,
                    f" ({entry.note})" if title == "Look at it" else None,
                    [" ", tag("a", "page", href=entry.page)] if title == "By hand" else None,
                    class_="left" if title == "By hand" else None,
                )
                for entry in entries
            ]  # fmt: skip
            parts += [tag("h3", title), tag("ul", items)]
    return tag("section", parts)


#: What the versions are called in a sentence.
_VERSIONS = {"keras1": "Keras 1", "keras2": "Keras 2", "tf-keras": "tf.keras", "keras3": "Keras 3"}


def _written_for(era: str) -> str:
    known = _VERSIONS.get(era)
    return f"Written for {known}." if known is not None else "Nothing shows for which Keras it is written."


def _places(count: int) -> str:
    return "thing" if count == 1 else "things"
