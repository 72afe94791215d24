"""What a check says: positions, edits, fixes and diagnostics. Plain records that can cross a process."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kerascheck.runtime.asked import Asked

#: Where the page of a rule lives; the rule's name is appended.
DOCS_URL = "https://kerascheck.github.io/kerascheck/rules/"

#: Why a file is passed over that has nothing to do with Keras.
NO_KERAS = "does not mention Keras"


class Severity(str, Enum):
    """How bad a finding is."""

    ERROR = "error"  # will crash, or cannot learn
    WARNING = "warning"  # likely harmful
    INFO = "info"  # advice


class Applicability(str, Enum):
    """Whether a fix may be applied without a human reading it."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text. Both numbers are 1-based; columns count characters (code points)."""

    row: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of text: `end` is the first position behind it."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of `span` by `content` (an empty span inserts)."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that repair one finding. They are applied together or not at all."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a finding: where a shape comes from, say. Rows count as those of findings."""

    filename: str
    span: Span
    cell: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, as every reporter shows it.

    `span` and the fix count rows in the whole file; for a notebook `cell` is the 1-based cell index
    and their rows count within the cell.
    """

    code: str
    name: str
    severity: Severity
    message: str
    filename: str
    span: Span
    cell: int | None = None
    fix: Fix | None = None
    help: str | None = None
    noqa_row: int = 0
    page: str | None = None  # of a rule that is not our own
    related: tuple[Related, ...] = ()

    @property
    def url(self) -> str:
        """The documentation page of the rule; empty where it has none."""
        return f"{DOCS_URL}{self.name}/" if self.page is None else self.page

    @property
    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        """File, cell, row, column, code: the order in which findings are shown."""
        start = self.span.start
        return (self.filename, self.cell or 0, start.row, start.column, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A model that is not known exactly: where it is built, why, and what would make it known.

    `row` and `layer_row` count within their cell of a notebook. `layer` is the first layer that is not known, None
    where the reason is about the model itself. `origin_row` is the row where the program comes upon what is not known,
    if that is in the same file.
    """

    filename: str
    row: int
    cell: int | None
    model: str | None
    cls: str
    status: str
    layer: str | None
    layer_row: int | None
    layer_cell: int | None
    reason: str
    advice: str
    origin_row: int | None = None
    origin_cell: int | None = None

    @property
    def why(self) -> str:
        """The reason with the layer that it is about, and with the rows of these places where they are others."""
        layer = (
            f"layer '{self.layer}'{self._place(self.layer_cell, self.layer_row)}: " if self.layer is not None else ""
        )
        return f"{layer}{self.reason}{self._place(self.origin_cell, self.origin_row)}"

    def _place(self, cell: int | None, row: int | None) -> str:
        if row is None or (cell, row) == (self.cell, self.row):
            return ""
        return f" (cell {cell}, row {row})" if cell not in (None, self.cell) else f" (row {row})"


@dataclass(slots=True)
class Report:
    """All that checking one file gave. Picklable, so that workers can send it home."""

    filename: str
    diagnostics: list[Diagnostic] = field(default_factory=list)
    models_exact: int = 0
    models_symbolic: int = 0
    models_unknown: int = 0
    unclear: list[Unclear] = field(default_factory=list)  # the models that are not exact
    elsewhere: list[tuple[str, str]] = field(default_factory=list)  # of the models, those made in other files: status
    skipped: str | None = None  # why the file was not analysed (no Keras in it, skip-file)
    crashed: bool = False  # kerascheck itself failed on it (the exit status is 2)
    given_up: bool = False  # the same, since it was over a limit of time or memory: that is a finding about the file
    incomplete: str | None = None  # why the analysis stopped early
    by_chance: bool = False  # whether it may stop elsewhere the next time
    asked: Asked = field(default_factory=Asked)  # what was asked of other files for it

    @property
    def modules(self) -> list[str]:
        """The other files that it depends on, whether they are there or not, and folders for what is in them."""
        return self.asked.names
