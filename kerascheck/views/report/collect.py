"""What the page says of each file: its findings with their lines, and its models drawn. Plain records of one file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from kerascheck.views.report.excerpts import Excerpts, Row

if TYPE_CHECKING:
    from kerascheck.diagnostics import Diagnostic, Report
    from kerascheck.engine import Examination
    from kerascheck.network.program import Program
    from kerascheck.project.source import Source
    from kerascheck.views.summary import ModelSummary
    from kerascheck.views.tables import Table
    from kerascheck.workers.parallel import Job

#: Larger models have no picture on the page: it would be wider than anybody looks at.
MAX_LAYERS = 300


@dataclass(frozen=True)
class FindingPart:
    """One finding: its name on the page, and the lines it is about."""

    anchor: str
    diagnostic: Diagnostic
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ModelPart:
    """One model: its table, for each row of it the findings there, and its picture where there can be one.

    `notes` are findings about the model and no layer of it.
    """

    anchor: str
    table: Table
    pinned: tuple[tuple[FindingPart, ...], ...]
    notes: tuple[FindingPart, ...]
    svg: str | None
    note: str | None  # why there is no picture


@dataclass(frozen=True)
class FilePart:
    """One file."""

    report: Report
    findings: tuple[FindingPart, ...] = ()
    models: tuple[ModelPart, ...] = field(default=())

    @property
    def filename(self) -> str:
        """How the file is called in the findings."""
        return self.report.filename


def collect(jobs: Sequence[Job], processes: int = 0, progress: Callable[[int], None] | None = None) -> list[FilePart]:
    """The parts of all files, in the order of the jobs; see `parallel.check_files` for the arguments."""
    from kerascheck.workers.parallel import work_on_files

    return work_on_files(jobs, file_part, FilePart, processes, progress)


def file_part(raw: bytes, job: Job) -> FilePart:
    """What the page says of one file, whatever the file holds."""
    from kerascheck.engine import examine

    return part_of(examine(raw, job.filename, job.settings))


def part_of(found: Examination) -> FilePart:
    """The same, of a file that was examined."""
    from kerascheck.crashes import note_crash
    from kerascheck.runtime.recursion import deep_recursion

    name = hashlib.sha256(found.report.filename.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    try:
        with deep_recursion():
            findings = _findings(found, name, Excerpts(found.source) if found.source is not None else None)
            models = tuple(_models(found, findings, f"m-{name}")) if not found.report.crashed else ()
    except Exception as error:  # the page of all other files is not lost for it
        note_crash(found.report, "the page", error)
        findings, models = _findings(found, name, None), ()
    return FilePart(found.report, findings, models)


def _findings(found: Examination, name: str, excerpts: Excerpts | None) -> tuple[FindingPart, ...]:
    return tuple(
        FindingPart(f"f-{name}-{number}", diagnostic, excerpts.of(diagnostic) if excerpts is not None else ())
        for number, diagnostic in enumerate(found.report.diagnostics, 1)
    )


def _models(found: Examination, findings: tuple[FindingPart, ...], anchor: str) -> list[ModelPart]:
    from kerascheck.views.cost import DEFAULT_BATCH
    from kerascheck.views.summary import summarize, with_cost

    if found.source is None or found.analysis is None:
        return []
    paths = found.analysis.paths
    models = [with_cost(model, paths, DEFAULT_BATCH) for model in summarize(found.source, found.analysis)]
    return [
        _model(model, found.source, paths, findings, f"{anchor}-{number}") for number, model in enumerate(models, 1)
    ]


def _model(
    model: ModelSummary, source: Source, paths: Sequence[Program], findings: tuple[FindingPart, ...], anchor: str
) -> ModelPart:
    from kerascheck.views import drawing
    from kerascheck.views.graph import architecture, sites_of
    from kerascheck.views.tables import table_of

    table = table_of(model)
    parts = {id(part.diagnostic): part for part in findings}
    sites = sites_of(model.network, paths)
    picture = architecture(model, model.network, source, [part.diagnostic for part in findings], sites)
    pinned = tuple(tuple(parts[id(finding)] for finding in box.findings) for box in picture.boxes)
    notes = tuple(parts[id(finding)] for finding in picture.notes)  # which the page shows above the picture
    svg: str | None = None
    note: str | None = None
    if len(picture.boxes) > MAX_LAYERS:
        note = f"No picture of {len(picture.boxes):,} layers; `kerascheck graph` draws it."
    elif picture.boxes:
        try:
            svg = drawing.svg(replace(picture, notes=[]), lambda finding: f"#{parts[id(finding)].anchor}", anchor)
        except drawing.MissingPackage:
            note = f"No picture: {drawing.INSTALL} installs what draws it."
    return ModelPart(anchor, table, pinned, notes, svg, note)
