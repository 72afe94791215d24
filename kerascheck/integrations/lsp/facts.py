"""What the worker says about a text: plain records that cross the process, in rows and columns of the text."""

from __future__ import annotations

from dataclasses import dataclass, field

from kerascheck.diagnostics import Diagnostic, Span


@dataclass(frozen=True, slots=True)
class Build:
    """One layer that a call builds, everything as text; None where it is not known."""

    name: str
    inputs: str | None
    output: str | None
    params: str | None
    formula: str | None  # how the parameters come about
    status: str
    reason: str | None  # why it is not exact
    connected: tuple[str, ...] = ()
    cost: str | None = None  # what a call costs for one sample

    @property
    def seen(self) -> tuple[str | None, str | None, str]:
        """What an inlay hint shows of it."""
        return (self.output, self.params, self.status)


@dataclass(frozen=True, slots=True)
class LayerFact:
    """A call in the source that builds layers."""

    cell: int | None
    span: Span
    behind: Span  # empty: where the whole expression ends, `Dense(3)(x)` for `Dense(3)`
    cls: str
    builds: tuple[Build, ...]  # those that differ, in order
    count: int  # how many layers it builds in one run
    agreed: bool = True  # whether the same is built there under all conditions


@dataclass(frozen=True, slots=True)
class ModelFact:
    """A model, at the call that makes it."""

    cell: int | None
    span: Span
    row: int  # as `kerascheck summary` counts
    number: int  # among the models of the text
    name: str | None  # the variable, or the name
    cls: str
    status: str
    output: str | None
    total: str | None
    trainable: str | None
    reason: str | None
    layers: tuple[int, ...] = ()  # positions in `Structure.layers`


@dataclass(frozen=True, slots=True)
class Findings:
    """What is said about a text."""

    diagnostics: tuple[Diagnostic, ...] = ()
    modules: tuple[str, ...] = ()  # absolute names of other files that were read
    is_broken: bool = False  # the text does not parse: the findings say so, and nothing else is known
    problem: str | None = None  # what is wrong with the configuration
    incomplete: str | None = None  # why the analysis stopped early
    imports: tuple[str, ...] = ()  # absolute names of the files of the project that it imports
    importers: tuple[str, ...] | None = None  # and of those that import it, perhaps through others; None: not known


@dataclass(frozen=True, slots=True)
class Structure:
    """What a text builds."""

    layers: tuple[LayerFact, ...] = ()
    models: tuple[ModelFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer to a command, for people: exactly one of the texts is given."""

    title: str
    markdown: str | None = None
    html: str | None = None
    svg: str | None = None

    def as_dict(self) -> dict[str, str]:
        """The answer as JSON has it."""
        texts = {"title": self.title, "markdown": self.markdown, "html": self.html, "svg": self.svg}
        return {key: text for key, text in texts.items() if text is not None}


@dataclass(frozen=True, slots=True)
class Options:
    """Which settings hold for a text; see `kerascheck.configuration.config.Overrides`."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    budget: float | None = None
    config: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be analysed: a Python program, or the JSON of a notebook, and where it lies."""

    filename: str
    text: str
    options: Options = field(default_factory=Options)
