"""`tf.GradientTape`: what is computed while it is open, and whose gradients are asked for."""

from __future__ import annotations

from kerascheck.machine.keras.origins import origin_of
from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.values import NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.events import GradientCall
from kerascheck.network.ir import Site

KIND = "tensorflow.GradientTape"


def _make(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tf.GradientTape(persistent=False)`."""
    return NativeObject(KIND, run.tick(), {})


def _gradient(run: Run, tape: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`tape.gradient(target, sources)`."""
    of = origin_of(run, arguments.value("sources", 1), "variables")
    run.reach(site)
    run.note(GradientCall(tape, of, arguments, site), of)
    return run.fresh("gradients", site.node)


def _fresh(run: Run, tape: NativeObject, arguments: Arguments, site: Site) -> Value:
    return run.fresh("what a tape gives", site.node)


def _watch(run: Run, tape: NativeObject, arguments: Arguments, site: Site) -> Value:
    return None


METHODS[KIND] = {
    "gradient": _gradient,
    "jacobian": _fresh,
    "batch_jacobian": _fresh,
    "watched_variables": _fresh,
    "watch": _watch,
    "reset": _watch,
}

FUNCTIONS = {KIND: _make}
