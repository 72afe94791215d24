"""Assigning to targets: names, attributes, items, and unpacking."""

from __future__ import annotations

import libcst as cst

from kerascheck.data.array import Array, PartKey, title_size, title_sizes
from kerascheck.data.objects import DataObject, store_item
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.doubts import Doubt, doubt_about
from kerascheck.machine.foreign import item_key, store
from kerascheck.machine.holding import touch
from kerascheck.machine.limits import MAX_ITEMS
from kerascheck.machine.needs import value_needs
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.set_attributes import set_attribute
from kerascheck.machine.values import DictValue, Instance, ListValue, Scope, Value, bound_again
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import BuiltinLayer, Layer, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject, ResultRead
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown


def assign(run: Run, target: cst.BaseExpression, value: Value, scope: Scope) -> None:
    """Bind `target` to `value`."""
    if type(target) is cst.Name:
        assign_name(run, target.value, value, scope)
        if run.watch is not None:
            run.watch.bound(value, target, scope.file)
    elif type(target) is cst.Tuple or type(target) is cst.List:
        if type(value) is Guarded and any(isinstance(one, (tuple, ListValue)) for _, one in value.alternatives):
            spread(run, lambda one: _unpack(run, target, one, scope), value)
        else:
            _unpack(run, target, value, scope)
    elif type(target) is cst.Attribute:
        receiver = run.evaluate(target.value, scope)
        if isinstance(receiver, (KerasObject, Layer)):
            from kerascheck.machine.keras.gone import note_set

            note_set(run, receiver, target.attr.value, Site(scope.file, target))
        if target.attr.value == "trainable":
            from kerascheck.machine.keras.trainable import note_setting

            note_setting(run, receiver, Site(scope.file, target))
        set_attribute(run, receiver, target.attr.value, _titled(value, _text(target)))
        if run.watch is not None:
            run.watch.bound(value, target.attr, scope.file)
    elif type(target) is cst.Subscript:
        _set_item(run, target, value, scope)
    elif type(target) is cst.StarredElement:
        assign(run, target.value, value, scope)


def assign_name(run: Run, name: str, value: Value, scope: Scope) -> None:
    """Bind a name in the scope, or where `global` and `nonlocal` say."""
    kind = type(value)
    if kind is Unknown:
        value = _titled(value, name)
        if isinstance(value.key, PartKey):
            title_sizes((value.key.size,), name)
    elif kind not in _NEVER_TITLED:
        network = value.layer if isinstance(value, Instance) else value
        if isinstance(network, Network) and network.variable is None and scope.kind != "comprehension":
            network.variable = name
        elif isinstance(value, (Array, DataObject, Pipeline)):
            value.title(name)
        elif kind is SymDim:
            title_size(value, name)
    if scope.redirected is not None and name in scope.redirected:
        scope = scope.redirected[name]
    scope.vars[name] = value
    if scope.optional is not None:
        bound_again(scope, name)


#: Classes of values that are not called by the names they get: most of what is assigned.
_NEVER_TITLED = frozenset({str, int, float, bool, tuple, type(None), Tensor, BuiltinLayer})


def _titled(value: Value, text: str | None) -> Value:
    """An unknown value is called by the first name it gets; that of a call is no name, but for `hp.Int("n")`."""
    if isinstance(value, Unknown) and text and (value.text is None or "(" in value.text):
        if isinstance(value.key, tuple) and value.key[:1] == ("hyperparameter",) and value.text:
            return value
        return value.called(text)
    return value


def _text(target: cst.Attribute) -> str | None:
    if isinstance(target.value, cst.Name):
        return f"{target.value.value}.{target.attr.value}"
    return None


def _name_of(target: cst.BaseElement) -> str:
    """The name or attribute that a part is bound to; empty for anything else."""
    node = target.value
    last = node.attr if isinstance(node, cst.Attribute) else node
    return last.value if isinstance(last, cst.Name) else ""


def _unpack(run: Run, target: cst.Tuple | cst.List, value: Value, scope: Scope) -> None:
    targets = list(target.elements)
    place = targets[0] if targets else target  # `() = x` unpacks, too
    items = items_of(run, value)
    star = next((i for i, t in enumerate(targets) if isinstance(t, cst.StarredElement)), None)
    if isinstance(items, Unknown):
        from kerascheck.machine.operators import subscript

        if isinstance(value, (Array, Tensor)) and star is None:
            from kerascheck.machine.keras.lists import refuse_iterating, refuse_rows

            if refuse_rows(run, value, len(targets), place) or refuse_iterating(run, value, place):
                run.fails("ValueError", "unpacking that raises")
        if isinstance(value, (Unknown, ListValue)):
            run.doubt(doubt_about(value, items.needs))  # there may be another number of them
        if isinstance(value, Unknown) and star is None and (call := run.results.get(value.key)) is not None:
            site = Site(run.file, targets[0])
            run.reach(site)
            run.program.reads.append(ResultRead(call, None, tuple(map(_name_of, targets)), site))

        for index, element in enumerate(targets):
            if isinstance(value, Unknown) and (star is None or index < star):
                part = _untitled(subscript(run, value, index, element))
            else:
                part = run.fresh("unpacked from something unknown", element).needing(items.needs)
            assign(run, element.value, part, scope)
        return
    if star is None:
        if len(items) != len(targets):
            from kerascheck.machine.keras.lists import refuse_unpacking

            refuse_unpacking(run, value, len(targets), place)
            run.fails("ValueError", "unpacking that raises")
            items = [run.fresh("unpacking that raises", t) for t in targets]
        else:
            run.program.went_well.add((id(scope.file), id(place)))
        for element, item in zip(targets, items, strict=True):
            assign(run, element.value, item, scope)
        return
    behind = len(targets) - star - 1
    if len(items) < star + behind:
        run.fails("ValueError", "unpacking that raises")
        items = [run.fresh("unpacking that raises", t) for t in targets]
    for element, item in zip(targets[:star], items[:star], strict=True):
        assign(run, element.value, item, scope)
    assign(run, targets[star].value, run.new_list(items[star : len(items) - behind]), scope)
    for element, item in zip(targets[star + 1 :], items[len(items) - behind :], strict=False):
        assign(run, element.value, item, scope)


