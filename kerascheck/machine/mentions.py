"""What a file says of Keras and TensorFlow by name: its imports, and the dotted names in its code.

The names are read off the syntax, by the bindings of Python's scopes, so that it is known how they are spelled and
through which package a program reaches them; what runs is not looked at. A name that is bound to anything else as
well, in the same scope, says nothing.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from kerascheck.keras.changes import Package
from kerascheck.machine.imports import dotted_name
from kerascheck.machine.static import once_a_file
from kerascheck.text.treewalk import nodes_below, walk


@dataclass(frozen=True, slots=True)
class Mention:
    """A name, where the file imports it or uses it."""

    dotted: str  # behind the package: "keras.layers.core.Dense", "tensorflow.Session"
    root: Package
    node: cst.CSTNode  # of an import its alias, or the module where all of it is imported
    is_import: bool
    is_guarded: bool  # whether the program is ready for its absence, or asks for the version
    call: cst.Call | None = None  # the call of it


@dataclass(slots=True)
class _Scope:
    """The names of a module, a function or a class."""

    outer: _Scope | None
    is_class: bool = False
    bound: dict[str, list[str | cst.BaseExpression | None]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    def bind(self, name: str, to: str | cst.BaseExpression | None = None) -> None:
        self.bound.setdefault(name, []).append(to)

    @property
    def module(self) -> _Scope:
        return self if self.outer is None else self.outer.module


@once_a_file
def mentions_in(source: Any) -> Sequence[Mention]:
    """All mentions in a source, each dotted name as far as it is written."""
    return tuple(_Reader(source.tree).mentions())


#: Errors whose handlers are for what is not there.
_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException", "NameError"})

#: Nodes below which no name stands that matters.
_LEAVES = frozenset(
    {cst.Name, cst.Integer, cst.Float, cst.SimpleString, cst.Pass, cst.Break, cst.Continue, cst.Global, cst.Nonlocal}
)


class _Reader:
    """One walk over a file that notes bindings and uses; what the names mean is known behind it."""

    def __init__(self, tree: cst.Module) -> None:
        self._scope = _Scope(None)
        self._versions = _names_of_versions(tree)
        self._imports: list[tuple[str, cst.CSTNode, bool]] = []
        self._uses: list[tuple[cst.Attribute | cst.Name, _Scope, bool, cst.Call | None]] = []
        self._set: list[tuple[cst.Attribute, _Scope]] = []
        self._all_guarded = any(self._demands_version(statement) for statement in tree.body)
        self._visit(tree, self._scope, self._all_guarded)

    def mentions(self) -> Iterator[Mention]:
        for dotted, node, guarded in self._imports:
            if (found := behind_root(dotted)) is not None:
                yield Mention(*found, node, True, guarded)
        replaced = {dotted for node, scope in self._set for dotted in self._meanings(node, scope)}
        for use, scope, guarded, call in self._uses:
            meanings = set(self._meanings(use, scope))
            found = behind_root(meanings.pop()) if len(meanings) == 1 else None
            if found is not None and not any(_is_in(found[0], one) for one in replaced):
                yield Mention(*found, use, False, guarded, call)

    # -- the walk ---------------------------------------------------------------------------------------------------

    def _visit(self, node: cst.CSTNode, scope: _Scope, guarded: bool) -> None:
        kind = type(node)
        if kind in _LEAVES:
            return
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, node, scope, guarded)
        else:
            for child in nodes_below(node):
                self._visit(child, scope, guarded)

    def _below(self, node: cst.CSTNode, scope: _Scope, guarded: bool) -> None:
        for child in nodes_below(node):
            self._visit(child, scope, guarded)

    def _attribute(self, node: cst.Attribute, scope: _Scope, guarded: bool) -> None:
        self._use(node, scope, guarded, None)

    def _if(self, node: cst.If | cst.IfExp, scope: _Scope, guarded: bool) -> None:
        self._below(node, scope, guarded or self._asks_for_version(node.test))

    def _comprehension(self, node: cst.BaseComp, scope: _Scope, guarded: bool) -> None:
        self._below(node, _Scope(scope), guarded)

    def _loop(self, node: cst.For | cst.CompFor, scope: _Scope, guarded: bool) -> None:
        self._bind_target(node.target, scope)
        self._below(node, scope, guarded)

    def _as_name(self, node: cst.AsName, scope: _Scope, guarded: bool) -> None:
        self._bind_target(node.name, scope)

    def _match_name(self, node: cst.MatchAs | cst.MatchStar, scope: _Scope, guarded: bool) -> None:
        if node.name is not None:
            scope.bind(node.name.value)
        self._below(node, scope, guarded)

    def _use(self, node: cst.Attribute | cst.Name, scope: _Scope, guarded: bool, call: cst.Call | None) -> None:
        if type(node) is not cst.Attribute or _root_of(node) is not None:
            self._uses.append((node, scope, guarded, call))
        else:
            self._visit(node.value, scope, guarded)

    def _call(self, node: cst.Call, scope: _Scope, guarded: bool) -> None:
        if type(node.func) is cst.Attribute or type(node.func) is cst.Name:
            self._use(node.func, scope, guarded, node)
        else:
            self._visit(node.func, scope, guarded)
        for argument in node.args:
            self._visit(argument.value, scope, guarded)

    def _import(self, node: cst.Import | cst.ImportFrom, scope: _Scope, guarded: bool) -> None:
        if isinstance(node, cst.Import):
            for alias in node.names:
                dotted = dotted_name(alias.name)
                self._imports.append((dotted, alias, guarded))
                if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                    scope.bind(alias.asname.name.value, dotted)
                else:
                    top = dotted.partition(".")[0]
                    if top not in scope.bound or top not in scope.bound[top]:
                        scope.bind(top, top)
            return
        module = dotted_name(node.module) if node.module is not None and not node.relative else None
        if isinstance(node.names, cst.ImportStar):
            scope.module.stars.append(module or "")
            if module is not None and node.module is not None:
                self._imports.append((module, node.module, guarded))
            return
        for alias in node.names:
            whole = f"{module}.{dotted_name(alias.name)}" if module is not None else None
            if whole is not None:
                self._imports.append((whole, alias, guarded))
            name = alias.asname.name if alias.asname is not None else alias.name
            if isinstance(name, cst.Name):
                scope.bind(name.value, whole)

    def _try(self, node: cst.Try, scope: _Scope, guarded: bool) -> None:
        ready = guarded or any(_is_ready(handler) for handler in node.handlers)
        self._visit(node.body, scope, ready)
        for handler in node.handlers:
            self._below(handler, scope, ready)
        for rest in (node.orelse, node.finalbody):
            if rest is not None:
                self._visit(rest, scope, guarded)

    def _definition(self, node: cst.FunctionDef | cst.Lambda | cst.ClassDef, scope: _Scope, guarded: bool) -> None:
        inner = _Scope(scope, isinstance(node, cst.ClassDef))
        if isinstance(node, cst.Lambda):
            self._parameters(node.params, scope, inner, guarded)
            self._visit(node.body, inner, guarded)
            return
        scope.bind(node.name.value)
        for decorator in node.decorators:
            self._visit(decorator, scope, guarded)
        if isinstance(node, cst.FunctionDef):
            self._parameters(node.params, scope, inner, guarded)
            if node.returns is not None:
                self._visit(node.returns, scope, guarded)
        else:
            for argument in (*node.bases, *node.keywords):
                if isinstance(argument.value, cst.Name):
                    self._use(argument.value, scope, guarded, None)
                else:
                    self._visit(argument.value, scope, guarded)
        self._visit(node.body, inner, guarded)

    def _parameters(self, params: cst.Parameters, outer: _Scope, inner: _Scope, guarded: bool) -> None:
        stars = [one for one in (params.star_arg, params.star_kwarg) if isinstance(one, cst.Param)]
        for param in (*params.posonly_params, *params.params, *params.kwonly_params, *stars):
            inner.bind(param.name.value)
            for part in (param.default, param.annotation):
                if part is not None:
                    self._visit(part, outer, guarded)

    def _assignment(
        self, node: cst.Assign | cst.AnnAssign | cst.AugAssign | cst.NamedExpr, scope: _Scope, guarded: bool
    ) -> None:
        if node.value is not None:
            self._visit(node.value, scope, guarded)
        targets = [one.target for one in node.targets] if isinstance(node, cst.Assign) else [node.target]
        value = node.value if isinstance(node, cst.Assign) else None
        for target in targets:
            if type(target) is cst.Name and value is not None and _root_of(value) is not None:
                scope.bind(target.value, value)
            else:
                self._bind_target(target, scope)
        if isinstance(node, cst.AnnAssign):
            self._visit(node.annotation, scope, guarded)

    def _bind_target(self, target: cst.CSTNode, scope: _Scope) -> None:
        for part in walk(target) if type(target) is not cst.Name else (target,):
            if type(part) is cst.Attribute:
                self._set.append((part, scope))
                return
            if type(part) is cst.Subscript:
                self._visit(part, scope, True)
                return
            if type(part) is cst.Name:
                scope.bind(part.value)

    # -- versions ---------------------------------------------------------------------------------------------------

    def _asks_for_version(self, test: cst.BaseExpression) -> bool:
        """Whether what follows depends on what is installed."""
        return any(
            (type(part) is cst.Name and (part.value in _ASKING or part.value in self._versions)) for part in walk(test)
        )

    def _demands_version(self, statement: cst.CSTNode) -> bool:
        """Whether a statement stops the program under another version."""
        if isinstance(statement, cst.SimpleStatementLine):
            return any(isinstance(one, cst.Assert) and self._asks_for_version(one.test) for one in statement.body)
        if not isinstance(statement, cst.If) or not self._asks_for_version(statement.test):
            return False
        return any(
            isinstance(part, cst.Raise) or (isinstance(part, cst.Call) and dotted_name(part.func).endswith("exit"))
            for part in walk(statement.body)
        )

    # -- what names mean --------------------------------------------------------------------------------------------

    def _meanings(self, node: cst.CSTNode, scope: _Scope, depth: int = 0) -> list[str]:
        """What a dotted name may stand for, as imports spell it; nothing where it may be something else."""
        root, behind = _root_of(node), dotted_name(node).partition(".")[2]
        if root is None or depth > _MAX_ALIASES:
            return []
        found: list[str] = []
        for bound, where in self._bindings(root, scope):
            if isinstance(bound, str):
                heads = [bound]
            else:
                heads = self._meanings(bound, where, depth + 1) if bound is not None else []
            if not heads:
                return []
            found += [f"{head}.{behind}" if behind else head for head in heads]
        return found

    def _bindings(self, name: str, scope: _Scope) -> list[tuple[str | cst.BaseExpression | None, _Scope]]:
        place: _Scope | None = scope
        while place is not None:
            if name in place.bound and (place is scope or not place.is_class):
                return [(bound, place) for bound in place.bound[name]]
            place = place.outer
        stars = scope.module.stars
        if len(stars) == 1 and stars[0] and not hasattr(builtins, name):
            return [(f"{stars[0]}.{name}", scope.module)]
        return []


_HANDLERS: dict[type[cst.CSTNode], Callable[[_Reader, Any, _Scope, bool], None]] = {
    cst.Import: _Reader._import,
    cst.ImportFrom: _Reader._import,
    cst.Attribute: _Reader._attribute,
    cst.Call: _Reader._call,
    cst.Try: _Reader._try,
    cst.If: _Reader._if,
    cst.IfExp: _Reader._if,
    **dict.fromkeys((cst.FunctionDef, cst.Lambda, cst.ClassDef), _Reader._definition),
    **dict.fromkeys((cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp), _Reader._comprehension),
    **dict.fromkeys((cst.Assign, cst.AnnAssign, cst.AugAssign, cst.NamedExpr), _Reader._assignment),
    cst.For: _Reader._loop,
    cst.CompFor: _Reader._loop,
    cst.AsName: _Reader._as_name,
    cst.MatchAs: _Reader._match_name,
    cst.MatchStar: _Reader._match_name,
}

_MAX_ALIASES = 5
#: What programs ask for the version, and for what there is.
_ASKING = frozenset({"__version__", "hasattr", "VERSION", "version_info", "find_spec"})


def _names_of_versions(tree: cst.Module) -> frozenset[str]:
    """Names that say something about versions: `IS_NEW = keras.__version__ > "2"`."""
    found: set[str] = set()
    for part in _statements(tree.body):
        if isinstance(part, cst.Assign) and any(
            type(one) is cst.Name and (one.value in _ASKING or one.value in found) for one in walk(part.value)
        ):
            found |= {one.target.value for one in part.targets if isinstance(one.target, cst.Name)}
    return frozenset(found)


def _statements(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """The simple statements of a module, also those in its conditions and attempts."""
    for statement in body:
        if isinstance(statement, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
            yield from statement.body
        elif isinstance(statement, (cst.If, cst.Try, cst.Else, cst.ExceptHandler, cst.IndentedBlock)):
            yield from _statements(nodes_below(statement))


def _is_ready(handler: cst.ExceptHandler) -> bool:
    """Whether the handler is for what is not there."""
    if handler.type is None:
        return True
    return any(type(part) is cst.Name and part.value in _CAUGHT for part in walk(handler.type))


def _root_of(node: cst.CSTNode) -> str | None:
    """The first name of `a.b.c`; None for anything else."""
    while type(node) is cst.Attribute:  # (`isinstance` with an abstract class is slow)
        node = node.value
    return node.value if type(node) is cst.Name else None


def _is_in(dotted: str, whole: str) -> bool:
    found = behind_root(whole)
    return found is not None and (dotted == found[0] or dotted.startswith(f"{found[0]}."))


#: Where TensorFlow has Keras: that of version 1 is the same one.
_IN_TENSORFLOW = ("tensorflow.", "tensorflow.compat.v1.", "tensorflow.compat.v2.")


def behind_root(dotted: str) -> tuple[str, Package] | None:
    """The name as a part of Keras or TensorFlow, and the package it is reached through; None for other packages."""
    for package in _IN_TENSORFLOW:
        if dotted.startswith(f"{package}keras") and dotted[len(package) :].split(".", 1)[0] == "keras":
            return dotted.removeprefix(package), "tf.keras"
    if dotted == "keras" or dotted.startswith("keras."):
        return dotted, "keras"
    if dotted.startswith("tensorflow."):
        return dotted, "tensorflow"
    return None


def parts_of(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The nodes of `a`, `a.b`, `a.b.c`, shortest first."""
    found = [node]
    while isinstance(found[-1], cst.Attribute):
        found.append(found[-1].value)
    return found[::-1]
