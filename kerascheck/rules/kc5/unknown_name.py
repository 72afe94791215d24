"""KC511: names that no Keras has: misspelt, or looked for in another module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.keras.changes import Package, gone_part
from kerascheck.keras.names import exists, modules_with, names_in, nearest
from kerascheck.machine.mentions import Mention, mentions_in, parts_of
from kerascheck.machine.static import once_a_file
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.project.modules import find_module
from kerascheck.rules._gone import severity_of
from kerascheck.rules._mentions import texts
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.runtime.asked import is_file
from kerascheck.text.spelling import is_misspelt


class UnknownName(Rule):
    """A name that Keras does not have.

    ## What it does

    Looks up what the program imports from Keras, and what it reaches through modules of Keras, among the public names
    of Keras 3: `from keras.layers import Conv2d`, `keras.optimizers.adm`, `from keras.models import Dense`. (Names that
    older versions of Keras had are reported by KC502.)

    A name that is near to one of the same module is misspelt: an error. For any other, and where an older Keras may be
    meant, the finding is as grave as for names that are gone.

    ## Why it is bad

    The import fails, or the use of the name: `ImportError`, `AttributeError`.

    ## Example

    ```python
    from keras.layers import Conv2d, Sequential
    ```

    ## Use instead

    ```python
    from keras import Sequential
    from keras.layers import Conv2D
    ```

    ## References

    - [Keras API documentation](https://keras.io/api/)
    """

    code = "KC511"
    name = "unknown-name"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        source = program.source
        severity = severity_of(source)
        if program.caller is not None:
            return
        found = _unknown_names(source)
        is_hidden = any(map(_is_installed, found)) and _has_own_keras(source.filename)
        for unknown in found:
            if is_hidden and _is_installed(unknown):
                continue
            if severity is None and not unknown.is_misspelt:  # an older Keras has names that are in no table
                continue
            message = f"{unknown.package} has no {unknown.name}"
            if unknown.meant is not None:
                message = f"{message}; did you mean {unknown.meant}?"
            elif unknown.elsewhere is not None:
                message = f"{message}; it is {unknown.elsewhere}"
            grave = severity if severity is not None and unknown.meant is None else Severity.ERROR
            yield Finding(Site(source, unknown.node), message, severity=grave)

    VALID = [
        # names of Keras
        """
import keras
from keras import Model, Sequential, layers, ops
from keras.layers import Conv2D, Dense, Input
from keras.src.layers import Conv2DTransposed
layer = layers.Dense(3, activation=keras.activations.relu)
version = keras.__version__
total = ops.sum(ops.ones(3))
""",
        # names of tf.keras
        """
import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.saving import load_model
data = tf.keras.datasets.mnist.load_data
summary = tf.keras.backend.sum
""",
        # another way where it is not there
        """
import keras
try:
    from keras.layers import RMSNormalisation
except ImportError:
    RMSNormalisation = None
if hasattr(keras.layers, "Newest"):
    layer = keras.layers.Newest()
""",
        # a module of the program's own, and a name that is set
        """
import keras
from mylib import keras as own
keras.layers.Scaled = own.layers.Scaled
layer = keras.layers.Scaled(), own.layers.Conv2d()
""",
        # attributes of classes, and of what is made
        """
import keras
keras.layers.Dense.colour = "red"
maker = keras.Model.from_config
keras.layers.Dense.__init__
""",
        # meant for an older Keras, which may have had it
        """
import tf_keras as keras
layer = keras.layers.Conv2d(3)
""",
    ]
    INVALID = [
        # no older Keras has it either
        Invalid(
            """
import keras
import tensorflow as tf
layer = keras.layers.Flaten()
other = keras.layers.Conv2d(3)
session = tf.contrib.keras.backend.get_session()
""",
            [(4, "keras.layers has no Flaten; did you mean Flatten?")],
        ),
        Invalid(
            """
import keras
from keras.layers import Conv2d, Dense, Droput
from keras.models import Dense as Layer
layer = keras.layers.MaxPool2d(2)
optimizer = keras.optimizers.Adagrd(0.1)
""",
            [
                (3, "keras.layers has no Conv2d; did you mean Conv2D?"),
                (3, "keras.layers has no Droput; did you mean Dropout?"),
                (4, "keras.models has no Dense; it is keras.layers.Dense"),
                (5, "keras.layers has no MaxPool2d; did you mean MaxPool2D?"),
                (6, "keras.optimizers has no Adagrd; did you mean Adagrad?"),
            ],
        ),
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras.utils import to_categorial
model = tf.keras.Sequental([tf.keras.layers.Input((3,)), tf.keras.layer.Dense(2)])
""",
            [
                (3, "tf.keras.utils has no to_categorial; did you mean to_categorical?"),
                (4, "tf.keras has no Sequental; did you mean Sequential?"),
                (4, "tf.keras has no layer; did you mean layers?"),
            ],
        ),
    ]


