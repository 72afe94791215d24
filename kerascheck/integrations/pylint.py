"""The pylint plugin: `load-plugins=kerascheck.integrations.pylint`.

Each rule is a message of pylint: its symbol is the name of the rule, its number the code (KC103 is W7103). kerascheck's
own configuration decides which rules run; pylint's options and comments choose from what they find.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from zlib import crc32

from pylint.checkers import BaseChecker
from pylint.constants import WarningScope

from kerascheck.runtime import safe_path

#: The import path before pylint puts the projects on it that it checks: what we import later must not come from there.
_PATH = safe_path.entries()

with safe_path.own_imports(_PATH):
    from kerascheck.configuration.config import Resolver
    from kerascheck.configuration.selection import Layer, Selection
    from kerascheck.diagnostics import Report, Severity
    from kerascheck.errors import ConfigError
    from kerascheck.project.import_graph import concerns_keras
    from kerascheck.text.escaping import one_line, say

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.lint import PyLinter
    from pylint.typing import ExtraMessageOptions

    from kerascheck.configuration.config import Settings
    from kerascheck.diagnostics import Diagnostic
    from kerascheck.rules.base import Rule

#: pylint's "refactor" is what good practice advises; its "information" is off by default.
_LETTERS = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "R"}

#: The first two digits of a number: pylint leaves 51 to 99 to plugins. `7` and the three digits of the code are ours.
_OWN = "7"
_FOREIGN = [number for number in range(80, 100) if number != 90]  # 90 is an extension of pylint's

#: What is wrong with our own configuration.
_WRONG_CONFIGURATION = ("F7099", "kerascheck-configuration")

#: The exit status of pylint where its own options are wrong.
_USAGE_ERROR = 32


def register(linter: PyLinter) -> None:
    """Called by pylint: makes a message of each rule. Those that are off by default belong to a checker of their own.

    Raises:
        SystemExit: the rules of another package cannot be used.
    """
    try:
        with safe_path.own_imports(_PATH):
            from kerascheck.rules.registry import all_rules

            rules = all_rules()
    except ConfigError as error:
        _refuse(error)
    messages = _messages(rules, linter)
    findings = _Findings(linter, messages)
    linter.register_checker(KerasChecker(linter, "kerascheck", [m for m in messages if m.enabled], findings))
    linter.register_checker(
        KerasChecker(linter, "kerascheck-optional", [m for m in messages if not m.enabled], findings)
    )


def load_configuration(linter: PyLinter) -> None:
    """Called by pylint when its options are read.

    Raises:
        SystemExit: kerascheck's configuration for the current folder is wrong.
    """
    try:
        with safe_path.own_imports(_PATH):
            Resolver().settings_for(Path.cwd())
    except ConfigError as error:
        _refuse(error)


def _refuse(error: ConfigError) -> NoReturn:
    say("kerascheck: error", str(error))
    raise SystemExit(_USAGE_ERROR)


@dataclass(frozen=True)
class _Message:
    """A rule as pylint knows it."""

    code: str
    number: str
    symbol: str
    text: str
    enabled: bool


def _messages(rules: Iterable[Rule], linter: PyLinter) -> list[_Message]:
    """The messages; `keras-` stands before names that pylint has, and of rules about the file as a whole."""
    rules = list(rules)
    prefixes = foreign_prefixes(rule.code[:-2] for rule in rules if not rule.is_own)
    known = {message.symbol: message.msgid for message in linter.msgs_store.messages}
    messages: list[_Message] = []
    for rule in rules:
        number = _LETTERS[rule.severity] + _digits(rule, prefixes)
        # In the processes of `-j`, pylint knows our messages before it loads us.
        is_taken = known.get(rule.name, number) != number
        symbol = f"keras-{rule.name}" if is_taken or rule.code.startswith("KC0") else rule.name
        title = (rule.__doc__ or "").strip().partition("\n")[0]
        messages.append(_Message(rule.code, number, symbol, f"{title} {rule.page}".rstrip(), rule.enabled))
    return messages


def _digits(rule: Rule, prefixes: Mapping[str, int]) -> str:
    if rule.is_own:
        return _OWN + rule.code[-3:]
    return f"{prefixes[rule.code[:-2]]}{rule.code[-2:]}"


def foreign_prefixes(families: Iterable[str]) -> dict[str, int]:
    """The first two digits for families of codes (`ACME1`) of other packages: what each likes best and is still free.

    So they stay what they are as long as no package comes along that likes the same.
    """
    taken: dict[str, int] = {}
    for family in sorted(set(families)):
        first = crc32(family.encode()) % len(_FOREIGN)
        free = [number for number in (*_FOREIGN[first:], *_FOREIGN[:first]) if number not in taken.values()]
        taken[family] = free[0] if free else _FOREIGN[first]
    return taken


class _Findings:
    """The findings of the module that pylint is at, for both checkers."""

    def __init__(self, linter: PyLinter, messages: Iterable[_Message]) -> None:
        self._linter = linter
        self._optional = {message.symbol: message.code for message in messages if not message.enabled}
        self._resolver = Resolver()
        self._module: nodes.Module | None = None
        self._found: list[Diagnostic] = []

    def of(self, module: nodes.Module) -> list[Diagnostic]:
        """What kerascheck finds in a module. Raises ConfigError."""
        if self._module is not module:
            self._module, self._found = module, []
            with safe_path.own_imports(_PATH):
                self._found = self._check(module)
        return self._found

    def _check(self, module: nodes.Module) -> list[Diagnostic]:
        if module.file is None:
            return []
        from kerascheck.engine import read_file

        settings = self._settings(module.file)
        source: str | bytes | Report
        if module.file_bytes is not None:  # not read from the file: standard input
            text = module.file_bytes
            source = text.decode("utf-8") if isinstance(text, bytes) else text
        else:
            source = read_file(module.file, settings)
            if isinstance(source, Report):  # larger than what is read, or gone since pylint read it
                return source.diagnostics
        if not concerns_keras(source, module.file):
            return []
        from kerascheck.api import to_bytes
        from kerascheck.workers.parallel import check_for_host

        return check_for_host(to_bytes(source, module.file), module.file, settings).diagnostics

    def _settings(self, filename: str) -> Settings:
        """Those of kerascheck's configuration; what is off by default runs where pylint's asks for it by name."""
        settings = self._resolver.settings_for(Path(filename))
        wanted = tuple(self._optional[symbol] for symbol in self._linter.config.enable if symbol in self._optional)
        return replace(settings, selection=Selection((Layer(extend_select=wanted), *settings.selection.layers)))


class KerasChecker(BaseChecker):
    """Hands findings to pylint."""

    def __init__(self, linter: PyLinter, name: str, messages: Iterable[_Message], findings: _Findings) -> None:
        self.name = name
        # "shared" lets one checker have numbers that begin differently.
        options: ExtraMessageOptions = {"scope": WarningScope.NODE, "shared": True}
        self.msgs = {message.number: ("%s", message.symbol, message.text, options) for message in messages}
        number, symbol = _WRONG_CONFIGURATION
        self.msgs[number] = ("%s", symbol, "The configuration of kerascheck for this file is wrong.", options)
        super().__init__(linter)
        self._symbols = {message.code: message.symbol for message in messages}
        self._findings = findings

    def visit_module(self, module: nodes.Module) -> None:
        """Called by pylint for each file that Python can parse."""
        try:
            found = self._findings.of(module)
        except ConfigError as error:
            self.add_message(_WRONG_CONFIGURATION[1], node=module, line=1, args=(one_line(str(error)),))
            return
        for diagnostic in found:
            symbol = self._symbols.get(diagnostic.code)
            if symbol is not None:
                start, end = diagnostic.span.start, diagnostic.span.end
                self.add_message(
                    symbol,
                    line=start.row,
                    node=_statement_at(module, start.row),
                    args=(one_line(diagnostic.message),),
                    col_offset=start.column - 1,
                    end_lineno=end.row,
                    end_col_offset=end.column - 1,
                )


def _statement_at(module: nodes.Module, row: int) -> nodes.NodeNG:
    """The innermost statement that has the row, by which pylint names the function or class around it."""
    node: nodes.NodeNG = module
    while True:
        inner = (
            child for child in node.get_children() if child.is_statement and child.fromlineno <= row <= child.tolineno
        )
        child = next(inner, None)
        if child is None:
            return node
        node = child
