"""Which model a value comes from: what a call of it gave, or its list of variables."""

from __future__ import annotations

from collections.abc import Hashable

from kerascheck.data.array import Array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Instance, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import definitely_equal
from kerascheck.network.events import ModelCall, ObjectCall, Pairing
from kerascheck.network.ir import Layer, Site, Tensor, Weight
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Unknown

#: The lists of variables of a model.
VARIABLES = frozenset({"trainable_variables", "trainable_weights", "variables", "weights"})
#: Methods of losses, metrics and optimizers that rules ask about.
NOTED = {
    "keras.losses.": frozenset({"call"}),
    "keras.metrics.": frozenset({"update_state", "result", "reset_state", "reset_states"}),
    "keras.optimizers.": frozenset(
        (
            *("apply_gradients", "apply", "build", "minimize", "get_updates", "get_gradients"),
            *("get_weights", "compute_gradients"),
        )
    ),
}


def _key(value: Value) -> Hashable:
    return ("unknown", value.key) if isinstance(value, Unknown) else ("object", id(value))


def note_origin(run: Run, value: Value, network: Network, what: str = "output") -> None:
    """The value is what the model gave (`what`: "output"), or a list of its variables ("variables")."""
    if value is not None and not isinstance(value, (bool, int, float, str)):
        run.origins[_key(value)] = (value, network, what)  # the value is held, so that its id stays its own


def origin_of(run: Run, value: Value, what: str = "output") -> Network | None:
    """The model that the value comes from; None where it comes from none, or that is not known."""
    held = run.origins.get(_key(value)) if run.origins else None
    return held[1] if held is not None and held[2] == what else None


def note_pairs(run: Run, made: Value, values: list[Value]) -> None:
    """`zip(gradients, model.trainable_variables)` pairs something with the variables of a model."""
    owners = [origin_of(run, value, "variables") for value in values]
    if len(owners) == 2 and owners[0] is not None and owners[1] is None:
        note_origin(run, made, owners[0], "swapped pairs")
        return
    for network in owners:
        if network is not None:
            note_origin(run, made, network, "pairs")


def note_model_call(run: Run, layer: Layer, arguments: Arguments, site: Site, result: Value) -> None:
    """A layer was called; that of a model is noted."""
    network = layer.layer if isinstance(layer, Instance) else layer
    if not isinstance(network, Network):
        return
    note_origin(run, result, network)
    run.note(ModelCall(network, _as_they_are(arguments), site, run.tapes), network)


def note_object_call(run: Run, subject: KerasObject | str, method: str, arguments: Arguments, site: Site) -> None:
    """A loss, metric or optimizer was used."""
    origins: dict[int | str, Network] = {}
    for place, one in enumerate(arguments.positional):
        if (network := origin_of(run, one.value)) is not None:
            origins[place] = network
    for name, one in arguments.keywords.items():
        if (network := origin_of(run, one.value)) is not None:
            origins[name] = network
    run.reach(site)
    event = ObjectCall(subject, method, _as_they_are(arguments), site, origins)
    if method in _UPDATING and isinstance(subject, KerasObject) and subject.qualname.startswith("keras.optimizers."):
        name, place, what = _UPDATING[method]
        given = arguments.value(name, place)
        event.updates = _updated(origin_of(run, given, what))
        event.swapped = origin_of(run, given, "swapped pairs") is not None
    run.note(event, subject)


def _as_they_are(arguments: Arguments) -> Arguments:
    """The arguments with copies of the arrays: what is known of these may be forgotten when a loop has ended."""
    if not any(isinstance(given.value, Array) for given in (*arguments.positional, *arguments.keywords.values())):
        return arguments
    return arguments.mapped(_copied)


def _copied(given: Given) -> Given:
    return Given(given.value.snapshot(), given.node) if isinstance(given.value, Array) else given


#: What makes an optimizer change variables, or make its own for them: where these are, and what they are paired with.
_UPDATING = {
    "apply_gradients": ("grads_and_vars", 0, "pairs"),
    "apply": ("trainable_variables", 1, "variables"),
    "build": ("variables", 0, "variables"),
}


def _updated(network: Network | None) -> tuple[Network, frozenset[Weight] | None] | None:
    """The model whose variables the optimizer gets, and which of them train; None where that is not known."""
    from kerascheck.machine.keras.saving import is_unbuilt
    from kerascheck.machine.keras.trainable import weights_in_training

    if network is None:
        return None
    if is_unbuilt(network):
        return network, frozenset()
    weights = weights_in_training(network)
    return network, weights[0] or None if weights is not None else None


def note_pairing(run: Run, left: Value, right: Value, site: Site) -> None:
    """An operator pairs two arrays: note an output (n, 1) that meets (n,), of which numpy's rules make (n, n)."""
    for one, other in ((left, right), (right, left)):
        network = origin_of(run, one)
        if network is None or not isinstance(other, (Array, Tensor)) or not isinstance(one, (Array, Tensor)):
            continue
        given, its = one.shape, other.shape
        if isinstance(given, Unknown) or isinstance(its, Unknown) or len(given) != 2 or len(its) != 1:
            continue
        same = given[0] is None if its[0] is None else given[0] is not None and definitely_equal(given[0], its[0])
        if given[1] == 1 and same and its[0] != 1:
            run.reach(site)
            run.note(Pairing(network, given, its, site), network)


def is_noted(value: KerasObject, name: str) -> bool:
    """Whether rules ask about this method of the object."""
    return any(value.qualname.startswith(prefix) and name in methods for prefix, methods in NOTED.items())


def noted_method(run: Run, receiver: KerasObject, name: str, arguments: Arguments, site: Site) -> Value:
    """`metric.update_state(y, p)` and its like: what it gives is not followed."""
    note_object_call(run, receiver, name, arguments, site)
    for given in (*arguments.positional, *arguments.keywords.values()):
        run.escape(given.value, f"handed to {name}")
    return run.fresh(f"the result of {name}", site.node)
