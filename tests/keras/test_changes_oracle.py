"""The installed Keras is asked for each row of the table: what is old is gone, what is new is there."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from kerascheck.keras.changes import LAYER, Change, all_changes, is_layer, successor
from kerascheck.keras.names import exists

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def packages(keras: Any) -> dict[str, Any]:
    return {
        "keras": keras,
        "tf.keras": importlib.import_module("keras._tf_keras.keras"),
        "tensorflow": importlib.import_module("tensorflow"),
    }


def reached(package: Any, dotted: str) -> Any:
    """What the dotted name, which begins with `keras`, means in the package; None where there is no such thing."""
    rest = dotted.partition(".")[2]
    value = package
    for index, part in enumerate(rest.split(".") if rest else ()):
        found = getattr(value, part, None)
        if found is None and inspect.ismodule(value):
            try:
                found = importlib.import_module(".".join([package.__name__, *rest.split(".")[: index + 1]]))
            except ImportError:
                return None
        value = found
        if value is None:
            return None
    return value


def is_refused(call: Any, name: str, base: type) -> bool:
    """Whether the callable has no such argument, nor any of those that it hands its keyword arguments to."""
    if not isinstance(call, type):
        return not _takes(call, name)
    for cls in call.__mro__:
        init = inspect.unwrap(cls.__dict__["__init__"]) if "__init__" in cls.__dict__ else None
        if init is None:
            continue
        if not hasattr(init, "__code__"):
            return True
        parameters = inspect.signature(init).parameters
        if name in parameters or name in init.__code__.co_consts:
            return False
        if not any(one.kind is one.VAR_KEYWORD for one in parameters.values()) or cls is base:
            return True
    return True


def _takes(call: Any, name: str) -> bool:
    parameters = inspect.signature(call).parameters
    return name in parameters or any(one.kind is one.VAR_KEYWORD for one in parameters.values())


def positional(call: Any) -> list[str] | None:
    """The names of the parameters in order, without the object; None where there may be any number."""
    function = inspect.unwrap(call.__init__ if isinstance(call, type) else call)
    parameters = list(inspect.signature(function).parameters.values())
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return None
    names = [one.name for one in parameters if one.kind is not one.KEYWORD_ONLY and one.kind is not one.VAR_KEYWORD]
    return names[1:] if names[:1] == ["self"] else names


def _rows(*kinds: str) -> list[Change]:
    return [row for row in all_changes() if row.kind in kinds]


def test_names_and_modules_are_gone(packages: dict[str, Any]) -> None:
    there = [
        (row.old, name)
        for row in _rows("module", "name")
        for name, package in packages.items()
        if (name == "tensorflow") is row.old.startswith("tensorflow.")
        and (reached(package, row.old) is None) is not row.is_gone(name)  # type: ignore[arg-type]
        and row.raises is None
    ]
    assert there == []


def test_what_cannot_be_made_any_more_raises(packages: dict[str, Any]) -> None:
    for row in _rows("name"):
        if row.raises is not None:
            with pytest.raises(ImportError):
                # It is in no folder of the package: TensorFlow's lazy module makes it.
                (reached(packages["tf.keras"], row.old) or _refuse)()


def _refuse() -> None:
    raise ImportError


def test_successors_of_names_are_there(packages: dict[str, Any]) -> None:
    missing = [
        (row.old, row.new)
        for row in _rows("module", "name")
        if row.new is not None and all(reached(packages[name], row.new) is None for name in {*row.gone, "keras"})
    ]
    assert missing == []


def test_arguments_are_refused(packages: dict[str, Any]) -> None:
    taken = []
    for row in _rows("argument"):
        for name, package in packages.items() if row.raises is None else ():
            call = reached(package, row.owner)
            if call is not None and row.is_gone(name):  # type: ignore[arg-type]
                base = packages["keras"].layers.Layer
                if not is_refused(call, row.old, base):
                    taken.append((row.owner, row.old))
    assert taken == []


def test_arguments_that_are_taken_to_be_refused(keras: Any, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    calls = {
        "keras.Model.save": lambda given: model.save(
            tmp_path / ("model" if "save_format" in given else "model.keras"), **given
        ),
        "keras.models.save_model": lambda given: keras.models.save_model(
            model, tmp_path / ("model" if "save_format" in given else "model.keras"), **given
        ),
        "keras.Model.evaluate": lambda given: model.evaluate(keras.ops.ones((1, 3)), keras.ops.ones((1, 2)), **given),
    }
    for row in _rows("argument"):
        if row.raises is not None:
            with pytest.raises(ValueError):
                calls[row.owner]({row.old: "tf"})


def test_all_layers_refuse_what_no_layer_takes(packages: dict[str, Any]) -> None:
    keras = packages["keras"]
    layers = [f"keras.layers.{name}" for name in dir(keras.layers) if is_layer(f"keras.layers.{name}")]
    taken = [
        (owner, row.old)
        for row in _rows("argument")
        if row.owner == LAYER
        for owner in layers
        if owner not in row.but
        and isinstance(reached(keras, owner), type)
        and issubclass(reached(keras, owner), keras.layers.Layer)
        and not is_refused(reached(keras, owner), row.old, keras.layers.Layer)
    ]
    taken += [  # `keras.layers.Input` is a function
        (owner, row.old)
        for row in _rows("argument")
        if row.owner == LAYER
        for owner in layers
        if owner not in row.but
        and inspect.isfunction(reached(keras, owner))
        and row.old in inspect.signature(reached(keras, owner)).parameters
    ]
    assert taken == []


def owner_of(packages: dict[str, Any], row: Change) -> Any:
    """The callable of a row where the row holds, or what it is now."""
    moved = successor(row.owner)
    for package in (one for name, one in packages.items() if row.is_gone(name)):  # type: ignore[arg-type]
        for owner in (row.owner, *([moved] if moved is not None else [])):
            if (found := reached(package, owner)) is not None:
                return found
    return None


def test_successors_of_arguments_are_taken(packages: dict[str, Any]) -> None:
    wrong = []
    for row in _rows("argument"):
        call = owner_of(packages, row)
        if row.new is None or call is None or row.owner == "keras.Model":
            continue  # `inputs` and `outputs` of a model are taken by what `Model(...)` makes of it
        if is_refused(call, row.new, packages["keras"].layers.Layer):
            wrong.append((row.owner, row.old, row.new))
    assert wrong == []


def test_positions_mean_something_else(packages: dict[str, Any]) -> None:
    wrong = []
    for row in _rows("position"):
        call = owner_of(packages, row)
        names = positional(call) if call is not None else None
        now = None if names is None or row.position >= len(names) else names[row.position]
        if names is None or now != row.now or (row.new is not None and row.new not in inspect_names(call)):
            wrong.append((row.owner, row.position, row.was, row.now, row.new))
    assert wrong == []


def inspect_names(call: Any) -> set[str]:
    """All parameters of the callable."""
    function = inspect.unwrap(call.__init__ if isinstance(call, type) else call)
    return set(inspect.signature(function).parameters)


def example_of(keras: Any, owner: str, cls: Any) -> Any:
    """An object of the class, as a program has it: built, called and compiled. The class itself where none is made."""
    if owner in ("keras.Model", "keras.Sequential", LAYER, "keras.KerasTensor"):
        inputs = keras.Input((3,))
        layer = keras.layers.Dense(2)
        outputs = layer(inputs)
        model = keras.Model(inputs, outputs)
        model.compile("sgd", "mse", metrics=["mae"])
        sequential = keras.Sequential([keras.layers.Dense(2)])
        return {LAYER: layer, "keras.Model": model, "keras.Sequential": sequential}.get(owner, outputs)
    if owner == "keras.optimizers.Optimizer":
        return keras.optimizers.SGD()
    if owner == "keras.metrics.Metric":
        return keras.metrics.Mean()
    if owner in ("keras.layers.GRU", "keras.layers.LSTM", "keras.layers.SimpleRNN"):
        layer = cls(2)
        layer(keras.Input((3, 4)))
        return layer
    return cls() if owner == "keras.callbacks.Callback" else cls


def test_members_are_gone(packages: dict[str, Any]) -> None:
    there = []
    for row in _rows("method", "attribute"):
        owner = next((one for package in packages.values() if (one := reached(package, row.owner)) is not None), None)
        if (
            row.raises is None
            and owner is not None
            and hasattr(example_of(packages["keras"], row.owner, owner), row.old)
        ):
            there.append((row.owner, row.old))
    assert there == []


def test_successors_of_members_are_there(packages: dict[str, Any]) -> None:
    missing = []
    for row in _rows("method", "attribute"):
        owner = next((one for package in packages.values() if (one := reached(package, row.owner)) is not None), None)
        if row.new is not None and owner is not None:
            example = example_of(packages["keras"], row.owner, owner)
            if not hasattr(example, row.new) and not hasattr(owner, row.new):
                missing.append((row.owner, row.old, row.new))
    assert missing == []


def test_losses_cannot_be_added_to_a_graph(keras: Any) -> None:
    inputs = keras.Input((3,))
    outputs = keras.layers.Dense(2)(inputs)
    functional, sequential = keras.Model(inputs, outputs), keras.Sequential([keras.Input((3,))])
    with pytest.raises(NotImplementedError):
        functional.add_loss(keras.ops.mean(outputs))
    with pytest.raises(NotImplementedError):
        functional.add_loss(keras.ops.mean(keras.ops.ones(2)))
    with pytest.raises(ValueError, match="add_loss"):
        sequential.add_loss(keras.ops.mean(outputs))


def test_values_are_refused(packages: dict[str, Any]) -> None:
    """Not by the optimizer itself: by its first step."""
    keras = packages["keras"]
    for row in _rows("value"):
        name, _, text = row.old.partition("=")
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        with pytest.raises(ValueError):
            model.compile(reached(keras, row.owner)(**{name: ast.literal_eval(text)}), "mse")
            model.fit(keras.ops.zeros((2, 2)), keras.ops.zeros((2, 1)), verbose=0)
        model.compile(reached(keras, row.owner)(), "mse")
        model.fit(keras.ops.zeros((2, 2)), keras.ops.zeros((2, 1)), verbose=0)


def test_strings_are_not_known(packages: dict[str, Any]) -> None:
    known = []
    for row in _rows("string"):
        get = reached(packages["keras"], row.owner).get
        for text, there in ((row.old, False), *(((row.new, True),) if row.new is not None else ())):
            try:
                get(text)
                found = True
            except (ValueError, TypeError, KeyError):
                found = False
            if found is not there:
                known.append((row.owner, text))
    assert known == []


def test_the_recorded_names_are_those_of_the_installed_keras(packages: dict[str, Any]) -> None:
    wrong = [
        (name, package)
        for package, root in packages.items()
        if package != "tensorflow"
        for name in ("keras.layers.Dense", "keras.ops.sum", "keras.backend.sum", "keras.losses.mse", "keras.Model")
        if exists(name, package) is not (reached(root, name) is not None)  # type: ignore[arg-type]
    ]
    assert wrong == []
