"""`importlib.import_module("package.module")`."""

from __future__ import annotations

from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site


def _import_module(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    dotted, package = arguments.value("name", 0), arguments.value("package", 1)
    if not isinstance(dotted, str) or dotted.startswith(".") or package is not None:
        return run.fresh("a module of unknown name", site.node)
    return run.project.import_module(run, dotted, 0, site.file)


FUNCTIONS = {"importlib.import_module": _import_module}
