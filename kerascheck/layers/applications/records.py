"""The recorded architectures of `keras.applications`: what is in a data file, and reading it.

`tools/record_applications.py` writes one file for each function, compressed JSON:

- `parameters`: the function's parameters in order, with their defaults;
- `name`: the model's name, perhaps a pattern of `alpha` and `rows`;
- `default_shape`, `bare_shape`: the input shape that holds where none is given, with and without the top;
- `min_size`: the least height and width; `static_top`: whether the top needs a known size;
- `imagenet_sizes`: the square sizes that the ImageNet weights with the top are for, null where any will do;
  `imagenet_channels`: whether those weights need three channels;
- `axes`: the arguments that change the structure; `variants`: from their values (or labels) to a graph, or to null
  where Keras refuses or the graph is not recorded;
- `graphs`: each a JSON text of its own, `{"body": [...], "tails": {"top" | "none" | "avg" | "max": [...]}}`, lists of
  entries `[class, name, configuration, inputs]` in an order in which they can be called. Input 0 is the model's
  input, the others count the entries from 1. A name that is a number is given by Keras, counted from the start of the
  function; `{name}` in a name stands for the model's. A class with `+` before it is an elementwise operation on
  tensors. In a configuration, `{"argument": ...}` stands for what the caller gives and `{"by_parity": [[even, odd],
  [even, odd]]}` for paddings that follow the parity of the size they are applied to.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from kerascheck.layers.applications.layers import find_layer
from kerascheck.layers.base import Config, LayerDef
from kerascheck.layers.configuring import configure
from kerascheck.network.arguments import Arguments, Given

DATA = Path(__file__).parent / "data"


class Entry:
    """One layer of a recorded graph."""

    __slots__ = ("_config", "cls", "configuration", "definition", "inputs", "name", "parts")

    def __init__(self, cls: str, name: str | int, configuration: dict[str, Any], inputs: list[int]) -> None:
        self.cls = cls.removeprefix("+")
        self.name = name
        self.inputs = inputs
        parts = configuration.get("layers")
        self.parts = [Entry(*part) for part in parts] if parts is not None else None  # of a Sequential
        self.definition: LayerDef | None = None
        if parts is None and not cls.startswith("+"):
            self.definition = find_layer(cls)
            assert self.definition is not None, cls
        self.configuration = configuration
        self._config: Config | None = None

    def config(self, given: Mapping[str, Any], sizes: tuple[Any, ...]) -> Config:
        """The layer's configuration for a caller's arguments and the spatial sizes of its input."""
        if self._config is not None:
            return self._config
        assert self.definition is not None
        changes = [False]
        values = {key: Given(_filled(value, given, sizes, changes)) for key, value in self.configuration.items()}
        made = configure(self.definition, Arguments([], values), self.definition.name, 3)
        if not changes[0]:
            self._config = made  # the same for every model: shared
        return made


def _filled(value: Any, given: Mapping[str, Any], sizes: tuple[Any, ...], changes: list[bool]) -> Any:
    """A recorded value with what depends on the caller put in."""
    if isinstance(value, list):
        return [_filled(item, given, sizes, changes) for item in value]
    if not isinstance(value, dict):
        return value
    changes[0] = True
    if "argument" in value:
        return given[value["argument"]]
    rows = sizes[0]
    pairs = []
    for size, (even, odd) in zip(sizes, value["by_parity"], strict=True):
        # An unknown height makes Keras treat both sides as even.
        pairs.append(tuple(odd if rows is not None and size is not None and size % 2 == 1 else even))
    return tuple(pairs)


class Record:
    """One function of `keras.applications`."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.parameters: dict[str, Any] = data["parameters"]
        self.name: str = data["name"]
        self.default_shape: tuple[int | None, ...] = tuple(data["default_shape"])
        self.bare_shape: tuple[int | None, ...] = tuple(data["bare_shape"])
        self.min_size: int = data["min_size"]
        self.static_top: bool = data["static_top"]
        self.imagenet_sizes: list[int] | None = data["imagenet_sizes"]
        self.imagenet_channels: bool = data["imagenet_channels"]
        self.axes: list[str] = data["axes"]
        self._variants: dict[str, int | None] = data["variants"]
        self._graphs: list[str] = data["graphs"]
        self._read: dict[int, dict[str, Any]] = {}
        self._entries: dict[tuple[int, str], list[Entry]] = {}

    def entries(self, labels: list[str], tail: str) -> list[Entry] | None:
        """The layers for the labels of the axes; None where that graph is not recorded."""
        number = self._variants.get(" ".join(labels))
        if number is None:
            return None
        graph = self._read.get(number)
        if graph is None:
            graph = self._read[number] = json.loads(self._graphs[number])
            graph["body"] = [Entry(*entry) for entry in graph["body"]]
        if tail not in graph["tails"]:
            return None
        if (number, tail) not in self._entries:
            self._entries[number, tail] = [*graph["body"], *(Entry(*entry) for entry in graph["tails"][tail])]
        return self._entries[number, tail]


@lru_cache(maxsize=8)
def load(name: str) -> Record | None:
    """The record of `keras.applications.<name>`, None where there is none."""
    if not name.isidentifier():
        return None
    try:
        raw = (DATA / f"{name}.json.gz").read_bytes()
    except OSError:
        return None
    return Record(json.loads(gzip.decompress(raw)))


def names() -> list[str]:
    """All functions that are recorded."""
    return sorted(path.name.removesuffix(".json.gz") for path in DATA.glob("*.json.gz"))
