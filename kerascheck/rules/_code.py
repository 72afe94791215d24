"""The code of functions and classes of the program, with what its names mean: for rules about custom code.

What a name means is what it means where the program has come to its end. A name that the function itself binds is not
known, nor is anything that hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar, overload

import libcst as cst

from kerascheck.machine import names
from kerascheck.machine.members import find_member, keras_base
from kerascheck.machine.static import names_used, once, once_in_outline, outline_of
from kerascheck.machine.values import ClassValue, FunctionValue, Instance, Scope
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.symbolic.unknown import Symbol, Unknown
from kerascheck.text.outline import DEFINITIONS, Outline
from kerascheck.text.treewalk import nodes_below, walk

_Kind = TypeVar("_Kind", bound=cst.CSTNode)
_Other = TypeVar("_Other", bound=cst.CSTNode)
_PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic"})


@overload
def own_nodes(source: Any, node: cst.CSTNode, kind: type[_Kind], /) -> Iterator[_Kind]: ...


@overload
def own_nodes(
    source: Any, node: cst.CSTNode, kind: type[_Kind], other: type[_Other], /
) -> Iterator[_Kind | _Other]: ...


@overload
def own_nodes(source: Any, node: cst.CSTNode, /, *kinds: type[cst.CSTNode]) -> Iterator[cst.CSTNode]: ...


def own_nodes(source: Any, node: cst.CSTNode, /, *kinds: type[cst.CSTNode]) -> Iterator[Any]:
    """What is below the node, in the order of the source, without the bodies of functions and classes in it.

    Of these kinds, where any are named: the classes of the nodes themselves.
    """
    return outline_of(source).own(node, *kinds)


def names_read(node: cst.CSTNode) -> Iterator[cst.Name]:
    """The names that the code mentions as values: no attributes, no names of arguments."""
    stack = [node]
    while stack:
        top = stack.pop()
        kind = type(top)  # (`isinstance` with an abstract class is slow)
        if kind is cst.Name:
            yield top  # type: ignore[misc]
        elif kind is cst.Attribute or kind is cst.Arg:
            stack.append(top.value)  # type: ignore[attr-defined]
        elif kind not in _DEFINITIONS:
            stack += reversed(nodes_below(top))


_BINDING = (
    *(cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.NamedExpr, cst.For, cst.CompFor, cst.ExceptHandler),
    *(cst.WithItem, cst.ImportAlias, cst.FunctionDef, cst.ClassDef, cst.Global, cst.Nonlocal),
)
_DEFINITIONS = frozenset(DEFINITIONS)


@once_in_outline
def bound_names(outline: Outline, node: cst.CSTNode) -> frozenset[str]:
    """The names that a function binds itself: its parameters, and what its body assigns, imports or defines."""
    found: set[str] = set()
    params = getattr(node, "params", None)
    if isinstance(params, cst.Parameters):
        for param in (*params.posonly_params, *params.params, *params.kwonly_params):
            found.add(param.name.value)
        for star in (params.star_arg, params.star_kwarg):
            if isinstance(star, cst.Param):
                found.add(star.name.value)
    rebound: set[str] = set()
    for part in outline.own(node, *_BINDING):
        if isinstance(part, (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.NamedExpr, cst.For, cst.CompFor)):
            found.update(names_of_target(part.target))
        elif isinstance(part, cst.ExceptHandler):
            found.update(names_of_target(part.name.name) if part.name is not None else ())
        elif isinstance(part, (cst.WithItem, cst.ImportAlias)):
            if part.asname is not None:
                found.update(names_of_target(part.asname.name))
            elif isinstance(part, cst.ImportAlias):
                first: cst.BaseExpression = part.name
                while isinstance(first, cst.Attribute):
                    first = first.value
                found.update(names_of_target(first))
        elif isinstance(part, (cst.FunctionDef, cst.ClassDef)):
            found.add(part.name.value)
        elif isinstance(part, (cst.Global, cst.Nonlocal)):
            rebound.update(item.name.value for item in part.names)
    return frozenset(found - rebound)


def names_of_target(target: cst.CSTNode) -> Iterator[str]:
    """The names in a target."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from names_of_target(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from names_of_target(target.value)


