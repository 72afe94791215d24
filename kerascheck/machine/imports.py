"""Import statements."""

from __future__ import annotations

import sys

import libcst as cst

from kerascheck.machine import names
from kerascheck.machine.attributes import get_constant
from kerascheck.machine.binding import assign_name
from kerascheck.machine.doubts import Doubt
from kerascheck.machine.import_outcomes import outcome_of
from kerascheck.machine.module_values import ImportedName, ModuleValue
from kerascheck.machine.run import Run
from kerascheck.machine.values import Scope, Value
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

#: Packages that are there wherever programs for Keras run.
_PRESENT = frozenset(sys.stdlib_module_names) | {"keras", "tensorflow", "numpy"}


def _doubt(run: Run, dotted: str, module: Value) -> None:
    """Note that an import may fail: one of a package that is perhaps not installed."""
    if not isinstance(module, ModuleValue) and dotted.partition(".")[0] not in _PRESENT:
        run.doubt(Doubt(("fails", ("import", dotted.partition(".")[0])), True, "ImportError"))


def dotted_name(node: cst.CSTNode | None) -> str:
    """The text of `a.b.c`."""
    if type(node) is cst.Name:  # (`isinstance` with an abstract class is slow)
        return node.value
    if type(node) is cst.Attribute:
        return f"{dotted_name(node.value)}.{node.attr.value}"
    return ""


def import_modules(run: Run, node: cst.Import, scope: Scope) -> None:
    """`import a.b`, `import a.b as c`."""
    for alias in node.names:
        dotted = dotted_name(alias.name)
        _fail_surely(run, dotted, (), node)
        _note(run, dotted, node, scope)
        if alias.asname is not None:
            value = run.project.import_module(run, dotted, 0, scope.file)
            _doubt(run, dotted, value)
            _bind(run, alias.asname, value, scope)
            continue
        top = dotted.split(".")[0]
        if dotted != top:
            # The submodule is loaded and becomes an attribute of its package.
            inner = run.project.import_module(run, dotted, 0, scope.file)
            if isinstance(inner, ModuleValue):
                package = run.project.import_module(run, top, 0, scope.file)
                if not isinstance(package, ModuleValue):
                    package = run.project.namespace(top, scope.file) or package
                _attach(run, package, dotted.split(".")[1:], inner)
                assign_name(run, top, package, scope)
                continue
        known = scope.vars.get(top)
        if not isinstance(known, ModuleValue):
            # `tf_keras` and its like are Keras under one name; `tensorflow` stays what it is.
            known = run.project.import_module(run, top, 0, scope.file)
            _doubt(run, dotted, known)
            assign_name(run, top, known, scope)


def _attach(run: Run, package: Value, parts: list[str], inner: Value) -> None:
    for part in parts[:-1]:
        if not isinstance(package, ModuleValue):
            return
        package = run.project.module_attribute(run, package, part)
    if isinstance(package, ModuleValue):
        run.project.scope_of(run, package).vars[parts[-1]] = inner


def import_from(run: Run, node: cst.ImportFrom, scope: Scope) -> None:
    """`from a import b as c`, `from .a import *`."""
    dotted = dotted_name(node.module)
    level = len(node.relative)
    if level == 0:
        names_of = () if isinstance(node.names, cst.ImportStar) else tuple(dotted_name(one.name) for one in node.names)
        _fail_surely(run, dotted, names_of, node)
    module = run.project.import_module(run, dotted, level, scope.file)
    _doubt(run, dotted, module)
    if isinstance(node.names, cst.ImportStar):
        _note(run, f"{dotted}.*", node, scope)
        _star(run, module, scope)
        return
    for alias in node.names:
        name = dotted_name(alias.name)
        if level == 0:
            _note(run, f"{dotted}.{name}", node, scope)
        if isinstance(module, ModuleValue):
            value = _from_module(run, module, name, scope)
        elif (inner := run.project.submodule(run, dotted, level, name, scope.file)) is not None:
            value = inner
        elif isinstance(module, Symbol):
            # The spelled path decides what is meant: `keras.layers.core.Dense` is `keras.layers.Dense`.
            value = get_constant(names.canonical(f"{dotted}.{name}"), run)
        else:
            value = Unknown(f"{name} comes from a module that is not found", ("import", dotted, name), name)
        if alias.asname is not None:
            _bind(run, alias.asname, value, scope)
        else:
            assign_name(run, name, value, scope)


def _from_module(run: Run, module: ModuleValue, name: str, scope: Scope) -> Value:
    """A name of a module of the project; what another module imports is looked at when somebody uses it."""
    if scope.kind == "module" and scope.owner is not run.project.source and not run.project.is_loaded(run, module):
        return ImportedName(module, name)
    return run.project.module_attribute(run, module, name)


def _bind(run: Run, asname: cst.AsName, value: Value, scope: Scope) -> None:
    if isinstance(asname.name, cst.Name):
        assign_name(run, asname.name.value, value, scope)


def _star(run: Run, module: Value, scope: Scope) -> None:
    if isinstance(module, ModuleValue):
        source = run.project.scope_of(run, module)
        for name in list(source.vars):
            if not name.startswith("_"):
                scope.vars[name] = source.vars[name]
        if source.star:
            scope.star = [*source.star, *(scope.star or [])]
    elif isinstance(module, Symbol):
        scope.star = [module.name, *(scope.star or [])]


def _fail_surely(run: Run, dotted: str, names_of: tuple[str, ...], node: cst.CSTNode) -> None:
    """In a `try` body, raise what an import raises that surely fails."""
    if run.guarded and isinstance(run.project.import_module(run, dotted, 0, run.file), Symbol):
        text = run.project.source.code
        if outcome_of(dotted, names_of, dialect=run.project.dialect, text=text) == "fails":
            run.fails("ImportError", f"{dotted} cannot be imported", node)


def _note(run: Run, dotted: str, node: cst.CSTNode, scope: Scope) -> None:
    canonical = names.canonical(dotted)
    if canonical == "keras" or canonical.startswith("keras."):
        run.program.imports.append((dotted, Site(scope.file, node)))
