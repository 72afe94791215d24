"""Writes `kerascheck/layers/applications/data`: the architectures of `keras.applications`, as data.

The installed Keras package is read, never run: kerascheck's own interpreter analyses the functions in
`keras/src/applications` with many arguments, and the graphs are written down. What an argument does to a graph is
found by comparing, not by knowing the models: the form of the files stands in
`kerascheck/layers/applications/records.py`.

Usage: python tools/record_applications.py [MODEL...]
"""

from __future__ import annotations

import ast
import gc
import gzip
import importlib.util
import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kerascheck.layers.applications.layers import find_layer
from kerascheck.layers.configuring import configure
from kerascheck.machine.budget import Budget
from kerascheck.machine.keras.functional import trace_graph
from kerascheck.machine.keras.tensors import Operation
from kerascheck.machine.libraries import LIBRARIES
from kerascheck.machine.project import Project, prepare_module
from kerascheck.machine.run import Run
from kerascheck.machine.values import Scope, UserRaise, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Node, Site, Tensor
from kerascheck.network.networks import Network
from kerascheck.project.source import Source
from kerascheck.symbolic.unknown import Unknown

DATA = Path(__file__).resolve().parent.parent / "kerascheck" / "layers" / "applications" / "data"

#: Values that stand for what the caller gives: no architecture has them of its own.
CLASSES, ACTIVATION, RATE, NAME = 977, "softsign", 0.7311, "NAMEARG"
#: Values with which each argument that may change the structure is tried; the first is the usual one.
AXES: dict[str, tuple[Any, ...]] = {
    "weights": (None, "imagenet"),
    "include_preprocessing": (True, False),
    "alpha": (1.0, 0.25, 0.35, 0.5, 0.75, 1.25, 1.3, 1.4, 1.5, 2.0),
    "depth_multiplier": (1, 2),
    "minimalistic": (False, True),
    "dropout": (RATE, 0),
    "dropout_rate": (RATE, 0),
    "name": ("default", "other"),
}
CHANNELS = {"3": 3, "other": 5}
TAILS: dict[str, dict[str, Any]] = {
    "none": {"include_top": False, "pooling": None},
    "avg": {"include_top": False, "pooling": "avg"},
    "max": {"include_top": False, "pooling": "max"},
    "top": {"include_top": True, "classes": CLASSES, "classifier_activation": ACTIVATION},
}
#: Even and odd sizes on the way through any number of halvings.
SIZES = ((128, 253), (253, 255), (255, 257), (257, 259), (259, 128))
IMAGENET_SIZES = (96, 128, 160, 192, 224, 240, 256, 260, 288, 299, 300, 320, 331, 380, 384, 456, 480, 512, 528, 600)
NOT_RECORDED = ("_initializer", "_regularizer", "_constraint")


class Changed(Exception):
    """Two graphs that should be one differ."""