class Code:
    """One function of the program."""

    def __init__(self, function: FunctionValue, objects: list[Instance] | None = None) -> None:
        self.function = function
        self.node: Any = function.node
        self.file = function.site.file
        self.objects = objects or []

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names that the function binds itself."""
        return frozenset() if self.is_module else bound_names(self.file, self.node)

    @property
    def is_module(self) -> bool:
        """Whether it is the code of a module: what it binds is known, as it is at the end."""
        return self.function.name == _MODULE

    def site(self, node: cst.CSTNode) -> Site:
        """The place of a node of it."""
        return Site(self.file, node)

    @property
    def self_name(self) -> str | None:
        """What it calls the object that it is a method of."""
        function = self.function
        if function.owner is None or not function.decorated.isdisjoint(("staticmethod", "classmethod")):
            return None
        params = (*self.node.params.posonly_params, *self.node.params.params)
        return params[0].name.value if params else None

    def meaning(self, node: cst.CSTNode) -> Any:
        """The value of a name or attribute; None where it is not known."""
        if isinstance(node, cst.Name):
            return None if node.value in self.bound else look_up(self.function.scope, node.value)
        if isinstance(node, cst.Attribute):
            if isinstance(node.value, cst.Name) and node.value.value == self.self_name:
                return self._of_object(node.attr.value)
            return attribute_of(self.meaning(node.value), node.attr.value)
        return None

    def symbol(self, node: cst.CSTNode) -> str:
        """The canonical name of something outside the program, else the empty text."""
        found = self.meaning(node)
        return found.name if isinstance(found, Symbol) else ""

    def is_own_attribute(self, node: cst.CSTNode) -> str | None:
        """The name of the attribute, where the node is `self.name`."""
        own = self.self_name
        if own is not None and isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
            return node.attr.value if node.value.value == own else None
        return None

    def _of_object(self, name: str) -> Any:
        """An attribute of `self`: what it is on the objects that the program makes, where it is the same kind."""
        owner = self.function.owner
        if owner is None:
            return None
        member = find_member(owner, name)
        if isinstance(member, FunctionValue):
            return member if "property" not in member.decorated else None
        held = [one.attributes.get(name) for one in self.objects if owner in one.cls.mro()]
        if not held or any(one is None or isinstance(one, Unknown) or type(one) is not type(held[0]) for one in held):
            return None
        return held[0]


#: The name under which the code of a module goes as one function.
_MODULE = "<module>"


def module_code(program: Program, file: Any) -> Code | None:
    """The statements of the module itself as if they were a function; None where the names in it are not known."""
    scope = program.main
    if scope is None or scope.file is not file:
        return None
    return Code(
        FunctionValue(_MODULE, _as_function(file, file.tree), scope, {}, Site(file, file.tree)), program.objects
    )


@once
def _as_function(tree: cst.CSTNode) -> cst.FunctionDef:
    assert isinstance(tree, cst.Module)
    return cst.FunctionDef(cst.Name("_"), cst.Parameters(), cst.IndentedBlock(tree.body))


def look_up(scope: Scope | None, name: str) -> Any:
    """What a name means in the scope, and in those around it; None where that is not known."""
    while scope is not None:
        if scope.kind != "class" and name in scope.vars:
            return scope.vars[name]
        if scope.star is not None:
            return None
        scope = scope.enclosing
    return Symbol(f"builtins.{name}")


def attribute_of(value: Any, name: str) -> Any:
    """The attribute of a thing outside the program, of a class, or of an object of the program."""
    if isinstance(value, Symbol):
        return Symbol(_attribute(value.name, name))
    if isinstance(value, ClassValue):
        return find_member(value, name)
    if isinstance(value, Instance):
        return value.attributes.get(name, find_member(value.cls, name))
    return None


@lru_cache(maxsize=4096)
def _attribute(base: str, name: str) -> str:
    return names.attribute(base, name)


# -- classes ---------------------------------------------------------------------------------------------------------


def base_of(cls: ClassValue) -> str:
    """The class of Keras that it derives from (`keras.Layer`), where all its ancestors are known; else nothing."""
    base = keras_base(cls)
    if base is None:
        return ""
    known = all(
        isinstance(one, ClassValue)
        or (isinstance(one, Symbol) and (one.name.startswith("keras.") or one.name in _PLAIN_BASES))
        for one in cls.mro()
    )
    return base.name if known else ""


def is_layer_class(cls: ClassValue) -> bool:
    """Whether its objects are layers or models to Keras."""
    base = base_of(cls)
    return base in ("keras.Layer", "keras.Model", "keras.Sequential") or base.startswith("keras.layers.")


def own_method(cls: ClassValue, name: str) -> FunctionValue | None:
    """The method that the class itself defines, without decorators that are not known."""
    found = cls.members.get(name)
    if not isinstance(found, FunctionValue) or not isinstance(found.node, cst.FunctionDef):
        return None
    return found


def definition(function: FunctionValue) -> cst.FunctionDef:
    """The statement that defines it."""
    assert isinstance(function.node, cst.FunctionDef)
    return function.node


def methods(cls: ClassValue) -> Iterator[FunctionValue]:
    """The methods that the class itself defines."""
    for name, member in cls.members.items():
        if isinstance(member, FunctionValue) and isinstance(member.node, cst.FunctionDef) and "." not in name:
            yield member


def classes_of(program: Program) -> Iterator[ClassValue]:
    """The classes that the program defines, each once."""
    seen: set[int] = set()
    for cls in program.classes:
        if id(cls.node) not in seen:
            seen.add(id(cls.node))
            yield cls


def functions_of(program: Program) -> Iterator[FunctionValue]:
    """The functions and methods that the program defines with `def`, each once."""
    seen: set[int] = set()
    for function in program.functions:
        if isinstance(function.node, cst.FunctionDef) and id(function.node) not in seen:
            seen.add(id(function.node))
            yield function


def all_code(program: Program, mentioning: str = "") -> list[Code]:
    """The functions and methods that the program defines, and the module itself; perhaps what mentions a name alone."""
    found = [
        Code(function, program.objects)
        for function in functions_of(program)
        if not mentioning or mentioning in names_used(function.site.file, function.node)
    ]
    main = program.main
    if main is not None and (not mentioning or mentioning in names_used(main.file, main.file.tree)):
        module = module_code(program, main.file)
        found += [module] if module is not None else []
    return found


def parameter_names(function: FunctionValue) -> tuple[list[str], bool]:
    """The names of the parameters behind `self`, and whether it takes any others as well."""
    params = function.node.params
    found = [param.name.value for param in (*params.posonly_params, *params.params)]
    if function.owner is not None and "staticmethod" not in function.decorated:
        found = found[1:]
    return [*found, *(param.name.value for param in params.kwonly_params)], params.star_kwarg is not None


def is_keras_3(site: Site) -> bool:
    """Whether the file is written for Keras 3, as far as anything says so.

    One that uses names which Keras 3 does not have has run with an older one, whatever it is meant for.
    """
    target = getattr(site.file, "target", None)
    return target is not None and target.dialect == 3 and target.refusals != "note"


def truth_of(node: cst.CSTNode | None) -> bool | None:
    """The truth value that is written there; None where it is another expression."""
    if isinstance(node, cst.Name) and node.value in ("True", "False"):
        return node.value == "True"
    return None


def argument(call: cst.Call, name: str, position: int | None = None) -> cst.BaseExpression | None:
    """What is written for an argument of a call; None where it is not, or may be hidden."""
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == name:
            return arg.value
    if position is None or position >= len(call.args):
        return None
    before = call.args[: position + 1]
    return before[-1].value if all(arg.keyword is None and not arg.star for arg in before) else None


def as_written(node: cst.CSTNode) -> str:
    """A dotted name as it is written."""
    if isinstance(node, cst.Attribute):
        return f"{as_written(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else "..."


#: What may leave out, or not reach, the code in it.
_CONDITIONAL = frozenset({cst.If, cst.IfExp, cst.While, cst.Try, cst.TryStar, cst.BooleanOperation, cst.Match})


def surely_run(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What is below the node and not under a condition, without the bodies of functions and classes in it."""
    stack = nodes_below(node)[::-1]
    while stack:
        top = stack.pop()
        if isinstance(top, (cst.If, cst.IfExp)):
            stack.append(top.test)
        if type(top) in _DEFINITIONS or type(top) in _CONDITIONAL:
            continue
        yield top
        stack += reversed(nodes_below(top))


