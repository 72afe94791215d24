"""Whether a layer or model trains: what an argument says, or an attribute that is set later."""

from __future__ import annotations

from kerascheck.machine.assumptions import settle
from kerascheck.machine.paths import fork
from kerascheck.machine.run import Run
from kerascheck.machine.values import Instance, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.events import TrainableSet
from kerascheck.network.ir import Layer, Site, Weight
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Undetermined, Unknown


def set_trainable(run: Run, layer: Layer, value: Value, hands_down: bool = True) -> None:
    """`layer.trainable = value`; where the value is not known, the layer trains in one arm and not in the other."""

    in_any_case = run.project.dialect < 3

    def put(trains: bool) -> None:
        if hands_down:
            layer.set_trainable(trains, in_any_case)
        else:
            layer.trainable = trains

    verdict = value if isinstance(value, bool) else settle(run, value)
    if isinstance(verdict, bool):
        if not isinstance(value, (bool, Unknown)):
            layer.trainable = not verdict  # 1 is not the True that it may have already
        put(verdict)
    else:
        fork(run, verdict, lambda: put(True), lambda: put(False))


def note_setting(run: Run, receiver: Value, site: Site) -> None:
    """Note where `trainable` of a layer or model is set."""
    layer = receiver.layer if isinstance(receiver, Instance) else receiver
    if isinstance(layer, Layer):
        run.note(TrainableSet(layer, len(run.program.trainings), site), layer)


def weights_in_training(network: Network) -> tuple[frozenset[Weight], frozenset[Weight]] | None:
    """The weights of a model that training would change now, and the others; None where they are not known."""
    try:
        weights = network.all_weights()
    except Undetermined:
        return None
    return frozenset(w for w, trains in weights if trains), frozenset(w for w, trains in weights if not trains)


def give_trainable(
    run: Run, layer: Layer, arguments: Arguments, position: int | None = None, hands_down: bool = False
) -> None:
    """The argument `trainable` of a constructor, where it is given; Keras refuses one that is no truth value."""
    if arguments.open_keywords and "trainable" not in arguments.keywords:
        return  # nothing says that it is among the others
    value = arguments.value("trainable", position, True)
    if value is not True:
        set_trainable(run, layer, value, hands_down)
