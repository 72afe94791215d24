"""What the rules about forms that Keras 3 does not have share: how grave they are, and where they are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kerascheck.diagnostics import Severity
from kerascheck.keras.changes import Change, find_name, gone_part, successor
from kerascheck.machine.mentions import Mention, mentions_in, parts_of
from kerascheck.machine.static import once_a_file
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.project.target import Target

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.INFO}


def severity_of(source: Any) -> Severity | None:
    """How grave it is that Keras 3 does not have what a source uses; None where it is meant for an older one."""
    target = getattr(source, "target", None)
    return _SEVERITIES.get(target.old_forms) if isinstance(target, Target) else None


def severity_of_refusal(source: Any) -> Severity | None:
    """How grave it is that Keras 3, and no older one, refuses what a source does; None where an older one is meant."""
    target = getattr(source, "target", None)
    return _SEVERITIES.get(target.refusals) if isinstance(target, Target) else None


def severity_of_habit(source: Any) -> Severity | None:
    """The same of what was usual before, which is no error where nothing shows which Keras is meant."""
    target = getattr(source, "target", None)
    return _SEVERITIES.get(target.habits) if isinstance(target, Target) else None


def is_old(source: Any) -> bool:
    """Whether a source is written for a Keras before Keras 3."""
    target = getattr(source, "target", None)
    return isinstance(target, Target) and target.era.is_old


def gone_mentions(program: Program) -> Iterator[tuple[Mention, Change, Site]]:
    """The names in the program that Keras 3 does not have, each with its row and the place of it.

    What the program is ready to miss is left out, and the uses of a name whose import is one of them.
    """
    source = program.source
    if source is None or program.caller is not None:  # such a program begins in another file
        return
    yield from gone_in(source)


def gone_in(source: Any) -> Iterator[tuple[Mention, Change, Site]]:
    """The same for one file."""
    for mention, row, place in _gone_names(source):
        yield mention, row, Site(source, place)


@once_a_file
def _gone_names(source: Any) -> Sequence[tuple[Mention, Change, Any]]:
    found: list[tuple[Mention, Change, Any]] = []
    for mention in mentions_in(source):
        row = None if mention.is_guarded else gone_part(mention.dotted, mention.root)
        if row is not None and (mention.is_import or not _is_imported(mention, row)):
            found.append((mention, row, _place(mention, row)))
    return found


def _place(mention: Mention, row: Change) -> Any:
    """The part of the name that ends with what is gone, or with what is in a module that is."""
    if mention.is_import:
        return mention.node
    nodes = parts_of(mention.node)
    spelled = mention.dotted.split(".")
    for index in range(len(nodes) - 1, -1, -1):
        dotted = ".".join(spelled[: len(spelled) - (len(nodes) - 1 - index)])
        if dotted == row.old or find_name(dotted) is not None or successor(dotted, mention.root) is not None:
            return nodes[index]
    return mention.node


def _is_imported(mention: Mention, row: Change) -> bool:
    """Whether what is gone was imported: the first name of the use stands for it, or for something in it."""
    behind = len(parts_of(mention.node)) - 1
    head = mention.dotted.split(".")
    first = ".".join(head[: len(head) - behind])
    return first == row.old or first.startswith(f"{row.old}.")


def said(mention: Mention, row: Change) -> str:
    """The name as the program reaches it, without what stands behind the part that is gone."""
    package = {"keras": "keras", "tf.keras": "tf.keras", "tensorflow": "tf"}[mention.root]
    own = find_name(mention.dotted)
    shown = mention.dotted if own is not None else row.old
    return package + shown[len("tensorflow" if mention.root == "tensorflow" else "keras") :]


def way_out(mention: Mention, row: Change) -> str | None:
    """What takes its place, in words."""
    own = find_name(mention.dotted)
    if own is not None and own.instead is not None:
        return own.instead
    moved = successor(mention.dotted, mention.root)
    if moved is not None or own is not None or mention.dotted == row.old:
        return moved if moved is not None else (own or row).advice
    # What is in a module that is gone may have no single successor either.
    further = find_name(f"{row.new}{mention.dotted[len(row.old) :]}") if row.new is not None else None
    if further is not None:
        return further.advice
    return row.advice if row.new is None else None
