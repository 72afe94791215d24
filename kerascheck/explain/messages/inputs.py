"""Messages of layers and models about the shapes of their inputs."""

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
            "If it follows another recurrent layer, set `return_sequences=True` on that one; if it comes first, "
            "reshape the data to `(samples, steps, features)`: `x = x[..., None]` makes each feature a step"
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
        page="A layer receives an input with the wrong number of axes (`expected ndim`, `found ndim`)",
        why="Each kind of layer needs a number of axes, the batch included: `Dense` at least 2 "
        "`(batch, features)`, recurrent "
        "layers and Conv1D 3 `(batch, steps, features)`, Conv2D and its pooling 4 `(batch, height, width, channels)`. "
        "Something before it dropped an axis, or the data (or the Input) never had it.",
        todo=(
            "Compare the shape above with what the layer needs, and add the missing axis where the data is prepared, "
            "or remove the layer that dropped it (`Flatten`, a recurrent layer without `return_sequences=True`, "
            "global pooling)",
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
        why="The weights of a layer are created for the size of the first input that it sees. For this one it was "
        "{wanted}, and the input is now of another size. Either the data is not of the shape that the model was built "
        "for, or one layer object is used on two different inputs.",
        todo=(
            "Make the last axis of the data {wanted}, or build the model for the size that the data has",
            "If the layer is used twice on purpose, create a second layer for the second input",
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
            rf"Model was constructed with shape (?P<wanted>{SHAPE}) for input .{{0,200}}incompatible shape "
            rf"(?P<shape>{SHAPE})",
            rf"Input shape of the model is (?P<wanted>{SHAPE}), found (?P<shape>{SHAPE})",
        ),
        title="The model `{layer|that is called}` was built for inputs of the shape {wanted}, but receives {shape}",
        page="The data has another shape than the Input of the model (`expected shape`, `found shape`)",
        why="The first axis of both is the batch; all others must be equal where neither is None. "
        "The shape given to `Input` (or "
        "`input_shape`) is that of one sample, without the batch.",
        todo=(
            "Set the shape of `Input` to that of one sample, `x.shape[1:]`, or reshape the data to what the model "
            "expects",
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
        title="`{layer}` expects {wanted|another number of axes}, but the array has the shape {shape}",
        page="`Error when checking input: expected dense_1_input to have shape` (Keras 2.0 to 2.3)",
        why="Keras compares each array with the input (or, for `checking target`, with the output) that it belongs "
        "to. The shapes here are those of one sample, or begin with the batch axis.",
        todo=(
            "For an input: reshape the data, or set `input_shape` to the shape of one sample, `x.shape[1:]`",
            "For a target: the last layer needs as many units as the targets have columns; class numbers need "
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
        title="The number of inputs is wrong: `{layer|the model}` expects {wanted}, but receives {found}",
        page="A model with several inputs receives the wrong number of arrays (`expects 2 input(s), but it received "
        "1`)",
        why="A model with several inputs takes a list of arrays in the order of `Model(inputs=[...])`, or a "
        "dictionary by the names of the Input layers. A generator or `tf.data.Dataset` must yield `(inputs, targets)` "
        "with `inputs` in one of these forms; a tuple `(a, b)` from a dataset means that `a` are the inputs and `b` "
        "the targets.",
        todo=(
            "Pass all inputs: `fit([x1, x2], y)`, or `fit({{'name1': x1, 'name2': x2}}, y)`",
            "In a dataset, yield `((x1, x2), y)`",
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
        why='With `padding="valid"` a kernel of size k shortens each axis by k - 1, and pooling of size 2 halves it. '
        "After enough of these layers nothing is left. Small images (28x28, 32x32) in an architecture made for "
        "224x224, or axes in the wrong order (channels first), lead to it too.",
        todo=(
            'Use `padding="same"` in the convolutions, or remove one of the pooling layers',
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
        title="`Reshape` cannot turn {shape|its input} into {wanted|the new shape}: the numbers of values differ",
        page="`Reshape` changes the number of values (`The total size of the tensor must be unchanged`)",
        why="A reshape rearranges the values of each sample, the batch axis left out, so the sizes "
        "must have the same product before and "
        "after.",
        todo=(
            "The layer before it needs as many units as the target shape has values (`Dense(7 * 7 * 64)` before "
            "`Reshape((7, 7, 64))`)",
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
        title="`Concatenate` receives tensors that differ on other axes, too: {shape}",
        page="`A Concatenate layer requires inputs with matching shapes except for the concatenation axis`",
        why="Only the axis along which they are joined (the last one by default) may differ. In a "
        "U-Net the usual cause is an image "
        "whose size is not divisible by 2 as often as it is halved: 35 is pooled to 17 and upsampled to 34.",
        todo=(
            "Crop or pad one side (`Cropping2D`, `ZeroPadding2D`), or use an image size divisible by "
            "2 for each pooling",
            'Use `padding="same"` in both branches before the `Concatenate`',
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
        page="`Add`, `Multiply`, `Average` and the like are called on tensors of different shapes (`Inputs have "
        "incompatible shapes`)",
        why="These layers work element by element. In a residual block the shortcut must be brought "
        "to the shape of the other branch "
        "whenever the number of filters or the stride changes.",
        todo=(
            "Put a `Conv2D(filters, 1, strides=...)` (or a `Dense`) on the shortcut so that both "
            "branches have the same shape",
            "Use `Concatenate` to put the features side by side instead",
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
        why="`Add`, `Concatenate` and the other merging layers take one list of tensors: `Add()([a, b])`, not "
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
        title="`Dot` multiplies an axis of size {one|a} by one of size {other|b}: they must be equal",
        page="`Dot` is called on axes of different sizes (`Incompatible input shapes: axis values`)",
        why="The axes that are multiplied and summed over must have the same size in both tensors.",
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
        id="embedding-index",
        patterns=(r"indices\[[^\]]{1,40}\] = (?P<value>-?\d+) is not in \[0, ?(?P<size>\d+)\)",),
        title="An `Embedding` with `input_dim={size}` receives the index {value}",
        page="`indices[0,0] = 10 is not in [0, 10)`",
        why="The words or categories are numbered up to {value}, but `input_dim` is {size}, which allows 0 to {last}. "
        "Tokenizers number words from 1, so the size must be one more than the number of words; -1 for missing values "
        "is refused, too.",
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
            r"The shape of the input to \"?(?P<layer>\w+)\"? is not fully defined",
            r"The last dimension of the inputs? to `?Dense`? should be defined",
        ),
        title="`{layer|A layer}` cannot create its weights: its number of input features is None",
        page="`Shapes used to initialize variables must be fully-defined`, `The last dimension of the "
        "inputs to Dense should be defined. Found None`",
        why="Sizes of weights must be known. An `Input` with None on the last axis, or `Flatten` of "
        "a shape with None, leaves the number of features open.",
        todo=(
            "Write the number of features in the shape of `Input`",
            "Before `Dense`, replace `Flatten` of a sequence or image without a fixed size by global pooling "
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
)
