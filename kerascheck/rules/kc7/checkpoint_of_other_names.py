"""KC720: a checkpoint is restored under names that it does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, argument, functions_of, module_code, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

_SAVING = frozenset({"save", "write"})
_RESTORING = frozenset({"restore", "read"})


class CheckpointOfOtherNames(Rule):
    """`tf.train.Checkpoint(net=...)` restores what `tf.train.Checkpoint(model=...)` has saved.

    ## What it does

    Compares the names under which a file of the program saves objects in a checkpoint with those under which it
    restores them, where what is restored surely is what was saved: `manager.latest_checkpoint`, what `save` gave, or
    `tf.train.latest_checkpoint` of the folder of the manager.

    ## Why it is bad

    A checkpoint finds objects by these names. What it has under another one stays as it was made: untrained. Nothing
    is raised, unless the program asks by `assert_consumed()`.

    ## Example

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(model=model), "saved", max_to_keep=3)
    manager.save()
    again = Sequential([layers.Input((4,)), layers.Dense(1)])
    tf.train.Checkpoint(net=again).restore(manager.latest_checkpoint)
    ```

    ## Use instead

    ```python
    import tensorflow as tf
    from keras import Sequential, layers

    model = Sequential([layers.Input((4,)), layers.Dense(1)])
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(model=model), "saved", max_to_keep=3)
    manager.save()
    again = Sequential([layers.Input((4,)), layers.Dense(1)])
    tf.train.Checkpoint(model=again).restore(manager.latest_checkpoint)
    ```

    ## References

    - [TensorFlow: training checkpoints](https://www.tensorflow.org/guide/checkpoint#loading_mechanics)
    """

    code = "KC720"
    name = "checkpoint-of-other-names"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        main = program.main
        if main is None or "Checkpoint" not in names_used(main.file, main.file.tree):
            return
        module = module_code(program, main.file)
        functions = [Code(one, program.objects) for one in functions_of(program) if one.site.file is main.file]
        made = _Checkpoints([*functions, *([module] if module is not None else [])])
        for code, call, names in made.restored():
            saved = made.source_of(code, call)
            if saved is None or not saved.names or names <= saved.names:
                continue
            missing = ", ".join(repr(name) for name in sorted(names - saved.names))
            yield Finding(
                code.site(call),
                f"the checkpoint has {', '.join(repr(name) for name in sorted(saved.names))}, and nothing under "
                f"{missing}, which stays as it is; use the same names in both",
            )

    VALID = [
        # the same names, or a part of them
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
checkpoint = tf.train.Checkpoint(model=model, step=tf.Variable(0))
manager = tf.train.CheckpointManager(checkpoint, "saved", max_to_keep=3)
manager.save()
checkpoint.restore(manager.latest_checkpoint)
tf.train.Checkpoint(model=model).restore(manager.latest_checkpoint).expect_partial()
path = checkpoint.save("other/ckpt")
tf.train.Checkpoint(step=tf.Variable(0)).restore(path)
""",
        # a checkpoint from elsewhere
        """
import sys
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
manager = tf.train.CheckpointManager(tf.train.Checkpoint(model=model), "saved", max_to_keep=3)
tf.train.Checkpoint(net=model).restore(sys.argv[1])
tf.train.Checkpoint(net=model).restore(tf.train.latest_checkpoint("pretrained"))
manager.save()
""",
        # names that are not known
        """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
def save(parts):
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(**parts), "saved", max_to_keep=3)
    manager.save()
    tf.train.Checkpoint(net=model).restore(manager.latest_checkpoint)
""",
    ]
    INVALID = [
        Invalid(
            """
import tensorflow as tf
from keras import Sequential, layers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
checkpoint = tf.train.Checkpoint(model=model, step=tf.Variable(0))
path = checkpoint.save("saved/ckpt")
other = tf.train.Checkpoint(net=model)
other.restore(path).expect_partial()
manager = tf.train.CheckpointManager(checkpoint, "folder", max_to_keep=3)
manager.save()
tf.train.Checkpoint(net=model, step=tf.Variable(0)).restore(tf.train.latest_checkpoint("folder"))
""",
            [
                (
                    8,
                    "the checkpoint has 'model', 'step', and nothing under 'net', which stays as it is; use the "
                    "same names in both",
                ),
                (
                    11,
                    "the checkpoint has 'model', 'step', and nothing under 'net', which stays as it is; use the "
                    "same names in both",
                ),
            ],
        ),
    ]


class _Saved(NamedTuple):
    """The names of a checkpoint, empty where they are not known, and the folder of its manager."""

    names: frozenset[str]
    folder: cst.BaseExpression | None = None


class _Checkpoints:
    """The checkpoints and managers of a file, by the names that are bound to one of them alone."""

    def __init__(self, codes: list[Code]) -> None:
        self.codes = codes
        self.values: dict[str, tuple[Code, cst.BaseExpression] | None] = {}
        for code in codes:
            for node in own_nodes(code.file, code.node.body, cst.Assign):
                for one in node.targets:
                    name = _text(one.target)
                    if name:
                        self.values[name] = None if name in self.values else (code, node.value)

    def restored(self) -> Iterator[tuple[Code, cst.Call, frozenset[str]]]:
        """The calls that restore a checkpoint, and the names of what they restore."""
        for code in self.codes:
            for call in own_nodes(code.file, code.node.body, cst.Call):
                func = call.func
                if isinstance(func, cst.Attribute) and func.attr.value in _RESTORING and call.args:
                    names = self._checkpoint(code, func.value)
                    if names:
                        yield code, call, names

    def source_of(self, code: Code, call: cst.Call) -> _Saved | None:
        """What the call restores, where the file has surely saved it."""
        given = self._value(code, call.args[0].value)
        node = given[1]
        if isinstance(node, cst.Attribute) and node.attr.value == "latest_checkpoint":
            return self._manager(given[0], node.value)
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            return None
        if given[0].symbol(node.func) == "tensorflow.train.latest_checkpoint":
            folder = argument(node, "checkpoint_dir", 0)
            managers = [self._manager(*one) for one in self.values.values() if one is not None]
            same = [one for one in managers if one is not None and _same(one.folder, folder)]
            return same[0] if len(same) == 1 else None
        if node.func.attr.value in _SAVING:
            return self._manager(given[0], node.func.value) or _Saved(self._checkpoint(given[0], node.func.value))
        return None

    def _value(self, code: Code, node: cst.BaseExpression) -> tuple[Code, cst.BaseExpression]:
        name = _text(node)
        found = self.values.get(name) if name else None
        return found if found is not None else (code, node)

    def _checkpoint(self, code: Code, node: cst.BaseExpression) -> frozenset[str]:
        code, node = self._value(code, node)
        if not isinstance(node, cst.Call) or code.symbol(node.func) != "tensorflow.train.Checkpoint":
            return frozenset()
        if any(arg.keyword is None for arg in node.args):
            return frozenset()
        return frozenset(arg.keyword.value for arg in node.args if arg.keyword is not None)

    def _manager(self, code: Code, node: cst.BaseExpression) -> _Saved | None:
        code, node = self._value(code, node)
        if not isinstance(node, cst.Call) or code.symbol(node.func) != "tensorflow.train.CheckpointManager":
            return None
        held = argument(node, "checkpoint", 0)
        return _Saved(self._checkpoint(code, held), argument(node, "directory", 1)) if held is not None else None


def _text(node: cst.BaseExpression) -> str:
    """A name, or an attribute of one."""
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
        return f"{node.value.value}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _same(one: cst.BaseExpression | None, other: cst.BaseExpression | None) -> bool:
    is_plain = isinstance(one, (cst.SimpleString, cst.Name, cst.Attribute))
    return one is not None and other is not None and is_plain and one.deep_equals(other)
