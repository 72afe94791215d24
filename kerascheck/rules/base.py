"""The form of a rule.

A rule is one class in one module of this package. Its docstring has the sections "What it does", "Why it is bad",
"Example", "Use instead" and "References"; `VALID` and `INVALID` are its tests and its documentation. A rule keeps no
state: everything it needs is in the `Program` and the `Settings` it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from kerascheck.diagnostics import DOCS_URL, Applicability, Severity
from kerascheck.network.ir import Site
from kerascheck.network.program import Program

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.fixes.changes import Change

__all__ = [
    "Applicability",
    "Finding",
    "Invalid",
    "Program",
    "Repair",
    "Replacement",
    "Rule",
    "Severity",
    "Site",
    "Thresholds",
]

#: How the codes of kerascheck's own rules begin.
OWN_PREFIX = "KC"


@dataclass(frozen=True)
class Replacement:
    """Write `new` where `old` stands in the source. `None` removes a whole statement."""

    old: cst.CSTNode
    new: cst.CSTNode | None


@dataclass(frozen=True)
class Repair:
    """A fix in terms of nodes: new ones for old ones, or changes as a reviewer would name them."""

    message: str
    replacements: tuple[Replacement, ...] = ()
    applicability: Applicability = Applicability.SAFE
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a rule found: where, what, and perhaps how to mend it.

    `site` is what gets underlined. Where that is only a part (an argument of a call), `anchor` is the thing it
    belongs to: the site of a layer, network, compile or fit call, as `Program.reached` lists it. The engine reports
    what holds in every program that reaches the anchor; one that reaches it without the finding clears it.
    """

    site: Site
    message: str
    repair: Repair | None = None
    help: str | None = None
    severity: Severity | None = None  # where it differs from the rule's
    anchor: Site | None = None  # None: the site itself
    related: tuple[tuple[Site, str], ...] = ()  # other places that belong to it, and what is there
    only_keras_3: bool = False  # whether an older Keras takes it; no error then where nothing shows which is meant
    is_old_form: bool = False  # whether it is fixed as `kerascheck migrate` does it, whatever the rule is about

    @property
    def anchor_key(self) -> tuple[int, int]:
        """Identity of the thing that the finding is about."""
        return (self.anchor or self.site).key


@dataclass(frozen=True)
class Invalid:
    """Code that the rule must flag: every finding as (row, message), and the text after the fix (None: no fix)."""

    code: str
    findings: list[tuple[int, str]]
    fixed: str | None = None
    options: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Thresholds:
    """The numbers that the rules compare with; `[tool.kerascheck]` sets them by these names with dashes."""

    dropout_survival: float = 0.1  # KC102: least share of paths that dropout may leave
    min_live_units: float = 4.0  # KC106: expected units of a layer that dropout leaves
    deep_narrow_depth: int = 5  # KC107: hidden layers from which depth is compared with width
    deep_narrow_ratio: float = 0.5  # KC107: width of the hidden layers against that of the input
    deep_narrow_width: int = 16  # KC107: units from which a hidden layer is never narrow
    sigmoid_stack: int = 3  # KC108: hidden layers in a row with a sigmoid
    long_sequence: int = 50  # KC109: steps of a sequence that make an unbounded recurrence dangerous
    learning_rate: float = 10.0  # KC427: largest learning rate of SGD, Adagrad and Adadelta
    adaptive_learning_rate: float = 0.1  # KC427: largest learning rate of Adam, RMSprop and their kin
    least_learning_rate: float = 1e-7  # KC427: smallest learning rate
    few_updates: int = 10  # KC432: steps of a training below which they are too few
    large_feature: float = 100.0  # KC407: numbers in the features from which they are large


class Rule:
    """One check."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    enabled: ClassVar[bool] = True  # on by default
    teaching: ClassVar[bool] = False  # a matter of taste: of the presets, only `teaching` turns it on
    fixable: ClassVar[Literal["none", "safe", "unsafe"]] = "none"
    only_keras_3: ClassVar[bool] = False  # whether all that it finds is taken by an older Keras
    migrates: ClassVar[bool] = False  # whether its findings are fixed as `kerascheck migrate` does it
    since: ClassVar[str] = "0.1.0"
    url: ClassVar[str] = ""  # its page, for a rule of another package; our own have theirs in our documentation

    VALID: ClassVar[list[str]] = []
    INVALID: ClassVar[list[Invalid]] = []

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        """All findings in one program, one for a site. Other programs repeat findings; the engine merges."""
        raise NotImplementedError

    @property
    def page(self) -> str:
        """The address of its documentation; empty where there is none."""
        return self.url or (f"{DOCS_URL}{self.name}/" if self.is_own else "")

    @property
    def is_own(self) -> bool:
        """Whether the code says that the rule comes with kerascheck."""
        return self.code.startswith(OWN_PREFIX) and self.code[len(OWN_PREFIX) :].isdigit()
