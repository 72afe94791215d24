"""Arguments of layers, bound to the parameters of their definitions."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable
from typing import Any

from kerascheck.keras.changes import find_argument
from kerascheck.layers.base import Config, LayerDef, parse_signature
from kerascheck.layers.integers import check_integers
from kerascheck.layers.names import check_base, check_names, check_spelling
from kerascheck.network.arguments import Arguments
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import KerasError, Symbol, Undetermined, Unknown
from kerascheck.text.spelling import most_like

#: Classes of values that are equal only where they mean the same, if their classes are the same as well.
_PLAIN = frozenset({str, int, float, bool, type(None), Symbol})


#: Parameters whose values decide nothing about a layer but by their class.
_OBJECTS = ("_initializer", "_regularizer")


_MAX_CONFIGURATIONS = 2_000


_MAX_PARTS = 100


_configurations: dict[Hashable, Config] = {}


def configure(definition: LayerDef, arguments: Arguments, spelled: str, dialect: int, old_forms: bool = True) -> Config:
    """Bind the arguments of a constructor call to the layer's parameters; those seen before are not judged again.

    Args:
        definition: the layer.
        arguments: as the call gives them, plain values (lists as lists).
        spelled: the class name the source uses (`Convolution2D`).
        dialect: the Keras generation the file is written for: 1, 2 or 3.
        old_forms: whether arguments by position mean what they did there; in TensorFlow they never did.

    Raises:
        KerasError: a missing or unknown argument, or one that the constructor refuses.
    """
    own: dict[str, Any] = {}
    key = _configuration_key(definition, arguments, spelled, dialect, own)
    if key is None:
        return _configure(definition, arguments, spelled, dialect, old_forms)
    key = (key, old_forms)
    known = _configurations.get(key)
    if known is None:
        known = _configure(definition, arguments, spelled, dialect, old_forms)
        if any(known.get(name) is not value for name, value in own.items()):
            return known  # not under the name that the call gives it
        # Without what belongs to this file alone.
        known = Config(known.layer_name, {**known.values_by_name, **dict.fromkeys(own)}, known.given, dialect)
        known.plain = {}
        if len(_configurations) >= _MAX_CONFIGURATIONS:
            _configurations.clear()
        _configurations[key] = known
    config = Config(known.layer_name, {**known.values_by_name, **own}, known.given, dialect)
    config.plain = known.plain
    return config


def _configuration_key(
    definition: LayerDef, arguments: Arguments, spelled: str, dialect: int, own: dict[str, Any]
) -> Hashable:
    """What decides the configuration, where that can be compared; else None. Names and objects go to `own`."""
    if arguments.open_positional or arguments.open_keywords:
        return None
    parts: list[Hashable] = [definition.name, spelled, dialect]
    for given in arguments.positional:
        value = given.value
        kind: Any = type(value)
        if kind in _PLAIN:
            parts += (kind, value)
        elif not _add_part(parts, value):
            return None
    for name, given in arguments.keywords.items():
        value = given.value
        kind = type(value)
        if kind in _PLAIN:
            if name == "name" and kind is str and "/" not in value:
                parts.append(name)
                own[name] = value
            else:
                parts += (name, kind, value)
        elif kind is KerasObject and dialect >= 3 and name.endswith(_OBJECTS):
            parts += (name, value.qualname)
            own[name] = value
        else:
            parts.append(name)
            if not _add_part(parts, value):
                return None
    return tuple(parts)


def _add_part(parts: list[Hashable], value: Any) -> bool:
    """Add a value and its class to the parts of a key; whether it is plain, or made of a few plain values."""
    kind: Any = type(value)
    if kind in _PLAIN:
        parts += (kind, value)
        return True
    if kind not in (tuple, list, dict) or len(parts) + len(value) > _MAX_PARTS:
        return False
    parts += (kind, len(value))
    for item in value.items() if kind is dict else value:
        kind = type(item)
        if kind in _PLAIN:
            parts += (kind, item)
        elif not _add_part(parts, item):
            return False
    return True


def _configure(definition: LayerDef, arguments: Arguments, spelled: str, dialect: int, old_forms: bool) -> Config:
    """`configure`, without a memory."""
    names, defaults, accepted = parse_signature(definition.signature)
    positional = [g.value for g in arguments.positional]
    keywords = {k: g.value for k, g in arguments.keywords.items()}
    for old, new in definition.old_parameters.items():
        if old not in keywords or new in keywords:
            continue
        if dialect >= 3 and old not in definition.kept_parameters:
            raise KerasError(f"Keras 3 has no argument {old} of {definition.name}; use {new}", "gone-argument")
        keywords[new] = keywords.pop(old)
    if dialect < 3:
        for name in definition.removed_parameters & keywords.keys():
            del keywords[name]
    definition.upgrade(positional, keywords, spelled, dialect if old_forms else 3)
    values: dict[str, Any] = dict(defaults)
    given: set[str] = set()
    if len(positional) > len(names):
        raise KerasError(
            f"{definition.name} takes at most {len(names)} positional arguments, {len(positional)} given", "argument"
        )
    for name, value in zip(names, positional, strict=False):
        values[name] = value
        given.add(name)
    for name, value in keywords.items():
        if name in given:
            raise KerasError(f"{definition.name} got two values for {name}", "argument")
        if name not in accepted and name not in definition.base_parameters:
            near = near_argument(definition, name)
            if dialect >= 3 or (near is not None and _is_old_name_of_none(definition, name)):
                raise _unknown_argument(definition, name, near)
            if name not in definition.old_base_parameters:
                continue  # an older Keras may have taken it; it changes no shape that is known here
        values[name] = value
        given.add(name)
    for name in names:
        if name not in values:
            if arguments.open_positional or arguments.open_keywords:
                values[name] = Unknown(f"{name} may be given through * or ** arguments")
            elif dialect < 3:
                values[name] = definition.old_defaults.get(name, Unknown(f"the default of {name} in an older Keras"))
            else:
                message = f"{definition.name} needs the argument {name}"
                if name in definition.old_defaults:
                    message += f", which was {definition.old_defaults[name]} by default before Keras 3"
                    raise KerasError(message, "missing-argument", only_keras_3=True)
                raise KerasError(message, "missing-argument")
    if arguments.open_positional or arguments.open_keywords:
        for name in accepted - given:
            values[name] = Unknown(f"{name} may be given through * or ** arguments")
    config = Config(definition.name, values, frozenset(given), dialect)
    # What is not known, or cannot be computed with, is not refused, nor are the defaults of an older Keras.
    unjudged: tuple[type[Exception], ...] = (Undetermined, ArithmeticError, ValueError)
    if dialect < 3 and not given:
        unjudged = (*unjudged, KerasError)
    with contextlib.suppress(*unjudged):
        definition.validate(config)
    if dialect >= 3:
        if values.get("input_dim") is not None and "input_shape" in given and "input_dim" not in accepted:
            raise KerasError(f"{definition.name} takes input_shape or input_dim, not both", "unknown-argument")
        check_base(definition.name, values)
        check_names(definition.name, values)
        check_integers(definition.name, values)
    else:
        check_spelling(definition.name, values)
    return config


def near_argument(definition: LayerDef, name: str) -> str | None:
    """The argument that a misspelled one is meant for, if there is one like it."""
    _, _, accepted = parse_signature(definition.signature)
    return most_like(name, accepted | definition.base_parameters, 0.75)


def _is_old_name_of_none(definition: LayerDef, name: str) -> bool:
    """Whether no older Keras had the argument either: their names are known where Keras 3 has the layer."""
    from kerascheck.layers.registry import REMOVED

    return definition.name not in REMOVED and name not in definition.old_base_parameters


def _unknown_argument(definition: LayerDef, name: str, near: str | None) -> KerasError:
    """The refusal of an argument that the layer does not have, with a way out where one is known."""
    row = find_argument(f"keras.layers.{definition.name}", name)
    if row is not None:
        hint = f"; use {row.advice}" if row.advice is not None else ""
        return KerasError(f"Keras 3 has no argument {name} of {definition.name}{hint}", "gone-argument")
    if name in definition.old_base_parameters:
        hint = f" in Keras 3; {definition.old_base_parameters[name]}"
    else:
        hint = f"; did you mean {near}?" if near is not None else ""
    message = f"{definition.name} has no argument {name}{hint}"
    # Older ones took whatever the layer below takes.
    return KerasError(message, "unknown-argument", only_keras_3=near is None)
