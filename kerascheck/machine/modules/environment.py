"""`os`: environment variables (never read, so never known; the same one is the same unknown value each time), paths."""

from __future__ import annotations

from kerascheck.machine.foreign import read_item
from kerascheck.machine.modules import paths
from kerascheck.machine.run import Run
from kerascheck.machine.values import MISSING, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown


def _variable(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.environ.get("X", default)`, `os.getenv("X")`."""
    variable, default = arguments.value("key", 0), arguments.value("default", 1)
    own = read_item(run, Symbol("os.environ"), variable)
    if own is not MISSING:
        return own
    if not isinstance(variable, str) or not isinstance(default, (str, int, float, type(None))):
        return run.fresh("an environment variable", site.node)
    return Unknown("an environment variable", ("environment", variable, default), f"{name}({variable!r})")


def _listed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.listdir(path)`."""
    from kerascheck.machine.modules.reading import FUNCTIONS as READING

    return READING[name](run, name, arguments, site)


FUNCTIONS = {"os.listdir": _listed, "os.environ.get": _variable, "os.getenv": _variable, **paths.FUNCTIONS}
