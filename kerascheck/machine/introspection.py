"""Built-in functions that look at the place they are called in: `globals()`, `locals()`, `vars()`, `exec()`."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import libcst as cst

from kerascheck.machine.members import attributes_of
from kerascheck.machine.needs import value_needs
from kerascheck.machine.run import Run
from kerascheck.machine.values import ClassValue, Instance, Scope, Value, presence
from kerascheck.machine.views_of_values import NamesView
from kerascheck.symbolic.unknown import NOTHING, Unknown


def _globals(run: Run, node: cst.Call, scope: Scope) -> Value:
    for name in list(scope.globals.vars):
        run.project.imported(run, scope.globals, name)
    return NamesView(scope.globals)


def _locals(run: Run, node: cst.Call, scope: Scope) -> Value:
    """The names of the function as they are now: setting an entry sets no name."""
    if scope.kind == "module":
        return _globals(run, node, scope)
    if scope.kind == "function":
        names: dict[Hashable, Value] = {
            name: value for name, value in scope.vars.items() if presence(scope.optional, scope.vars, name) is True
        }
        made = run.new_dict(dict(names))
        if len(names) < len(scope.vars):
            needs = NOTHING.union(*(value_needs(part) for part in (scope.optional or {}).values()))
            made.unknown = Unknown("its entries depend on a condition", None, None, None, needs)
        return made
    return run.fresh("the names of a class or comprehension", node)


def _vars(run: Run, node: cst.Call, scope: Scope) -> Value:
    if not node.args:
        return _locals(run, node, scope)
    value = run.evaluate(node.args[0].value, scope)
    if isinstance(value, Instance):
        return attributes_of(run, value, node)
    if isinstance(value, ClassValue):
        return run.new_dict(dict(value.members.items()))
    return run.fresh("vars() of something unknown", node)


def _exec(run: Run, node: cst.Call, scope: Scope) -> Value:
    """The text is not run: it may set any name."""
    for arg in node.args:
        run.evaluate(arg.value, scope)
    if len(node.args) == 1:
        NamesView(scope.globals).blur("exec() may have set it")
    return None


def _eval(run: Run, node: cst.Call, scope: Scope) -> Value:
    for arg in node.args:
        run.evaluate(arg.value, scope)
    return run.fresh("eval() is not interpreted", node)


#: By canonical name.
SCOPED: dict[str, Callable[[Run, cst.Call, Scope], Value]] = {
    "builtins.globals": _globals,
    "builtins.locals": _locals,
    "builtins.vars": _vars,
    "builtins.exec": _exec,
    "builtins.eval": _eval,
}
