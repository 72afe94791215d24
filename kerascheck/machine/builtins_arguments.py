"""What built-in functions are given, and what they make of something unknown."""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.machine.assumptions import restrict
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    FunctionValue,
    ListValue,
    Value,
)
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Guarded, Unknown


def kind_of(value: Value) -> str:
    return value.kind if isinstance(value, ListValue) else ""


def positional_values(arguments: Arguments) -> list[Value]:
    return [given.value for given in arguments.positional]


def derived(run: Run, name: str, values: list[Value], site: Site) -> Value:
    """The result of a pure function of something unknown: the same for the same argument."""
    if len(values) == 1 and isinstance(values[0], Unknown):
        return Unknown(values[0].reason, ("call", name, values[0].key), called(name, values[0]))
    return run.fresh(f"{name}() of something unknown", site.node)


def called(name: str, value: Unknown) -> str | None:
    """How the call of a function on the value is written."""
    return f"{name}({value.text})" if value.text else None


def caller(run: Run) -> FunctionValue | None:
    return run.call_stack[-1] if run.call_stack else None


#: Conditions that are not known, of which it is still worked out whether any or all of them hold; items that hang on
#: conditions, of which the largest or the order is found in each case.
MAX_OPEN = 5


def in_cases_of_items(run: Run, items: list[Value], action: Callable[[list[Value]], Value]) -> Value:
    """What the action gives for each combination of what the items may be, where these hang on conditions."""
    open_places = [index for index, item in enumerate(items) if type(item) is Guarded]
    if not open_places or len(open_places) > MAX_OPEN:
        return action(items)
    index = open_places[0]

    def chosen(case: Value) -> Value:
        return in_cases_of_items(run, [*items[:index], case, *items[index + 1 :]], action)

    value = restrict(run, items[index])
    return spread(run, chosen, value) if type(value) is Guarded else chosen(value)