def called_from(code: Code, depth: int = 3) -> Iterator[tuple[Code, cst.Call]]:
    """The calls that surely happen when the function runs, also in functions of the same file that it calls."""
    waiting = [(code, depth)]
    seen = {id(code.node)}
    while waiting:
        one, left = waiting.pop()
        for node in surely_run(one.node.body):
            if type(node) is not cst.Call:
                continue
            yield one, node
            inner = one.meaning(node.func)
            if left and isinstance(inner, FunctionValue) and id(inner.node) not in seen:
                seen.add(id(inner.node))
                if (
                    isinstance(inner.node, cst.FunctionDef)
                    and not inner.node.decorators
                    and inner.site.file is code.file
                ):
                    waiting.append((Code(inner, one.objects), left - 1))


# -- places -----------------------------------------------------------------------------------------------------------

LOOPS = (cst.For, cst.While)


class Place(NamedTuple):
    """Where a node stands: the loops of the same function around it, the outermost first, and that function."""

    loops: tuple[cst.CSTNode, ...]
    function: str


#: Outside of all functions and loops.
NOWHERE = Place((), "")


@once
def places_in(tree: cst.CSTNode) -> dict[int, Place]:
    """The place of each node below, by its id."""
    found: dict[int, Place] = {}
    waiting: list[tuple[cst.CSTNode, Place]] = [(tree, NOWHERE)]
    while waiting:
        node, place = waiting.pop()
        found[id(node)] = place
        kind = type(node)
        if kind is cst.FunctionDef:
            place = Place((), node.name.value)  # type: ignore[attr-defined]
        elif kind is cst.Lambda or kind is cst.ClassDef:
            place = NOWHERE
        elif kind in LOOPS:
            place = Place((*place.loops, node), place.function)
        waiting += [(child, place) for child in nodes_below(node)]
    return found


