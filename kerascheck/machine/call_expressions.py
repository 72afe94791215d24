"""Calls as they are written: arguments, and what a call is given back for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.objects import DataObject
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.training import USING_METHODS
from kerascheck.machine.asking import made_of
from kerascheck.machine.assumptions import restrict
from kerascheck.machine.dispatch import CALLS, LEAVES
from kerascheck.machine.doubts import doubt_about
from kerascheck.machine.exceptions import is_made_exception
from kerascheck.machine.introspection import SCOPED
from kerascheck.machine.needs import WITHOUT_NEEDS, value_needs
from kerascheck.machine.outcomes import note_outcome
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.static import CHANGING
from kerascheck.machine.values import (
    FILE,
    BoundMethod,
    ClassValue,
    DictValue,
    DictView,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    NativeMethod,
    NativeObject,
    Scope,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import NOTHING, Guarded, Symbol, Unknown, forgotten, is_forgotten


def may_be_forgotten(value: Value) -> bool:
    """Whether it is something that the analysis has forgotten, or a list or dictionary of such items."""
    if isinstance(value, (ListValue, DictValue)):
        value = value.lost if isinstance(value, IteratorValue) and value.lost is not None else value.unknown
    return isinstance(value, Unknown) and is_forgotten(value.key)


# -- calls ------------------------------------------------------------------------------------------------------
def collect_arguments(run: Run, node: cst.Call, values: Sequence[Value]) -> Arguments:
    """The arguments of a call that were evaluated, those with stars taken apart."""
    positional: list[Given] = []
    keywords: dict[str, Given] = {}
    open_positional = open_keywords = False
    for arg, value in zip(node.args, values, strict=True):
        star = arg.star
        if not star:
            keyword = arg.keyword
            if keyword is not None:
                keywords[keyword.value] = Given(value, arg)
            else:
                positional.append(Given(value, arg))
        elif star == "*":
            items = items_of(run, value)
            if isinstance(items, Unknown):
                open_positional = True
                run.reads |= value_needs(value)
            else:
                positional += [Given(item) for item in items]
        elif isinstance(value, DictValue):
            for key, item in value.items.items():
                if isinstance(key, str):
                    keywords[key] = Given(item)
            if value.unknown is not None:
                open_keywords = True
                run.reads |= value.unknown.needs
        else:
            open_keywords = True
            run.reads |= value_needs(value)
    return Arguments(positional, keywords, open_positional, open_keywords, node)


def call(run: Run, node: cst.Call, scope: Scope) -> Value:
    callee = node.func
    if type(callee) is cst.Name and callee.value == "super" and "super" not in scope.globals.vars:
        from kerascheck.machine.classes import make_super

        return make_super(run, node, scope)
    function = run.evaluate(callee, scope)
    if type(function) is Symbol and function.name in SCOPED:
        return SCOPED[function.name](run, node, scope)
    values: list[Value] = []
    has_cases = False  # whether an argument with a star hangs on conditions
    for arg in node.args:
        expression = arg.value
        leaf = LEAVES.get(type(expression))  # as `Run.evaluate` begins
        value = run.evaluate(expression, scope) if leaf is None else leaf(run, expression, scope)
        has_cases = has_cases or (arg.star != "" and type(value) is Guarded)
        values.append(value)
    site = Site(scope.file, node)
    raised = len(run.program.raised)
    if has_cases:
        made = _call_in_cases(run, function, node, values, site)
    else:
        made = call_value(run, function, collect_arguments(run, node, values), site)
    if type(made) in _UNCLEAR and any(map(may_be_forgotten, values)):
        made = _guessed(made)
    note_outcome(run, made, node, scope, raised)
    return made


def _call_in_cases(run: Run, function: Value, node: cst.Call, values: list[Value], site: Site) -> Value:
    """`f(*sizes)` where the sizes hang on conditions: a call in each case that there is."""
    for index, value in enumerate(values):
        if node.args[index].star and type(value) is Guarded:
            break
    else:
        return call_value(run, function, collect_arguments(run, node, values), site)

    def chosen(case: Value) -> Value:
        return _call_in_cases(run, function, node, [*values[:index], case, *values[index + 1 :]], site)

    value = restrict(run, value)
    return spread(run, chosen, value) if type(value) is Guarded else chosen(value)


def call_value(run: Run, function: Value, arguments: Arguments, site: Site) -> Value:
    """What calling the value gives; a guarded one is called in an arm for each alternative."""
    kind = type(function)
    if kind is Guarded:
        return spread(run, lambda one: call_value(run, one, arguments, site), function)
    call = CALLS.get(kind) or CALLS[object]  # `Run.call`
    if kind in _ENTERED:
        if arguments.open_keywords or arguments.open_positional:
            run.need(run.reads)  # what its parameters are hangs on that
        made = call(run, function, arguments, site)
        run.reads = NOTHING  # what the result hangs on, it says itself
        return made
    _hand_over(run, arguments)
    receiver = function.receiver if kind is NativeMethod else function
    owner = receiver.layer if isinstance(receiver, Instance) else receiver
    if run.undecided:
        if kind is NativeMethod and isinstance(owner, Layer):
            run.reads |= owner.needs
        else:
            _note_needs(run, receiver)
        for given in arguments.positional:
            _note_needs(run, given.value)
        for given in arguments.keywords.values():
            _note_needs(run, given.value)
    stays = isinstance(owner, Network) and _keeps_structure(function, owner)
    begun = run.serial
    made = call(run, function, arguments, site)
    if type(made) in _UNCLEAR and may_be_forgotten(receiver):
        made = _guessed(made)
    if type(made) in _UNCLEAR:
        _remember(made, begun, site, receiver, arguments)
    if run.reads:
        if not stays:
            depend(run, receiver)
        made = depend(run, made)
        if (
            kind is NativeMethod
            and isinstance(owner, Layer)
            and not isinstance(made, (type(None), Unknown, *_DEPENDING))
        ):
            run.need(owner.needs)  # what it tells of itself may be otherwise
    if (
        type(made) in _DOUBTFUL
        and not _is_known_in_each_case(made)
        and not is_made_exception(made)
        and not (kind is Symbol and function.name in _NEVER_FAIL)
        and not _is_of_text(made)
        and not _is_an_extreme(made)
        and not (kind is NativeMethod and isinstance(receiver, DictValue) and function.name in _ASKING)
        and not (isinstance(receiver, NativeObject) and receiver.kind == FILE)  # it could be opened
        and not (kind is Symbol and type(made) is Array and _is_of_numbers(arguments))
    ):
        run.doubt(doubt_about(made, run.reads))
    return made


def _remember(made: Value, begun: int, site: Site, receiver: Value, arguments: Arguments) -> None:
    """What a call has made since this serial remembers which values of the surroundings it is made of."""
    whole = made if type(made) in (ListValue, DictValue) and made.birth > begun else None
    new = made if whole is None else whole.unknown
    if type(new) is not Unknown or not isinstance(new.key, tuple):
        return
    if new.key[:2] == ("node", id(site.node)) or (whole is not None and new.key[0] == "unnamed"):
        values = [one.value for one in (*arguments.positional, *arguments.keywords.values())]
        remembering = made_of(new if whole is None else new.needing(NOTHING), *_keys_of((receiver, *values)))
        if whole is not None:
            whole.unknown = remembering


def _keys_of(values: Iterable[Value]) -> Iterator[Hashable]:
    """What identifies the values, or what they hold, where that is not known."""
    for value in values:
        if isinstance(value, Guarded):
            yield from _keys_of(case for _, case in value.alternatives)
        elif isinstance(value, Unknown):
            yield value.key
        elif isinstance(value, SymDim):
            yield value
        elif isinstance(value, tuple):
            yield from _keys_of(value)
        elif isinstance(value, (ListValue, DictValue)):
            lost = value.lost if isinstance(value, IteratorValue) else None
            yield from _keys_of((value.unknown, lost))


#: Classes of what a call may make of something that the analysis has forgotten.
_UNCLEAR = frozenset({Unknown, ListValue, DictValue})


def _guessed(made: Value) -> Value:
    """What a call has made of what the analysis has forgotten."""
    if type(made) is Unknown and not is_forgotten(made.key):
        return forgotten(made)
    if type(made) in (ListValue, DictValue) and made.unknown is not None and not is_forgotten(made.unknown.key):
        made.unknown = forgotten(made.unknown)
    return made


def _keeps_structure(function: Value, network: Network) -> bool:
    """Whether a call leaves the model what it is: data does, once the model is built."""
    is_built = network.kind == "functional" or (bool(network.inputs) and network.open is None)
    return is_built and (not isinstance(function, NativeMethod) or function.name in USING_METHODS)


def _is_known_in_each_case(made: Value) -> bool:
    """Whether the value hangs on conditions alone: what gives it has gone well in each case."""
    return type(made) is Guarded and not any(type(case) in _DOUBTFUL for _, case in made.alternatives)


def _is_of_text(made: Value) -> bool:
    """Whether it is what a method of texts gives, which does not fail."""
    return type(made) is Unknown and isinstance(made.key, tuple) and made.key[:1] == ("method",)


def _is_an_extreme(made: Value) -> bool:
    """Whether it is the larger or smaller one of two numbers."""
    return type(made) is Unknown and isinstance(made.key, tuple) and made.key[:1] in (("max",), ("min",))


def _is_of_numbers(arguments: Arguments) -> bool:
    """Whether a call is given nothing but numbers: `np.zeros((20, 4))` reads no file and does not fail."""
    given = (*arguments.positional, *arguments.keywords.values())
    return bool(given) and not arguments.open_positional and all(_is_number(one.value) for one in given)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, tuple) and all(map(_is_number, value)))


def _note_needs(run: Run, value: Value) -> None:
    """What is called, or handed to a call from outside, may hang on conditions."""
    if type(value) in WITHOUT_NEEDS or isinstance(value, Unknown):
        return  # what it hangs on was noted when it was read
    if isinstance(value, Instance) and value.layer is not None:
        value = value.layer
    if isinstance(value, _DEPENDING):
        if value.needs and isinstance(value, Layer):
            run.need(value.needs)
        run.reads |= value.needs
    elif isinstance(value, (ListValue, DictValue, tuple)):
        run.reads |= value_needs(value)


_DEPENDING = (Layer, Tensor, Array, Pipeline, DataObject, KerasObject)


def depend(run: Run, value: Value) -> Value:
    """What a call from outside makes, and what it changes, hangs on what its arguments hang on."""
    reads = run.reads
    thing = value.layer if isinstance(value, Instance) else value
    if isinstance(thing, (ListValue, DictValue)):
        if isinstance(thing.unknown, Unknown) and not isinstance(thing, (IteratorValue, DictView)):
            thing.unknown = thing.unknown.needing(reads)
    elif isinstance(thing, _DEPENDING):
        if not reads <= thing.needs:
            thing.needs = thing.needs | reads
    elif type(thing) is Unknown:
        return thing.needing(reads)
    elif type(thing) is SymDim:
        return Unknown("a size that depends on a condition", None, str(thing), None, reads)
    return value


#: What calls give that read files, ask other machines or compute on data: they may fail.
_DOUBTFUL = frozenset({Unknown, Guarded, Array, Pipeline, DataObject})


#: Functions outside the program that give an answer whatever there is.
_NEVER_FAIL = frozenset(
    {
        "os.environ.get", "os.getenv", "os.path.exists", "os.path.isfile", "os.path.isdir", "glob.glob", "glob.iglob",
        "os.path.join", "os.cpu_count", "os.getcwd", "os.getpid", "time.time", "time.perf_counter", "random.random",
        "contextlib.ExitStack",
        *(
            f"builtins.{name}"
            for name in ("bool", "hasattr", "id", "isinstance", "len", "print", "range", "repr", "str", "type")
        ),
    }
)  # fmt: skip


#: Methods of dictionaries that give an answer whatever is in there.
_ASKING = frozenset({"get", "keys", "values", "items", "copy"})


#: What calls enter: code that is seen.
_ENTERED = frozenset({FunctionValue, BoundMethod, ClassValue})


def _hand_over(run: Run, arguments: Arguments) -> None:
    """`frame.apply(words.update)`: how often such a method is called in there is not known."""
    for given in arguments.positional:
        if type(given.value) is NativeMethod:
            _lend(run, given.value)
    for given in arguments.keywords.values():
        if type(given.value) is NativeMethod:
            _lend(run, given.value)


def _lend(run: Run, method: NativeMethod) -> None:
    if method.name in CHANGING:
        run.escape(method.receiver, f"its {method.name} is handed to a function")
