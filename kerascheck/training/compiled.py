"""The losses and metrics of `compile` against the targets and outputs of a training call, in all their structures.

Source: `CompileLoss` and `CompileMetrics` in keras/src/trainers/compile_utils.py (Keras 3.15).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.training.structures import is_nested, leaves, packed, same_paths, same_structure, tupled

#: A loss or metric with its targets and its outputs.
Match = tuple[Any, Any, Any]


def refused_names(loss: Any, outputs: Any, names: Sequence[str] | None, dialect: int = 3) -> KerasError | None:
    """Why a dictionary of losses does not fit the names of the outputs, whatever the targets are.

    Before Keras 3 an output without a loss is left alone.
    """
    if not isinstance(loss, dict) or isinstance(outputs, dict) or not names:
        return None
    if set(names) == set(loss) or (dialect < 3 and set(loss) < set(names)):
        return None
    return KerasError(f"the loss has the keys {_listed(loss)}, the outputs are called {_listed(names)}", "loss-names")


def matched_losses(loss: Any, targets: Any, outputs: Any, names: Sequence[str] | None, dialect: int = 3) -> list[Match]:
    """Each loss with the leaf of the targets and the leaf of the outputs that it compares.

    Where there are more losses than outputs, each gets all of them: such a match has lists in place of leaves.
    `names` are those of the outputs, None for a model without them. Raises KerasError, Undetermined.
    """
    if isinstance(loss, Unknown):
        raise Undetermined(loss.reason)
    if isinstance(loss, dict) and dialect < 3 and set(loss) < set(names or ()):
        raise Undetermined("outputs without a loss")
    if is_nested(targets) or is_nested(outputs):
        targets = _reconciled(loss, targets, outputs, names)
    if (refused := refused_names(loss, outputs, names, dialect)) is not None:
        raise refused
    if isinstance(loss, dict) and not isinstance(outputs, dict) and names:
        loss = [loss[name] for name in names]
    if not is_nested(loss):
        loss = packed(outputs, [loss] * len(leaves(outputs)))
    found: list[Match] = []
    try:
        _collect(targets, outputs, loss, found)
    except KerasError:
        if len(leaves(targets)) != len(leaves(outputs)):
            raise _other_numbers(targets, outputs) from None
        raise
    if not is_nested(targets) and not is_nested(outputs):
        return found[:1]
    return found


def _reconciled(loss: Any, targets: Any, outputs: Any, names: Sequence[str] | None) -> Any:
    """The targets in the structure of the outputs."""
    if same_structure(outputs, targets):
        return targets
    if not is_nested(targets) and is_nested(outputs) and len(outputs) == 1:
        targets = [targets]
    elif isinstance(outputs, (list, tuple)) and isinstance(targets, dict) and set(names or ()) == set(targets):
        targets = [targets[name] for name in names or ()]
    if isinstance(targets, (list, tuple)) and len(targets) == len(leaves(outputs)):
        return packed(outputs, list(targets))
    if isinstance(targets, dict) and len(targets) == len(leaves(outputs)):
        raise KerasError(f"the targets have the keys {_listed(targets)}, the outputs {_listed(names or ())}", "names")
    if same_paths(targets, outputs):
        return packed(outputs, leaves(targets))
    flat, losses = leaves(targets), leaves(loss)
    places = [index for index, item in enumerate(losses) if item is not None]
    if len(flat) != len(places):
        raise _other_numbers(targets, outputs)
    filled: list[Any] = [None] * len(losses)
    for index, leaf in zip(places, flat, strict=True):
        filled[index] = leaf
    return packed(loss, filled)


def _other_numbers(targets: Any, outputs: Any) -> KerasError:
    have, want = _count(len(leaves(targets)), "target"), _count(len(leaves(outputs)), "output")
    if not leaves(targets):
        return KerasError(f"the model has {want}, but the targets are an empty list", "count")
    return KerasError(
        f"the model has {want}, but the data has {have}, which Keras 3 does not broadcast over outputs", "count"
    )


def _collect(targets: Any, outputs: Any, loss: Any, found: list[Match]) -> None:
    """Go down the structures together."""
    if not is_nested(loss):
        if loss is not None and isinstance(outputs, (list, tuple)) and same_structure(targets, outputs):
            found.append((loss, targets, outputs))  # the loss gets the lists as they are
            return
        if loss is not None and isinstance(outputs, dict) and isinstance(targets, dict):
            found.append((loss, targets, outputs))
            return
        if loss is None or is_nested(targets) or is_nested(outputs):
            raise KerasError(f"a loss is given for {_described(targets)} and {_described(outputs)}", "loss-structure")
        found.append((loss, targets, outputs))
        return
    flat = leaves(outputs)
    if isinstance(loss, (list, tuple)):
        if not any(map(is_nested, loss)) and len(loss) == len(flat):
            loss = packed(outputs, list(loss))
            if not is_nested(loss):
                _collect(targets, outputs, loss, found)
                return
        elif type(loss) is not type(outputs):
            for item in loss:
                _collect(targets, outputs, item, found)
            return
    if type(loss) is not type(outputs):
        raise KerasError(f"the losses are a {type(loss).__name__}, the outputs {_described(outputs)}", "loss-structure")
    for key, item in loss.items() if isinstance(loss, dict) else enumerate(loss):
        if item is None:
            continue
        if not (_has(targets, key) and _has(outputs, key)):
            raise KerasError(
                f"there are {_count(len(leaves(loss)), 'loss', 'losses')}, {_count(len(flat), 'output')} "
                f"and {_count(len(leaves(targets)), 'target')}",
                "loss-structure",
            )
        _collect(targets[key], outputs[key], item, found)


def _described(structure: Any) -> str:
    return f"a {type(structure).__name__} of {len(structure)}" if is_nested(structure) else "one array"


def _has(structure: Any, key: Any) -> bool:
    if isinstance(structure, dict):
        return key in structure
    return isinstance(structure, (list, tuple)) and isinstance(key, int) and key < len(structure)


def matched_metrics(metrics: Any, targets: Any, outputs: Any, names: Sequence[str] | None) -> list[Match]:
    """Each metric with its targets and outputs. Raises KerasError, Undetermined."""
    if isinstance(metrics, Unknown):
        raise Undetermined(metrics.reason)
    if not metrics:
        return []
    if not isinstance(metrics, (list, tuple, dict)):
        raise Undetermined("metrics that are not a list")  # another rule's business
    outs = leaves(outputs)
    if len(outs) == 1:
        goals = leaves(targets)
        if not goals:
            raise Undetermined("no targets")
        return [(metric, goals[0], outs[0]) for metric in leaves(metrics)]
    if not is_nested(outputs) or len(outputs) != len(outs):
        raise Undetermined("outputs in outputs")
    if isinstance(outputs, dict):
        names = names if names and set(names) == set(outputs) else sorted(outputs, key=str)
    flat = _for_each_output(metrics, len(outs), names)
    if flat is None:
        flat = _in_structure(metrics, outputs, names)
    found: list[Match] = []
    for items, target, output in zip(flat, _flattened(targets, names), _flattened(outputs, names), strict=False):
        each = list(items) if isinstance(items, (list, tuple)) else [] if items is None else [items]
        found += [(metric, target, output) for metric in each]
    return found


def _for_each_output(metrics: Any, count: int, names: Sequence[str] | None) -> list[Any] | None:
    if isinstance(metrics, (list, tuple)):
        return list(metrics) if len(metrics) == count else None
    if isinstance(metrics, dict) and names and set(metrics) <= set(names):
        return [metrics.get(name) for name in names]
    return None


def _in_structure(metrics: Any, outputs: Any, names: Sequence[str] | None) -> list[Any]:
    """Metrics in the structure of the outputs; anything else is refused."""
    have, want = tupled(metrics), tupled(outputs)
    if isinstance(want, dict) and isinstance(have, dict) and set(want) == set(have):
        return [have[key] for key in sorted(want, key=str)]
    count = len(leaves(outputs))
    if isinstance(metrics, dict) and names:
        raise KerasError(
            f"the metrics have the keys {_listed(metrics)}, the outputs are called {_listed(names)}",
            "metrics-structure",
        )
    raise KerasError(
        f"the model has {count} outputs, for which Keras 3 expects a list of {count} lists of metrics, or a dictionary",
        "metrics-structure",
    )


def _flattened(value: Any, names: Sequence[str] | None) -> list[Any]:
    if isinstance(value, dict) and names is not None:
        missing = [name for name in names if name not in value]
        if missing:
            raise KerasError(f"there are no targets for {_listed(missing)}", "names")
        return [value[name] for name in names]
    return leaves(value)


def _listed(names: Any) -> str:
    return ", ".join(map(repr, names))


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
