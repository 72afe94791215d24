"""How a function or method that nobody calls is entered: on which object, and with what.

The object of a method is one that the program makes somewhere, where it makes any; else one that its constructor builds
out of unknown arguments. Either way other methods may have run before: what they set or change is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from kerascheck.data.training import USING_METHODS
from kerascheck.machine.classes import instantiate
from kerascheck.machine.code_facts import mentions
from kerascheck.machine.fixtures import provided
from kerascheck.machine.functions import SymbolicArguments, call_function
from kerascheck.machine.keras.subclassing import layers_on
from kerascheck.machine.members import find_member
from kerascheck.machine.modules.testing import PREPARING, is_case, prepared_case
from kerascheck.machine.outer_writes import BINDING, LOOPING
from kerascheck.machine.parameters import Guess, unconfirmed, unseen_arguments, without
from kerascheck.machine.run import Run
from kerascheck.machine.static import once_in_outline
from kerascheck.machine.unsettled_names import forget_unsettled, is_placeholder, unknown_container
from kerascheck.machine.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    NativeFunction,
    NativeObject,
    Value,
)
from kerascheck.network.arguments import Given
from kerascheck.network.networks import Network
from kerascheck.network.program import Program
from kerascheck.symbolic.unknown import Guarded, Unknown
from kerascheck.text.outline import Outline

#: Objects of one class, made by the program, on which each of its methods is entered.
_MAX_OBJECTS = 2


class UnseenCall:
    """A call that nobody wrote. It is the same one in each run."""

    def __init__(self, function: FunctionValue, made: Instance | None = None) -> None:
        self.function = function
        self.made = made  # the object that it is a method of, where the program makes one
        self.doubts: list[Guess] = []  # what is not taken for given about the parameters
        self.construction: Construction | None = None  # what is seen of it elsewhere, and left out here
        self.entry: int | None = None  # the number of its start, which it keeps without its guesses
        self._guesses: list[Guess] = []

    @property
    def name(self) -> str:
        """What is called."""
        return self.function.name

    @property
    def is_constructing(self) -> bool:
        """Whether the object is made for the call."""
        function = self.function
        kind = function.decorated
        return function.owner is not None and self.made is None and kind.isdisjoint(("staticmethod", "classmethod"))

    @property
    def _has_prepared(self) -> bool:
        """Whether it has run already, to prepare the object."""
        owner = self.function.owner
        return owner is not None and self.made is None and self.function.name == PREPARING and is_case(owner)

    def enter(self, run: Run) -> None:
        """Run the function. May raise UserRaise and BudgetExceeded."""
        run.program.doubts = bool(self.doubts)
        function = self.function
        forget_unsettled(run, function)
        receiver: Value = None
        if function.owner is not None and "staticmethod" not in function.decorated:
            receiver = function.owner if "classmethod" in function.decorated else self._object(run, function.owner)
        if self.construction is not None:
            run.leave_out_so_far()
        if not self._has_prepared:
            self.call(run, receiver)

    def call(self, run: Run, receiver: Value) -> None:
        """Run the function on this object; None: it takes none."""
        function = self.function
        arguments, guesses = unseen_arguments(function, receiver is not None)
        self._note(guesses)
        given = provided(run, function, without(arguments, self.doubts))
        returned = call_function(run, function, given, function.site, receiver)
        if isinstance(returned, IteratorValue):
            run.lose(returned, "a generator that nobody is seen to walk over")

    def take_over(self) -> None:
        """The object is made for this call alone."""
        assert self.construction is not None
        self._note(self.construction._guesses)
        self.construction = None

    def doubted(self, programs: Sequence[Program]) -> UnseenCall | None:
        """The same call with nothing guessed that shapes in these paths rest on; None where they rest on no guess."""
        guesses = self._guesses if self.construction is None else [*self.construction._guesses, *self._guesses]
        doubts = unconfirmed(guesses, programs)
        if not doubts or self.doubts:
            return None
        for program in programs:
            program.guessed = True
        other = self._again()
        other.doubts, other.entry = doubts, self.entry
        return other

    def _again(self) -> UnseenCall:
        return UnseenCall(self.function, self.made)

    def _note(self, guesses: Iterable[Guess]) -> None:
        known = {guess.key for guess in self._guesses}
        self._guesses += [guess for guess in guesses if guess.key not in known]

    def _object(self, run: Run, owner: ClassValue) -> Value:
        if self.made is not None:
            copy = Instance(self.made.cls, run.tick())
            copy.attributes, copy.layer, copy.unknown = dict(self.made.attributes), self.made.layer, self.made.unknown
            _forget_changes(run, copy)
            _may_be_built(copy)
            return copy
        if is_case(owner):
            return prepared_case(run, owner)
        arguments, guesses = _constructor_arguments(owner)
        self._note(guesses)
        made = instantiate(run, owner, without(arguments, self.doubts), owner.site)
        if isinstance(made, Instance):
            _forget_placeholders(made)
            _forget_changes(run, made)
            _may_be_built(made)
        return made


class Construction(UnseenCall):
    """The making of an object that nobody wrote, for all methods of its class that nobody calls.

    `function`: any of them.
    """

    made_object: Value = None
    is_made = False  # whether the first run has come to the end of it

    @property
    def name(self) -> str:
        """What is called."""
        return "__init__"

    def enter(self, run: Run) -> None:
        """Make the object. May raise UserRaise and BudgetExceeded."""
        assert self.function.owner is not None
        run.program.doubts = bool(self.doubts)
        forget_unsettled(run, self.function)
        made = self._object(run, self.function.owner)
        if not run.relevant:
            self.made_object, self.is_made = made, True

    def _again(self) -> UnseenCall:
        return Construction(self.function)


def unseen_calls(function: FunctionValue, objects: Iterable[Instance]) -> list[UnseenCall]:
    """The ways to enter a function that nobody calls, with the objects that the program makes of its class."""
    owner = function.owner
    if owner is not None and function.name == "__init__":
        return []  # run with the object of each method
    made = [(own, one) for one in objects if owner is not None and (own := _own_function(function, one)) is not None]
    made = [(own, one) for own, one in made if not _is_called_by_class(own, one)]
    return [UnseenCall(own, one) for own, one in made[:_MAX_OBJECTS]] or [UnseenCall(function)]


def _own_function(function: FunctionValue, made: Instance) -> FunctionValue | None:
    """The function as the class of the object has it: another program that imports the file has classes of its own."""
    for cls in made.cls.mro():
        member = cls.members.get(function.name) if isinstance(cls, ClassValue) else None
        if isinstance(member, FunctionValue) and member.node is function.node:
            return member
    return None


def _is_called_by_class(function: FunctionValue, made: Instance) -> bool:
    """Whether methods of the object mention the function: none of the calls that they write has been come to.

    The object was then made, or used, in another way than those that come there, and what it has is no fact there.
    """
    members = (member for cls in made.cls.mro() if isinstance(cls, ClassValue) for member in cls.members.values())
    return any(
        isinstance(member, FunctionValue)
        and member.node is not function.node
        and function.name in mentions(member.site.file, member.node).attributes
        for member in members
    )


def _constructor_arguments(owner: ClassValue) -> tuple[SymbolicArguments, list[Guess]]:
    init = find_member(owner, "__init__")
    if isinstance(init, FunctionValue):
        return unseen_arguments(init, True)
    keywords: dict[str, Given] = {}
    if isinstance(init, NativeFunction):
        for field in owner.fields or ():
            if field.in_init:
                key = ("param", id(owner.node), field.name)
                keywords[field.name] = Given(Unknown(f"field {field.name} of {owner.name}", key, field.name))
    return SymbolicArguments([], keywords), []


# -- what is no fact about the object -------------------------------------------------------------------------------


def _forget_placeholders(made: Instance) -> None:
    """None is what an attribute has until somebody sets it, and so is what stands in for an argument that is none."""
    for name, value in made.attributes.items():
        if value is None or (type(value) is Guarded and any(is_placeholder(one) for _, one in value.alternatives)):
            made.attributes[name] = _unset(made, name)


def _forget_changes(run: Run, made: Instance) -> None:
    """Forget what code of the file other than the constructor sets on such objects, or changes in place."""
    file = made.cls.site.file
    written, changed, used = _later_changes(file, file.tree)
    for name in written:
        if name in made.attributes or _is_class_attribute(made.cls, name):
            made.attributes[name] = _unset(made, name)
    for name in (changed | used) - written:
        if name not in made.attributes:
            continue
        value = made.attributes[name]
        layer = value.layer if isinstance(value, Instance) else value
        if isinstance(layer, Network) and name not in changed:
            layer.met_data = True
        else:
            made.attributes[name] = _changed(run, made, name)


def _may_be_built(made: Instance) -> None:
    """Whoever calls the method may have called the object, and the layers that it holds, on data before."""
    for layer in (made.layer, *layers_on(made)):
        if isinstance(layer, Network):
            layer.met_data = True
        elif layer is not None:
            layer.met_unknown = True


def _unset(made: Instance, name: str) -> Unknown:
    return Unknown(f"{name} of {made.cls.name} is set elsewhere", ("attribute", ("instance", made.birth), name), name)


def _is_class_attribute(cls: ClassValue, name: str) -> bool:
    found = find_member(cls, name)
    return found is not None and not isinstance(found, (FunctionValue, NativeFunction, ClassValue))


def _changed(run: Run, made: Instance, name: str) -> Value:
    """What is left of a value that other methods change in place."""
    value = made.attributes[name]
    reason = f"{name} of {made.cls.name} is changed elsewhere"
    if isinstance(value, IteratorValue):
        return _unset(made, name)
    if isinstance(value, (ListValue, DictValue)):
        return unknown_container(run, value, reason)
    layer = value.layer if isinstance(value, Instance) else value
    if isinstance(layer, Network):
        run.escape(layer, reason)
        return value
    if isinstance(value, (Instance, NativeObject)) and layer is None:
        return _unset(made, name)
    return value


#: What may set an attribute, or change the value of one.
_CHANGING = (*BINDING, *LOOPING, cst.Del, cst.WithItem, cst.Call, cst.Arg)


@once_in_outline
def _later_changes(outline: Outline, module: cst.Module) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The attributes that the module sets outside of constructors, and those whose values it changes in place.

    The third ones are changed by methods which, if the value is a model, do nothing to its layers.
    """
    written: set[str] = set()
    changed: set[str] = set()
    used: set[str] = set()
    constructors = [one for one in outline.below(module, cst.FunctionDef) if one.name.value == "__init__"]
    for node in outline.below(module, *_CHANGING, skipping=constructors):
        if type(node) is cst.Arg:  # (`isinstance` with an abstract class is slow)
            _note_attribute(node.value, changed)
        elif type(node) is cst.Call:
            if type(node.func) is cst.Attribute:
                _note_attribute(node.func.value, used if node.func.attr.value in USING_METHODS else changed)
        elif type(node) is cst.WithItem:
            if node.asname is not None:
                _note_target(node.asname.name, written, changed)
        else:
            assert isinstance(node, (*BINDING, *LOOPING, cst.Del))
            _note_target(node.target, written, changed)
    return frozenset(written), frozenset(changed), frozenset(used)


def _note_target(target: cst.CSTNode, written: set[str], changed: set[str]) -> None:
    if type(target) is cst.Attribute:
        written.add(target.attr.value)
        _note_attribute(target.value, changed)
    elif type(target) is cst.Subscript:
        _note_attribute(target.value, changed)
    elif type(target) is cst.Tuple or type(target) is cst.List:
        for element in target.elements:
            _note_target(element.value, written, changed)


def _note_attribute(node: cst.BaseExpression, changed: set[str]) -> None:
    while type(node) is cst.Subscript:
        node = node.value
    if type(node) is cst.Attribute:
        changed.add(node.attr.value)
