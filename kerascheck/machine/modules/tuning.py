"""KerasTuner: hyperparameters that a search chooses are symbolic; those of a fresh `HyperParameters()` are defaults.

Source: keras_tuner/engine/hyperparameters (KerasTuner 1.4).
"""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import DictValue, NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

_KIND = "keras_tuner.HyperParameters"


def _only(run: Run, method: str, arguments: Arguments) -> tuple[bool, Value]:
    """Whether there is only one value to choose, and that value (else the default)."""
    if method == "Fixed":
        return True, arguments.value("value", 1)
    if method == "Boolean":
        return False, arguments.value("default", 1, False)
    if method == "Choice":
        values = arguments.value("values", 1)
        items = [values] if isinstance(values, Unknown) else items_of(run, values)
        if isinstance(items, Unknown) or not items:
            return False, Unknown("a choice among something unknown")
        default = arguments.value("default")
        first = items[0] if default is None else default
        return len(items) == 1 and not isinstance(items[0], Unknown), first
    low, high = arguments.value("min_value", 1), arguments.value("max_value", 2)
    default = arguments.value("default")
    plain = isinstance(low, (int, float)) and isinstance(high, (int, float))
    return plain and low == high, low if default is None else default


def chosen(run: Run, function: Unknown, arguments: Arguments, site: Site) -> Value:
    """`hp.Int("units", 32, 512)` where a search gives the `hp`: the same unknown value for the same name."""
    assert isinstance(function.key, tuple)
    _, owner, method = function.key
    name = arguments.value("name", 0)
    if not isinstance(name, str):
        return run.fresh("a hyperparameter of unknown name", site.node)
    single, value = _only(run, method, arguments)
    if single:
        return value
    text = f"{function.text or 'hp.' + method}({name!r})"
    is_text = method == "Choice" and isinstance(value, str)
    return Unknown("a hyperparameter that a search chooses", ("hyperparameter", owner, name), None if is_text else text)


# -- a set of hyperparameters that the program makes itself ------------------------------------------------------------


def _make(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`keras_tuner.HyperParameters()`."""
    return NativeObject(_KIND, run.tick(), {"values": run.new_dict()})


def _default(method: str) -> Callable[[Run, NativeObject, Arguments, Site], Value]:
    def call(run: Run, hyperparameters: NativeObject, arguments: Arguments, site: Site) -> Value:
        values: DictValue = hyperparameters.parts["values"]
        name = arguments.value("name", 0)
        if not isinstance(name, str) or values.unknown is not None:
            return run.fresh("a hyperparameter that is not known", site.node)
        if name not in values.items and run.may_change(values):
            values.items[name] = _only(run, method, arguments)[1]
        return values.items[name] if name in values.items else run.fresh("a hyperparameter in a loop", site.node)

    return call


def _get(run: Run, hyperparameters: NativeObject, arguments: Arguments, site: Site) -> Value:
    values: DictValue = hyperparameters.parts["values"]
    name = arguments.value("name", 0)
    known = isinstance(name, str) and name in values.items
    return values.items[name] if known else run.fresh("a hyperparameter that is not known", site.node)


def _scope(run: Run, hyperparameters: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`hp.conditional_scope(...)`, `hp.name_scope(...)`: the same name may mean another hyperparameter in there."""
    values: DictValue = hyperparameters.parts["values"]
    if run.may_change(values):
        values.blur("hyperparameters in scopes")
    return run.fresh("a scope of hyperparameters", site.node)


METHODS[_KIND] = {
    **{method: _default(method) for method in ("Int", "Float", "Choice", "Boolean", "Fixed")},
    "get": _get,
    "conditional_scope": _scope,
    "name_scope": _scope,
}

_MODULES = ("keras_tuner", "kerastuner", "keras_tuner.engine.hyperparameters", "kerastuner.engine.hyperparameters")

FUNCTIONS = {f"{module}.HyperParameters": _make for module in _MODULES}
