"""Messages about how layers become a model, and about layers of the program."""

from __future__ import annotations

from kerascheck.explain.messages.base import SHAPE, Message

MESSAGES: tuple[Message, ...] = (
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
        why="Names identify the layers of a model. Two pretrained networks in one model, a block that is built in a "
        "loop with a fixed `name`, or a name that is used twice lead to it.",
        todo=(
            'Leave out `name`, or number it: `name=f"block_{{i}}"`',
            'Rename a network: `base.name = "base_2"`, or clone it under another name',
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
        id="graph-disconnected",
        patterns=(
            r"Graph disconnected: cannot obtain value for tensor .{0,200}?(?:at|for) layer \"?(?P<layer>\w+)",
            r"Graph disconnected",
            r"Output with path `(?P<path>[^`]*)` is not connected to `inputs`",
            r"`inputs` not connected to `outputs`",
        ),
        title="The outputs of the model need an input that is not among its `inputs`",
        page="`Graph disconnected: cannot obtain value for tensor`, `Output with path is not connected to inputs`",
        why="`Model(inputs, outputs)` follows the layers back from the outputs and must arrive at these inputs. Here "
        "it arrives at another Input: one was left out of `inputs`, the variable was overwritten by a second "
        "`Input(...)`, or the output belongs to another network (`base.output` with another Input).",
        todo=(
            "List every Input that leads to the outputs: `Model([a, b], out)`",
            "With a pretrained network, call it on your input, `x = base(inputs)`, or use `base.input` as the input",
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
        why="A functional model consists of the tensors that `keras.Input` and calls of layers return. An array, a "
        "layer object that was not called (`Dense(3)` instead of `Dense(3)(x)`), a model, or the result of a plain "
        "TensorFlow function is not one of them.",
        todo=(
            "Call each layer on a tensor and pass on what it returns",
            "Wrap plain TensorFlow functions in a `Lambda` or a custom layer, or use `keras.ops`",
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
        why="A layer or model was called on a number, a string, a list of these or a layer object. `Dense(64)` "
        "without `(x)` returns the layer; passing that on to the next layer raises this error. So does a pandas "
        "frame, or a tensor of another framework.",
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
        title="Something that is not a layer is added to a Sequential model: {value}",
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
            r"The layer has never been called and thus has no defined (?P<what>input|output)",
        ),
        title="`{layer|The layer}` has no {what|output} yet: it has never been called",
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
        why="Automatic names are numbered through the whole process (`dense_1`, `dense_7`), so they change from run "
        "to run. Layers of a network inside the model are found in that network: "
        '`model.get_layer("vgg16").get_layer(...)`.',
        todo=("Pass a fixed `name` to the layer", "Choose one of those in the message: {known|see model.summary()}"),
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
        title="`set_weights` of `{layer}` expects {wanted}, but receives {found}",
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
        id="removed-attribute",
        patterns=(
            r"'(?P<cls>Sequential|Functional|Model)' object has no attribute "
            r"'(?P<name>predict_classes|predict_proba|fit_generator|evaluate_generator|predict_generator|_make_predict_function|nb_layers|uses_learning_phase|sample_weights)'",
        ),
        title="Models no longer have `{name}`",
        page="`'Sequential' object has no attribute 'predict_classes'` (or `fit_generator`, `predict_proba`)",
        why="`predict_classes` and `predict_proba` were removed in TensorFlow 2.6, `fit_generator` and the like in "
        "Keras 3.",
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
        id="layer-attribute",
        patterns=(
            r"'(?P<cls>\w+)' object has no attribute "
            r"'(?P<name>output_shape|input_shape|get_output_at|get_input_at|get_output_shape_at|add_metric|add_update)'",
        ),
        title="Layers no longer have `{name}` in Keras 3",
        page="`'Dense' object has no attribute 'output_shape'` (or `get_output_at`, `add_metric`)",
        why="Keras 3 keeps the tensors of a layer, not copies of their shapes; metrics belong to `compile` or "
        "are attributes.",
        todo=(
            "`layer.output_shape` is `layer.output.shape`, `layer.input_shape` is `layer.input.shape`",
            "`layer.get_output_at(0)` is `layer.output`",
        ),
        rules=("KC504",),
        examples=("AttributeError: 'Dense' object has no attribute 'output_shape'",),
    ),
    Message(
        id="super-init",
        patterns=(
            r"forgot to call `?super\(\)\.__init__\(\)`?",
            r"you forgot to call `super.{0,40}__init__",
            r"It looks like you are subclassing `(?P<cls>\w+)` and you forgot to call",
        ),
        title="A custom class sets attributes before it calls `super().__init__()`",
        page="`It looks like you are subclassing Model and you forgot to call super().__init__()`",
        why="Keras tracks the layers and weights that are set on a model or layer, and can do so only after its own "
        "constructor has run.",
        todo=("Make `super().__init__(**kwargs)` the first statement of `__init__`",),
        examples=(
            "RuntimeError: It looks like you are subclassing `Model` and you forgot to call "
            "`super().__init__()`. Always start with this line.",
            "RuntimeError: In layer 'L', you forgot to call `super().__init__()` as the first "
            "statement in the `__init__()` method. Go add it!",
        ),
    ),
    Message(
        id="lambda-shape",
        patterns=(r"We could not automatically infer the (?:static )?shape of the Lambda's output",),
        title="Keras cannot infer the output shape of a `Lambda`",
        page="`We could not automatically infer the shape of the Lambda's output`",
        why="It runs the function on a placeholder, where functions of `tf` or `np` may fail.",
        todo=(
            "Use `keras.ops` in the function, or pass `output_shape=...` (without the batch axis)",
            "Better: a custom layer with `compute_output_shape`",
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
        title="The custom layer `{layer}` holds layers that are not built with it",
        page="`Layer looks like it has unbuilt state, but Keras is not able to trace the layer call()`",
        why="Weights of inner layers are created in `build`, or while `call` runs on placeholders, which fails here. "
        "Saved weights then do not fit.",
        todo=(
            "Define `build(self, input_shape)`, and build the inner layers there: `self.dense.build(input_shape)`",
            "Use `keras.ops` in `call`, so that Keras can trace it",
        ),
        examples=(
            "UserWarning: Layer 'my_layer' looks like it has unbuilt state, but Keras is not able to "
            "trace the layer `call()` in order to build it automatically.",
            "UserWarning: `build()` was called on layer 'l', however the layer does not have a "
            "`build()` method implemented and it looks like it has unbuilt state.",
        ),
    ),
    Message(
        id="no-call",
        patterns=(
            r"(?:Model|Layer) (?P<cls>\w+) does not have a `?call\(\)`? method implemented",
            r"When subclassing the `?(?P<base>Model|Layer)`? class, you should implement a `?call(?:\(\))?`? method",
        ),
        title="`{cls|The class}` has no `call` method",
        page="`Model M does not have a call() method implemented`, `When subclassing the Model class, you should "
        "implement a call method`",
        why="`fit` and `predict` run `call`. It is missing, misspelled, or not indented as a part of the class.",
        todo=(
            "Define `def call(self, inputs, training=False):` in the class, and return the outputs",
            "Check the indentation and the spelling of the method",
        ),
        rules=("KC832", "KC812"),
        examples=(
            "NotImplementedError: Model M does not have a `call()` method implemented.",
            "NotImplementedError: When subclassing the `Model` class, you should implement a `call` method.",
        ),
    ),
)