@once
def arms_in(tree: cst.CSTNode) -> dict[int, tuple[tuple[int, str], ...]]:
    """The arms of conditions around each node below, by its id: which `if` or `match`, and which of its arms."""
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    waiting: list[tuple[cst.CSTNode, tuple[tuple[int, str], ...]]] = [(tree, ())]
    while waiting:
        node, around = waiting.pop()
        found[id(node)] = around
        for child in nodes_below(node):
            arm = around
            if isinstance(node, (cst.If, cst.IfExp)):
                name = "else" if child is node.orelse else "then" if child is node.body else ""
                arm = (*around, (id(node), name)) if name else around
            elif isinstance(node, cst.Match) and isinstance(child, cst.MatchCase):
                arm = (*around, (id(node), str(id(child))))
            waiting.append((child, arm))
    return found


def holds(node: cst.CSTNode, site: Site) -> bool:
    """Whether the site is the node or written in it, and not in a function that it calls."""
    return id(site.node) in _inside(site.file, node)


@once
def _inside(node: cst.CSTNode) -> frozenset[int]:
    """The identities of all that is written in a node: each event asks."""
    return frozenset(id(part) for part in walk(node))


def exclude_each_other(one: Site, other: Site) -> bool:
    """Whether both stand in the same file, in different arms of one condition."""
    if one.file is not other.file:
        return False
    arms = arms_in(one.file, one.file.tree)
    mine = dict(arms.get(id(one.node), ()))
    return any(mine.get(which, arm) != arm for which, arm in arms.get(id(other.node), ()))