def _untitled(value: Value) -> Value:
    """Drop a text such as `load()[0]` so that the name it is unpacked to becomes the text."""
    return value.called(None) if isinstance(value, Unknown) else value


def _set_item(run: Run, target: cst.Subscript, value: Value, scope: Scope) -> None:
    from kerascheck.machine.expressions import index_of

    receiver = run.evaluate(target.value, scope)
    index = index_of(run, target, scope)
    _store_item(run, receiver, index, value, target, scope)


def _store_item(run: Run, receiver: Value, index: Value, value: Value, target: cst.Subscript, scope: Scope) -> None:
    from kerascheck.machine.literals import put

    if type(receiver) is Guarded:
        spread(run, lambda one: _store_item(run, one, index, value, target, scope), receiver)
    elif type(receiver) is Unknown and receiver.holds:
        touch(run, receiver)
    elif isinstance(receiver, ListValue):
        if receiver.unknown is None and run.may_change(receiver):
            _set_list_item(run, receiver, index, value)
        elif not isinstance(index, slice):
            run.doubt(Doubt(None, True, "IndexError", value_needs((receiver, index))))  # it may be out of range
    elif isinstance(receiver, DictValue):
        if run.may_change(receiver):
            put(receiver, index, value)
    elif isinstance(receiver, Instance):
        from kerascheck.machine.members import find_method

        bound = find_method(receiver, "__setitem__")
        if bound is not None:
            run.call(bound, Arguments([Given(index), Given(value)], {}), Site(scope.file, target))
    elif isinstance(receiver, Array):
        from kerascheck.data.methods import store_subscript

        store_subscript(run, receiver, index, value, target)
    elif isinstance(receiver, DataObject):
        store_item(run, receiver, index, value, target)
    elif isinstance(receiver, (Symbol, Unknown)):
        if isinstance(index, slice) and isinstance(value, (ListValue, tuple)) and isinstance(receiver, Unknown):
            run.grown[receiver.key] = True  # there may be more items, or fewer
        store(run, item_key(receiver, index), value)


def _set_list_item(run: Run, receiver: ListValue, index: Value, value: Value) -> None:
    if isinstance(index, int):
        if -len(receiver.items) <= index < len(receiver.items):
            receiver.items[index] = value
        else:
            run.fails("IndexError", "an index out of range")
    elif is_plain_slice(index):
        items = items_of(run, value)
        if isinstance(items, Unknown) or len(receiver.items) + len(items) > MAX_ITEMS:
            receiver.blur("a slice was set to something unknown")
            return
        try:
            receiver.items[index] = items
        except ValueError:
            run.fails("ValueError", "a slice set to another number of items")
    else:
        receiver.blur("an item at an unknown index was set")
        run.doubt(Doubt(None, True, "IndexError", value_needs(index)))


def is_plain_slice(index: Value) -> bool:
    """Whether the index is a slice with known bounds."""
    return isinstance(index, slice) and all(
        part is None or isinstance(part, int) for part in (index.start, index.stop, index.step)
    )


def delete_item(run: Run, receiver: ListValue | DictValue, index: Value, node: cst.CSTNode) -> None:
    """`del receiver[index]`."""
    from kerascheck.machine.literals import is_known_key

    error = "KeyError" if isinstance(receiver, DictValue) else "IndexError"
    missing = Doubt(None, True, error, value_needs((receiver, index)))
    if receiver.unknown is not None:
        receiver.blur("an item was deleted")
        if not isinstance(index, slice):
            run.doubt(missing)
    elif isinstance(receiver, DictValue):
        if not is_known_key(index):
            receiver.blur("an item was deleted")
            run.doubt(missing)
        elif index in receiver.items:
            del receiver.items[index]
        else:
            run.fails("KeyError", "a key that is not there was deleted", node)
    elif isinstance(index, int) or is_plain_slice(index):
        try:
            del receiver.items[index]
        except IndexError:
            run.fails("IndexError", "an index out of range", node)
    else:
        receiver.blur("an item was deleted")
        run.doubt(missing)
