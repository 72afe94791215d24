"""`absl.flags` and its namesakes in TensorFlow, `click` and `typer`: options hold their defaults.

As with `argparse`, a run with other arguments is explored apart: there flags stay names outside the program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerascheck.machine.libraries import namespace
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, ParameterDefault, UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

_MODULES = (
    "absl.flags",
    "tensorflow.app.flags",
    "tensorflow.flags",
    "tensorflow.compat.v1.flags",
    "tensorflow.compat.v1.app.flags",
    "tensorflow.python.platform.flags",
)


def _text(run: Run, value: Value) -> Value:
    return value


def _number(convert: Callable[[Any], Any]) -> Callable[[Run, Value], Value]:
    def parse(run: Run, value: Value) -> Value:
        try:
            return convert(value) if isinstance(value, (int, float, str)) else value
        except ValueError:
            return Unknown("a default that absl refuses")

    return parse


def _boolean(run: Run, value: Value) -> Value:
    if isinstance(value, str):
        return {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}.get(value.lower(), value)
    return bool(value) if isinstance(value, (int, float)) else value


def _comma_list(run: Run, value: Value) -> Value:
    if isinstance(value, str):
        return run.new_list([part.strip() for part in value.split(",")] if value else [])
    return value


def _several(parse: Callable[[Run, Value], Value]) -> Callable[[Run, Value], Value]:
    """A flag that may be given several times holds a list."""

    def parse_all(run: Run, value: Value) -> Value:
        if value is None or isinstance(value, Unknown):
            return value
        items = items_of(run, value) if isinstance(value, (ListValue, tuple)) else [value]
        return items if isinstance(items, Unknown) else run.new_list([parse(run, item) for item in items])

    return parse_all


#: How a default is read, for each `DEFINE_...`.
_KINDS: dict[str, Callable[[Run, Value], Value]] = {
    "string": _text,
    "enum": _text,
    "enum_class": _text,
    "alias": lambda run, value: Unknown("the flag that it is another name of"),
    "integer": _number(int),
    "float": _number(float),
    "bool": _boolean,
    "boolean": _boolean,
    "list": _comma_list,
    "spaceseplist": lambda run, value: run.new_list(value.split()) if isinstance(value, str) else value,
    "multi_string": _several(_text),
    "multi_enum": _several(_text),
    "multi_integer": _several(_number(int)),
    "multi_float": _several(_number(float)),
}


def _define(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`flags.DEFINE_integer("units", 64, "help")`."""
    run.reads_arguments = True
    flag = arguments.value("name", 0, arguments.value("flag_name"))
    if not isinstance(flag, str):
        return run.fresh("a flag of unknown name", site.node)
    default = arguments.value("default", 1, arguments.value("default_value"))
    value = _KINDS[name.rpartition("DEFINE_")[2]](run, default)
    if run.arguments_given or arguments.value("required", None, False) is not False:
        value = Unknown("it is given on the command line", ("flag", flag), f"FLAGS.{flag}")
    run.flags[flag] = value
    return namespace(run, "FlagHolder", {"value": value, "default": default, "name": flag}, site)


def _require(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`flags.mark_flag_as_required("units")`, `flags.mark_flags_as_required([...])`."""
    given = arguments.value("flag_name", 0, arguments.value("flag_names"))
    names = [given] if isinstance(given, str) else items_of(run, given)
    for flag in () if isinstance(names, Unknown) else names:
        run.flags[flag] = Unknown("it must be given on the command line", ("flag", flag), f"FLAGS.{flag}")
    return None


def _run_main(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`app.run(main)`: calls it with the command line, and exits."""
    main = arguments.value("main", 0)
    if main is None:
        return run.fresh(f"the result of {name}", site.node)
    run.call(main, Arguments([Given(run.unknown_list("the command line"))], {}), site)
    raise UserRaise(Symbol("builtins.SystemExit"))


# -- click and typer --------------------------------------------------------------------------------------------------

#: Arguments of `click.option` that have a say in what it holds without arguments.
_DECIDING = frozenset({"envvar", "callback", "prompt", "required", "count"})


def _click_option(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`@click.option("--units", default=64)`: the default of a parameter."""
    run.reads_arguments = True
    names = [given.value for given in arguments.positional]
    if not names or not all(isinstance(one, str) for one in names):
        return run.fresh("an option of unknown name", site.node)
    plain = [one for one in names if one.isidentifier()]
    first = plain[0] if plain else max(names, key=lambda one: len(one) - len(one.lstrip("-")))
    parameter = first.split("/")[0].lstrip("-").replace("-", "_").lower()
    value = Unknown("it is given on the command line", ("option", id(site.node)), parameter)
    is_open = arguments.open_keywords or bool(
        {"envvar", "callback", "prompt", "required", "count"} & {*arguments.keywords}
    )
    if name == "click.argument" or is_open or run.arguments_given:
        return ParameterDefault(parameter, value)
    is_flag = arguments.value("is_flag", None, "/" in first) is True
    several: Value = () if arguments.value("multiple", None, False) is True else None
    default = arguments.value("default", None, False if is_flag else several)
    convert = arguments.value("type")
    if convert is not None and isinstance(default, str):
        known = isinstance(convert, Symbol) and convert.name.startswith("builtins.")
        default = run.call(convert, Arguments([Given(default)], {}), site) if known else value
    return ParameterDefault(parameter, default)


def _typer_option(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`units: int = typer.Option(64, "--units")`."""
    run.reads_arguments = True
    default = arguments.value("default", 0, ...)
    if default is ... or run.arguments_given or "envvar" in arguments.keywords:
        return Unknown("it is given on the command line", ("option", id(site.node)))
    return default


def _typer_run(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`typer.run(main)`."""
    run.call(arguments.value("function", 0), Arguments([], {}), site)
    raise UserRaise(Symbol("builtins.SystemExit"))


FUNCTIONS = {
    **{f"{module}.DEFINE_{kind}": _define for module in _MODULES for kind in _KINDS},
    **{f"{module}.mark_flag{s}_as_required": _require for module in _MODULES for s in ("", "s")},
    **{f"{module}.app.run": _run_main for module in ("absl", "tensorflow", "tensorflow.compat.v1")},
    "click.option": _click_option,
    "click.argument": _click_option,
    "typer.Option": _typer_option,
    "typer.Argument": _typer_option,
    "typer.run": _typer_run,
}
