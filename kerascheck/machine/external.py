"""The table of everything outside the program that the interpreter understands, by canonical name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from kerascheck.data import registry
from kerascheck.machine import modules
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site, Tensor

External = Callable[[Run, str, Arguments, Site], Value]


@lru_cache(maxsize=1)
def _table() -> dict[str, External]:
    from kerascheck.machine.builtins import BUILTINS
    from kerascheck.machine.keras.construction import CONSTRUCTORS
    from kerascheck.machine.keras.operations import operations
    from kerascheck.machine.libraries import LIBRARIES

    table: dict[str, External] = {f"builtins.{name}": handler for name, handler in BUILTINS.items()}
    table.update(LIBRARIES)
    table.update(operations())
    table.update(CONSTRUCTORS)
    return table


def _data_function(name: str) -> External | None:
    """A function on data; those of Keras are noted as calls into Keras as well."""
    function = registry.find(name)
    if function is None or not name.startswith("keras."):
        return function

    def noted(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        from kerascheck.machine.keras.freeze import freeze_arguments

        run.reach(site)
        run.program.calls.append((name, freeze_arguments(run, arguments), site))
        return function(run, name, arguments, site)

    return noted


def _either(operation: External, function: External) -> External:
    """An operation of graphs, where a tensor of one is among the arguments; else the function on data."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in (*arguments.positional, *arguments.keywords.values())]
        chosen = operation if any(isinstance(value, Tensor) for value in values) else function
        return chosen(run, name, arguments, site)

    return call


@lru_cache(maxsize=4096)
def find_external(name: str) -> External | None:
    """What runs a call of the thing called `name`, or None where it is not understood."""
    operation, data = _table().get(name), _data_function(name)
    handler = _either(operation, data) if operation and data else operation or data or modules.find(name)
    if handler is None and name.startswith("keras."):
        from kerascheck.machine.keras.construction import find_keras

        return find_keras(name)
    return handler
