"""The table of everything outside the program that the interpreter understands, by canonical name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from kerascheck.data import registry
from kerascheck.interp import modules
from kerascheck.interp.run import Run
from kerascheck.interp.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site

External = Callable[[Run, str, Arguments, Site], Value]


@lru_cache(maxsize=1)
def _table() -> dict[str, External]:
    from kerascheck.interp.builtins import BUILTINS
    from kerascheck.interp.keras.construction import CONSTRUCTORS
    from kerascheck.interp.keras.operations import operations
    from kerascheck.interp.libraries import LIBRARIES

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
        from kerascheck.interp.keras.freeze import freeze_arguments

        run.reach(site)
        run.program.calls.append((name, freeze_arguments(run, arguments), site))
        return function(run, name, arguments, site)

    return noted


@lru_cache(maxsize=4096)
def find_external(name: str) -> External | None:
    """What runs a call of the thing called `name`, or None where it is not understood."""
    handler = _table().get(name) or _data_function(name) or modules.find(name)
    if handler is None and name.startswith("keras."):
        from kerascheck.interp.keras.construction import find_keras

        return find_keras(name)
    return handler
