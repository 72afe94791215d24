"""The mutants of programs: one change at a time that is surely wrong, made in the text.

Each operator takes a program and gives the texts that it becomes, one for each place. A place is taken only where the
change is a fault whatever is not known of the program: a misspelt activation is one anywhere, a wrong number of classes
only where the labels are those of a dataset of Keras. Rows stay where they are.

To add an operator: a function that yields `Edit`s, and its row in `OPERATORS`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

#: Layers whose first argument is a number of units or filters.
SIZED = ("Dense", "Conv1D", "Conv2D", "Conv3D", "LSTM", "GRU", "SimpleRNN")
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
CROSSENTROPIES = ("categorical_crossentropy", "sparse_categorical_crossentropy")
ACTIVATIONS = ("relu", "sigmoid", "softmax", "tanh", "elu", "selu", "softplus", "swish", "gelu")
DATASETS = ("mnist", "fashion_mnist", "cifar10", "cifar100")


@dataclass(frozen=True)
class Edit:
    """One place, from and to in characters of the program, and what stands there then."""

    start: int
    end: int
    text: str
    row: int


class Program:
    """The text of a program and its tree."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = text.splitlines()
        self.calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Where a node starts and ends, in characters."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def instead(self, node: ast.expr | ast.stmt | ast.keyword, text: str) -> Edit:
        """This text in the place of a node, with as many rows as before."""
        start, end = self.span(node)
        missing = self.text.count("\n", start, end) - text.count("\n")
        if missing and isinstance(node, ast.stmt):
            text += "\n" * missing
        elif missing:
            text = "(" + text + "\n" * missing + ")"
        return Edit(start, end, text, node.lineno)

    def code(self, node: ast.expr) -> str:
        """How a node is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def has_known_images(self) -> bool:
        """Whether its data are images of `keras.datasets`, of which kind and classes are known."""
        return any(
            name(call) == "load_data" and isinstance(call.func, ast.Attribute) and last(call.func.value) in DATASETS
            for call in self.calls
        )

    def losses(self) -> set[str]:
        """The names of losses that it compiles with."""
        found = (argument(call, "loss", 1) for call in self.calls if name(call) == "compile")
        return {value for node in found if node is not None and isinstance(value := constant(node), str)}

    def _offset(self, row: int, column: int) -> int:
        line = self._lines[row - 1]
        return self._starts[row - 1] + len(line.encode()[:column].decode())


def last(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def name(call: ast.Call) -> str:
    """The last part of what is called."""
    return last(call.func)


def constant(node: ast.expr | None) -> object:
    """The value of a literal."""
    return node.value if isinstance(node, ast.Constant) else None


def argument(call: ast.Call, keyword: str, position: int | None = None) -> ast.expr | None:
    """An argument by its name, or by its position."""
    for item in call.keywords:
        if item.arg == keyword:
            return item.value
    if position is not None and len(call.args) > position and not any(isinstance(a, ast.Starred) for a in call.args):
        return call.args[position]
    return None


def _misspelt(word: str) -> str:
    """The word without its third letter."""
    return word[:2] + word[3:]


def _activation_misspelt(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "activation", 0 if name(call) == "Activation" else None)
        value = constant(given)
        if given is not None and value in ACTIVATIONS and len(str(value)) > 3:
            yield program.instead(given, repr(_misspelt(str(value))))


def _loss_misspelt(program: Program) -> Iterator[Edit]:
    yield from _setting_misspelt(program, "loss", 1)


def _optimizer_misspelt(program: Program) -> Iterator[Edit]:
    yield from _setting_misspelt(program, "optimizer", 0)


def _setting_misspelt(program: Program, keyword: str, position: int) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, keyword, position) if name(call) == "compile" else None
        value = constant(given)
        if given is not None and isinstance(value, str) and len(value) > 2:
            yield program.instead(given, repr(_misspelt(value)))


def _metric_misspelt(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "metrics") if name(call) == "compile" else None
        for item in given.elts if isinstance(given, ast.List) else ():
            value = constant(item)
            if isinstance(value, str) and len(value) > 3:
                yield program.instead(item, repr(_misspelt(value)))


def _argument_misspelt(program: Program) -> Iterator[Edit]:
    known = {"activation", "kernel_size", "padding", "return_sequences", "strides", "pool_size", "input_shape", "units"}
    for call in program.calls:
        for item in call.keywords:
            if item.arg in known and name(call)[:1].isupper():
                start, _ = program.span(item)
                yield Edit(start, start + len(item.arg), _misspelt(item.arg), item.lineno)


def _fit_argument_misspelt(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        for item in call.keywords if name(call) == "fit" else ():
            if item.arg in ("epochs", "batch_size", "validation_data", "validation_split", "callbacks", "verbose"):
                start, _ = program.span(item)
                yield Edit(start, start + len(item.arg), _misspelt(item.arg), item.lineno)


def _last_activation(program: Program) -> Iterator[Edit]:
    """The softmax before a crossentropy becomes a rectifier."""
    if program.losses() and program.losses() <= set(CROSSENTROPIES):
        for call in program.calls:
            given = argument(call, "activation")
            if given is not None and name(call) == "Dense" and constant(given) == "softmax":
                yield program.instead(given, '"relu"')


def _classes(program: Program) -> Iterator[Edit]:
    """One class is missing in the output."""
    if not program.has_known_images():
        return
    for call in program.calls:
        units = argument(call, "units", 0)
        if (
            name(call) == "Dense"
            and constant(argument(call, "activation")) == "softmax"
            and constant(units) in (10, 100)
        ):
            assert units is not None
            yield program.instead(units, str(int(str(constant(units))) - 1))


def _loss_of_other_labels(program: Program) -> Iterator[Edit]:
    """The crossentropy of one-hot labels where they are numbers, and the other way round."""
    is_one_hot = any(name(call) == "to_categorical" for call in program.calls)
    if not is_one_hot and not program.has_known_images():
        return
    for call in program.calls:
        given = argument(call, "loss", 1) if name(call) == "compile" else None
        value = constant(given)
        if given is not None and value in CROSSENTROPIES:
            other = CROSSENTROPIES[1] if value == CROSSENTROPIES[0] else CROSSENTROPIES[0]
            yield program.instead(given, repr(other))


def _binary_loss(program: Program) -> Iterator[Edit]:
    """A binary crossentropy after a softmax over several units where the labels are class numbers."""
    for call in program.calls:
        given = argument(call, "loss", 1) if name(call) == "compile" else None
        if given is not None and constant(given) == CROSSENTROPIES[1]:
            yield program.instead(given, '"binary_crossentropy"')


def _squared_loss(program: Program) -> Iterator[Edit]:
    """Class numbers are compared with probabilities as if they were figures."""
    for call in program.calls:
        given = argument(call, "loss", 1) if name(call) == "compile" else None
        if given is not None and constant(given) == CROSSENTROPIES[1]:
            yield program.instead(given, '"mse"')


def _flatten_removed(program: Program) -> Iterator[Edit]:
    """`model.add(Flatten())` is gone, where images reach dense layers of an image classifier."""
    for node in ast.walk(program.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and name(node.value) == "add":
            added = argument(node.value, "layer", 0)
            if isinstance(added, ast.Call) and name(added) == "Flatten" and not added.args and not added.keywords:
                yield program.instead(node, "pass")


def _sequences_lost(program: Program) -> Iterator[Edit]:
    """`return_sequences=True` is turned off where another recurrent layer is stacked on it with `add`."""
    stacked = [
        call
        for node in ast.walk(program.tree)
        if isinstance(node, ast.Expr) and isinstance(call := node.value, ast.Call) and name(call) == "add"
    ]
    stacked.sort(key=lambda call: call.lineno)
    for call, after in pairwise(stacked):
        layer, later = argument(call, "layer", 0), argument(after, "layer", 0)
        if isinstance(layer, ast.Call) and isinstance(later, ast.Call) and name(layer) in RECURRENT:
            given = argument(layer, "return_sequences")
            if given is not None and constant(given) is True and name(later) in RECURRENT:
                yield program.instead(given, "False")


def _input_shape(program: Program) -> Iterator[Edit]:
    """The first size of an input is twice as large, where the data are known images."""
    if not program.has_known_images():
        return
    for call in program.calls:
        given = argument(call, "input_shape") or (argument(call, "shape", 0) if name(call) == "Input" else None)
        if isinstance(given, ast.Tuple) and given.elts and constant(given.elts[0]) in (28, 32, 784):
            first = given.elts[0]
            yield program.instead(first, str(2 * int(str(constant(first)))))


def _kernel(program: Program) -> Iterator[Edit]:
    """A window larger than any image."""
    if not _shape_is_given(program):
        return
    for call in program.calls:
        given = argument(call, "kernel_size", 1) if name(call) == "Conv2D" else None
        if isinstance(given, (ast.Tuple, ast.Constant)) and constant(argument(call, "padding")) != "same":
            yield program.instead(given, "(999, 999)")


def _shape_is_given(program: Program) -> bool:
    """Whether some input says its height and width in figures."""
    for call in program.calls:
        given = argument(call, "input_shape") or (argument(call, "shape", 0) if name(call) == "Input" else None)
        if isinstance(given, ast.Tuple) and len(given.elts) == 3 and all(constant(size) for size in given.elts):
            return True
    return False


def _dropout_in_percent(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "rate", 0) if name(call) == "Dropout" else None
        value = constant(given)
        if given is not None and isinstance(value, float) and 0 < value < 1:
            yield program.instead(given, str(round(value * 100)))


def _learning_rate(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "learning_rate") or argument(call, "lr")
        value = constant(given)
        if given is not None and isinstance(value, float) and 0 < value <= 0.01 and name(call) in ("Adam", "RMSprop"):
            yield program.instead(given, "10.0")


def _one_hot_lost(program: Program) -> Iterator[Edit]:
    """Labels stay class numbers, where the loss takes one-hot rows."""
    if program.losses() != {CROSSENTROPIES[0]}:
        return
    for node in ast.walk(program.tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and name(node.value) == "to_categorical":
            given = argument(node.value, "x", 0) or argument(node.value, "y")
            target = node.targets[0]
            if isinstance(given, ast.Name) and isinstance(target, ast.Name) and "train" in target.id:
                yield program.instead(node.value, given.id)


def _scaling_lost(program: Program) -> Iterator[Edit]:
    """Pixels stay from 0 to 255."""
    if not program.has_known_images():
        return
    for node in ast.walk(program.tree):
        if isinstance(node, ast.AugAssign):
            scaled, by = node.target, node.value
        elif isinstance(node, ast.BinOp):
            scaled, by = node.left, node.right
        else:
            continue
        if isinstance(node.op, ast.Div) and constant(by) in (255, 255.0) and "train" in program.code(scaled):
            yield program.instead(by, "1")


def _monitor(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "monitor", 0 if name(call) == "EarlyStopping" else None)
        value = constant(given)
        if given is not None and isinstance(value, str) and name(call)[:1].isupper() and _is_fitted(program):
            yield program.instead(given, repr(_misspelt(value)))


def _is_fitted(program: Program) -> bool:
    return any(name(call) == "fit" for call in program.calls)


def _compile_removed(program: Program) -> Iterator[Edit]:
    """The one call of `compile` is gone, where the program trains."""
    if [name(call) for call in program.calls].count("compile") == 1 and _is_fitted(program):
        for node in program.tree.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and name(node.value) == "compile":
                yield program.instead(node, "pass")


def _labels_shuffled(program: Program) -> Iterator[Edit]:
    """The labels in another order than the features they belong to, where these are more than random numbers."""
    if "import numpy as np" not in program.text or not program.has_known_images():
        return
    for node in program.tree.body:
        call = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
        labels = argument(call, "y", 1) if isinstance(call, ast.Call) and name(call) == "fit" else None
        if isinstance(labels, ast.Name):
            start, _ = program.span(node)
            yield Edit(start, start, f"np.random.shuffle({labels.id}); ", node.lineno)


def _epochs(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "epochs") if name(call) == "fit" else None
        if given is not None and isinstance(constant(given), int):
            yield program.instead(given, "0")


def _validation_split(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "validation_split") if name(call) == "fit" else None
        if given is not None and isinstance(constant(given), float):
            yield program.instead(given, "20")


def _layer_misspelt(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        if isinstance(call.func, ast.Attribute) and last(call.func.value) == "layers" and name(call)[:1].isupper():
            _, end = program.span(call.func)
            yield Edit(end - len(call.func.attr), end, _misspelt(call.func.attr), call.lineno)


def _units_negative(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "units", 0) if name(call) in SIZED else None
        if given is not None and isinstance(constant(given), int):
            yield program.instead(given, "0")


def _padding_misspelt(program: Program) -> Iterator[Edit]:
    for call in program.calls:
        given = argument(call, "padding")
        if (
            given is not None
            and constant(given) in ("same", "valid")
            and name(call).startswith(("Conv", "Max", "Average"))
        ):
            yield program.instead(given, '"smae"')


#: What is changed, by the name that the table of results has.
OPERATORS: dict[str, Callable[[Program], Iterator[Edit]]] = {
    "activation misspelt": _activation_misspelt,
    "loss misspelt": _loss_misspelt,
    "optimizer misspelt": _optimizer_misspelt,
    "metric misspelt": _metric_misspelt,
    "argument of a layer misspelt": _argument_misspelt,
    "argument of fit misspelt": _fit_argument_misspelt,
    "layer misspelt": _layer_misspelt,
    "padding misspelt": _padding_misspelt,
    "monitor misspelt": _monitor,
    "softmax becomes relu": _last_activation,
    "one class too few": _classes,
    "no units": _units_negative,
    "loss of the other labels": _loss_of_other_labels,
    "binary loss on class numbers": _binary_loss,
    "squared error on class numbers": _squared_loss,
    "one-hot lost": _one_hot_lost,
    "scaling lost": _scaling_lost,
    "labels shuffled alone": _labels_shuffled,
    "Flatten removed": _flatten_removed,
    "return_sequences off": _sequences_lost,
    "input twice as large": _input_shape,
    "kernel beyond the input": _kernel,
    "dropout in percent": _dropout_in_percent,
    "learning rate 10": _learning_rate,
    "compile removed": _compile_removed,
    "no epochs": _epochs,
    "validation split in percent": _validation_split,
}


def mutants(text: str) -> Iterator[tuple[str, int, str]]:
    """The name of the operator, the row of the place, and the text of each mutant that Python still parses."""
    program = Program(text)
    for operator, places in OPERATORS.items():
        for edit in places(program):
            mutant = text[: edit.start] + edit.text + text[edit.end :]
            try:
                ast.parse(mutant)
            except SyntaxError:
                continue
            yield operator, edit.row, mutant
