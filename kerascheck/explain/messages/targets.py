"""Messages of losses at work, about targets and outputs."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.explain.messages.base import SHAPE, Groups, Message, sizes

_LOSS_ADVICE = (
    'Class numbers (0, 1, 2, ...) and softmax with one unit per class: `loss="sparse_categorical_crossentropy"`',
    'One-hot rows (`to_categorical`) and softmax: `loss="categorical_crossentropy"`, as many '
    "units as the rows are long",
    'Two classes as 0 and 1: `Dense(1, activation="sigmoid")` and `loss="binary_crossentropy"`',
)


def _about_targets(found: Groups) -> Iterator[str]:
    target, output = sizes(found.get("target", "")), sizes(found.get("output", ""))
    if not target or not output:
        return
    one = len(target) == 1 or target[-1] == "1"
    if one and output[-1].isdigit() and int(output[-1]) > 1 and len(output) <= max(2, len(target)):
        yield (
            f"The targets hold one number per sample and the output has {output[-1]} units: if the numbers are "
            f'classes, use `loss="sparse_categorical_crossentropy"`, or one-hot targets, '
            f"`keras.utils.to_categorical(y, {output[-1]})`"
        )
    elif output[-1] == "1" and target[-1].isdigit() and int(target[-1]) > 1 and len(target) == 2:
        yield f"The targets are {target[-1]} wide and the output has one unit: the last layer needs {target[-1]} units"
    elif len(output) > len(target):
        yield (
            "The output has more axes than the targets: a `Flatten`, global pooling, or "
            "`return_sequences=False` in the last "
            "recurrent layer is missing before the last Dense"
        )
    elif len(output) == len(target) and target[-1] != output[-1] and target[-1].isdigit():
        yield f"The last layer needs {target[-1]} units, as many as the targets have columns"


def _about_axes(found: Groups) -> Iterator[str]:
    target, output = sizes(found.get("target", "")), sizes(found.get("output", ""))
    if not target or not output:
        return
    if len(output) > 2 and (len(target) == 1 or target[1:] == ["1"]):
        yield (
            "The output still has the axes of an image or sequence: add `Flatten()` or global pooling before the last "
            "Dense (in recurrent layers, leave out the last `return_sequences=True`)"
        )
    elif target == output or (len(target) == len(output) == 2 and target[-1] not in ("1", "None")):
        yield 'The targets are one-hot rows: `loss="categorical_crossentropy"` takes them as they are'


def _about_label(found: Groups) -> Iterator[str]:
    value, size = int(found["value"]), int(found["size"])
    if value == size:
        yield f"If the labels count from 1 to {value}: `y = y - 1`"
        yield f"If they count from 0 to {value}, there are {value + 1} classes: the last layer needs {value + 1} units"
    elif value > size:
        yield f"For labels up to {value} the last layer needs {value + 1} units, or the labels must be renumbered"


MESSAGES: tuple[Message, ...] = (
    Message(
        id="target-output-shape",
        patterns=(
            rf"`target` and `output` must have the same (?:rank \(ndim\)|shape)\. Received: "
            rf"target\.shape=(?P<target>{SHAPE}), output\.shape=(?P<output>{SHAPE})",
            rf"`?logits`? and `?labels`? must have the same shape,? ?(?:received)? "
            rf"?\(?(?P<output>{SHAPE}) vs\.? (?P<target>{SHAPE})",
            r"`?labels`? and `?logits`? must have the same shape",
            rf"A target array with shape (?P<target>{SHAPE}) was passed for an output of shape (?P<output>{SHAPE})",
            rf"Shapes (?P<target>{SHAPE}) and (?P<output>{SHAPE}) are incompatible",
        ),
        title="Targets {target|of one shape} and model output {output|of another} do not have the same shape",
        page="Targets and output differ (`logits and labels must have the same shape`, `Arguments "
        "target and output must have the same shape`, `Shapes (None, 1) and (None, 10) are "
        "incompatible`)",
        why="This loss compares targets and output value by value, so both need the same shape. Usually the loss does "
        "not fit the form of the labels (class numbers or one-hot rows), or the last layer does not have one unit per "
        "class.",
        todo=_LOSS_ADVICE,
        more=_about_targets,
        rules=("KC214", "KC215"),
        examples=(
            "ValueError: Arguments `target` and `output` must have the same shape. Received: "
            "target.shape=(None, 1), output.shape=(None, 3)",
            "ValueError: `logits` and `labels` must have the same shape, received ((None, 10) vs (None, 1)).",
            "ValueError: logits and labels must have the same shape ((None, 10) vs (None, 1))",
            "ValueError: Shapes (None, 1) and (None, 10) are incompatible",
            "ValueError: A target array with shape (60000, 1) was passed for an output of shape "
            "(None, 10) while using as loss `categorical_crossentropy`.",
        ),
    ),
    Message(
        id="target-output-rank",
        patterns=(
            rf"Argument `output` must have rank \(ndim\) `target\.ndim - 1`\. Received: "
            rf"target\.shape=(?P<target>{SHAPE}), output\.shape=(?P<output>{SHAPE})",
            rf"logits and labels must have the same first dimension, got logits shape "
            rf"(?P<output>{SHAPE}) and labels shape (?P<target>{SHAPE})",
            rf"`target` and `output` must have the same (?:shape except for the last dimension|shape "
            rf"up until the last dimension).{{0,80}}target\.shape=(?P<target>{SHAPE}), "
            rf"output\.shape=(?P<output>{SHAPE})",
            r"`labels\.shape` must equal `logits\.shape` except for the last dimension|Can not "
            r"squeeze dim\[1\], expected a dimension of 1, got (?P<classes>\d+)",
            rf"[Yy]ou are passing a target array of shape (?P<target>{SHAPE}) while using as loss `(?P<loss>\w+)`",
            rf"The shape of labels \(received (?P<target>{SHAPE})\) should equal the shape of logits "
            rf"except for the last dimension \(received (?P<output>{SHAPE})\)",
        ),
        title="Targets {target|of this shape} do not fit the output {output|of the model} in a sparse loss",
        page="One-hot rows for a sparse loss, or the other way round (`logits and labels must have the same first "
        "dimension`, `You are passing a target array of shape`)",
        why="`sparse_categorical_crossentropy` takes class numbers with one axis less than the output {output|of the "
        "model}; `categorical_crossentropy` takes one-hot rows of the same shape as the output. For sequences and "
        "images, a `Flatten` may be missing before the last layer, or one `return_sequences=True` too many be left.",
        todo=(
            'One-hot targets: `loss="categorical_crossentropy"`',
            "Class numbers: keep the sparse loss and leave out `to_categorical`; back from one-hot "
            "with `y.argmax(axis=-1)`",
        ),
        more=_about_axes,
        rules=("KC214",),
        examples=(
            "ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`. Received: "
            "target.shape=(None, 3), output.shape=(None, 3)",
            "InvalidArgumentError: logits and labels must have the same first dimension, got logits "
            "shape [32,10] and labels shape [320]",
            "ValueError: You are passing a target array of shape (60000, 1) while using as loss "
            "`categorical_crossentropy`. `categorical_crossentropy` expects targets to be binary "
            "matrices",
            "ValueError: Shape mismatch: The shape of labels (received (320,)) should equal the "
            "shape of logits except for the last dimension (received (32, 10)).",
        ),
    ),
    Message(
        id="label-out-of-range",
        patterns=(
            r"Received a label value of (?P<value>-?\d+) which is outside the valid range of \[0, "
            r"?(?P<size>\d+)\)",
        ),
        title="A label is {value}, but the output has {size} units, for the classes 0 to {last}",
        page="`Received a label value of 10 which is outside the valid range of [0, 10)`",
        why="With `sparse_categorical_crossentropy` class numbers count from 0 and must be smaller than the number of "
        "units. Labels that begin with 1, a forgotten class, or -1 for unknown labels are outside. On a GPU the same "
        "mistake turns the loss into NaN instead.",
        todo=(
            "The last layer needs one unit per class: the largest label plus one",
            "Number the classes from 0 without gaps: `LabelEncoder`, or `np.unique(y, return_inverse=True)`",
        ),
        more=_about_label,
        rules=("KC219",),
        examples=(
            "InvalidArgumentError: Graph execution error:\nReceived a label value of 3 which is "
            "outside the valid range of [0, 3).  Label values: 3 3 3 3",
        ),
    ),
    Message(
        id="nan-loss",
        patterns=(
            r"\b(?P<name>(?:val_)?loss): nan",
            r"Batch (?P<batch>\d+): Invalid loss, terminating "
            r"training",
            r"Tensor had (?P<what>NaN|Inf|-Inf|Inf and NaN) "
            r"values",
            r"(?i:\bnan[ -]loss\b|\bloss (?:is|becomes|became|turns|goes|went)(?: to)? nan\b)",
        ),
        title="The loss has become NaN",
        page="nan loss: `loss: nan`, `Invalid loss, terminating training`, `Tensor had NaN values`",
        why="From the first batch on: the data holds NaN or infinite values, or labels beyond the classes. After a "
        "while: the training diverges, since the learning rate is too high, the features are not scaled, or a custom "
        "loss divides by zero or takes its logarithm.",
        todo=(
            "Check the data: `np.isnan(x).any()`, `np.isfinite(x).all()`, the same for `y`; drop or "
            "fill what is missing",
            "Scale the features (`StandardScaler`, `x / 255`) and lower the learning rate "
            "(`Adam(1e-4)`), or clip gradients, `Adam(clipnorm=1.0)`",
            "Check labels against the output: class numbers 0 to n - 1 for n units; 0 and 1 for `binary_crossentropy`",
            "Use logits with `from_logits=True` rather than your own logarithm",
        ),
        rules=("KC408", "KC407", "KC400", "KC427", "KC219", "KC310", "KC313"),
        examples=(
            "1/1 - 0s - 467ms/step - loss: nan",
            "Batch 0: Invalid loss, terminating training",
            "InvalidArgumentError: "
            "{{function_node "
            "__wrapped__CheckNumerics}} x : "
            "Tensor had NaN "
            "values [Op:CheckNumerics]",
        ),
    ),
    Message(
        id="partial-gradients",
        patterns=(r"Gradients do not exist for variables (?P<names>\[[^\]]{0,300})",),
        title="Some weights do not influence the loss, and are not trained",
        page="`Gradients do not exist for variables [...] when minimizing the loss`",
        why="A layer is not used on the way to the outputs that have a loss, or a step without a gradient (`argmax`, "
        "`round`, a cast to integers) stands between.",
        todo=(
            "Look for layers whose result is not used, and outputs without a loss",
            "If that is intended, set `layer.trainable = False`",
        ),
        examples=(
            "UserWarning: Gradients do not exist for variables ['dense/kernel'] when minimizing the "
            "loss. If using `model.compile()`, did you forget to provide a `loss` argument?",
        ),
    ),
)
