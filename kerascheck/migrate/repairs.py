"""What rules offer as a fix for an old form: the steps that a migration would take there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import libcst as cst

from kerascheck.diagnostics import Applicability
from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.context import Context, Step
from kerascheck.migrate.facts import row_of
from kerascheck.migrate.plan import planned_steps
from kerascheck.rules.base import Repair
from kerascheck.text.treewalk import children

if TYPE_CHECKING:
    from kerascheck.project.source import Source


@dataclass
class _Steps:
    """The steps of one source, by what they are about."""

    by_node: dict[int, list[Step]] = field(default_factory=dict)
    parents: dict[int, cst.CSTNode] = field(default_factory=dict)
    together: list[Step] = field(default_factory=list)  # what concerns imports: done all at once, or they do not fit

    @cached_property
    def ids_together(self) -> frozenset[int]:
        """The identities of these."""
        return frozenset(id(step) for step in self.together)

    @cached_property
    def whole(self) -> Repair:
        """The one fix that all of these share: one object, so that it is brought into edits once."""
        changes = [change for step in self.together for change in step.changes]
        return Repair("Bring the names and imports of the file to Keras 3", (), Applicability.UNSAFE, tuple(changes))


_known: WeakKeyDictionary[Source, _Steps] = WeakKeyDictionary()


def repair_at(source: Source, node: cst.CSTNode) -> Repair | None:
    """The fix of an old form that stands at this node; None where there is no mechanical one.

    A name that moves has its imports, which other names share: such a fix is that of all of them in the file.
    """
    steps = _known.get(source)
    if steps is None:
        steps = _known[source] = _look(source)
    found = _at(steps, node)
    if not found:
        return None
    if any(id(step) in steps.ids_together for step in found):
        return steps.whole
    if found[0].kind == "files":  # `save_format` goes along with the name
        found = [*found, *_beside(steps, found[0].node)]
    changes = [change for step in found for change in step.changes]
    return Repair(_title(found[0]), (), Applicability.UNSAFE, tuple(dict.fromkeys(changes)))


def _title(step: Step) -> str:
    return step.message[:1].upper() + step.message[1:]


def _look(source: Source) -> _Steps:
    context, steps = planned_steps(source)
    found = _Steps()
    for node in context.names.nodes:
        for child in children(node):
            found.parents[id(child)] = node
    of_imports = _consuming(context, steps)
    for step in steps:
        if not step.is_done:
            continue
        for about in (step.node, *step.about):
            found.by_node.setdefault(id(about), []).append(step)
        is_of_names = step.kind in ("imports", "names", "sessions", "wrappers") or _is_of_gone_callable(context, step)
        if step.needs or is_of_names or id(step) in of_imports:
            found.together.append(step)
    return found


def _is_of_gone_callable(context: Context, step: Step) -> bool:
    """Whether it is about an argument of something that has another name now, which does not tell what it meant."""
    call = step.node if isinstance(step.node, cst.Call) else context.names.parent(step.node)
    if step.kind not in ("arguments", "convolutions") or not isinstance(call, cst.Call):
        return False
    return row_of(context.names.dotted(call.func) or "") is not None


def _consuming(context: Context, steps: list[Step]) -> set[int]:
    """The steps after which an import has one use less."""
    by_node = {id(change.node): step for step in steps for change in step.changes if isinstance(change, Rewrite)}
    consuming: set[int] = set()
    for binding in context.names.bindings:
        for use in binding.uses:
            above = [one for one in (use, *context.names.ancestors(use)) if id(one) in by_node]
            consuming.update(id(by_node[id(one)]) for one in above if use in context.rewritten([by_node[id(one)]]))
    return consuming


def _beside(steps: _Steps, node: cst.CSTNode) -> list[Step]:
    """The steps about other arguments of the call that a node is in."""
    above = steps.parents.get(id(node))
    while above is not None and not any(id(arg) in steps.by_node for arg in getattr(above, "args", ())):
        above = steps.parents.get(id(above)) if not isinstance(above, cst.BaseSmallStatement) else None
    args = above.args if isinstance(above, cst.Call) else ()
    return [step for arg in args for step in steps.by_node.get(id(arg), ()) if step.kind == "files"]


def _at(steps: _Steps, node: cst.CSTNode) -> list[Step]:
    """The steps that are about a node, about the nearest thing in it, or about what it is a part of."""
    waiting = [node]
    while waiting:
        found = [step for one in waiting for step in steps.by_node.get(id(one), ())]
        if found:
            return found
        waiting = [child for one in waiting for child in children(one)]
    above = steps.parents.get(id(node))
    while above is not None and not isinstance(above, cst.IndentedBlock):
        found = steps.by_node.get(id(above), [])
        if found:
            return found
        if isinstance(above, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            return []
        above = steps.parents.get(id(above))
    return []
