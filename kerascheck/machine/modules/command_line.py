"""`argparse`: the parser is filled as the program fills it, and parses what a run without arguments gives it.

A run without arguments is the one that can be followed. What the program does with other arguments is explored
in a run of its own (`Run.arguments_given`), in which every option is unknown.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from kerascheck.machine.libraries import make_namespace, namespace
from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.text_methods import Method
from kerascheck.machine.values import ClassValue, DictValue, Instance, NativeObject, UserRaise, Value
from kerascheck.network.arguments import Absent, Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

PARSER = "argparse.ArgumentParser"
_GROUP = "argparse._ArgumentGroup"
_SUBPARSERS = "argparse._SubParsersAction"
_SUPPRESS = Symbol("argparse.SUPPRESS")

#: What an option of each action holds where it is not given.
_ACTIONS: dict[Value, Value] = {
    "store": None,
    "store_const": None,
    "store_true": False,
    "store_false": True,
    "append": None,
    "append_const": None,
    "extend": None,
    "count": None,
    "help": _SUPPRESS,
    "version": _SUPPRESS,
    Symbol("argparse.BooleanOptionalAction"): None,
}


@dataclass(frozen=True, slots=True)
class _Option:
    """What an option holds in a run without arguments."""

    default: Value
    convert: Value  # called on a default that is a text; None where there is nothing to convert
    site: Site


# -- filling the parser ---------------------------------------------------------------------------------------------


def _make_parser(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`argparse.ArgumentParser(...)`."""
    parts = {
        "options": run.new_dict(),
        "defaults": run.new_dict(),  # from set_defaults
        "argument_default": arguments.value("argument_default"),
        "prefix": arguments.value("prefix_chars", None, "-"),
        "conflicts": arguments.value("conflict_handler", None, "error"),
    }
    if arguments.open_keywords or arguments.open_positional:
        parts["options"].unknown = Unknown("the parser is made with arguments that are not known")
    parents = arguments.value("parents")
    for parent in () if parents is None else _known_items(run, parents):
        if isinstance(parent, NativeObject) and parent.kind == PARSER:
            parts["options"].merge(parent.parts["options"])
            parts["defaults"].merge(parent.parts["defaults"])
        else:
            parts["options"].unknown = Unknown("options of a parser that is not known")
    return NativeObject(PARSER, run.tick(), parts)


def _known_items(run: Run, value: Value) -> list[Value]:
    items = items_of(run, value)
    return [items] if isinstance(items, Unknown) else items


