"""What the interpreter knows of modules outside the program: one file for each, or for a few that belong together.

To teach it a function: a row in the `FUNCTIONS` of the file, by the canonical name. A new module is a row below.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache

from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site

Function = Callable[[Run, str, Arguments, Site], Value]

#: The file for each package, imported when one of its names is called first.
_FILES = {
    "absl": "flags",
    "argparse": "command_line",
    "ast": "literals",
    "attr": "declarations",
    "attrs": "declarations",
    "addict": "dictionaries",
    "attrdict": "dictionaries",
    "bisect": "containers",
    "box": "dictionaries",
    "click": "flags",
    "cloudpickle": "pickling",
    "collections": "containers",
    "configparser": "reading",
    "contextlib": "contexts",
    "copy": "copying",
    "dataclasses": "declarations",
    "dill": "pickling",
    "dotmap": "dictionaries",
    "easydict": "dictionaries",
    "enum": "declarations",
    "flax": "declarations",
    "functools": "functional",
    "glob": "reading",
    "gym": "environments",
    "gymnasium": "environments",
    "heapq": "containers",
    "importlib": "importing",
    "inspect": "inspecting",
    "itertools": "iteration",
    "joblib": "pickling",
    "json": "literals",
    "keras": "keras_configurations",
    "keras_tuner": "tuning",
    "kerastuner": "tuning",
    "ml_collections": "dictionaries",
    "munch": "dictionaries",
    "omegaconf": "reading",
    "operator": "functional",
    "os": "environment",
    "pathlib": "paths",
    "pickle": "pickling",
    "random": "containers",
    "shutil": "paths",
    "tensorflow": "flags",
    "typer": "flags",
    "typing": "declarations",
    "unittest": "testing",
    "wandb": "tracking",
    "yaml": "reading",
}


def find(name: str) -> Function | None:
    """What runs a call of the function, or None where it is not known."""
    file = _FILES.get(name.partition(".")[0])
    if name.startswith("keras.layers.") and name.endswith(".from_config"):
        name = "keras.layers.from_config"
    if name == "tensorflow.GradientTape":
        file = "tapes"
    if name.startswith("tensorflow.distribute."):
        file = "distribution"
    return None if file is None else _functions(file).get(name)


@cache
def _functions(file: str) -> Mapping[str, Function]:
    table: Mapping[str, Function] = importlib.import_module(f"{__name__}.{file}").FUNCTIONS
    return table
