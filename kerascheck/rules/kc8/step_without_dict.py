"""KC805: a train_step or test_step that returns no dictionary."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, definition, is_keras_3, own_method, own_nodes
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class StepWithoutDict(Rule):
    """A `train_step` or `test_step` returns a loss, a tuple or nothing where `fit` expects a dictionary.

    ## What it does

    Reports a `return` of `train_step` or `test_step` in a model of the program whose value surely is not a dictionary,
    and a step without a `return`.

    ## Why it is bad

    `fit` and `evaluate` read the names of the figures from it: "'EagerTensor' object has no attribute 'items'".

    ## Example

    ```python
    import keras

    class Net(keras.Model):
        def test_step(self, data):
            x, y = data
            loss = self.compute_loss(x, y, self(x))
            return loss
    ```

    ## Use instead

    ```python
    import keras

    class Net(keras.Model):
        def test_step(self, data):
            x, y = data
            loss = self.compute_loss(x, y, self(x))
            return {"loss": loss}
    ```

    ## References

    - [Keras: customizing what happens in fit](https://keras.io/guides/custom_train_step_in_tensorflow/)
    """

    code = "KC805"
    name = "step-without-dict"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            if base_of(cls) not in ("keras.Model", "keras.Sequential") or not is_keras_3(cls.site):
                continue
            for name in ("train_step", "test_step"):
                method = own_method(cls, name)
                if method is None or not _is_plain(Code(method)):
                    continue
                code = Code(method, program.objects)
                returns = list(own_nodes(code.file, definition(method).body, cst.Return))
                ends = any(own_nodes(code.file, definition(method).body, cst.Raise, cst.Yield))
                if not returns and not ends and len(definition(method).body.body) > 1:
                    yield Finding(
                        code.site(definition(method)),
                        f"{cls.name}.{name} returns nothing; fit and evaluate expect a dictionary such as "
                        '{"loss": loss}',
                    )
                for node in returns:
                    what = "nothing" if node.value is None else _no_dictionary(code, node.value, 3)
                    if what is not None:
                        yield Finding(
                            code.site(node),
                            f"{cls.name}.{name} returns {what}; fit and evaluate expect a dictionary such as "
                            '{"loss": loss}',
                        )

    VALID = [
        # a dictionary
        """
import keras
class Net(keras.Model):
    def test_step(self, data):
        x, y = data
        loss = self.compute_loss(x, y, self(x))
        return {"loss": loss, **{m.name: m.result() for m in self.metrics}}
""",
        # made by Keras, or by somebody else
        """
import keras
from mine import figures
class Net(keras.Model):
    def train_step(self, data):
        logs = super().train_step(data)
        return logs
    def test_step(self, data):
        x, y = data
        result = figures(y, self(x))
        return result
""",
        # a step of a class that fit does not know
        """
class Trainer:
    def train_step(self, data):
        loss = data * 2
        return loss
""",
        # a step that nobody is meant to run
        """
import keras
class Base(keras.Model):
    def train_step(self, data):
        raise NotImplementedError("in the subclass")
    def test_step(self, data):
        pass
""",
        # the program calls its own step
        """
import keras
class Net(keras.Model):
    def train_step(self, x, y):
        loss = self.compute_loss(x, y, self(x))
        return loss
    def fit(self, data):
        for x, y in data:
            self.train_step(x, y)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
import tensorflow as tf
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            error = tf.reduce_mean(tf.square(y - self(x, training=True)))
        slopes = tape.gradient(error, self.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))
        return error
""",
            [
                (
                    11,
                    'Net.train_step returns a tensor; fit and evaluate expect a dictionary such as {"loss": loss}',
                )
            ],
        ),
        Invalid(
            """
import keras
class Net(keras.Model):
    def test_step(self, data):
        x, y = data
        self.compute_loss(x, y, self(x))
        return [m.result() for m in self.metrics]
""",
            [(7, 'Net.test_step returns a list; fit and evaluate expect a dictionary such as {"loss": loss}')],
        ),
        Invalid(
            """
import keras
class Net(keras.Model):
    def test_step(self, data):
        x, y = data
        self.compute_loss(x, y, self(x))
""",
            [
                (
                    4,
                    'Net.test_step returns nothing; fit and evaluate expect a dictionary such as {"loss": loss}',
                )
            ],
        ),
    ]


def _is_plain(code: Code) -> bool:
    """Whether it is the step that Keras calls: with `data` alone, and not called by the program itself."""
    params = code.node.params
    plain = len(params.params) == 2 and not code.node.decorators and params.params[1].default is None
    owner = code.function.owner
    assert owner is not None
    return plain and not {"fit", "make_train_function", "evaluate", "train_function"} & owner.members.keys()


#: What comprehensions make.
_COLLECTIONS = {cst.ListComp: "a list", cst.SetComp: "a set", cst.GeneratorExp: "a generator"}
#: Methods of models that give tensors.
_TENSORS = frozenset({"compute_loss", "compiled_loss"})


def _no_dictionary(code: Code, node: cst.BaseExpression, depth: int) -> str | None:
    """What the value is, if it surely is not a dictionary."""
    if isinstance(node, (cst.Tuple, cst.List)):
        return "a tuple" if isinstance(node, cst.Tuple) else "a list"
    if isinstance(node, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
        return _COLLECTIONS[type(node)]
    if isinstance(node, (cst.BaseNumber, cst.Comparison)):
        return "a number"
    if isinstance(node, cst.BinaryOperation) and not isinstance(node.operator, cst.BitOr):
        return "a tensor"
    if isinstance(node, cst.Call):
        symbol = code.symbol(node.func)
        last = symbol.rpartition(".")[2]
        is_operation = symbol.startswith(("tensorflow.reduce_", "tensorflow.math.", "tensorflow.nn.", "keras.ops."))
        if (is_operation or symbol == "tensorflow.cast" or symbol.startswith("keras.losses.")) and last[:1].islower():
            return "a tensor"
        own = code.is_own_attribute(node.func)
        owner = code.function.owner
        if own in _TENSORS and owner is not None and own not in owner.members:
            return "a tensor"
        return None
    if isinstance(node, cst.Name) and depth:
        if node.value == "None":
            return "nothing"
        values = _assigned(code, node.value)
        kinds = [None if value is None else _no_dictionary(code, value, depth - 1) for value in values]
        return kinds[0] if kinds and all(kind is not None for kind in kinds) else None
    return None


def _assigned(code: Code, name: str) -> list[cst.BaseExpression | None]:
    """What the function assigns to the name; None for what is not one expression."""
    found: list[cst.BaseExpression | None] = []
    if name not in code.bound:
        return [None]
    for part in own_nodes(code.file, code.node):
        if isinstance(part, cst.Assign):
            for target in part.targets:
                if isinstance(target.target, cst.Name):
                    found += [part.value] if target.target.value == name else []
                elif any(one.value == name for one in own_nodes(code.file, target, cst.Name)):
                    found.append(None)
        elif isinstance(part, cst.Param) and part.name.value == name:
            found.append(None)
        elif isinstance(part, (cst.For, cst.With, cst.AnnAssign, cst.NamedExpr)):
            bound = getattr(part, "target", None)
            if isinstance(bound, cst.Name) and bound.value == name:
                found.append(getattr(part, "value", None))
    return found
