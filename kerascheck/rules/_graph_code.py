"""Code of the program that surely runs in a graph, where tensors have no values yet."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.data.training import FITTING
from kerascheck.machine.keras.saving import parts_of
from kerascheck.machine.members import find_member
from kerascheck.machine.static import once_in_outline
from kerascheck.machine.values import FunctionValue, Instance
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._code import Code, base_of, definition, functions_of, is_keras_3, is_layer_class, parameter_names
from kerascheck.rules._flow import through
from kerascheck.rules._flow_levels import GRADIENT, UNKNOWN, Flow, Outcome
from kerascheck.rules._own_losses import may_run_eagerly, own_losses, runs_eagerly
from kerascheck.rules._serial import own_class
from kerascheck.text.outline import Outline

#: By which a layer says itself what it gives.
_DECLARING = ("compute_output_shape", "compute_output_spec")


def graph_functions(program: Program) -> Iterator[Code]:
    """The functions that `tf.function` makes graphs of, as decorator or by their names."""
    for function in functions_of(program):
        code = Code(function, program.objects)
        makers = [item.decorator for item in definition(function).decorators]
        makers += _wrapped_by(code.file, code.file.tree).get(function.name, ())
        if any(is_graph_maker(code, maker) for maker in makers):
            yield code


def is_graph_maker(code: Code, decorator: cst.BaseExpression) -> bool:
    """Whether it is `tf.function`, or a call of it."""
    function = decorator.func if isinstance(decorator, cst.Call) else decorator
    return code.symbol(function) == "tensorflow.function"


def graph_steps(program: Program) -> Iterator[tuple[Code, Site]]:
    """The `train_step` of models that are trained in a graph, and where."""
    for call in program.trainings:
        instance = getattr(call.network, "instance", None)
        if not isinstance(instance, Instance) or not _trains_in_graph(call):
            continue
        step = find_member(instance.cls, "train_step")
        if isinstance(step, FunctionValue) and not step.decorated and step.site.file is call.site.file:
            yield Code(step, program.objects), call.site


def _trains_in_graph(call: TrainCall) -> bool:
    fits = call.method in FITTING and call.compiled is not None and not call.guarded
    return fits and call.compiled is not None and not runs_eagerly(call.compiled) and is_keras_3(call.site)


def graph_calls(program: Program, with_sequential: bool = True) -> Iterator[tuple[Code, Site]]:
    """The `call` of classes whose layers surely run in a graph, and where that begins.

    `with_sequential`: also where a Sequential is only built, which goes on when a layer raises NotImplementedError, as
    numpy does for symbolic tensors (`Sequential.build` in keras/src/models/sequential.py, Keras 3.15).
    """
    done: set[int] = set()
    for network, anchor in _graphs(program):
        if anchor is network.site and network.is_sequential and not with_sequential:
            continue
        for part in parts_of(network, lambda part: True):
            cls = own_class(part)
            if cls is None or id(cls.node) in done or not is_layer_class(cls) or base_of(cls) == "":
                continue
            if isinstance(part, Network) and network is part and part.kind != "subclass":
                continue
            if anchor is network.site and any(find_member(cls, name) is not None for name in _DECLARING):
                continue  # the graph is made without a call
            done.add(id(cls.node))
            call = find_member(cls, "call")
            if not isinstance(call, FunctionValue) or call.decorated or definition(call).decorators:
                continue
            if find_member(cls, "__call__") is None and is_keras_3(cls.site):
                yield Code(call, program.objects), anchor


def flows_of_call(code: Code) -> dict[str, Flow]:
    """What the parameters of a `call` are: the first one holds tensors."""
    names = [param.name.value for param in code.node.params.params]
    flows = dict.fromkeys(names, UNKNOWN)
    if len(names) > 1:
        flows[names[1]] = GRADIENT
    return flows


def _graphs(program: Program) -> Iterator[tuple[Network, Site]]:
    """The models whose layers run in a graph, and where they begin to."""
    for network in program.networks:
        if network.kind in ("functional", "sequential") and network.inputs and network.nodes:
            assert network.site is not None
            yield network, network.site
    for call in program.trainings:
        if call.method not in FITTING or call.compiled is None or call.guarded or call.network.own_methods:
            continue
        if not runs_eagerly(call.compiled):
            yield call.network, call.site


def outcomes_in_graphs(program: Program) -> Iterator[tuple[Code, Outcome, Site | None, str]]:
    """What becomes of tensors in the code that runs in graphs, with what the code is."""
    for loss in own_losses(program):
        if not runs_eagerly(loss.call):
            kind = "metric" if loss.is_metric else "loss"
            yield loss.code, loss.outcome(), loss.call.site, f"{kind} {loss.name!r}"
    for code, anchor in graph_calls(program, with_sequential=False):
        yield code, through(code, flows_of_call(code)), anchor, f"call of {_owner_name(code)}"
    for code, anchor in graph_steps(program):
        yield (
            code,
            through(code, _unknown_parameters(code), recording=False),
            anchor,
            f"train_step of {_owner_name(code)}",
        )
    for code in graph_functions(program):
        if not may_run_eagerly(code.file):
            yield (
                code,
                through(code, _unknown_parameters(code), recording=False),
                None,
                f"tf.function {code.function.name!r}",
            )


def _owner_name(code: Code) -> str:
    """The class that the method belongs to."""
    owner = code.function.owner
    return owner.name if owner is not None else code.function.name


def _unknown_parameters(code: Code) -> dict[str, Flow]:
    return dict.fromkeys(parameter_names(code.function)[0], UNKNOWN)


@once_in_outline
def _wrapped_by(outline: Outline, tree: cst.CSTNode) -> dict[str, tuple[cst.BaseExpression, ...]]:
    """What is called on functions by their names alone: `fast = tf.function(step)`."""
    found: dict[str, tuple[cst.BaseExpression, ...]] = {}
    for node in outline.below(tree, cst.Call):
        name = node.args[0].value if node.args else None
        if type(name) is cst.Name and (type(node.func) is cst.Name or type(node.func) is cst.Attribute):
            found[name.value] = (*found.get(name.value, ()), node.func)
    return found
