"""What the names of a file mean, by its imports and its scopes: `layers.Dense` is `tensorflow.keras.layers.Dense`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import Assignment, BuiltinAssignment, MetadataWrapper, Scope, ScopeProvider
from libcst.metadata.scope_provider import ScopeVisitor

from kerascheck.machine.names import canonical
from kerascheck.text.parsing import lean_visits
from kerascheck.text.treewalk import children

if TYPE_CHECKING:
    from libcst.metadata import BaseAssignment

    from kerascheck.project.source import Source


#: A name that is bound more often than this may mean anything.
_MOST_VALUES = 100


class _Visitor(ScopeVisitor):
    """Reads scopes also where a string stands for a type that is no text: one half of a surrogate pair."""

    def _handle_string_annotation(self, node: cst.SimpleString | cst.ConcatenatedString) -> bool:
        try:
            return super()._handle_string_annotation(node)
        except UnicodeEncodeError:
            return False


class _Scopes(ScopeProvider):
    """The scopes of a module."""

    def visit_Module(self, node: cst.Module) -> None:
        visitor = _Visitor(self)
        node.visit(visitor)
        visitor.infer_accesses()


@dataclass(eq=False)
class Binding:
    """A name that an import binds."""

    local: str  # what the file calls it; `*` for everything of a module
    dotted: str  # what it is: of `import a.b` without an alias the package `a`
    module: str  # the module that is imported, or imported from
    alias: cst.ImportAlias | None
    statement: cst.Import | cst.ImportFrom
    is_tried: bool  # whether a failure of the import is expected
    uses: list[cst.BaseExpression] = field(default_factory=list)  # the longest chains of attributes that begin with it

    @property
    def is_from(self) -> bool:
        """Whether it is `from m import n`."""
        return isinstance(self.statement, cst.ImportFrom)


class Names:
    """The names of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tree = source.tree
        self._parents: dict[int, cst.CSTNode] = {}
        self.nodes: list[cst.CSTNode] = []
        self._walk()
        with lean_visits():
            scopes = MetadataWrapper(self.tree, unsafe_skip_copy=True).resolve(_Scopes)
        self._referents: dict[int, Collection[BaseAssignment]] = {}
        self.assignments: dict[int, set[BaseAssignment]] = {}
        self.bound: set[str] = set()  # all names that the file binds, in whatever scope
        self._scopes = scopes
        self._look(scope for scope in set(scopes.values()) if scope is not None)
        self.bindings = list(self._bindings())
        self._by_node = {id(one.alias): one for one in self.bindings if one.alias is not None}
        self._stars = [one for one in self.bindings if one.local == "*"]
        for node in self.nodes:
            if isinstance(node, (cst.Name, cst.Attribute)) and self._is_longest(node):
                for binding in self._bindings_of(node):
                    binding.uses.append(node)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node that holds this one."""
        return self._parents.get(id(node))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What holds the node, from the inside."""
        while (above := self.parent(node)) is not None:
            yield above
            node = above

    def is_self(self, node: cst.CSTNode) -> bool:
        """Whether a name is the first parameter of the method that it stands in, which the object goes by."""
        above = list(self.ancestors(node))
        for index, one in enumerate(above):
            if isinstance(one, cst.FunctionDef):
                params = (*one.params.posonly_params, *one.params.params)
                is_method = index + 2 < len(above) and isinstance(above[index + 2], cst.ClassDef)
                if is_method and not one.decorators and params:
                    return isinstance(node, cst.Name) and node.value == params[0].name.value
        return False

    def is_written(self, node: cst.CSTNode) -> bool:
        """Whether something is assigned to it, or it is deleted."""
        above = self.parent(node)
        targets = (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.For, cst.NamedExpr)
        return isinstance(above, cst.Del) or (isinstance(above, targets) and getattr(above, "target", None) is node)

    def statement(self, node: cst.CSTNode) -> cst.BaseSmallStatement | cst.BaseCompoundStatement | None:
        """The smallest statement that the node is in."""
        for above in (node, *self.ancestors(node)):
            if isinstance(above, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return above
        return None

    def dotted(self, node: cst.BaseExpression) -> str | None:
        """What an expression is called by its module: `keras.layers.core.Dense`. None where that is not certain."""
        found = self.all_dotted(node)
        return found[0] if len(found) == 1 else None

    def canonical(self, node: cst.BaseExpression) -> str | None:
        """The one name of what an expression means, whichever way it was reached."""
        found = {canonical(dotted) for dotted in self.all_dotted(node)}
        return found.pop() if len(found) == 1 else None

    def all_dotted(self, node: cst.BaseExpression, depth: int = 0) -> list[str]:
        """All that an expression may be called; none where it may be something else as well."""
        chain = _chain(node)
        if chain is None or depth > 5:
            return []
        base, rest = chain
        found: list[str] = []
        if len(self._referents.get(id(base), ())) > _MOST_VALUES:
            return []
        for referent in self._referents.get(id(base), ()):
            binding = self._by_node.get(id(_alias_of(referent, base.value)))
            if binding is not None:
                found.append(".".join((binding.dotted, *rest)))
                continue
            value = self._value_of(referent)
            if value is None:
                return []
            aliased = self.all_dotted(value, depth + 1)
            if not aliased:
                return []
            found += [".".join((one, *rest)) for one in aliased]
        if not found and self._stars and self._is_free(base):
            found = [
                ".".join((f"{star.module}.{base.value}", *rest)) for star in self._stars if _may_give(star, base.value)
            ]
        return list(dict.fromkeys(found))

    def values_of(self, node: cst.Name) -> list[cst.CSTNode] | None:
        """What a name may hold: the values assigned to it, functions, classes, parameters; None where nobody knows."""
        values: list[cst.CSTNode] = []
        if len(self._referents.get(id(node), ())) > _MOST_VALUES:
            return None
        for referent in self._referents.get(id(node), ()):
            if not isinstance(referent, Assignment):
                return None
            if isinstance(referent.node, (cst.FunctionDef, cst.ClassDef, cst.Param)):
                values.append(referent.node)
                continue
            value = self._value_of(referent)
            values.append(referent.node if value is None else value)
        return values or None

    def is_free(self, name: str) -> bool:
        """Whether nothing in the file has this name."""
        return name not in self.bound

    def binding_of(self, name: str) -> Binding | None:
        """The import that gives the whole file this name, and nothing else does; None where there is none."""
        own = [one for one in self.bindings if one.local == name]
        return own[0] if len(own) == 1 and self._counts.get(name) == 1 and self.is_global(own[0]) else None

    def is_global(self, binding: Binding) -> bool:
        """Whether the import stands at the level of the module, and on no condition."""
        line = self.parent(binding.statement)
        return line is not None and isinstance(self.parent(line), cst.Module)

    # -- how it is found out ----------------------------------------------------------------------------------------

    def _walk(self) -> None:
        waiting: list[cst.CSTNode] = [self.tree]
        while waiting:
            node = waiting.pop()
            self.nodes.append(node)
            below = list(children(node))
            for child in below:
                self._parents[id(child)] = node
            waiting += reversed(below)

    def _look(self, scopes: Iterator[Scope]) -> None:
        self._counts: dict[str, int] = {}
        for scope in scopes:
            for access in scope.accesses:
                node: cst.CSTNode = access.node
                while isinstance(node, cst.Attribute):
                    node = node.value
                known = self._referents.get(id(node))
                # Not a copy: each use of a name that is assigned a thousand times has a thousand of them.
                self._referents[id(node)] = {*known, *access.referents} if known else access.referents
            for assignment in scope.assignments:
                if isinstance(assignment, Assignment) and not isinstance(assignment, BuiltinAssignment):
                    self.bound.add(assignment.name)
                    self._counts[assignment.name] = self._counts.get(assignment.name, 0) + 1

    def _bindings(self) -> Iterator[Binding]:
        for node in self.nodes:
            if isinstance(node, cst.Import):
                for alias in node.names:
                    module = _text(alias.name)
                    own = _asname(alias)
                    head = module.partition(".")[0]
                    yield Binding(own or head, module if own else head, module, alias, node, self._is_tried(node))
            elif isinstance(node, cst.ImportFrom):
                module = "." * len(node.relative) + (_text(node.module) if node.module is not None else "")
                if isinstance(node.names, cst.ImportStar):
                    yield Binding("*", module, module, None, node, self._is_tried(node))
                    continue
                for alias in node.names:
                    name = _text(alias.name)
                    dotted = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
                    yield Binding(_asname(alias) or name, dotted, module, alias, node, self._is_tried(node))

    def _is_tried(self, node: cst.CSTNode) -> bool:
        """Whether an import stands where its failure is caught, or where that of another is answered."""
        inner: cst.CSTNode = node
        for above in self.ancestors(node):
            if isinstance(above, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
                return False
            if isinstance(above, cst.Try) and above.handlers and inner is not above.finalbody:
                return True
            inner = above
        return False

    def _is_longest(self, node: cst.CSTNode) -> bool:
        above = self.parent(node)
        return not (isinstance(above, cst.Attribute) and above.value is node) and not (
            isinstance(above, cst.Attribute) and above.attr is node
        )

    def _bindings_of(self, node: cst.BaseExpression) -> Iterator[Binding]:
        chain = _chain(node)
        if chain is None:
            return
        for referent in self._referents.get(id(chain[0]), ()):
            binding = self._by_node.get(id(_alias_of(referent, chain[0].value)))
            if binding is not None:
                yield binding

    def _value_of(self, referent: BaseAssignment) -> cst.BaseExpression | None:
        """What `name = value` assigns; None for other ways to bind a name."""
        if not isinstance(referent, Assignment):
            return None
        above = self.parent(referent.node)
        if isinstance(above, cst.AssignTarget):
            statement = self.parent(above)
            return statement.value if isinstance(statement, cst.Assign) else None
        if isinstance(above, (cst.AnnAssign, cst.NamedExpr)) and above.target is referent.node:
            return above.value
        if isinstance(above, cst.Element):  # `a, b = f(), g()`
            targets = self.parent(above)
            target = self.parent(targets) if isinstance(targets, cst.Tuple) else None
            assign = self.parent(target) if isinstance(target, cst.AssignTarget) else None
            if (
                isinstance(assign, cst.Assign)
                and isinstance(targets, cst.Tuple)
                and isinstance(assign.value, cst.Tuple)
            ):
                index = next(i for i, one in enumerate(targets.elements) if one is above)
                if len(assign.value.elements) == len(targets.elements):
                    return assign.value.elements[index].value
        return None

    def _is_free(self, base: cst.Name) -> bool:
        return all(isinstance(one, BuiltinAssignment) for one in self._referents.get(id(base), ()))


def _chain(node: cst.BaseExpression) -> tuple[cst.Name, list[str]] | None:
    """The name that a chain of attributes begins with, and the attributes."""
    rest: list[str] = []
    while type(node) is cst.Attribute:  # (`isinstance` with an abstract class is slow)
        rest.append(node.attr.value)
        node = node.value
    return (node, rest[::-1]) if type(node) is cst.Name else None


_IMPORTING = frozenset({cst.Import, cst.ImportFrom, cst.ImportAlias})


def _alias_of(referent: BaseAssignment, name: str) -> cst.CSTNode | None:
    """The part of an import that binds a name."""
    node = getattr(referent, "node", None)
    if type(node) not in _IMPORTING:
        return None
    if isinstance(node, (cst.Import, cst.ImportFrom)) and not isinstance(node.names, cst.ImportStar):
        for alias in node.names:
            whole = _text(alias.name)
            local = _asname(alias) or (whole.partition(".")[0] if isinstance(node, cst.Import) else whole)
            if local == name:
                return alias
    return node if isinstance(node, cst.ImportAlias) else None


def _asname(alias: cst.ImportAlias) -> str | None:
    name = alias.asname.name if alias.asname is not None else None
    return name.value if isinstance(name, cst.Name) else None


def _text(node: cst.BaseExpression) -> str:
    chain = _chain(node)
    return ".".join((chain[0].value, *chain[1])) if chain is not None else ""


def _may_give(star: Binding, name: str) -> bool:
    """Whether `from m import *` may bind the name: a class of Keras, from one of its modules."""
    from kerascheck.layers.registry import find

    group = canonical(star.module)
    return group in ("keras.layers", "keras") and find(name) is not None
