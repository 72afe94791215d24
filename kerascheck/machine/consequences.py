"""Whether a call that nobody wrote can show anything, before it is followed.

Such a call is given nothing that is known (see `parameters.py`). A model, an array, a layer or a refusal comes out of
it only if its code, or code that it reaches, makes one: from a name of another package that stands for such a thing
(see `makes.py`), or of one that the module or the object holds. All else passes on what is not known, about which
nothing is ever said.

What code reaches is read off its syntax, generously: each name that it mentions, whatever it is used for, and each
member of its class whose name it mentions as an attribute of anything. What the names mean is looked up in the state
that the module has left. Where that does not tell, the call matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import libcst as cst

from kerascheck.data.unknowns import works_with_arrays
from kerascheck.machine import names
from kerascheck.machine.code_facts import Chain, Mentions
from kerascheck.machine.code_facts import mentions as mentions_of
from kerascheck.machine.enum_values import EnumInt, EnumStr
from kerascheck.machine.makes import Makes, makes, namespaces
from kerascheck.machine.module_values import ImportedName, ModuleValue
from kerascheck.machine.project import Project
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    MISSING,
    BoundMethod,
    BudgetExceeded,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NamedTupleValue,
    NativeFunction,
    Partial,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.dims import SymDim
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Flag, Guarded, Symbol, Unknown

#: Values in which nothing is that something could be said about.
_PLAIN = frozenset({str, int, float, bool, type(None), bytes, complex, slice, type(...), SymDim, EnumInt, EnumStr})
_MAX_ITEMS = 200
_MAX_DEPTH = 4

#: A function, and the class of the object that it is a method of.
_Place = tuple[FunctionValue, ClassValue | None]


class _Reached:
    """What the code of a function reaches, itself included."""

    def __init__(self) -> None:
        self.places: list[_Place] = []
        self.has_numbers = False  # whether it spells out numbers that tensors or arrays may be made of
        self.makes: set[Makes] = set()
        self.changes_in_place = False
        self.hands_on_model = False

    def add(self, other: _Reached) -> None:
        """That is reached, too."""
        self.has_numbers |= other.has_numbers
        self.makes |= other.makes
        self.changes_in_place |= other.changes_in_place
        self.hands_on_model |= other.hands_on_model

    @property
    def matters(self) -> bool:
        """Whether what it makes may be refused, or looked at."""
        if self.has_numbers and not self.makes.isdisjoint((Makes.TENSORS, Makes.ARRAYS)):
            return True
        return self.changes_in_place and Makes.ARRAYS in self.makes


class Consequences:
    """Which functions of a module matter, in the state that the module has left."""

    def __init__(self, run: Run, project: Project) -> None:
        self._run = run
        self._project = project
        self._known: dict[tuple[int, int], _Reached | None] = {}  # what each mentions; None where that matters
        self._whole: dict[tuple[int, int], _Reached | None] = {}  # the same with all that it reaches
        self._stores: dict[int, frozenset[str]] = {}
        self._kept: list[Any] = []  # what is known by its id
        self._is_clear = not any(self._matters_as_value(value) for value in run.foreign.items.values())

    def of_function(self, function: FunctionValue) -> bool:
        """Whether a call of a function may show anything; for a method, apart from what its object holds."""
        return not self._is_clear or self._reached((function, function.owner)) is None

    def of_construction(self, function: FunctionValue, owner: ClassValue) -> bool:
        """Whether making an object of the class for a method may, or what it puts there for the method."""
        if any(_is_keras(base) or isinstance(base, Unknown) for base in owner.mro()):
            return True
        whole = _Reached()
        for name in ("__init__", "__new__", "__post_init__"):
            for one in _members(owner, name):
                made = self._reached((one, owner)) if isinstance(one, FunctionValue) else self._behind(one, 0)
                if made is None:
                    return True
                whole.add(made)
        reached = self._reached((function, owner))
        if reached is None:
            return True
        whole.add(reached)
        return whole.matters

    def of_object(self, function: FunctionValue, made: Value) -> bool:
        """Whether a method may show anything by what its object holds."""
        reached = self._reached((function, made.cls)) if isinstance(made, Instance) else None
        if reached is None:
            return True
        attributes: set[str] = set()
        kept: set[str] = set()
        by_name = False
        for one, _ in reached.places:
            mentions = mentions_of(one.site.file, one.node)
            attributes |= mentions.attributes
            kept |= mentions.kept
            by_name = by_name or mentions.reads_by_name
        whole = _Reached()
        whole.add(reached)
        for name, value in made.attributes.items():
            if name in kept and not (type(value) is Unknown or type(value) is KerasObject or value is None):
                return True
            if by_name or name in attributes:
                found = self._behind(value, 0)
                if found is None:
                    return True
                whole.add(found)
                for place in found.places:
                    further = self._reached(place)
                    if further is None:
                        return True
                    whole.add(further)
        return whole.matters

    # -- functions --

    def _reached(self, place: _Place) -> _Reached | None:
        """What a function reaches; None where that matters."""
        key = _key(place)
        if key not in self._whole:
            self._kept.append(place)
            self._whole[key] = self._all_of(place)
        return self._whole[key]

    def _all_of(self, place: _Place) -> _Reached | None:
        whole = _Reached()
        waiting = [place]
        seen: set[tuple[int, int]] = set()
        while waiting:
            one = waiting.pop()
            at = _key(one)
            if at in seen:
                continue
            seen.add(at)
            if at in self._whole and self._whole[at] is None:
                return None
            if at not in self._known:
                self._kept.append(one)
                self._known[at] = self._mentioned(one)
            found = self._known[at]
            if found is None:
                return None
            whole.places.append(one)
            whole.add(found)
            waiting += found.places
        if whole.matters or (whole.hands_on_model and self._uses_models(whole)):
            return None
        return whole

    def _uses_models(self, reached: _Reached) -> bool:
        """Whether a function that may get a model does something to it."""
        return any(
            mentions.reads_by_name or not mentions.attributes.isdisjoint(_of_models())
            for mentions in (mentions_of(one.site.file, one.node) for one, _ in reached.places)
        )

    def _mentioned(self, place: _Place) -> _Reached | None:
        """What the code of a function mentions itself, with the functions that it leads to; None where that matters."""
        function, cls = place
        mentions = mentions_of(function.site.file, function.node)
        if mentions.is_hidden:
            return None
        found = _Reached()
        found.has_numbers, found.changes_in_place = mentions.has_numbers, mentions.changes_in_place
        values: list[Value] = list(function.defaults.values())
        imported: dict[str, Value] = {}
        for name, module, level, inner in mentions.imports:
            value = self._import(function, module, level, inner)
            if value is None or name in imported:
                return None
            imported[name] = value
        handed = {given for given, callee in mentions.handed if not self._is_lost_in(function, cls, callee)}
        for chain in mentions.chains | handed:
            value = imported.get(chain[0])
            if value is None:
                if chain[0] in mentions.own:
                    continue
                value = self._meaning(function, chain[0])
            value, rest = self._within_modules(value, chain[1:])
            if type(value) is Symbol:
                made = self._made_by(value, rest)
                if made is Makes.THINGS:
                    return None
                found.has_numbers |= made is Makes.NUMBERS
                found.makes.add(made)
            elif type(value) not in _PLAIN and not (type(value) is Unknown and not value.holds):
                values.append(value)
        if not self._note_numbers(function, mentions, imported, found):
            return None
        if cls is not None:
            members = self._members_reached(function, cls, mentions, handed, found)
            if members is None:
                return None
            found.places += [(member, cls) for member in members if isinstance(member, FunctionValue)]
            values += [member for member in members if not isinstance(member, FunctionValue)]
        for value in values:
            behind = self._behind(value, 0)
            if behind is None:
                return None
            found.add(behind)
            found.places += behind.places
        return found

    def _note_numbers(
        self, function: FunctionValue, mentions: Mentions, imported: dict[str, Value], found: _Reached
    ) -> bool:
        """Note what is spelled out in calls, other than sizes and axes; False where a call matters."""
        for chain in mentions.numbers:
            value = imported.get(chain[0]) or self._meaning(function, chain[0])
            if chain[0] in mentions.own or type(value) is not Symbol:
                found.has_numbers = True
        for chain, name in mentions.methods:
            value = None
            if chain and chain[0] not in mentions.own:
                value = imported.get(chain[0]) or self._meaning(function, chain[0])
            if type(value) is not Symbol and works_with_arrays(function.site.file.text):
                if name == "reshape":
                    return False
                found.makes.add(Makes.ARRAYS)
        return True

    def _members_reached(
        self, function: FunctionValue, cls: ClassValue, mentions: Mentions, handed: set[Chain], found: _Reached
    ) -> list[Value] | None:
        """The members of its class that a method reaches; None where it does something to its model or layer."""
        is_model = any(_is_model(base) for base in cls.mro())
        is_keras = is_model or any(_is_keras(base) for base in cls.mro())
        if is_model and (mentions.reads_by_name or not mentions.attributes.isdisjoint(_of_models())):
            return None
        if is_keras and mentions.makes_types:
            return None
        receiver = (_receiver(function) or "",)
        is_handed_on = receiver in mentions.chains or receiver in handed
        if is_model and is_handed_on:
            if receiver[0] in mentions.called:
                return None
            found.hands_on_model = True
        if is_handed_on or mentions.reads_by_name:
            return [one for base in cls.mro() if isinstance(base, ClassValue) for one in base.members.values()]
        return [*(one for name in mentions.attributes for one in _members(cls, name)), *_special(cls)]

    def _is_lost_in(self, function: FunctionValue, cls: ClassValue | None, callee: Chain) -> bool:
        """Whether what is called is a method that is not known: nobody sees what it does with what it is given."""
        if cls is None or len(callee) != 2 or callee[0] != _receiver(function):
            return False
        return not _members(cls, callee[1]) and callee[1] not in self._stored(cls)

    def _stored(self, cls: ClassValue) -> frozenset[str]:
        """What the methods of the class set on objects; what its bases of Keras have."""
        known = self._stores.get(id(cls))
        if known is None:
            found: set[str] = set()
            for base in cls.mro():
                if isinstance(base, ClassValue):
                    for member in base.members.values():
                        if isinstance(member, FunctionValue):
                            found |= mentions_of(member.site.file, member.node).stored
                elif _is_keras(base):
                    found |= _of_models()
            known = self._stores[id(cls)] = frozenset(found)
            self._kept.append(cls)
        return known

    def _import(self, function: FunctionValue, module: str, level: int, name: str | None) -> Value:
        """What an import statement in a function binds; None where that is not known, or everything."""
        if name == "*":
            return None
        importer = function.site.file
        found = self._looked_up(partial(self._project.import_module, dotted=module, level=level, importer=importer))
        if name is None or found is None:
            return found
        if type(found) is Symbol:
            return Symbol(names.canonical(f"{module}.{name}"))
        return self._within_modules(found, (name,))[0]

    def _within_modules(self, value: Value, rest: Chain) -> tuple[Value, Chain]:
        """What is reached by names from a module of the project, and the names behind it."""
        while type(value) is ModuleValue and rest:
            found = self._looked_up(partial(self._project.module_attribute, module=value, name=rest[0]))
            if found is None:
                return value, ()  # it matters
            value, rest = found, rest[1:]
        return value, rest

    def _looked_up(self, look: Callable[[Run], Value]) -> Value:
        """What a module of the project holds, which may be read for that; None where it cannot be."""
        scratch = Run(self._project, self._run.budget)
        scratch.modules, scratch.flags = self._run.modules, self._run.flags
        try:
            return look(scratch)
        except (UserRaise, BudgetExceeded):
            return None

    def _meaning(self, function: FunctionValue, name: str) -> Value:
        """What the name means in the function, if it is none of its own."""
        place: Scope | None = function.scope
        while place is not None:
            if name in place.vars and place.kind != "class":
                return self._imported(place, name)
            place = place.enclosing
        scope = function.scope.globals
        if name in scope.vars:
            return self._imported(scope, name)
        if scope.star:
            return self._project.star_name(scope.star, name)
        return Symbol(f"builtins.{name}")

    def _imported(self, place: Scope, name: str) -> Value:
        value = place.vars[name]
        if type(value) is not ImportedName:
            return value
        found = self._looked_up(partial(self._project.imported, scope=place, name=name))
        return value if found is None else found

    def _made_by(self, symbol: Symbol, rest: tuple[str, ...]) -> Makes:
        """What a name makes from which these attributes are read."""
        dotted = symbol.name
        for name in rest:
            if dotted not in namespaces() and (made := makes(dotted)) is not Makes.NOTHING:
                return made
            dotted = names.attribute(dotted, name)
        return Makes.THINGS if dotted in self._project.rebound else makes(dotted)

    # -- values --

    def _matters_as_value(self, value: Value) -> bool:
        found = self._behind(value, 0)
        return found is None or bool(found.places)

    def _behind(self, value: Value, depth: int) -> _Reached | None:
        """What a value leads to; None where it matters itself."""
        kind = type(value)
        found = _Reached()
        if kind in _PLAIN or kind is NativeFunction:
            return found
        if kind is Symbol:
            made = makes(value.name)
            found.makes.add(made)
            found.has_numbers = made is Makes.NUMBERS
            return None if made is Makes.THINGS else found
        if kind is FunctionValue and not value.attributes:
            found.places.append((value, value.owner))
            return found
        if kind is KerasObject:
            return None if "initializer" in value.qualname else found
        if isinstance(value, Unknown) and value.holds:
            return None
        if kind is Unknown or kind is Flag:
            return found
        parts = self._parts(value)
        if parts is None or depth > _MAX_DEPTH or len(parts) > _MAX_ITEMS:
            return None
        if isinstance(value, (ListValue, tuple)):
            found.has_numbers = any(isinstance(part, (int, float, SymDim)) for part in parts)
        if isinstance(value, range):
            found.has_numbers = True
        for part in parts:
            if isinstance(value, ClassValue) and type(part) is FunctionValue:
                found.places.append((part, value))
            elif type(part) not in _PLAIN and part is not value:
                inner = self._behind(part, depth + 1)
                if inner is None:
                    return None
                found.add(inner)
                found.places += inner.places
        return found

    def _parts(self, value: Value) -> list[Value] | None:
        """What can be reached from a value; None where that is not known, or it is a thing itself."""
        kind = type(value)
        if isinstance(value, Guarded):
            return [one for _, one in value.alternatives]
        if isinstance(value, ClassValue):
            bases = value.mro()
            if any(not isinstance(base, ClassValue) and not _is_bare(base) for base in bases):
                return None
            own = [base for base in bases if isinstance(base, ClassValue)]
            fields = [one for base in own for field in base.fields or () for one in (field.default, field.factory)]
            return [*(one for base in own for one in base.members.values()), *(x for x in fields if x is not MISSING)]
        if isinstance(value, Instance):
            return None if value.layer is not None else [value.cls, *value.attributes.values()]
        if isinstance(value, BoundMethod):
            return [value.function, value.receiver]
        if isinstance(value, Partial):
            given = value.arguments
            return [value.function, *(one.value for one in (*given.positional, *given.keywords.values()))]
        if kind is tuple or isinstance(value, NamedTupleValue):
            return list(value)
        if kind is ListValue or kind is DictValue:
            if value.unknown is not None and value.unknown.holds:
                return None
            return list(value.items) if kind is ListValue else [*value.items, *value.items.values()]
        return None


def _key(place: _Place) -> tuple[int, int]:
    return id(place[0]), id(place[1])


def _members(cls: ClassValue, name: str) -> list[Value]:
    """What the class and its bases have under this name."""
    return [base.members[name] for base in cls.mro() if isinstance(base, ClassValue) and name in base.members]


#: Not run by anything that a method does to its object, other than by their names.
_MADE_WITH = frozenset({"__init__", "__new__", "__module__", "__doc__", "__qualname__", "__slots__"})


def _special(cls: ClassValue) -> Iterator[Value]:
    """The methods of the class that operators and the like call."""
    for base in cls.mro():
        if isinstance(base, ClassValue):
            for name, member in base.members.items():
                if name[:2] == "__" and name not in _MADE_WITH:
                    yield member


def _receiver(function: FunctionValue) -> str | None:
    """The name of the object in a method."""
    if "staticmethod" in function.decorated or isinstance(function.node, cst.Lambda):
        return None
    first = next(iter((*function.node.params.posonly_params, *function.node.params.params)), None)
    return None if first is None else first.name.value


def _is_keras(base: Value) -> bool:
    return isinstance(base, Symbol) and base.name.partition(".")[0] == "keras"


def _is_model(base: Value) -> bool:
    return isinstance(base, Symbol) and base.name in ("keras.Model", "keras.Sequential")


@lru_cache(maxsize=1)
def _of_models() -> frozenset[str]:
    """The attributes by which a method does something to its model, or asks for what is known of it."""
    from kerascheck.machine.keras import objects

    settings = ("trainable", "name", "_name", "_layers", "built", "input_shape", "output_shape", "input", "output")
    return frozenset((*objects._NETWORK_METHODS, *objects._NETWORK_ATTRIBUTES, *objects._ENDS, *settings)) - {
        "add_weight",
        "add_loss",
        "add_metric",
        "add_variable",
        "get_config",
        "build",
        "call",
    }


def _is_bare(base: Value) -> bool:
    """Whether a class outside the program says nothing about what its subclasses are."""
    return isinstance(base, Symbol) and not _is_keras(base) and makes(base.name) is not Makes.THINGS
