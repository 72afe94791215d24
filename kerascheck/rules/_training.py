"""Training calls as the rules read them: arguments by name, callbacks, validation data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.machine.values import Instance
from kerascheck.network.arguments import Absent, CannotTell, Given
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall, KerasObject, Program, TrainCall
from kerascheck.project.target import Target
from kerascheck.symbolic.unknown import Unknown
from kerascheck.text.treewalk import walk

#: What Keras 1 called them.
_OLD_NAMES = {"epochs": "nb_epoch"}

#: The methods that compute the loss.
_LOSING = FITTING | {"evaluate", "evaluate_generator", "test_on_batch"}


def judged_compiles(program: Program) -> Iterator[CompileCall]:
    """The compile calls whose loss is taken to be meant.

    A model that is part of another one and is never trained or evaluated itself need not mean it: the generator of a
    GAN learns through the discriminator, whatever it is compiled with. Nor need one that only predicts: its weights
    come from elsewhere, and `predict` of an older Keras asked for some loss.
    """
    trained = {id(call.network) for call in program.trainings if call.method in _LOSING}
    asked = {id(call.network) for call in program.trainings if call.method not in _LOSING}
    parts: set[int] | None = None
    for call in program.compiles:
        if id(call.network) not in trained:
            if id(call.network) in asked:
                continue
            if parts is None:
                parts = {id(part) for whole in program.networks for part in whole.sublayers() if part is not whole}
            if call.network.calls or id(call.network) in parts:
                continue
        yield call


def argument(call: TrainCall, name: str) -> Given | Absent | CannotTell:
    """The argument of that name, wherever it stands."""
    found = call.arguments.get(name)
    if isinstance(found, Absent) and name in _OLD_NAMES:
        return call.arguments.get(_OLD_NAMES[name])
    return found


def argument_value(call: TrainCall, name: str, default: Any = None) -> Any:
    """Its value; the default where it is absent, Unknown where that cannot be told."""
    found = argument(call, name)
    if isinstance(found, CannotTell):
        return Unknown(f"{name} may be given through * or ** arguments")
    return found.value if isinstance(found, Given) else default


def known_int(value: Any) -> int | None:
    """The whole number, or None where the value is none or not known."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def value_site(site: Site, given: Given) -> Site:
    """Where the value of an argument stands: the call itself if it is not written there."""
    return site if given.node is None else Site(site.file, given.node.value)


def argument_site(site: Site, given: Given) -> Site:
    """Where the argument stands, its keyword included: the call itself if it is not written there."""
    return site if given.node is None else Site(site.file, given.node)


def callback_site(callback: KerasObject, call: TrainCall, given: Given | Absent | CannotTell) -> Site:
    """Where the argument of a callback stands; the training call, where it is in another file than that."""
    if callback.site is None or callback.site.file is not call.site.file:
        return call.site
    return argument_site(callback.site, given) if isinstance(given, Given) else callback.site


def call_node(site: Site) -> cst.Call | None:
    """The call that the source writes there."""
    return site.node if isinstance(site.node, cst.Call) else None


def dialect(site: Site) -> int:
    """The generation of Keras that the file at hand is written for: 1, 2 or 3."""
    target = getattr(site.file, "target", None)
    return target.dialect if isinstance(target, Target) else 3


def is_plain_model(network: Network) -> bool:
    """Whether the training loop and the names of its figures are Keras's own: no class of the program is in it."""
    return network.kind != "subclass" and network.open is None and network.unknown is None and _is_builtin(network, 0)


def _is_builtin(network: Network, depth: int) -> bool:
    from kerascheck.network.ir import BuiltinLayer, InputLayer

    return depth < 10 and all(
        isinstance(layer, (BuiltinLayer, InputLayer))
        or (isinstance(layer, Network) and layer.kind != "subclass" and _is_builtin(layer, depth + 1))
        for layer in network.layers
    )


# -- validation data ----------------------------------------------------------------------------------------------


def validates(call: TrainCall) -> bool | None:
    """Whether a `fit` computes figures on validation data; None where that is not known."""
    data, split = argument_value(call, "validation_data"), argument_value(call, "validation_split", 0.0)
    if isinstance(data, Unknown) or isinstance(split, Unknown):
        return None
    return data is not None or bool(split)


# -- callbacks ----------------------------------------------------------------------------------------------------

#: What a callback of the program does that adds figures of its own, or sets the learning rate.
_RATES = frozenset({"learning_rate", "lr"})
_ADDING = frozenset({"update", "setdefault"})


@dataclass(frozen=True)
class Callbacks:
    """The callbacks of a call: those of Keras, and whether there may be others that add figures or set the rate."""

    objects: tuple[KerasObject, ...]
    meddling: bool

    def of(self, *names: str) -> Iterator[KerasObject]:
        """The callbacks of these classes."""
        return (item for item in self.objects if item.qualname.rpartition(".")[2] in names)


def callbacks_of(call: TrainCall) -> Callbacks:
    """The callbacks that the call is given."""
    value = argument_value(call, "callbacks")
    items = list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]
    objects, meddling = [], False
    for item in items:
        if isinstance(item, KerasObject) and item.qualname.startswith("keras.callbacks."):
            objects.append(item)
            meddling = meddling or item.qualname.rpartition(".")[2] in ("LambdaCallback", "CallbackList")
        elif isinstance(item, Instance):
            meddling = meddling or _meddles(item)
        elif item is not None:
            meddling = True
    return Callbacks(tuple(objects), meddling)


def _meddles(callback: Instance) -> bool:
    """Whether a callback of the program may change what the others see. Judged by what its code mentions."""
    for cls in callback.cls.mro():
        node = getattr(cls, "node", None)
        if isinstance(node, cst.ClassDef):
            if any(map(_is_meddling, walk(node))):
                return True
        elif getattr(cls, "name", None) not in ("keras.callbacks.Callback", "builtins.object"):
            return True
    return False


def _is_meddling(node: cst.CSTNode) -> bool:
    """Whether the code sets an item, as of `logs`, or has to do with the rate or the history."""
    if isinstance(node, cst.AssignTarget):
        return isinstance(node.target, cst.Subscript)
    if isinstance(node, cst.Attribute):
        return node.attr.value in _RATES | _ADDING or node.attr.value == "history"
    return isinstance(node, cst.Name) and node.value == "learning_rate"
