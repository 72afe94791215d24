"""Shapes that a layer of the program declares: `compute_output_shape` and its kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerascheck.machine.keras.calling import input_tensors
from kerascheck.machine.keras.shape_arguments import shape_arguments
from kerascheck.machine.keras.tensor_structures import (
    all_tensors,
    shape_structure,
    tensors_of_shapes,
)
from kerascheck.machine.members import find_method
from kerascheck.machine.run import Run
from kerascheck.machine.values import UserRaise, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.events import ShapeClaim
from kerascheck.network.ir import BuiltinLayer, Site, Tensor
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

if TYPE_CHECKING:
    from kerascheck.machine.keras.subclassing import CustomLayer, SubclassedModel


def compare_with_declared(
    run: Run, layer: CustomLayer | SubclassedModel, declared: Value, result: Value, site: Site
) -> None:
    """Note what the class declares its output to be beside what its `call` gives, where both are known."""
    method = find_method(layer.instance, "compute_output_shape")
    claims, facts = input_tensors(declared), input_tensors(result)
    if method is None or claims is None or facts is None or len(claims) != len(facts):
        return
    for claim, fact in zip(claims, facts, strict=True):
        if not isinstance(claim.shape, Unknown) and not isinstance(fact.shape, Unknown):
            run.note(ShapeClaim(layer, claim.shape, fact.shape, method.function.site, site), layer)


def declared_output(
    run: Run,
    layer: CustomLayer | SubclassedModel,
    base: BuiltinLayer | None,
    arguments: Arguments,
    value: Value,
    site: Site,
) -> Value | None:
    """What Keras 3 takes for the output of a placeholder: the class may say it, then `call` is not asked.

    `base`: the layer of Keras that the class derives from.

    Source: `Layer.compute_output_spec` in keras/src/layers/layer.py of Keras 3.15. All layers of Keras itself say it,
    also to the classes that derive from them.
    """
    instance = layer.instance
    call = find_method(instance, "call")
    if run.project.dialect < 3 or call is None:
        return None
    specified = find_method(instance, "compute_output_spec")
    if specified is not None:
        try:
            return run.call(specified, arguments, site)
        except UserRaise:
            return Tensor(Unknown(f"the compute_output_spec of {layer.cls} raises"))
    method = find_method(instance, "compute_output_shape")
    if method is None and base is None:
        return None
    shape = shape_structure(run, value)
    handed: Arguments | Unknown = Arguments([Given(shape)], {})
    if len(all_tensors(arguments)) != len(input_tensors(value, True) or []):
        handed = (
            shape_arguments(run, method, call, arguments)
            if method is not None
            else Unknown(f"{layer.cls} is called on several tensors and declares its output shape")
        )
    if isinstance(handed, Unknown):
        return Tensor(handed)
    if method is not None:
        try:
            return tensors_of_shapes(run, run.call(method, handed, site))
        except UserRaise:
            return Tensor(Unknown(f"the compute_output_shape of {layer.cls} raises"))
    assert base is not None
    shapes = [tensor.shape for tensor in input_tensors(value, True) or []]
    known = [one for one in shapes if not isinstance(one, Unknown)]
    if not known or len(known) < len(shapes):
        return None
    try:
        base.definition.check_inputs(base.config, known)
        outputs = [Tensor(one) for one in base.definition.outputs_for(base.config, known)]
    except (KerasError, Undetermined):
        return None
    return outputs[0] if len(outputs) == 1 else run.new_list(outputs)
