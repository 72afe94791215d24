"""Messages of layers about their arguments."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.explain.messages.base import Groups, Message

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
            "Set weights after the layer is built, `layer.set_weights([...])`, or pass an initializer: "
            "`keras.initializers.Constant(matrix)`"
        )
    elif name in ("input_length", "batch_input_shape", "implementation", "unroll_rnn"):
        yield f"Leave `{name}` out, and begin the model with `keras.Input(shape=...)`"


MESSAGES: tuple[Message, ...] = (
    Message(
        id="invalid-units",
        patterns=(
            r"Received an invalid value for `?units`?, expected a positive integer\.(?: "
            r"(?:Received|Got):? (?:units=)?(?P<value>\S+))?",
        ),
        title="`units` must be a positive integer, not {value|what it is}",
        why="The number of units is often computed: a division with `/` returns a float, and the length of an empty "
        "list of classes is 0.",
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
        title="`{name|filters}` must be positive, not {value|what it is}",
        why="The value is often computed from something that is 0 here, such as the length of an empty list.",
        todo=("Print the value before the layer is created",),
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
        title="`{name}` expects {count} integers (or one for all axes), not {value}",
        page="`The kernel_size argument must be a tuple of 2 integers`",
        why="Convolution and pooling layers take one number for each spatial axis: `3` or `(3, 3)`. The channels are "
        "not among them, and sizes and strides must be positive. `Conv2D(32, 3, 3)` of Keras 1 now reads as filters, "
        "kernel size and strides.",
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
        title="{value} is not a valid `{name|padding}`",
        page="`The padding argument must be one of`",
        why='Convolution and pooling layers accept `"valid"` (no padding) and `"same"`; Conv1D also `"causal"`.',
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
            r"an unexpected keyword argument [\"'](?P<name>\w+)[\"']",
            r"(?:^|tf__(?P<cls>\w+)\(\) )got an unexpected keyword argument [\"'](?P<name>\w+)[\"']",
            r"\(['\"]Keyword argument not understood:['\"], ['\"](?P<name>\w+)['\"]\)|Keyword "
            r"argument not understood: '?(?P<name2>\w+)",
            r"(?P<cls>\b(?:fit|evaluate|predict|compile|__init__|call|load_model|save)\b)\(\) got an "
            r"unexpected keyword argument '(?P<name>\w+)'",
            r"Invalid keyword argument\(s\) in `(?P<cls>\w+)`: \{'(?P<name>\w+)'",
        ),
        title="`{cls|It}` has no argument `{name|of that name}`",
        page="`Unrecognized keyword arguments passed to Dense`, `got an unexpected keyword argument`, "
        "`Keyword argument not understood`",
        why="The name is misspelled, belongs to another layer or method, or was renamed or removed in your version of "
        "Keras. A custom layer must pass `**kwargs` on to `super().__init__`.",
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
        why="Either an argument was left out when the layer was created, or the layer is called without its input: "
        "`Dense(3)()` instead of `Dense(3)(x)`. A class instead of an object (`model.add(Dense)`, `fit` of a class) "
        "leads to it too, and so does a custom layer with `call(self, inputs, other)` in a Sequential, which passes "
        "one input.",
        todo=("Pass `{name}`, and check that an object is called, not its class",),
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
            "Pass a custom function itself, not its name; to `load_model`, pass it in `custom_objects`",
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
        id="input-shape-argument",
        patterns=(r"Do not pass an `input_shape`/`input_dim` argument to a layer",),
        title="A note: Keras 3 prefers an `Input` over `input_shape` and `input_dim`",
        page="`Do not pass an input_shape/input_dim argument to a layer`",
        why="It is only a warning: the model works all the same.",
        todo=("Begin the model with `keras.Input(shape=(...))`, and leave `input_shape` out",),
        examples=(
            "UserWarning: Do not pass an `input_shape`/`input_dim` argument to a layer. When using "
            "Sequential models, prefer using an `Input(shape)` object as the first layer in the "
            "model instead.",
        ),
    ),
    Message(
        id="wrapped-layer",
        patterns=(
            r"Please initialize `?(?P<cls>TimeDistributed|Bidirectional|Wrapper)`? layer with a "
            r"`?(?:tf\.keras\.layers\.|keras\.layers\.|keras\.)?Layer`? instance",
        ),
        title="`{cls}` wraps a layer, not a tensor",
        page="`Please initialize TimeDistributed layer with a keras.layers.Layer instance`",
        why="The inner layer is called inside the parentheses: `TimeDistributed(Dense(8)(x))` instead of "
        "`TimeDistributed(Dense(8))(x)`.",
        todo=("Close the parenthesis before the input: `{cls}(layer)(x)`",),
        rules=("KC205",),
        examples=(
            "ValueError: Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. Received: "
            "<KerasTensor shape=(None, 3)>",
        ),
    ),
    Message(
        id="argument-twice",
        patterns=(r"(?:got )?multiple values for argument '(?P<name>\w+)'",),
        title="`{name}` is passed twice: by position and by name",
        page="`got multiple values for argument`",
        why="An argument by position already has the place of `{name}`. In a custom layer, `self` may be missing in "
        "the definition.",
        todo=(
            "Pass all arguments after the inputs by name",
            "Check the first parameter: `def call(self, inputs, ...)`",
        ),
        examples=("TypeError: call() got multiple values for argument 'training'",),
    ),
)
