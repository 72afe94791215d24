"""`json` and `ast`: values written as text."""

from __future__ import annotations

import ast
import json
from typing import Any

from kerascheck.machine.operators import bounded
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, to_python
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site

#: A longer text is data, not a configuration.
_MAX_TEXT = 50_000


def from_python(run: Run, value: Any) -> Value:
    """A plain Python value as the interpreter has it."""
    if isinstance(value, dict):
        return run.new_dict({key: from_python(run, item) for key, item in value.items()})
    if isinstance(value, list):
        return run.new_list([from_python(run, item) for item in value])
    if isinstance(value, set):
        return run.new_list([from_python(run, item) for item in value], "set")
    return tuple(from_python(run, item) for item in value) if isinstance(value, tuple) else value


def _loads(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`json.loads('{"units": 64}')`."""
    text = arguments.value("s", 0)
    if isinstance(text, (str, bytes)) and len(text) <= _MAX_TEXT and not arguments.keywords:
        try:
            return from_python(run, json.loads(text))
        except (ValueError, RecursionError):
            return run.fails("ValueError", "a text that is not JSON", site.node)
    return run.fresh("JSON of something unknown", site.node)


def _dumps(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`json.dumps(config)`."""
    options = {key: given.value for key, given in arguments.keywords.items()}
    if set(options) <= {"indent", "sort_keys"} and all(
        isinstance(v, (bool, int, type(None))) for v in options.values()
    ):
        try:
            plain = to_python(arguments.value("obj", 0))
            if not arguments.open_keywords and options.get("indent") in (None, *range(9)):
                return bounded(run, json.dumps(plain, **options), site.node)
        except (NotPlain, TypeError, ValueError):
            pass
    return run.fresh("JSON of something unknown", site.node)


def _literal_eval(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`ast.literal_eval("(1, 2)")`."""
    text = arguments.value("node_or_string", 0)
    if isinstance(text, str) and len(text) <= _MAX_TEXT:
        try:
            return from_python(run, ast.literal_eval(text))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return run.fails("ValueError", "a text that is not a literal", site.node)
    return run.fresh("a literal of something unknown", site.node)


def _load(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`json.load(file)`, `json.dump(value, file)`."""
    from kerascheck.machine.modules.reading import FUNCTIONS as READING

    return READING[name](run, name, arguments, site)


FUNCTIONS = {
    "json.load": _load,
    "json.dump": _load,
    "json.loads": _loads,
    "json.dumps": _dumps,
    "ast.literal_eval": _literal_eval,
}
