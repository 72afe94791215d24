"""Models that hang on conditions which are not decided: they are open, and say why."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cache, partial
from itertools import combinations

import libcst as cst

import kerascheck.machine.calls
import kerascheck.machine.expressions
import kerascheck.machine.statements  # noqa: F401  (they fill the tables of the engine)
from kerascheck.machine.asking import surroundings_in
from kerascheck.machine.feasibility import is_told
from kerascheck.machine.linked_conditions import Links, order_of
from kerascheck.machine.needs import place_of
from kerascheck.machine.project import Project
from kerascheck.machine.run import Run
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Unknown


def leave_open(run: Run, network: Network, keys: Iterable[Hashable]) -> None:
    """The model is not known: it hangs on these conditions, or on more than are decided."""
    asked = sorted(keys, key=order_of(run))
    nodes = [node for key in asked if (node := run.places.get(key)) is not None]
    place = cache(partial(_place_of_first, run.project, nodes))  # few ask for the reason, and rows take long to find
    rest = f" and {len(asked) - 1} more" if len(asked) > 1 else ""
    if network.open is None:
        if asked:
            network.open = Unknown(lambda: f"it hangs on a condition{_in(place())}{rest} that is not decided")
        else:
            network.open = Unknown("it hangs on more conditions than are decided")
    elif network.open.needs and nodes:
        before = network.open
        network.open = Unknown(lambda: f"{before.reason} ({found}{rest})" if (found := place()) else before.reason)


def _place_of_first(project: Project, nodes: Sequence[cst.CSTNode]) -> str | None:
    """Where the first of the nodes stands that is somewhere."""
    return next((found for found in map(project.place_of, nodes) if found is not None), None)


def _in(place: str | None) -> str:
    return "" if place is None else f" in {place}"


def open_guessed(run: Run, guesses: frozenset[Hashable], hanging: frozenset[Hashable], all_later: bool) -> None:
    """Models that hang on what the analysis has forgotten are not known: not all that is tried of it may occur.

    `hanging`: their places; `all_later`: whatever was done since it was decided hangs on it, too.
    """
    for network in run.program.networks:
        newest = max(network.birth, network.changed)
        later = [key for key in guesses if newest >= run.decided_at.get(key, newest + 1)]
        if place_of(network) in hanging:
            leave_open(run, network, guesses)
        elif all_later and later:
            leave_open(run, network, later)


def open_doubtful(run: Run, links: Links) -> None:
    """Models are not known that hang on conditions of which nobody knows whether they hold together."""
    for network in run.program.networks:
        asking = [key for key in links.deciding_about(place_of(network)) if surroundings_in(key)]
        pair = next((pair for pair in combinations(asking, 2) if not is_told(*pair)), None)
        if pair is not None and network.open is None:
            network.open = Unknown(partial(_why_doubtful, run, [links.places.get(key) for key in pair]))


def _why_doubtful(run: Run, nodes: Iterable[cst.CSTNode | None]) -> str:
    found = [place for node in nodes if node is not None and (place := run.project.place_of(node))]
    return f"it hangs on conditions{_in(' and '.join(found) or None)} that may exclude each other"