def _add_argument(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`parser.add_argument('--units', type=int, default=64)`."""
    options: DictValue = parser.parts["options"]
    if not run.may_change(options):
        return None
    flags = [given.value for given in arguments.positional]
    dest = _destination(flags, arguments.value("dest"), parser.parts["prefix"])
    if dest is None or arguments.open_positional or arguments.open_keywords:
        options.unknown = Unknown("an option that is not known")
        return None
    default = _unless_given(run, parser, dest, flags, arguments, site)
    if dest in options.items:
        # Of two options that fill one attribute the first says what it holds, unless the second replaces the first.
        if parser.parts["conflicts"] != "error":
            options.items[dest] = _Option(_must_be_given(dest, site), None, site)
    elif default != _SUPPRESS:
        options.items[dest] = _Option(default, arguments.value("type"), site)
    return None


def _destination(flags: list[Value], dest: Value, prefix: Value) -> str | None:
    """The attribute that an option fills, as argparse derives it; None where that is not known."""
    if dest is not None:
        return dest if isinstance(dest, str) else None
    if not flags or not isinstance(prefix, str) or not all(isinstance(flag, str) and flag for flag in flags):
        return None
    if _is_positional(flags, prefix):
        return str(flags[0])
    long = [flag for flag in flags if len(flag) > 1 and flag[1] in prefix]
    return str((long or flags)[0]).lstrip(prefix).replace("-", "_")


def _is_positional(flags: list[Value], prefix: str) -> bool:
    return not flags or (isinstance(flags[0], str) and flags[0][:1] not in prefix)


def _unless_given(
    run: Run, parser: NativeObject, dest: str, flags: list[Value], arguments: Arguments, site: Site
) -> Value:
    """What the option holds where the command line does not give it; Unknown where it must be given."""
    required = _must_be_given(dest, site)
    if _is_positional(flags, parser.parts["prefix"]):
        nargs = arguments.value("nargs")
        if nargs in ("*", Symbol("argparse.REMAINDER")):
            default = arguments.value("default")
            return run.new_list() if default is None else default
        if nargs != "?":
            return required
    if arguments.value("required", None, False) is not False or parser.parts.get("required", False) is not False:
        return required
    given = arguments.get("default")
    if isinstance(given, Given):
        return given.value
    defaults: DictValue = parser.parts["defaults"]
    if not isinstance(given, Absent) or defaults.unknown is not None:
        return required
    if dest in defaults.items:
        return defaults.items[dest]
    if parser.parts["argument_default"] is not None:
        return parser.parts["argument_default"]
    action = arguments.value("action", None, "store")
    if isinstance(action, ClassValue):
        from kerascheck.machine.members import find_member

        return None if find_member(action, "__init__") is None else required
    return _ACTIONS.get(action, required) if isinstance(action, (str, Symbol)) else required


def _must_be_given(dest: str, site: Site) -> Unknown:
    return Unknown("it must be given on the command line", ("command line", id(site.node), dest), f"args.{dest}")


def _set_defaults(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`parser.set_defaults(units=64)`: overrides the defaults of options, may name attributes of its own."""
    defaults: DictValue = parser.parts["defaults"]
    options: DictValue = parser.parts["options"]
    if not run.may_change(defaults) or not run.may_change(options):
        return None
    if arguments.open_keywords:
        defaults.blur("set_defaults with something unknown")
        options.blur("set_defaults with something unknown")
    for name, given in arguments.keywords.items():
        defaults.items[name] = given.value
        option = options.items.get(name)
        if isinstance(option, _Option):
            options.items[name] = _Option(given.value, option.convert, option.site)
    return None


def _add_group(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    """A group fills its parser; one of a mutually exclusive group that is required must be given."""
    return NativeObject(_GROUP, run.tick(), {**parser.parts, "required": arguments.value("required", None, False)})


def _add_subparsers(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    """Which command is given is not known, nor what its parser adds."""
    options: DictValue = parser.parts["options"]
    if run.may_change(options):
        options.unknown = Unknown("it belongs to a command that must be given")
        dest = arguments.value("dest")
        if isinstance(dest, str):
            options.items[dest] = _Option(_must_be_given(dest, site), None, site)
    return NativeObject(_SUBPARSERS, run.tick(), {})


def _add_parser(run: Run, subparsers: NativeObject, arguments: Arguments, site: Site) -> Value:
    return _make_parser(run, PARSER, Arguments([], arguments.keywords, False, arguments.open_keywords), site)


# -- parsing --------------------------------------------------------------------------------------------------------


def _parse(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`parser.parse_args()`: what each option holds where the command line is empty."""
    run.reads_arguments = True
    target = arguments.value("namespace", 1)
    values = namespace(run, "Namespace", {}, site) if target is None else target
    if not isinstance(values, Instance):
        return run.fresh("the result of parse_args", site.node)
    options: DictValue = parser.parts["options"]
    defaults: DictValue = parser.parts["defaults"]
    given = _given(run, arguments.value("args", 0), site)
    for dest, option in options.items.items():
        name = str(dest)
        if target is not None and (name in values.attributes or values.unknown is not None):
            continue
        if given is not None:
            values.attributes[name] = Unknown(given.reason, ("attribute", given.key, name), f"args.{name}")
        elif isinstance(option, _Option):
            values.attributes[name] = _converted(run, option)
    for dest, value in defaults.items.items():
        values.attributes.setdefault(str(dest), value)
    values.unknown = values.unknown or options.unknown or defaults.unknown
    return values


#: `sys.argv[1:]`, as the interpreter names it.
_ALL_ARGUMENTS = ("item", ("symbol", "sys.argv"), ("slice", 1, None, None))


def _given(run: Run, value: Value, site: Site) -> Unknown | None:
    """Why the options are not those of an empty command line; None where they are."""
    explicit = value is not None and not (isinstance(value, Unknown) and value.key == _ALL_ARGUMENTS)
    if explicit:
        return None if items_of(run, value) == [] else run.fresh("the arguments are not followed", site.node)
    return run.fresh("it is given on the command line", site.node) if run.arguments_given else None


def _converted(run: Run, option: _Option) -> Value:
    """The default; a text is converted as if it had been given."""
    if option.convert is None or not isinstance(option.default, str):
        return option.default
    return run.call(option.convert, Arguments([Given(option.default)], {}), option.site)


def _parse_known(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`args, rest = parser.parse_known_args()`."""
    rest = run.unknown_list("what else is given on the command line") if run.arguments_given else run.new_list()
    return (_parse(run, parser, arguments, site), rest)


def _get_default(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    dest = arguments.value("dest", 0)
    known: dict[Hashable, Any] = parser.parts["options"].items
    option = known.get(dest) if isinstance(dest, str) else None
    return option.default if isinstance(option, _Option) else run.fresh("the default of an option", site.node)


def _exit(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    raise UserRaise(Symbol("builtins.SystemExit"))


def _nothing(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    return None


_FILLING: dict[str, Method] = {
    "add_argument": _add_argument,
    "add_argument_group": _add_group,
    "add_mutually_exclusive_group": _add_group,
    "set_defaults": _set_defaults,
}

METHODS[_GROUP] = _FILLING
METHODS[_SUBPARSERS] = {"add_parser": _add_parser}
METHODS[PARSER] = {
    **_FILLING,
    "add_subparsers": _add_subparsers,
    "parse_args": _parse,
    "parse_known_args": _parse_known,
    "parse_intermixed_args": _parse,
    "get_default": _get_default,
    "error": _exit,
    "exit": _exit,
    "print_help": _nothing,
    "print_usage": _nothing,
}


FUNCTIONS = {PARSER: _make_parser, "argparse.Namespace": make_namespace}
