"""Messages of layers and models about their arguments and inputs."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.explain.messages.base import SHAPE, Groups, Message, sizes, written

_LAYER = r"(?:layer )?[\"'‘`]?(?P<layer>[\w/]+)[\"'’`]?"
_INPUT = rf"Input \d+(?: with name '[^']*')? (?:of|is incompatible with) (?:the )?{_LAYER}"


def _about_rank(found: Groups) -> Iterator[str]:
    """What the kind of layer and the two numbers of axes say."""
    layer, shape = found.get("layer", ""), sizes(found.get("shape", ""))
    wanted, given = found.get("wanted"), found.get("found")
    images = "conv2d" in layer or "pooling2d" in layer
    series = any(part in layer for part in ("lstm", "gru", "rnn", "conv1d", "pooling1d", "bidirectional"))
    if images and (wanted, given) == ("4", "3") and len(shape) == 3:
        yield (
            f"Images without a channel axis need one: `x = x[..., None]`, and `shape={written([*shape[1:], '1'])}` for "
            "the Input"
        )
    elif images and given == "2":
        yield (
            "A `Flatten`, `Dense` or `GlobalAveragePooling2D` comes before it, or the images are flat already: reshape "
            "them to `(height, width, channels)`"
        )
    elif series and (wanted, given) == ("3", "2"):
        yield (
            "If it follows another recurrent layer, give that one `return_sequences=True`; if it "
            "comes first, reshape the "
            "data to `(samples, steps, features)`: `x = x[..., None]` makes each feature a step"
        )
    elif series and (wanted, given) == ("3", "4"):
        yield "The input still has image axes: fold two of them into one with `Reshape` or `TimeDistributed(Flatten())`"
    elif layer.startswith("dense") and given == "1":
        yield "A batch axis is missing: `x[None, :]` for one sample, `x.reshape(-1, 1)` for samples of one feature"


def _about_axis(found: Groups) -> Iterator[str]:
    wanted, shape = found.get("wanted", ""), sizes(found.get("shape", ""))
    if not wanted.isdigit():
        return
    rest = [int(size) for size in shape[1:] if size.isdigit()]
    total = 1
    for size in rest:
        total *= size
    if len(rest) > 1 and total == int(wanted):
        sides = " x ".join(map(str, rest))
        yield f"{sides} = {wanted}: flatten the data, `x.reshape(-1, {wanted})`, or begin with `Flatten()`"


def _about_model_input(found: Groups) -> Iterator[str]:
    wanted, shape = sizes(found.get("wanted", "")), sizes(found.get("shape", ""))
    if len(shape) == len(wanted) - 1 and shape == wanted[1:]:
        yield "The batch axis is missing: pass `x[None, ...]` (or `np.expand_dims(x, 0)`) for a single sample"
    elif len(shape) == len(wanted) - 1 and wanted[-1:] == ["1"]:
        yield "The channel axis is missing: `x = x[..., None]`"
    elif wanted[-1:] == ["1"] and shape == wanted[1:-1]:
        yield "The batch axis and the channel axis are missing: pass `x[None, ..., None]` for a single image"
    elif len(wanted) == 2 and len(shape) > 2:
        yield from _about_axis({"wanted": wanted[-1], "shape": found.get("shape", "")})
    elif len(shape) == len(wanted) == 4 and shape[1:] == [wanted[3], wanted[1], wanted[2]]:
        yield "The channels come first in the data: move them to the end, `np.moveaxis(x, 1, -1)`"


def _about_axes(found: Groups) -> Iterator[str]:
    """What older messages of Keras say of shapes without the batch, and of numbers of axes."""
    wanted, shape = found.get("wanted", ""), found.get("shape", "")
    if wanted.startswith(("(", "[")):
        yield from _about_model_input({"wanted": f"(None, {wanted[1:]}", "shape": f"(None, {shape[1:]}"})
    elif wanted[:1].isdigit() and int(wanted.split()[0]) == len(sizes(shape)) + 1:
        yield "An axis is missing at the end: `x = x[..., None]` (a channel of images, a feature of each step)"


#: Arguments of older generations, and what they are called today.
_RENAMED = {
    "nb_epoch": "epochs", "nb_filter": "filters", "output_dim": "units", "init": "kernel_initializer",
    "border_mode": "padding", "subsample": "strides", "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer", "bias": "use_bias", "dim_ordering": "data_format", "pool_length": "pool_size",
    "filter_length": "kernel_size", "input": "inputs", "output": "outputs", "samples_per_epoch": "steps_per_epoch",
    "nb_val_samples": "validation_steps", "nb_worker": "workers", "lr": "learning_rate", "p": "rate",
    "input_dims": "input_dim", "period": "save_freq",
}  # fmt: skip
_GONE = frozenset({"workers", "use_multiprocessing", "max_queue_size", "max_q_size"})


def _about_argument(found: Groups) -> Iterator[str]:
    name = found.get("name", "")
    if name in _RENAMED:
        yield f"It is called `{_RENAMED[name]}` today"
    elif name in _GONE:
        yield f"In Keras 3 `{name}` is an argument of `keras.utils.PyDataset`, not of `fit`"
    elif name == "weights":
        yield (
            "Set weights after the layer is built, `layer.set_weights([...])`, or give an "
            "initializer: `keras.initializers.Constant(matrix)`"
        )
    elif name in ("input_length", "batch_input_shape", "implementation", "unroll_rnn"):
        yield f"Leave `{name}` out, and begin the model with `keras.Input(shape=...)`"


MESSAGES: tuple[Message, ...] = (
    Message(
        id="input-rank",
        patterns=(
            rf"{_INPUT}(?: is incompatible with the layer)?: ?:? expected (?:min_|max_|full )?ndim=(?P<wanted>\d+), "
            rf"found (?:full_)?ndim=(?P<found>\d+)(?:\. (?:Full shape|Shape) received: (?P<shape>{SHAPE}))?",
            r"Input of (?P<layer>\w+) must be (?P<wanted>\d)D, (?:received|found) (?P<found>\d)D",
        ),
        title="`{layer}` expects an input with {wanted} axes, but its input has {found}: "
        "{shape|its shape is not in the message}",
        page="A layer gets an input with the wrong number of axes (`expected ndim`, `found ndim`)",
        why="Each kind of layer needs a number of axes, the batch included: `Dense` at least 2 "
        "`(batch, features)`, recurrent "
        "layers and Conv1D 3 `(batch, steps, features)`, Conv2D and its pooling 4 `(batch, height, width, channels)`. "
        "Something before it dropped an axis, or the data (or the Input) never had it.",
        todo=(
            "Compare the shape above with what the layer needs, and add the missing axis where the "
            "data is made, or take out "
            "the layer that dropped it (`Flatten`, a recurrent layer without `return_sequences=True`, global pooling)",
        ),
        more=_about_rank,
        origin="axes",
        rules=("KC201",),
        examples=(
            "ValueError: Input 0 with name 'None' of layer 'conv2d' is incompatible with the layer: "
            "expected min_ndim=4, found "
            "ndim=3. Full shape received: (None, 28, 28)",
            'ValueError: Input 0 of layer "lstm_1" is incompatible with the layer: expected ndim=3, '
            "found ndim=2. Full shape "
            "received: (None, 64)",
            "ValueError: Input 0 of layer conv2d is incompatible with the layer: : expected "
            "min_ndim=4, found ndim=3. Full "
            "shape received: [None, 28, 28]",
            "ValueError: Input 0 is incompatible with layer lstm_2: expected ndim=3, found ndim=2",
        ),
    ),
    Message(
        id="input-axis",
        patterns=(
            rf"{_INPUT}(?: is incompatible with the layer)?: ?:? expected axis (?P<axis>-?\d+) of "
            rf"input shape to have value "
            rf"(?P<wanted>\d+),? but received input with shape (?P<shape>{SHAPE})",
        ),
        title="`{layer}` expects {wanted} on axis {axis}, but its input has the shape {shape}",
        page="A layer was built for another number of features (`expected axis -1 of input shape to have value`)",
        why="The weights of a layer are made for the size of the first input that it sees. This one "
        "was made for {wanted}, and "
        "the input that it gets now has another size there. Either the data is not of the shape "
        "that the model was built for, "
        "or one layer object is used on two different inputs.",
        todo=(
            "Make the last axis of the data {wanted}, or build the model for the size that the data has",
            "If the layer is used twice on purpose, make a second layer object for the second input",
        ),
        more=_about_axis,
        origin="size",
        rules=("KC210", "KC208", "KC209"),
        examples=(
            "ValueError: Input 0 with name 'None' of layer 'dense' is incompatible with the layer: "
            "expected axis -1 of input shape "
            "to have value 784, but received input with shape (None, 28)",
            "ValueError: Input 0 of layer sequential is incompatible with the layer: expected axis "
            "-1 of input shape to have "
            "value 784 but received input with shape (None, 28, 28)",
        ),
    ),
    Message(
        id="input-shape",
        patterns=(
            rf"{_INPUT}(?: is incompatible with the layer)?: ?:? expected shape=(?P<wanted>{SHAPE}), "
            rf"found shape=(?P<shape>{SHAPE})",
            rf"Invalid input shape for input .{{0,300}}?Expected shape (?P<wanted>{SHAPE}), but input "
            rf"has incompatible shape "
            rf"(?P<shape>{SHAPE})",
            rf"Input shape of the model is (?P<wanted>{SHAPE}), found (?P<shape>{SHAPE})",
        ),
        title="The model `{layer|that is called}` was built for inputs of the shape {wanted}, but gets {shape}",
        page="The data has another shape than the Input of the model (`expected shape`, `found shape`)",
        why="The first axis of both is the batch; all others must be equal where neither is None. "
        "The shape given to `Input` (or "
        "`input_shape`) is that of one sample, without the batch.",
        todo=(
            "Give `Input` the shape of one sample of your data, `x.shape[1:]`, or bring the data "
            "into the shape of the model",
            "In `predict` on one sample, add the batch axis: `model.predict(x[None, ...])`",
        ),
        more=_about_model_input,
        rules=("KC210", "KC209", "KC201"),
        examples=(
            'ValueError: Input 0 of layer "sequential" is incompatible with the layer: expected '
            "shape=(None, 784), found "
            "shape=(32, 28, 28)",
            "ValueError: Exception encountered when calling Sequential.call().\n\nInvalid input shape for input Tensor("
            '"data:0", shape=(None, 28, 27), dtype=float32). Expected shape (None, 784), but input '
            "has incompatible shape (None, 28, 27)",
        ),
    ),
    Message(
        id="keras1-input-shape",
        patterns=(
            rf"Error when checking (?:model )?(?:input|target)?:? ?expected (?P<layer>\w+) to have "
            rf"shape (?P<wanted>{SHAPE}) but got "
            rf"array with shape (?P<shape>{SHAPE})",
            r"Error when checking (?:model )?(?P<what>input|target): expected (?P<layer>\w+) to have "
            r"(?P<wanted>\d+ dimensions), but got "
            rf"array with shape (?P<shape>{SHAPE})",
        ),
        title="`{layer}` takes {wanted|another number of axes}, but the array given has the shape {shape}",
        page="`Error when checking input: expected dense_1_input to have shape` (Keras 2.0 to 2.3)",
        why="Keras compares each array with the input (or, for `checking target`, with the output) "
        "that it is given for. The "
        "shapes here are those of one sample, or begin with the batch axis.",
        todo=(
            "For an input: reshape the data, or give the model the shape of one sample, `x.shape[1:]`",
            "For a target: give the last layer as many units as the target has columns; class numbers need "
            "`sparse_categorical_crossentropy`, one-hot rows `categorical_crossentropy`",
        ),
        more=_about_axes,
        rules=("KC210", "KC214"),
        examples=(
            "ValueError: Error when checking input: expected dense_1_input to have shape (784,) but "
            "got array with shape (28,)",
            "ValueError: Error when checking target: expected dense_2 to have shape (10,) but got "
            "array with shape (1,)",
            "ValueError: Error when checking input: expected conv2d_1_input to have 4 dimensions, "
            "but got array with shape (60000, 28, 28)",
        ),
    ),
    Message(
        id="input-count",
        patterns=(
            r"[Ll]ayer \"?(?P<layer>\w+)\"? expects (?P<wanted>\d+) (?:named )?inputs?(?:\(s\))?(?: "
            r"with keys (?P<keys>\[[^\]]*\]))?, but "
            r"it received (?P<found>\d+) input",
            r"the list of Numpy arrays that you are passing to your model is not the size the model "
            r"expected\. Expected to see "
            r"(?P<wanted>\d+) array\(s\),.{0,300}?got the following list of (?P<found>\d+)",
        ),
        title="The model `{layer|given}` gets another number of inputs than it has: {found} instead of {wanted}",
        page="A model with several inputs gets another number of arrays (`expects 2 input(s), but it received 1`)",
        why="A model with several inputs takes a list of arrays in the order of "
        "`Model(inputs=[...])`, or a dictionary by the names "
        "of the Input layers. A generator or tf.data stream must yield `(inputs, targets)` with "
        "`inputs` in one of these forms; a "
        "tuple `(a, b)` from a stream means `a` are the inputs and `b` the targets.",
        todo=(
            "Pass all inputs: `fit([x1, x2], y)`, or `fit({{'name1': x1, 'name2': x2}}, y)`",
            "In a stream, yield `((x1, x2), y)`",
        ),
        rules=("KC211", "KC207"),
        examples=(
            "ValueError: Layer \"functional_2\" expects 2 named input(s) with keys ['input_layer_8', "
            "'input_layer_9'], but it "
            "received 1 input tensors. Pass inputs as a dict",
            'ValueError: Layer "model" expects 2 input(s), but it received 1 input tensors. Inputs received: [...]',
            "ValueError: Error when checking model input: the list of Numpy arrays that you are "
            "passing to your model is not the "
            "size the model expected. Expected to see 2 array(s), but instead got the following list "
            "of 1 arrays: [array(...)]",
        ),
    ),
    Message(
        id="negative-dimension",
        patterns=(
            rf"Computed output size would be (?:zero or )?negative\.? Received:? `?inputs? "
            rf"?.?shape`?=(?P<shape>{SHAPE}),? ?`?,? ?`?kernel "
            rf"shape=(?P<kernel>{SHAPE})",
            rf"Computed output size would be (?:zero or )?negative(?:.{{0,60}}?input_shape=(?P<shape>{SHAPE}))?",
            r"Negative dimension size caused by subtracting (?P<kernel>\d+) from (?P<shape>\d+)",
            rf"Given `input_shape={SHAPE}`.{{0,200}}negative",
            r"One of the dimensions in the output is <= 0",
        ),
        title="The kernel {kernel|or pool} is larger than what is left of the image: "
        "{shape|its shape is not in the message}",
        page="A convolution or pooling makes an axis of size zero or less (`Negative dimension size`, "
        "`output size would be negative`)",
        why='With `padding="valid"` a kernel of size k takes k - 1 from each axis, and pooling of '
        "size 2 halves it. After enough of "
        "these layers nothing is left. Small images (28x28, 32x32) in an architecture made for "
        "224x224, or axes in the wrong order "
        "(channels first), lead to it too.",
        todo=(
            'Use `padding="same"` in the convolutions, or take out one of the pooling layers',
            "Check the order of the axes of the Input: `(height, width, channels)` unless `data_format` says otherwise",
            "Make the images larger before the model (`Resizing`, `target_size`)",
        ),
        rules=("KC202",),
        examples=(
            "ValueError: Computed output size would be zero or negative. Received `inputs "
            "shape=(None, 3, 3, 1)`, `kernel shape=(5, 5, "
            "1, 8)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, `padding=valid`.",
            "ValueError: Negative dimension size caused by subtracting 3 from 2 for '{{node "
            "conv2d_2/Conv2D}} = Conv2D[T=DT_FLOAT]' "
            "with input shapes: [?,2,2,64], [3,3,64,64].",
            "ValueError: Computed output size would be negative. Received: inputs shape=(None, 2, 2, "
            "64), kernel shape=(3, 3, 64, 64)",
        ),
    ),
    Message(
        id="reshape-size",
        patterns=(
            rf"total size of (?:the tensor|new array) must be unchanged(?:[.,] (?:Received: "
            rf")?input_shape ?= ?(?P<shape>{SHAPE}), "
            rf"(?:target_shape|output_shape) ?= ?(?P<wanted>{SHAPE}))?",
        ),
        title="`Reshape` cannot make {wanted|the new shape} out of {shape|its input}: the numbers of values differ",
        page="`Reshape` changes the number of values (`The total size of the tensor must be unchanged`)",
        why="A reshape rearranges the values of each sample, the batch axis left out, so the sizes "
        "must have the same product before and "
        "after.",
        todo=(
            "Make the layer before it give as many units as the target shape has values (`Dense(7 * "
            "7 * 64)` before `Reshape((7, 7, 64))`)",
            "Write -1 for one size to let Keras work it out",
        ),
        rules=("KC203",),
        examples=(
            "ValueError: The total size of the tensor must be unchanged. Received: "
            "input_shape=(64,), target_shape=(7, 7)",
            "ValueError: total size of new array must be unchanged, input_shape = [64], output_shape = [7, 7]",
        ),
    ),
    Message(
        id="concatenate-shapes",
        patterns=(
            r"`Concatenate` layer requires inputs with matching shapes except for the "
            r"concat(?:enation)? axis\. (?:Received|Got inputs? shapes?): "
            r"(?:input_shape=)?(?P<shape>\[[^\]]{0,400}\])",
        ),
        title="`Concatenate` gets tensors whose other axes differ: {shape}",
        page="`A Concatenate layer requires inputs with matching shapes except for the concatenation axis`",
        why="Only the axis along which they are joined (the last one by default) may differ. In a "
        "U-Net the usual cause is an image "
        "whose size is not divisible by 2 as often as it is halved: 35 is pooled to 17 and upsampled to 34.",
        todo=(
            "Crop or pad one side (`Cropping2D`, `ZeroPadding2D`), or use an image size divisible by "
            "2 for each pooling",
            'Use `padding="same"` on both ways to the `Concatenate`',
            "Flatten or pool tensors with different numbers of axes before joining them",
        ),
        rules=("KC204",),
        examples=(
            "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the "
            "concatenation axis. Received: "
            "input_shape=[(None, 4, 4), (None, 5, 4)]",
            "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the "
            "concat axis. Got inputs shapes: "
            "[(None, 4, 4), (None, 5, 4)]",
        ),
    ),
    Message(
        id="merge-shapes",
        patterns=(
            rf"Inputs have incompatible shapes\. Received shapes (?P<one>{SHAPE}) and (?P<other>{SHAPE})",
            rf"Operands could not be broadcast together with shapes (?P<one>{SHAPE}) (?P<other>{SHAPE})",
        ),
        title="Tensors of the shapes {one} and {other} (without the batch) cannot be added, multiplied or averaged",
        page="`Add`, `Multiply`, `Average` and the like get tensors of different shapes (`Inputs have "
        "incompatible shapes`)",
        why="These layers work element by element. In a residual block the shortcut must be brought "
        "to the shape of the other branch "
        "whenever the number of filters or the stride changes.",
        todo=(
            "Put a `Conv2D(filters, 1, strides=...)` (or a `Dense`) on the shortcut so that both "
            "branches have the same shape",
            "Use `Concatenate` if the features are to be put side by side",
        ),
        rules=("KC204",),
        examples=(
            "ValueError: Inputs have incompatible shapes. Received shapes (4,) and (5,)",
            "ValueError: Operands could not be broadcast together with shapes (28, 28, 64) (28, 28, 32)",
        ),
    ),
    Message(
        id="merge-list",
        patterns=(
            r"[Aa] (?:merge|`?\w+`?) layer should be called on a list of (?P<wanted>inputs|at least "
            r"\d+ inputs?)",
        ),
        title="A layer that merges tensors is called on a single one",
        why="`Add`, `Concatenate` and their kin take one list of tensors: `Add()([a, b])`, not "
        "`Add()(a, b)` and not `Add()(a)`.",
        todo=("Pass a list: `Concatenate()([a, b])`",),
        rules=("KC207",),
        examples=(
            "ValueError: A merge layer should be called on a list of inputs. Received: "
            "input_shape=(None, 4) (not a list of shapes)",
            "ValueError: A `Concatenate` layer should be called on a list of at least 1 input. "
            "Received: input_shape=(None, 4)",
        ),
    ),
    Message(
        id="dot-shapes",
        patterns=(
            r"Incompatible input shapes: axis values (?P<one>\d+) \(at axis (?P<a>-?\d+)\) != (?P<other>\d+)",
            r"Dimension incompatibility .{0,80}`?Dot`?",
        ),
        title="`Dot` is to multiply an axis of size {one|a} with one of size {other|b}",
        page="`Dot` gets axes of different sizes (`Incompatible input shapes: axis values`)",
        why="The axes that a product runs along must have the same size in both tensors.",
        todo=(
            "Choose `axes` so that both have the same size, or bring one tensor to the size of the "
            "other with a `Dense`",
        ),
        rules=("KC204",),
        examples=(
            "ValueError: Incompatible input shapes: axis values 4 (at axis 1) != 5 (at axis 1). Full "
            "input shapes: (None, 4), (None, 5)",
        ),
    ),
    Message(
        id="invalid-units",
        patterns=(
            r"Received an invalid value for `?units`?, expected a positive integer\.(?: "
            r"(?:Received|Got):? (?:units=)?(?P<value>\S+))?",
        ),
        title="`units` must be a whole number above zero, not {value|what it is}",
        why="The number of units is often computed: a division with `/` gives a float, and an empty "
        "list of classes gives 0.",
        todo=("Use `//` or `int(...)` where it is computed", "Print it before the layer: `len(classes)` may be 0"),
        rules=("KC205",),
        examples=(
            "ValueError: Received an invalid value for `units`, expected a positive integer. Received: units=2.5",
        ),
    ),
    Message(
        id="invalid-filters",
        patterns=(
            r"Invalid value for argument `(?P<name>\w+)`\. Expected a (?:strictly )?positive "
            r"value\.(?: Received \w+=(?P<value>\S+?))?\.?$",
            r"The number of filters \(?.{0,60}must be .{0,100}(?:divisible|groups)",
        ),
        title="`{name|filters}` must be above zero, not {value|what it is}",
        why="The value is often computed from something that is 0 here, such as the length of an empty list.",
        todo=("Print the value before the layer is made",),
        rules=("KC205",),
        examples=(
            "ValueError: Invalid value for argument `filters`. Expected a strictly positive value. Received filters=0.",
        ),
    ),
    Message(
        id="invalid-tuple",
        patterns=(
            r"The `(?P<name>\w+)` argument must be a(?:n integer or)?(?: list or)?(?: a)? tuple of "
            r"(?P<count>\d+) integers\. Received:? (?:\w+=)?(?P<value>[^\n]{1,120})",
        ),
        title="`{name}` takes {count} whole numbers (or one for all axes), not {value}",
        page="`The kernel_size argument must be a tuple of 2 integers`",
        why="Conv2D, pooling and their kin take one number for each spatial axis: `3` or `(3, 3)`. "
        "The channels are not among them, and "
        "sizes and strides must be above zero. `Conv2D(32, 3, 3)` of Keras 1 now reads as "
        "filters, kernel size and strides.",
        todo=("Write `kernel_size=(3, 3)`, `pool_size=(2, 2)`, `strides=(1, 1)`",),
        rules=("KC205",),
        examples=(
            "ValueError: The `kernel_size` argument must be a tuple of 2 integers. Received kernel_size=(3, 3, 3)",
            "ValueError: The `pool_size` argument must be a tuple of 2 integers. Received: (2, 2, 2)",
        ),
    ),
    Message(
        id="invalid-padding",
        patterns=(
            r"The `padding` argument must be (?:a list/tuple or )?one of .{0,80}Received:? (?P<value>\S+)",
            r"Argument `(?P<name>padding|data_format|mode)` must be one of .{0,120}Received:? (?P<value>\S+)",
        ),
        title="{value} is not a value of `{name|padding}`",
        page="`The padding argument must be one of`",
        why='Convolutions and pooling know `"valid"` (no padding) and `"same"`; Conv1D also `"causal"`.',
        todo=('Write `padding="same"` or `padding="valid"`',),
        rules=("KC205",),
        examples=(
            "ValueError: The `padding` argument must be a list/tuple or one of {'same', 'valid'}. Received: sam",
        ),
    ),
    Message(
        id="strides-and-dilation",
        patterns=(r"`?strides ?> ?1`? not supported in conjunction with `?dilation_rate ?> ?1`?",),
        title="A convolution cannot have both strides and a dilation above 1",
        why="TensorFlow has no such operation.",
        todo=(
            "Keep `dilation_rate` and reduce the size with a pooling layer, or keep `strides` and drop the dilation",
        ),
        rules=("KC205",),
        examples=(
            "ValueError: `strides > 1` not supported in conjunction with `dilation_rate > 1`. "
            "Received: strides=(2, 2) and dilation_rate=(2, 2)",
        ),
    ),
    Message(
        id="dropout-rate",
        patterns=(
            r"Invalid value .{0,12}received for argument `?rate`?.{0,60}between 0 and 1\.(?: "
            r"Received: rate=(?P<value>\S+))?",
            r"`?rate`? must be a (?:scalar|float|number).{0,60}range \[0, ?1\)(?:.{0,20}got (?P<value>\S+))?",
        ),
        title="The dropout rate is a fraction between 0 and 1, not {value|this}",
        page="`Expected a float value between 0 and 1` for the rate of `Dropout`",
        why="`Dropout(0.5)` drops half of the values.",
        todo=("Write the percentage as a fraction: 50 % is `Dropout(0.5)`",),
        rules=("KC105",),
        examples=(
            "ValueError: Invalid value received for argument `rate`. Expected a float value between "
            "0 and 1. Received: rate=50",
        ),
    ),
    Message(
        id="unknown-argument",
        patterns=(
            r"Unrecognized keyword arguments? passed to (?P<cls>\w+): \{[\"'](?P<name>\w+)[\"']",
            r"(?P<cls>[A-Z]\w*)\.(?:__init__|__call__|call|fit|evaluate|predict|compile|\w+)\(\) got "
            r"(?:an unexpected|multiple values for)"
            r" (?:keyword )?argument [\"'](?P<name>\w+)[\"']",
            r"\(['\"]Keyword argument not understood:['\"], ['\"](?P<name>\w+)['\"]\)|Keyword "
            r"argument not understood: '?(?P<name2>\w+)",
            r"(?P<cls>\b(?:fit|evaluate|predict|compile|__init__|call|load_model|save)\b)\(\) got an "
            r"unexpected keyword argument '(?P<name>\w+)'",
            r"Invalid keyword argument\(s\) in `(?P<cls>\w+)`: \{'(?P<name>\w+)'",
        ),
        title="`{cls|It}` has no argument `{name|of that name}`",
        page="`Unrecognized keyword arguments passed to Dense`, `got an unexpected keyword argument`, "
        "`Keyword argument not understood`",
        why="The name is misspelled, belongs to another layer or method, or was renamed or removed "
        "in your version of Keras. A layer of "
        "your own must pass `**kwargs` on to `super().__init__`.",
        todo=("Look the argument up in the documentation of `{cls|the layer}` for your version of Keras",),
        more=_about_argument,
        rules=("KC206", "KC421", "KC434"),
        examples=(
            "ValueError: Unrecognized keyword arguments passed to Dense: {'input_dims': 3}",
            "TypeError: TensorFlowTrainer.fit() got an unexpected keyword argument 'nb_epoch'",
            "TypeError: ('Keyword argument not understood:', 'input_dims')",
            "TypeError: fit() got an unexpected keyword argument 'nb_epoch'",
            "TypeError: Invalid keyword argument(s) in `compile`: {'metric'}. Valid keyword arguments include ...",
        ),
    ),
    Message(
        id="missing-argument",
        patterns=(
            r"(?P<cls>[A-Z]\w*)\.(?P<method>\w+)\(\) missing \d+ required "
            r"positional arguments?: '(?P<name>\w+)'",
            r"(?P<method>__init__|__call__|call)\(\) missing \d+ required positional arguments?: '(?P<name>\w+)'",
            r"missing a required argument: '(?P<name>\w+)'",
        ),
        title="`{cls|The layer}` needs the argument `{name}`",
        page="`missing 1 required positional argument`",
        why="Either an argument was left out when the layer was made, or the layer is called without "
        "its input: `Dense(3)()` instead of "
        "`Dense(3)(x)`. A class instead of an object (`model.add(Dense)`, `fit` of a class) "
        "leads to it too, and so does a "
        "`call(self, inputs, other)` of your own that is used in a Sequential, which passes one input.",
        todo=("Give `{name}`, and check that an object is used where the class stands",),
        rules=("KC206", "KC207"),
        examples=(
            "TypeError: Dense.__init__() missing 1 required positional argument: 'units'",
            "TypeError: missing a required argument: 'inputs'",
            "TypeError: __init__() missing 1 required positional argument: 'units'",
        ),
    ),
    Message(
        id="unknown-activation",
        patterns=(
            r"Could not interpret activation function identifier: "
            r"?(?P<name>[^\n]{1,60})",
            r"Unknown activation function: ?'?(?P<name>[\w.]+)",
        ),
        title="There is no activation called {name}",
        page="`Could not interpret activation function identifier`, `Unknown activation function`",
        why="Activations go by name: relu, sigmoid, softmax, tanh, elu, selu, gelu, swish, softplus, "
        "linear and others.",
        todo=(
            "Check the spelling",
            "Pass a function of your own itself, not its name; for `load_model` give it in `custom_objects`",
        ),
        rules=("KC205",),
        examples=(
            "ValueError: Could not interpret activation function identifier: reluu",
            "ValueError: Unknown activation function: reluu. "
            "Please ensure this "
            "object is passed to "
            "the `custom_objects` argument.",
        ),
    ),
    Message(
        id="unknown-initializer",
        patterns=(
            r"Could not interpret initializer identifier: "
            r"?(?P<name>[^\n]{1,60})",
            r"Unknown initializer: ?'?(?P<name>[\w.]+)",
        ),
        title="There is no initializer called {name}",
        page="`Could not interpret initializer identifier`, `Unknown initializer`",
        why="Initializers go by name: glorot_uniform (the default), he_normal, lecun_normal, "
        "random_normal, zeros, ones and others.",
        todo=("Check the spelling; `glorot` alone is not a name, `glorot_uniform` and `glorot_normal` are",),
        rules=("KC205",),
        examples=(
            "ValueError: Could not interpret initializer identifier: glorot",
            "ValueError: Unknown initializer: glorot",
        ),
    ),
    Message(
        id="unknown-regularizer",
        patterns=(
            r"Could not interpret (?P<what>regularizer|constraint) identifier: "
            r"?(?P<name>[^\n]{1,60})",
            r"Unknown (?P<what>regularizer|constraint): ?'?(?P<name>[\w.]+)",
        ),
        title="There is no {what} called {name}",
        page="`Could not interpret regularizer identifier`",
        why='Regularizers are `"l1"`, `"l2"`, `"l1_l2"` or objects: '
        "`keras.regularizers.L2(0.01)`. A plain number is not one.",
        todo=("Write `keras.regularizers.L2(0.01)`",),
        rules=("KC205",),
        examples=("ValueError: Could not interpret regularizer identifier: l3",),
    ),
    Message(
        id="duplicate-names",
        patterns=(
            r"The name \"(?P<name>[^\"]{1,100})\" is used (?P<count>\d+) times in the model",
            r"should have unique names\. Name '(?P<name>[^']{1,100})' is already",
            r"All layers added to a Sequential model should have unique names",
            r"Unable to (?:synchronously )?create (?:group|dataset) \(name already exists\)",
        ),
        title="Several layers of the model are called `{name|the same}`",
        page='`The name "..." is used 2 times in the model. All operation names should be unique`',
        why="Names identify the layers of a model. Two ready-made networks in one model, a block "
        "that is built in a loop with a fixed "
        "`name`, or a name given twice collide.",
        todo=(
            'Leave out `name`, or number it: `name=f"block_{{i}}"`',
            'Rename a network: `base._name = "base_2"`, or clone it under another name',
        ),
        rules=("KC200",),
        examples=(
            'ValueError: The name "a" is used 2 times in the model. All operation names should be unique.',
            "ValueError: All layers added to a Sequential model should have unique names. Name 'a' "
            "is already the name of a layer in this model.",
            'ValueError: The name "dense" is used 2 times in the model. All layer names should be unique.',
            "ValueError: Unable to create dataset (name already exists)",
        ),
    ),
    Message(
        id="invalid-name",
        patterns=(
            r"Argument `name` must be a string and cannot contain character `(?P<character>.)`\. "
            r"Received: name=(?P<name>[^\n(]{1,80})",
            r"'(?P<name>[^']{1,80})' is not a valid (?:root )?scope name",
        ),
        title="{name} cannot be the name of a layer",
        page="`Argument name must be a string and cannot contain character /`",
        why="Names become parts of paths, so that `/` cannot be in them (older versions refuse blanks too).",
        todo=("Use letters, digits and `_`",),
        rules=("KC205",),
        examples=(
            "ValueError: Argument `name` must be a string and cannot contain character `/`. "
            "Received: name=a/b (of type <class 'str'>)",
            "ValueError: 'my layer' is not a valid root scope name. A root scope name has to match "
            "the following pattern: ^[A-Za-z0-9.]",
        ),
    ),
    Message(
        id="graph-disconnected",
        patterns=(
            r"Graph disconnected: cannot obtain value for tensor .{0,200}?(?:at|for) layer \"?(?P<layer>\w+)",
            r"Graph disconnected",
            r"Output with path `(?P<path>[^`]*)` is not connected to `inputs`",
            r"`inputs` not connected to `outputs`",
        ),
        title="The outputs of the model need an input that is not among its `inputs`",
        page="`Graph disconnected: cannot obtain value for tensor`, `Output with path is not connected to inputs`",
        why="`Model(inputs, outputs)` goes back from the outputs along the layers and must arrive at "
        "the inputs given. Here it arrives at "
        "another Input: one was left out of `inputs`, the variable was overwritten by a "
        "second `Input(...)`, or the output "
        "belongs to another network (`base.output` with an Input of your own).",
        todo=(
            "List every Input that leads to the outputs: `Model([a, b], out)`",
            "With a ready-made network, call it on your own input, `x = base(inputs)`, or use "
            "`base.input` as the input",
        ),
        rules=("KC200",),
        examples=(
            "ValueError: Output with path `` is not connected to `inputs`",
            "ValueError: Graph disconnected: cannot obtain value for tensor "
            'KerasTensor(type_spec=TensorSpec(shape=(None, 3))) at layer "input_2". '
            "The following previous layers were accessed without issue: []",
            "ValueError: `inputs` not connected to `outputs`",
        ),
    ),
    Message(
        id="not-keras-tensor",
        patterns=(
            r"All `(?P<what>inputs|outputs)` values must be KerasTensors",
            r"(?:Input|[Oo]utput) tensors (?:to|of) a (?:\w+ )?[Mm]odel must (?:come from|be the output of a)",
            r"was called with an input that isn't a symbolic tensor",
            r"Inputs to a layer should be tensors\. Got: ?(?P<value>[^\n]{0,80})",
            r"has no attribute '(?:_keras_history|_keras_shape|_inbound_nodes|_uses_learning_phase)'",
        ),
        title="Something other than a Keras tensor is used as an input or output of a model or layer",
        page="`All inputs values must be KerasTensors`, `Output tensors of a Model must be the output "
        "of a Keras Layer`",
        why="A functional model is made of the tensors that `keras.Input` and calls of layers "
        "return. An array, a layer object that was "
        "not called (`Dense(3)` instead of `Dense(3)(x)`), a model, or the result of a plain "
        "TensorFlow function is not one of them.",
        todo=(
            "Call each layer on a tensor and pass on what it returns",
            "Wrap plain TensorFlow functions in a `Lambda` or a layer of your own, or use `keras.ops`",
        ),
        rules=("KC200", "KC207"),
        examples=(
            "ValueError: All `inputs` values must be KerasTensors. Received: inputs=[[0. 0. 0.]] "
            "including invalid value [[0. 0. 0.]] of type <class 'numpy.ndarray'>",
            "ValueError: Output tensors of a Functional model must be the output of a TensorFlow "
            "`Layer` (thus holding past layer metadata).",
            "TypeError: Inputs to a layer should be tensors. Got: <keras.layers.core.dense.Dense object at 0x7f>",
            "AttributeError: 'Tensor' object has no attribute '_keras_history'",
        ),
    ),
    Message(
        id="positional-tensors",
        patterns=(
            r"Only input tensors may be passed as positional arguments\. The following argument value "
            r"should be passed as a keyword argument: (?P<value>.{1,200}?)(?: \(of type "
            r"(?P<type>[^)]{1,100})\)|$)",
        ),
        title="A layer is called on {value}, which is not a tensor",
        page="`Only input tensors may be passed as positional arguments`",
        why="A layer or model was called on a number, a string, a list of such or a layer object. "
        "`Dense(64)` without `(x)` returns the "
        "layer; passing that on to the next layer gives this message. So does a pandas frame, or "
        "a tensor of another framework.",
        todo=(
            "Call the layer before on its input, `x = Dense(64)(x)`",
            "Make data an array: `np.asarray(data)`",
            "Pass options by name: `layer(x, training=True)`",
        ),
        rules=("KC200", "KC207"),
        examples=(
            "ValueError: Only input tensors may be passed as positional arguments. The following "
            "argument value should be passed as a keyword argument: x (of type <class 'str'>)",
        ),
    ),
    Message(
        id="not-a-layer",
        patterns=(
            r"Only instances of `?keras\.Layer`? can be added to a Sequential model\. Received: "
            r"(?P<value>[^\n]{1,150})",
            r"The added layer must be an instance of class Layer\. (?:Found|Received): "
            r"(?:layer=)?(?P<value>[^\n]{1,150})",
        ),
        title="A Sequential model is given something that is not a layer: {value}",
        page="`Only instances of keras.Layer can be added to a Sequential model`, `The added layer "
        "must be an instance of class Layer`",
        why="The parentheses are missing (`Dense` instead of `Dense(10)`), a tensor or a name stands "
        "in the list, or layers of two packages are "
        "mixed: those of `tensorflow.keras`, `keras` and `tf_keras` do not go together unless "
        "they are the same installation.",
        todo=(
            "Import everything from one package: `from keras import layers, models`",
            "Check the brackets: each item must be a layer object",
        ),
        rules=("KC200",),
        examples=(
            "ValueError: Only instances of `keras.Layer` can be added to a Sequential model. "
            "Received: relu (of type <class 'str'>)",
            "TypeError: The added layer must be an instance of class Layer. Found: "
            "<tensorflow.python.keras.layers.core.Dense object at 0x7f>",
        ),
    ),
    Message(
        id="not-built",
        patterns=(
            r"You tried to call `?count_params`? on (?:layer )?'?(?P<layer>\w+)'?,? but the layer isn't built",
            r"(?:model|layer) (?:that )?has not yet been built",
            r"Weights for model .{0,80}have not yet been created",
            r"This model has not yet been built",
            r"The first layer in a Sequential model must get an `input_shape`",
        ),
        title="The model has no weights yet, since it does not know the shape of its input",
        page="`This model has not yet been built`, `but the layer isn't built`",
        why="A model without an `Input` is built by the first data that it sees. `summary()`, "
        "`save`, `load_weights` and `count_params` before that fail.",
        todo=(
            "Begin the model with `keras.Input(shape=...)`",
            "Or call `model.build((None, ...))`, or call the model once on data",
        ),
        examples=(
            "ValueError: You tried to call `count_params` on layer 'sequential_6', but the layer isn't built.",
            "ValueError: You are saving a model that has not yet been built. Try building the model "
            "first by calling it on some data or by using `build()`.",
            "ValueError: This model has not yet been built. Build the model first by calling "
            "`build()` or by calling the model on a batch of data.",
            "ValueError: The first layer in a Sequential model must get an `input_shape` or "
            "`batch_input_shape` argument.",
        ),
    ),
    Message(
        id="never-called",
        patterns=(
            r"The layer \"?(?P<layer>\w+)\"? has never been called and thus has no defined "
            r"(?P<what>input|output)",
            r"Layer \"?(?P<layer>\w+)\"? (?:is not "
            r"connected|has no inbound nodes)",
            r"AttributeError: .{0,40}has no attribute "
            r"'_?inbound_nodes",
        ),
        title="`{layer|The layer}` has no {what|output} yet: nothing has called it",
        page="`The layer ... has never been called and thus has no defined output`",
        why="`model.output` and `layer.output` exist once the layer has been called on a Keras "
        "tensor. A Sequential without an Input has not, not even "
        "after `build` or after loading in Keras 3.",
        todo=(
            "Begin the Sequential with `keras.Input(shape=...)`",
            "Use `model.layers[-1].output` of a model that has been called, or `model(keras.Input(...))`",
        ),
        examples=("AttributeError: The layer sequential_9 has never been called and thus has no defined output.",),
    ),
    Message(
        id="no-such-layer",
        patterns=(r"No such layer: (?P<name>[^\s.]{1,100})\.(?: Existing layers are: (?P<known>\[[^\]]{0,400}))?",),
        title="The model has no layer called `{name}`",
        page="`No such layer: ... Existing layers are`",
        why="Names that Keras gives itself are numbered through the whole process (`dense_1`, "
        "`dense_7`), so they change from run to run. Layers of a "
        'network inside the model are found in that network: `model.get_layer("vgg16").get_layer(...)`.',
        todo=("Give the layer a `name` of your own", "Choose one of those in the message: {known|see model.summary()}"),
        examples=("ValueError: No such layer: conv. Existing layers are: ['dense_19'].",),
    ),
    Message(
        id="set-weights",
        patterns=(
            r"You called `?set_weights\(weights\)`? on layer '?\"?(?P<layer>\w+)'?\"? with a weight "
            r"list of length (?P<found>\d+), but the layer was expecting (?P<wanted>\d+) weights",
            rf"Layer (?P<layer>\w+) weight shape (?P<wanted>{SHAPE}) is not compatible with provided "
            rf"weight shape (?P<found>{SHAPE})",
        ),
        title="`set_weights` of `{layer}` expects {wanted}, but gets {found}",
        page="`You called set_weights(weights) on layer`, `weight shape is not compatible with provided weight shape`",
        why="The arrays must have the number, order and shapes of `layer.get_weights()`: for Dense "
        "the kernel and then the bias.",
        todo=(
            "Print `[w.shape for w in layer.get_weights()]` and compare; a layer that is not built has none",
            "`weights=[matrix]` of Embedding: a list with one matrix of shape (input_dim, output_dim)",
        ),
        examples=(
            "ValueError: You called `set_weights(weights)` on layer 'dense_20' with a weight list of "
            "length 1, but the layer was expecting 2 weights.",
            "ValueError: Layer dense_21 weight shape (4, 1) is not compatible with provided weight shape (5, 1).",
        ),
    ),
    Message(
        id="embedding-index",
        patterns=(r"indices\[[^\]]{1,40}\] = (?P<value>-?\d+) is not in \[0, ?(?P<size>\d+)\)",),
        title="An `Embedding` with {size} rows is asked for row {value}",
        page="`indices[0,0] = 10 is not in [0, 10)`",
        why="The words or categories are numbered up to {value}, but `input_dim` is {size}, which "
        "allows 0 to {last}. Tokenizers number words from 1, so "
        "the size must be one more than the number of words; -1 for missing values does not work.",
        todo=(
            "Set `input_dim` to the largest number plus one: `len(tokenizer.word_index) + 1`, or "
            "limit the tokenizer with `num_words`",
        ),
        rules=("KC212",),
        examples=(
            "tensorflow.python.framework.errors_impl.InvalidArgumentError: Graph execution "
            "error:\nindices[0,0] = 10 is not in [0, 10)\n\t [[{{node "
            "sequential/embedding/GatherV2}}]]",
        ),
    ),
    Message(
        id="unknown-size",
        patterns=(
            rf"Shapes used to initialize variables must be fully-defined.{{0,60}}Received: "
            rf"shape=(?P<shape>{SHAPE})(?: for variable path='(?P<layer>[\w/]+)')?",
            r"The last dimension of the inputs to (?:an? )?`?\w+`?(?: layer)? should be defined",
            r"The channel dimension of the inputs should be defined",
            r"The last dimension of the inputs? to `?Dense`? should be defined",
        ),
        title="`{layer|A layer}` cannot make its weights: the number of its input features is None",
        page="`Shapes used to initialize variables must be fully-defined`, `The last dimension of the "
        "inputs to Dense should be defined. Found None`",
        why="Sizes of weights must be known. An `Input` with None on the last axis, or `Flatten` of "
        "a shape with None, leaves the number of features open.",
        todo=(
            "Give `Input` the number of features",
            "Before `Dense`, replace `Flatten` of a sequence "
            "or image of open size "
            "by global pooling "
            "(`GlobalAveragePooling1D`, `GlobalMaxPooling2D`)",
        ),
        rules=("KC209", "KC200"),
        examples=(
            "ValueError: Shapes used to initialize variables must be fully-defined (no `None` "
            "dimensions). Received: shape=(None, 4) for variable path='dense_25/kernel'",
            "ValueError: The last dimension of the inputs to a Dense layer should be defined. Found "
            "None. Full input shape received: (None, None)",
        ),
    ),
    Message(
        id="input-shape-form",
        patterns=(r"Cannot convert '(?P<value>[^']{1,80})' to a shape",),
        title="`{value}` is not a shape",
        page="`Cannot convert '3' to a shape`",
        why="A shape is a tuple, also where it has one number: `(3,)`. `(3)` is the number 3.",
        todo=("Write `Input(shape=({value},))`",),
        rules=("KC205",),
        examples=("ValueError: Cannot convert '3' to a shape.",),
    ),
    Message(
        id="removed-attribute",
        patterns=(
            r"'(?P<cls>Sequential|Functional|Model)' object has no attribute "
            r"'(?P<name>predict_classes|predict_proba|fit_generator|evaluate_generator|predict_generator|_make_predict_function|nb_layers|uses_learning_phase|sample_weights)'",
        ),
        title="Models have no `{name}` any more",
        page="`'Sequential' object has no attribute 'predict_classes'` (or `fit_generator`, `predict_proba`)",
        why="`predict_classes` and `predict_proba` went with TensorFlow 2.6; `fit_generator` and its kin with Keras 3.",
        todo=(
            "`predict_classes(x)` is `model.predict(x).argmax(axis=-1)` after softmax, "
            '`(model.predict(x) > 0.5).astype("int32")` after one sigmoid unit',
            "`predict_proba(x)` is `predict(x)`; `fit_generator(g, ...)` is `fit(g, ...)`, "
            "`evaluate_generator` is `evaluate`",
        ),
        rules=("KC422",),
        examples=(
            "AttributeError: 'Sequential' object has no attribute 'predict_classes'",
            "AttributeError: 'Sequential' object has no attribute 'fit_generator'",
        ),
    ),
    Message(
        id="super-init",
        patterns=(
            r"forgot to call `?super\(\)\.__init__\(\)`?",
            r"you forgot to call `super.{0,40}__init__",
            r"It looks like you are subclassing `(?P<cls>\w+)` and you forgot to call",
        ),
        title="A class of your own sets attributes before calling `super().__init__()`",
        page="`It looks like you are subclassing Model and you forgot to call super().__init__()`",
        why="Keras follows the layers and weights that are set on a model or layer, and can do so "
        "only after its own constructor has run.",
        todo=("Make `super().__init__(**kwargs)` the first statement of `__init__`",),
        examples=(
            "RuntimeError: It looks like you are subclassing `Model` and you forgot to call "
            "`super().__init__()`. Always start with this line.",
            "RuntimeError: In layer 'L', you forgot to call `super().__init__()` as the first "
            "statement in the `__init__()` method. Go add it!",
        ),
    ),
    Message(
        id="input-shape-argument",
        patterns=(r"Do not pass an `input_shape`/`input_dim` argument to a layer",),
        title="A note: Keras 3 prefers an `Input` over `input_shape` and `input_dim`",
        page="`Do not pass an input_shape/input_dim argument to a layer`",
        why="It still works.",
        todo=("Begin the model with `keras.Input(shape=(...))`, and leave `input_shape` out",),
        examples=(
            "UserWarning: Do not pass an `input_shape`/`input_dim` argument to a layer. When using "
            "Sequential models, prefer using an `Input(shape)` object as the first layer in the "
            "model instead.",
        ),
    ),
    Message(
        id="lambda-shape",
        patterns=(r"We could not automatically infer the (?:static )?shape of the Lambda's output",),
        title="Keras cannot find the output shape of a `Lambda` by itself",
        page="`We could not automatically infer the shape of the Lambda's output`",
        why="It runs the function on a placeholder, where functions of `tf` or `np` may fail.",
        todo=(
            "Use `keras.ops` in the function, or give `output_shape=...` (without the batch axis)",
            "Better: a layer of your own with `compute_output_shape`",
        ),
        examples=(
            "NotImplementedError: Exception encountered when calling Lambda.call().\n\nWe could not "
            "automatically infer the shape of the Lambda's output. Please specify the `output_shape` "
            "argument for this Lambda layer.",
        ),
    ),
    Message(
        id="unbuilt-state",
        patterns=(
            r"Layer '?(?P<layer>\w+)'? looks like it has unbuilt state",
            r"`build\(\)` was called on layer '(?P<layer>\w+)', however the layer does not have a `build\(\)` method",
        ),
        title="The layer `{layer}` of your own holds layers that are not built with it",
        page="`Layer looks like it has unbuilt state, but Keras is not able to trace the layer call()`",
        why="Weights of inner layers are made in `build`, or while `call` runs on placeholders, "
        "which fails here. Saved weights then do not fit.",
        todo=(
            "Give the layer a `build(self, input_shape)` that builds its inner layers: `self.dense.build(input_shape)`",
            "Use `keras.ops` in `call`, so that Keras can trace it",
        ),
        examples=(
            "UserWarning: Layer 'my_layer' looks like it has unbuilt state, but Keras is not able to "
            "trace the layer `call()` in order to build it automatically.",
            "UserWarning: `build()` was called on layer 'l', however the layer does not have a "
            "`build()` method implemented and it looks like it has unbuilt state.",
        ),
    ),
)