def _linspace(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.linspace` of numbers, which ConvNeXt reads its drop rates from."""
    start, stop, count = (given.value for given in arguments.positional)
    assert isinstance(count, int)
    return run.new_list([start + (stop - start) * i / max(count - 1, 1) for i in range(count)])


LIBRARIES["numpy.linspace"] = _linspace


class Function:
    """One public function of `keras.applications`."""

    def __init__(self, module: Path, node: ast.FunctionDef) -> None:
        self.module = module
        self.name = node.name
        names = [arg.arg for arg in node.args.args]
        self.defaults = dict(zip(names, map(ast.literal_eval, node.args.defaults), strict=True))

    def interpret(self, **arguments: Any) -> Network | None:
        """The network that a call gives, None where the function raises."""
        given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        code = f"from keras.src.applications.{self.module.stem} import {self.name}\nmodel = {self.name}({given})\n"
        source = Source(code.encode(), str(self.module.parent / "_call.py"))
        project = Project(source)
        run = Run(project, Budget(10**9), {})
        scope = Scope("module", None, source)
        prepare_module(scope, "__main__")
        try:
            run.execute(source.tree.body, scope)
        except UserRaise:
            return None
        if arguments.get("name") == NAME and run.decided:
            return None  # a function that looks its name up in a table
        if run.decided or run.program.raised:
            raise Changed(f"{self.name}({given}) is not interpreted exactly: {run.decided or run.program.raised}")
        network = scope.vars["model"]
        assert isinstance(network, Network)
        assert network.status() == "exact" or any(None in shape for shape in [network.inputs[0].shape or ()])  # type: ignore[operator]
        return network


def functions(folder: Path) -> Iterator[Function]:
    """Those that make models: exported, with an argument `include_top`."""
    for path in sorted(folder.glob("*.py")):
        if path.name.endswith("_test.py"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list and _makes_a_model(node):
                yield Function(path, node)


def _makes_a_model(node: ast.FunctionDef) -> bool:
    return any(arg.arg == "include_top" for arg in node.args.args)


# -- a graph as entries ---------------------------------------------------------------------------------------------


def entries_of(network: Network, names: str | None) -> list[list[Any]]:
    """`[class, name, configuration, inputs]` of each call; input 0 is the network's, the others count from 1."""
    order = [
        node for node in trace_graph(network.inputs, network.outputs).nodes if not isinstance(node.layer, InputLayer)
    ]
    numbers: dict[int, int] = {id(tensor): index for index, tensor in enumerate(network.inputs)}
    made: list[list[Any]] = []
    for node in order:
        assert len(node.outputs) == 1 and len(node.layer.calls) == 1, node.layer
        made.append(_entry(node, [numbers[id(tensor)] for tensor in node.inputs], names))
        numbers[id(node.outputs[0])] = len(made)
    assert numbers[id(network.outputs[0])] == len(made)
    return made


def _entry(node: Node, inputs: list[int], names: str | None) -> list[Any]:
    layer = node.layer
    if isinstance(layer, Operation):
        shapes = [tensor.shape for tensor in node.inputs]
        assert all(shape == node.outputs[0].shape for shape in shapes), "an operation that is not elementwise"
        return [f"+{layer.cls}", _auto_number(layer), {}, inputs]
    return [layer.cls, _name(layer, names), _configuration(layer, node.inputs, names), inputs]


def _name(layer: Layer, names: str | None) -> str | int:
    if not layer.named_by_user:
        return _auto_number(layer)
    if names is not None and layer.name.startswith(names):
        return "{name}" + layer.name[len(names) :]
    return layer.name


def _auto_number(layer: Layer) -> int:
    """0 for `add`, 3 for `add_3`."""
    match = re.search(r"(?<=_)\d+$", layer.name)
    return int(match.group()) if match else 0


def _configuration(layer: Layer, inputs: tuple[Tensor, ...], names: str | None) -> dict[str, Any]:
    if isinstance(layer, Network):
        assert layer.is_sequential
        return {"layers": [_entry(node, [], names) for node in layer.nodes]}
    if isinstance(layer, BuiltinLayer):
        given = {name: layer.config[name] for name in sorted(layer.config.given)}
    else:  # a class of the module itself
        definition = find_layer(layer.cls)
        assert layer.arguments is not None and definition is not None, layer
        configuration = configure(definition, layer.arguments, layer.cls, 3)
        given = {name: configuration[name] for name in sorted(configuration.given)}
    written = {
        name: _value(value) for name, value in given.items() if name != "name" and not name.endswith(NOT_RECORDED)
    }
    if layer.cls == "ZeroPadding2D":
        written["padding"] = _padding(written["padding"], inputs[0].shape)
    return written


def _value(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_value(item) for item in value]
    if value == CLASSES and isinstance(value, int):
        return {"argument": "classes"}
    if value == ACTIVATION:
        return {"argument": "classifier_activation"}
    if value == RATE:
        return {"argument": "rate"}
    assert value is None or isinstance(value, (bool, int, float, str)), value
    return value


def _padding(padding: Any, shape: Any) -> Any:
    """The padding of each side, under the parity of the size that it was seen with."""
    pairs = [
        [side, side] if isinstance(side, int) else side
        for side in ([padding] * 2 if isinstance(padding, int) else padding)
    ]
    return {
        "by_parity": [
            {"none" if size is None else ("even", "odd")[size % 2]: pair}
            for size, pair in zip(shape[1:3], pairs, strict=True)
        ]
    }


# -- comparing ------------------------------------------------------------------------------------------------------


def merge(first: list[list[Any]], second: list[list[Any]]) -> list[list[Any]]:
    """One graph seen with two input sizes. Raises Changed where more than a padding differs."""
    if len(first) != len(second):
        raise Changed("the number of layers")
    merged = []
    for one, other in zip(first, second, strict=True):
        if one[0] != "ZeroPadding2D":
            if one != other:
                raise Changed(f"{one} and {other}")
            merged.append(one)
            continue
        sides = []
        for mine, theirs in zip(one[2]["padding"]["by_parity"], other[2]["padding"]["by_parity"], strict=True):
            if any(mine[parity] != theirs[parity] for parity in mine.keys() & theirs.keys()):
                raise Changed(f"{one} and {other}")
            sides.append({**mine, **theirs})
        merged.append([one[0], one[1], {**one[2], "padding": {"by_parity": sides}}, one[3]])
    return merged


def settle(entries: list[list[Any]]) -> list[list[Any]]:
    """A padding that does not depend on the parity is written plainly."""
    settled = []
    for cls, name, configuration, inputs in entries:
        if cls == "ZeroPadding2D":
            sides = configuration["padding"]["by_parity"]
            assert all({"even", "odd"} <= side.keys() for side in sides), (cls, name, sides)
            if all(side["even"] == side["odd"] for side in sides):
                configuration = {**configuration, "padding": [side["even"] for side in sides]}
            else:
                assert all(side.get("none", side["even"]) == side["even"] for side in sides)
                short = [[side["even"], side["odd"]] for side in sides]
                configuration = {**configuration, "padding": {"by_parity": short}}
        settled.append([cls, name, configuration, inputs])
    return settled


# -- one function ---------------------------------------------------------------------------------------------------


class Recorder:
    """Tries one function with all combinations of the arguments that may change the structure."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.axes = {name: AXES[name] for name in function.defaults if name in AXES}
        self.rate = next((name for name in ("dropout", "dropout_rate") if name in self.axes), None)

    def record(self) -> dict[str, Any]:
        """What the data file holds."""
        seen: dict[tuple[str, ...], dict[str, Any] | None] = {}
        labels = ["size", "channels", *self.axes]
        for values in itertools.product(*self.axes.values()):
            arguments = dict(zip(self.axes, values, strict=True))
            for channels in CHANNELS:
                for size in ("known", "none"):
                    key = (size, channels, *(self._label(name, value) for name, value in arguments.items()))
                    seen[key] = self._graph(arguments, CHANNELS[channels], size)
        kept = self._relevant(labels, seen)
        graphs: list[Any] = []
        variants: dict[str, int | None] = {}
        for key, graph in seen.items():
            short = " ".join(key[labels.index(name)] for name in kept)
            if graph is None:
                variants.setdefault(short, None)
                continue
            if graph not in graphs:
                for index, other in enumerate(graphs):
                    if _compatible(graph, other):
                        graphs[index] = _united(graph, other)
                        variants[short] = index
                        break
                else:
                    graphs.append(graph)
                    variants[short] = len(graphs) - 1
            else:
                variants[short] = graphs.index(graph)
        _complete_tops(graphs)
        return {
            "parameters": self.function.defaults,
            **self._rules(),
            "axes": kept,
            "variants": variants,
            "graphs": [json.dumps(graph, separators=(",", ":")) for graph in graphs],  # read one by one
        }

    def _label(self, name: str, value: Any) -> str:
        if name == self.rate:
            return "zero" if value == 0 else "given"
        return str(value)

    def _relevant(self, labels: list[str], seen: dict[tuple[str, ...], dict[str, Any] | None]) -> list[str]:
        """The axes along which something changes."""
        kept = list(labels)
        for position, label in enumerate(labels):
            groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
            for key, graph in seen.items():
                if graph is not None:
                    groups.setdefault(key[:position] + key[position + 1 :], []).append(graph)
            if all(_compatible(group[0], other) for group in groups.values() for other in group[1:]):
                kept.remove(label)
        return kept

    def _arguments(self, arguments: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Real arguments, and the name to replace in the names of layers."""
        given = dict(arguments)
        default = self.function.defaults.get("name")
        if given.get("name") == "other":
            given["name"] = NAME
            return given, NAME
        given.pop("name", None)
        return given, default or "\0"

    def _graph(self, arguments: dict[str, Any], channels: int, size: str) -> dict[str, Any] | None:
        given, names = self._arguments(arguments)

        def entries(tail: str, shape: tuple[Any, ...]) -> list[list[Any]] | None:
            network = self.function.interpret(**{**given, **TAILS[tail]}, input_shape=shape)
            return None if network is None else entries_of(network, names)

        if size == "none":
            # What depends on the size is decided as for even ones, or the graph is another one.
            plain = entries("none", (None, None, channels))
            if plain is None:
                return None
            graph = {tail: entries(tail, (None, None, channels)) for tail in ("none", "avg", "max")}
        else:
            found: dict[str, list[list[Any]] | None] = {tail: entries(tail, (*SIZES[0], channels)) for tail in TAILS}
            plain = found["none"]
            if plain is None:
                return None
            for tail, shown in found.items():
                for other in SIZES[1:]:
                    if shown is not None:
                        again = entries(tail, (*other, channels))
                        assert again is not None
                        shown = merge(shown, again)
                found[tail] = shown
            graph = found
        settled = {
            tail: settle(shown) if size == "known" else _as_even(shown)
            for tail, shown in graph.items()
            if shown is not None
        }
        return _split(settled)

    def _rules(self) -> dict[str, Any]:
        """What the function asks of its input shape."""
        interpret = self.function.interpret
        default = interpret(include_top=True, weights=None)
        bare = interpret(include_top=False, weights=None)
        assert default is not None and bare is not None
        low, high = 1, 200
        while low < high:  # the least size that is not refused
            middle = (low + high) // 2
            if interpret(include_top=False, weights=None, input_shape=(middle, middle, 3)) is None:
                low = middle + 1
            else:
                high = middle
        static = interpret(include_top=True, weights=None, input_shape=(None, None, 3)) is None
        shape = _shape(default)
        tried = [size for size in IMAGENET_SIZES if size != shape[0]]
        accepted = [size for size in tried if interpret(include_top=True, input_shape=(size, size, 3)) is not None]
        gray = interpret(include_top=False, input_shape=(224, 224, 1))
        return {
            "name": self._model_name(),
            "default_shape": shape,
            "bare_shape": _shape(bare),
            "min_size": low,
            "static_top": static,
            "imagenet_sizes": None if accepted == tried else [size for size in (shape[0], *accepted) if size],
            "imagenet_channels": gray is None,
        }

    def _model_name(self) -> str:
        """The model's name; where it tells the width multiplier and the rows, a pattern."""
        if self.function.defaults.get("name") is not None:
            return str(self.function.defaults["name"])
        found = set()
        for alpha, rows in itertools.product((0.5, 1.0), (128, 160)):
            network = self.function.interpret(alpha=alpha, weights=None, include_top=False, input_shape=(rows, rows, 3))
            assert network is not None
            found.add(network.name.replace(f"{alpha:0.2f}", "{alpha:0.2f}").replace(str(rows), "{rows}"))
        [name] = found
        return name


def _shape(network: Network) -> list[int | None]:
    shape = network.inputs[0].shape
    assert not isinstance(shape, Unknown)
    return [size if isinstance(size, int) else None for size in shape[1:]]


def _as_even(entries: list[list[Any]]) -> list[list[Any]]:
    """The graph for unknown sizes, its paddings as they are."""
    plain = []
    for cls, name, configuration, inputs in entries:
        if cls == "ZeroPadding2D":
            sides = configuration["padding"]["by_parity"]
            configuration = {**configuration, "padding": [side["none"] for side in sides]}
        plain.append([cls, name, configuration, inputs])
    return plain


def _split(graph: dict[str, list[list[Any]]]) -> dict[str, Any]:
    """What all variants begin with, and how each ends."""
    shared = 0
    while all(len(entries) > shared and entries[shared] == graph["none"][shared] for entries in graph.values()):
        shared += 1
    return {"body": graph["none"][:shared], "tails": {tail: entries[shared:] for tail, entries in graph.items()}}


def _whole(graph: dict[str, Any], tail: str) -> list[list[Any]]:
    return [*graph["body"], *graph["tails"][tail]]


def _compatible(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one record can serve for both: equal but for tails that one of them lacks and parities unseen."""
    common = one["tails"].keys() & other["tails"].keys()
    return all(_agree(_whole(one, tail), _whole(other, tail)) for tail in common)


def _agree(one: list[list[Any]], other: list[list[Any]]) -> bool:
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: list[Any], other: list[Any]) -> bool:
    if one == other:
        return True
    return (one[0], one[1], one[3]) == (other[0], other[1], other[3]) == ("ZeroPadding2D", one[1], one[3]) and (
        _even(one) == _even(other) and not (_by_parity(one) and _by_parity(other))
    )


def _by_parity(entry: list[Any]) -> bool:
    return isinstance(entry[2]["padding"], dict)


def _even(entry: list[Any]) -> Any:
    padding = entry[2]["padding"]
    return [even for even, _ in padding["by_parity"]] if isinstance(padding, dict) else padding


def _united(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The record that serves for both."""
    tails = {}
    for tail in {**one["tails"], **other["tails"]}:
        wholes = [_whole(graph, tail) for graph in (one, other) if tail in graph["tails"]]
        tails[tail] = [
            next((e for e in pair if e[0] == "ZeroPadding2D" and _by_parity(e)), pair[0])
            for pair in zip(*wholes, strict=True)
        ]
    return _split(tails)


def _complete_tops(graphs: list[dict[str, Any]]) -> None:
    """Give a graph without `top` that of another graph, where all their other tails are the same ones.

    With `weights="imagenet"` the functions want 1,000 classes and the default size, so that no top is recorded.
    """
    for graph in graphs:
        if "top" in graph["tails"]:
            continue
        for other in graphs:
            if "top" in other["tails"] and _end_alike(graph, other):
                graph["tails"]["top"] = _relative(other["tails"]["top"], len(other["body"]), len(graph["body"]))
                break


def _end_alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether both have the same entries behind their bodies, and end their bodies with the same one."""
    tails = one["tails"].keys() & other["tails"].keys()
    return (
        len(tails) == len(TAILS) - 1
        and one["body"][-1][:3] == other["body"][-1][:3]
        and all(
            _relative(one["tails"][tail], len(one["body"]), 0) == _relative(other["tails"][tail], len(other["body"]), 0)
            for tail in tails
        )
    )


def _relative(entries: list[list[Any]], body: int, base: int) -> list[list[Any]]:
    """The entries behind a body of this length, as behind one of the length `base`."""
    return [[cls, name, config, [number - body + base for number in inputs]] for cls, name, config, inputs in entries]


def main() -> None:
    """Write a file for each function."""
    specification = importlib.util.find_spec("keras")
    assert specification is not None and specification.origin is not None
    gc.disable()
    folder = Path(specification.origin).parent / "src" / "applications"
    total = 0
    for function in functions(folder):
        if sys.argv[1:] and function.name not in sys.argv[1:]:
            continue
        record = Recorder(function).record()
        text = json.dumps(record, separators=(",", ":"))
        path = DATA / f"{function.name}.json.gz"
        path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        total += path.stat().st_size
        counts = f"{len(record['variants'])} variants, {len(record['graphs'])} graphs"
        print(f"{function.name}: {counts} by {record['axes']}, {path.stat().st_size} bytes", flush=True)
        gc.collect()
    print(total, "bytes")


if __name__ == "__main__":
    main()
