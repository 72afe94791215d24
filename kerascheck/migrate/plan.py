"""All that is done to one file: the steps of every codemod, the imports, and the edits that they come to."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from kerascheck.diagnostics import Edit
from kerascheck.fixes.changes import CannotChange, RemoveArgument
from kerascheck.fixes.effects import has_effect
from kerascheck.fixes.lowering import edits_of
from kerascheck.migrate import marks
from kerascheck.migrate.codemods import (
    added_losses,
    added_metrics,
    backend,
    batches,
    convolutions,
    decays,
    devices,
    file_names,
    functions,
    generators,
    image_order,
    initial_weights,
    input_lengths,
    learning_rates,
    log_keys,
    maxout,
    members,
    merging,
    metrics_names,
    minimized,
    names,
    old_arguments,
    old_initializers,
    optimizer_state,
    own_classes,
    phases,
    popped_layers,
    predicted_classes,
    reductions,
    registered_names,
    sessions,
    several_outputs,
    slashes,
    stateful,
    static_shapes,
    step_counts,
    tensorflow_functions,
    texts,
    training_arguments,
    validation_data,
    wrappers,
)
from kerascheck.migrate.context import Context, Options, Step
from kerascheck.project.source import Source, SourceError, Unfaithful

_CODEMODS: tuple[Callable[[Context], Iterable[Step]], ...] = (
    phases.find, added_losses.find, added_metrics.find, batches.find, optimizer_state.find, metrics_names.find,
    input_lengths.find, slashes.find, step_counts.find, minimized.find,
    popped_layers.find, validation_data.find, merging.find, maxout.find, initial_weights.find, convolutions.find,
    old_initializers.find, old_arguments.find, training_arguments.find, generators.find, predicted_classes.find,
    learning_rates.find, static_shapes.find, backend.find, image_order.find, texts.find, registered_names.find,
    log_keys.find, file_names.find, reductions.find, several_outputs.find, devices.find, stateful.find,
    wrappers.find, sessions.find, decays.find, functions.find, own_classes.find, members.find,
    tensorflow_functions.find,
)  # fmt: skip


@dataclass
class Plan:
    """What is done to one text, and what is left to do by hand."""

    source: Source
    done: list[Step] = field(default_factory=list)
    left: list[Step] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        """The bytes of the file after it."""
        return self.source.edited(_in_cells(self.source, self.edits)) if self.edits else self.source.raw


def plan(source: Source, options: Options | None = None) -> Plan:
    """The plan for a file.

    Raises:
        SourceError: it is no Python.
    """
    context, steps = planned_steps(source, options)
    made = Plan(source)
    made.done = [step for step in steps if step.is_done]
    made.left = [step for step in steps if not step.is_done]
    changes = [change for step in made.done for change in step.changes]
    if context.options.mark:
        changes += marks.of(context, made.left)
    made.edits = edits_of(changes, source)
    return made


def planned_steps(source: Source, options: Options | None = None) -> tuple[Context, list[Step]]:
    """All steps for a file, with what was found out about it.

    Raises:
        SourceError: it is no Python.
    """
    from kerascheck.migrate.imports import Imports

    _ = source.tree
    if source.broken:
        raise source.broken[0]  # what these cells use of the others is not known
    context = Context(source, options or Options())
    steps = list(_consistent(context, [step for find in _CODEMODS for step in find(context)]))
    steps += _consistent(context, names.find(context, context.rewritten(steps)), steps)
    steps = list(_compiling(context, steps))
    gone = context.rewritten(steps)
    steps = [step for step in steps if step.is_done or step.node not in gone]  # with what it is in, it is seen to
    steps += list(Imports(context, gone, steps).steps())
    return context, steps


def _consistent(context: Context, steps: Iterable[Step], before: Sequence[Step] = ()) -> Iterator[Step]:
    """The steps without those whose changes contradict earlier ones, or take an effect away: these are listed."""
    wanted = [_listed(step) if _loses_effect(step) else step for step in steps]
    if _is_possible(context, [*before, *wanted]):
        yield from wanted
        return
    fits = partial(_is_possible, context)
    good = {id(step) for step in _greatest(fits, [step for step in wanted if step.changes], [*before])}
    yield from (step if id(step) in good else _listed(step) for step in wanted)


def _compiling(context: Context, steps: Sequence[Step]) -> Iterator[Step]:
    """The steps without those after which the file would be no Python any more: these are listed."""
    done = [step for step in steps if step.is_done]
    if not done or _compiles(context, done) or not _compiles(context, ()):
        yield from steps
        return
    good = {id(step) for step in _greatest(partial(_compiles, context), done, [])}
    yield from (step if id(step) in good or not step.is_done else _listed(step) for step in steps)


def _greatest(fits: Callable[[Sequence[Step]], bool], steps: Sequence[Step], kept: list[Step]) -> Iterator[Step]:
    """The steps that fit to each other and to `kept`, which grows by them.

    All of them are tried at once, and halves only where that fails: of thousands, few do.
    """
    if fits([*kept, *steps]):
        kept += steps
        yield from steps
    elif len(steps) > 1:
        middle = len(steps) // 2
        yield from _greatest(fits, steps[:middle], kept)
        yield from _greatest(fits, steps[middle:], kept)


def _compiles(context: Context, steps: Sequence[Step]) -> bool:
    """Whether Python takes the file after these steps: `f(a=1, a=2)` has a syntax tree, and is none."""
    source = context.source
    try:
        edits = edits_of([change for step in steps for change in step.changes], source)
        after = Source(source.edited(_in_cells(source, edits)), source.filename) if edits else source
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(after.text, source.filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, CannotChange, LookupError, SourceError, Unfaithful, RecursionError, MemoryError):
        return False
    return True


def _is_possible(context: Context, steps: Sequence[Step]) -> bool:
    """Whether the changes of the steps do not contradict each other."""
    try:
        edits_of([change for step in steps for change in step.changes], context.source)
    except (CannotChange, LookupError):
        return False
    return True


def _listed(step: Step) -> Step:
    """The step as something to do by hand."""
    return Step(step.kind, step.node, step.message, page=step.page)


def _loses_effect(step: Step) -> bool:
    """Whether an argument goes that does something, and is not written elsewhere."""
    pieces = [piece for change in step.changes for piece in getattr(change, "pieces", ())]
    kept = {id(piece) for piece in pieces}
    return any(
        isinstance(change, RemoveArgument) and id(change.arg.value) not in kept and has_effect(change.arg.value)
        for change in step.changes
    )


def _in_cells(source: Source, edits: Iterable[Edit]) -> Iterator[tuple[int | None, Edit]]:
    """The edits with the cells that they belong to."""
    from kerascheck.diagnostics import Applicability, Fix

    for edit in edits:
        cell, _ = source.in_cell(edit.span.start.row)
        if cell is None:
            yield None, edit
            continue
        fix = source.fix_in_cell(Fix(Applicability.UNSAFE, "", (edit,)), edit.span.start.row)
        if fix is None:
            raise Unfaithful(f"in cell {cell}, a change would touch what is no Python")
        yield from ((cell, one) for one in fix.edits)
