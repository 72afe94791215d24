"""What a finding is recognised by when rows have moved: its file, code, message and the text of its row."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kerascheck.diagnostics import Diagnostic
from kerascheck.project.source import Source, SourceError


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """Equal for findings that are the same but for where they stand.

    `line` is a digest of the row on which the finding begins, without what a formatter may change in it. The row, not
    the statement: a model is often one statement, and a new layer in it must not make all its findings new.
    """

    path: str
    code: str
    message: str
    line: str

    def fingerprint(self, occurrence: int) -> str:
        """A digest that differs for the second and any further finding of this identity."""
        text = "\0".join([self.path, self.code, self.message, self.line, str(occurrence)])
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def identify(diagnostics: Iterable[Diagnostic], raw: bytes, path: str) -> list[Identity]:
    """The identity of each finding in the bytes of one file, which counts as `path`."""
    source: Source | None = None
    identities: list[Identity] = []
    for diagnostic in diagnostics:
        if source is None:
            try:
                source = Source(raw, diagnostic.filename)
            except SourceError:  # no text: its findings are about the whole file
                source = Source(b"", "")
        line = " ".join(_line(diagnostic, source).rstrip(" \t,").split())
        digest = hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        identities.append(Identity(path, diagnostic.code, " ".join(diagnostic.message.split()), digest))
    return identities


def fingerprints(
    diagnostics: Iterable[Diagnostic], read: Callable[[str], bytes], name: Callable[[str], str]
) -> list[str]:
    """A fingerprint for each finding: unique among them, and the same when rows have moved.

    Args:
        diagnostics: the findings, in their order.
        read: gives the bytes of a file.
        name: what a file counts as, the same on every machine.
    """
    by_file: dict[str, list[tuple[int, Diagnostic]]] = {}
    for index, diagnostic in enumerate(diagnostics):
        by_file.setdefault(diagnostic.filename, []).append((index, diagnostic))
    found: dict[int, str] = {}
    for filename, items in by_file.items():
        try:
            raw = read(filename)
        except OSError:  # gone since it was checked, or never readable
            raw = b""
        seen: Counter[Identity] = Counter()
        identities = identify((diagnostic for _, diagnostic in items), raw, name(filename))
        for (index, _), identity in zip(items, identities, strict=True):
            found[index] = identity.fingerprint(seen[identity])
            seen[identity] += 1
    return [found[index] for index in range(len(found))]


def relative(filename: str, root: str) -> str | None:
    """The path of a file from a folder, with slashes; None where it lies elsewhere."""
    try:
        path = os.path.relpath(filename, root)
    except ValueError:  # another drive
        return None
    path = path.replace(os.sep, "/")
    return None if path == ".." or path.startswith("../") else path


def _line(diagnostic: Diagnostic, source: Source) -> str:
    first, _ = source.rows_of_cell(diagnostic.cell)
    return source.line(first - 1 + diagnostic.span.start.row)
