"""Where to find what is known of a function of another package, by the canonical name of the function.

To teach kerascheck a function: a row in the `FUNCTIONS` of the module for its package. A new package is a row below.
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

#: The module of this package for each beginning of a name, imported when it is first asked for.
_MODULES = {
    "numpy": "numpy_functions",
    "random": "numpy_random",
    "pandas": "pandas_functions",
    "imblearn": "imblearn_functions",
    "sklearn": "sklearn_functions",
    "keras.datasets": "keras_datasets",
    "keras.utils": "keras_utils",
    "keras.preprocessing": "keras_utils",
    "tensorflow.data": "tf_data",
    "tensorflow.TensorSpec": "tf_data",
    "tensorflow": "tf_functions",
    "tensorflow_datasets": "tensorflow_datasets",
    "seaborn": "seaborn_datasets",
    "matplotlib.pyplot": "plots",
}


def find(name: str) -> Function | None:
    """What runs a call of the function, or None where it is not known."""
    head, _, rest = name.partition(".")
    module = _MODULES.get(f"{head}.{rest.partition('.')[0]}") or _MODULES.get(head)
    return None if module is None else _observed(module, name)


@cache
def _observed(module: str, name: str) -> Function | None:
    from kerascheck.data.computing import computed
    from kerascheck.data.observations import observed_function
    from kerascheck.data.pipeline import sourced
    from kerascheck.data.written import written_function

    function = sourced(observed_function(name, _functions(module).get(name)))
    return None if function is None else computed(written_function(name, function))


@cache
def _functions(module: str) -> Mapping[str, Function]:
    table: Mapping[str, Function] = importlib.import_module(f"kerascheck.data.{module}").FUNCTIONS
    return table