class _Unknown(NamedTuple):
    """A name that is not there."""

    node: cst.CSTNode
    package: str  # the module where it is looked for, as the program reaches it
    name: str
    meant: str | None  # the name of the module that is near to it
    elsewhere: str | None  # where the name is
    is_misspelt: bool  # whether it is surely no name of an older Keras


@once_a_file
def _unknown_names(source: Any) -> Sequence[_Unknown]:
    found = (_unknown(mention, source) for mention in mentions_in(source))
    return [one for one in found if one is not None]


def _is_installed(unknown: _Unknown) -> bool:
    """Whether it is looked for in the package `keras` itself."""
    return unknown.package.partition(".")[0] == "keras"


def _has_own_keras(filename: str) -> bool:
    """Whether the project has a package of that name, which hides the installed one."""
    return find_module("keras", 0, filename, is_file) is not None


def _unknown(mention: Mention, source: Any) -> _Unknown | None:
    """What of a mention is no name of Keras."""
    if mention.is_guarded or mention.root == "tensorflow" or gone_part(mention.dotted, mention.root) is not None:
        return None
    parts = mention.dotted.split(".")
    for end in range(2, len(parts) + 1):
        module, name = ".".join(parts[: end - 1]), parts[end - 1]
        if exists(f"{module}.{name}", mention.root):
            continue
        among = names_in(module, mention.root)
        if not among or name.startswith("_") or f"{module}.{name}" in _HIDDEN or _is_asked(source, name):
            return None  # an attribute of a class, or what is not public
        shown = module.replace("keras", mention.root, 1)
        if end < len(parts) or _is_of_module(mention):
            among = frozenset(one for one in among if names_in(f"{module}.{one}", mention.root))
        meant = nearest(name, among)
        elsewhere = _elsewhere(name, mention.root)
        return _Unknown(_place(mention, len(parts) - end), shown, name, meant, elsewhere, is_misspelt(name, among))
    return None


def _is_of_module(mention: Mention) -> bool:
    """Whether all of the name is that of a module: `import keras.layers`."""
    return isinstance(mention.node, cst.ImportAlias) and isinstance(mention.node.name, cst.Attribute)


#: Packages inside of Keras that are there, and not public.
_HIDDEN = frozenset({"keras.src", "keras.api"})


def _is_asked(source: Any, name: str) -> bool:
    """Whether the program names it in a text: it may ask whether there is such a thing."""
    return name in texts(source, source.tree)


def _place(mention: Mention, behind: int) -> cst.CSTNode:
    """The part of the name that ends with what is not there."""
    if mention.is_import:
        return mention.node
    nodes = parts_of(mention.node)
    return nodes[len(nodes) - 1 - behind] if behind < len(nodes) else mention.node


def _elsewhere(name: str, package: Package) -> str | None:
    """The one module of Keras that has the name, where there is one."""
    places = modules_with(name, package)
    return f"{places[0]}.{name}".replace("keras", package, 1) if places else None
