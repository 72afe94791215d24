"""Messages of TensorFlow, JAX and PyTorch about tensors, and of graphs."""

from __future__ import annotations

from kerascheck.explain.messages.base import SHAPE, Message

MESSAGES: tuple[Message, ...] = (
    Message(
        id="matmul-shapes",
        patterns=(
            rf"Matrix size-incompatible: In\[0\]: (?P<one>{SHAPE}), In\[1\]: (?P<other>{SHAPE})",
            r"mat1 and mat2 shapes cannot be multiplied \((?P<one>[\dx]+) and (?P<other>[\dx]+)\)",
            rf"(?:dot_general|dot) requires contracting dimensions to have the same shape, got "
            rf"(?P<one>{SHAPE}) and (?P<other>{SHAPE})",
            r"Dimensions must be equal, but are (?P<one>\d+) and (?P<other>\d+) for '?.{0,200}MatMul",
            r"matmul: Input operand 1 has a mismatch in its core dimension.{0,120}size (?P<other>\d+) "
            r"is different from (?P<one>\d+)",
        ),
        title="A matrix product of {one} and {other}: the inner sizes differ",
        page="`Matrix size-incompatible: In[0]: [32,28], In[1]: [784,10]`, `dot_general requires "
        "contracting dimensions`, `mat1 and mat2 shapes cannot be multiplied`",
        why="In a layer such as `Dense` the first is its input (batch, features), the second its weights (features, "
        "units): the data has another number of features than the layer was built with. In custom code, `matmul` and "
        "`@` multiply rows by columns.",
        origin="size",
        todo=(
            "Pass data of the size that the model was built for, or build the model for the size of the data",
            "Flatten images before a Dense: `Flatten()`",
            "In a custom loss or metric, `*` multiplies element by element",
        ),
        rules=("KC210", "KC209", "KC220"),
        examples=(
            "InvalidArgumentError: {{function_node __wrapped__MatMul}} Matrix size-incompatible: "
            "In[0]: [32,28], In[1]: [784,10] [Op:MatMul]",
            "TypeError: dot_general requires contracting dimensions to have the same shape, got (28,) and (784,).",
            "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x28 and 784x10)",
        ),
    ),
    Message(
        id="incompatible-shapes",
        patterns=(
            rf"Incompatible shapes:? (?:for broadcasting: )?(?P<one>{SHAPE}) (?:vs\.|and) (?P<other>{SHAPE})",
            rf"(?:add|sub|mul|div|\w+) got incompatible shapes for broadcasting: (?P<one>{SHAPE}),? "
            rf"(?:and )?(?P<other>{SHAPE})",
            rf"Incompatible shapes for broadcasting: (?:shapes=\[)?(?P<one>{SHAPE})(?:,| and) (?P<other>{SHAPE})",
            r"Dimensions must be equal, but are (?P<one>\d+) and (?P<other>\d+)",
            r"The size of tensor a \((?P<one>\d+)\) must match the size of tensor b \((?P<other>\d+)\)",
            r"required broadcastable shapes",
        ),
        title="An element-wise operation receives tensors that do not broadcast: {one|a} and {other|b}",
        page="`Incompatible shapes: [32,10] vs. [32]`, `Dimensions must be equal, but are 10 and 3`, "
        "`required broadcastable shapes`",
        why="From `fit` it is mostly the loss or a metric that compares targets and output: another number of units "
        "than columns of targets, or an axis too many. Where the first sizes are those of the batch (32 against 17), "
        "a custom layer has a fixed batch size. Otherwise two branches of a network have different sizes.",
        todo=(
            "Compare `model.output_shape` with `y.shape`: beyond the batch they must be equal (one number per sample "
            "for sparse losses)",
            "In custom code, print the shapes of both sides; add an axis with `x[:, None]`, or drop one with "
            "`squeeze(axis=-1)`",
        ),
        rules=("KC214", "KC204", "KC215"),
        examples=(
            "InvalidArgumentError: {{function_node __wrapped__AddV2}} Incompatible shapes: [32,10] vs. [32] [Op:AddV2]",
            "ValueError: Dimensions must be equal, but are 2 and 3 for '{{node "
            "compile_loss/mse/sub}} = Sub[T=DT_FLOAT](data_1, BiasAdd)' with input shapes: [?,2], "
            "[?,3].",
            "TypeError: add got incompatible shapes for broadcasting: (32, 10), (32,).",
            "ValueError: Incompatible shapes for broadcasting: shapes=[(32, 10), (32,)]",
            "RuntimeError: The size of tensor a (10) must match the size of tensor b (32) at non-singleton dimension 1",
        ),
    ),
    Message(
        id="concat-tf",
        patterns=(
            rf"ConcatOp : Dimension (?P<axis>\d+) in both shapes must be equal: shape\[0\] = "
            rf"(?P<one>{SHAPE}) vs\. shape\[\d+\] = (?P<other>{SHAPE})",
            r"all the input array dimensions .{0,60}must match exactly, but along dimension "
            r"(?P<axis>\d+), .{0,80}size (?P<one>\d+) .{0,60}size (?P<other>\d+)",
        ),
        title="Tensors of the shapes {one} and {other} cannot be joined: they differ on axis {axis}",
        page="`ConcatOp : Dimension 0 in both shapes must be equal`, `all the input array dimensions "
        "must match exactly`",
        why="Only the axis along which they are joined may differ.",
        todo=("Choose another `axis`, or crop, pad or reshape one of them",),
        rules=("KC220", "KC204"),
        examples=(
            "InvalidArgumentError: {{function_node __wrapped__ConcatV2}} ConcatOp : Dimension 0 in "
            "both shapes must be equal: shape[0] = [2,3] vs. shape[1] = [3,4] [Op:ConcatV2] name: "
            "concat",
        ),
    ),
    Message(
        id="keras-tensor-in-tf",
        patterns=(
            r"A KerasTensor cannot be used as input to a TensorFlow function",
            r"A KerasTensor is symbolic: it's a placeholder",
            r"Cannot convert a symbolic Keras input/output to a numpy array",
            r"TypeError: You are passing KerasTensor",
        ),
        title="A symbolic Keras tensor is passed to a function of TensorFlow or NumPy",
        page="`A KerasTensor cannot be used as input to a TensorFlow function`, `A KerasTensor is symbolic`",
        why="What `Input` and layers return while a model is built are placeholders without values. "
        "In Keras 3 only layers and `keras.ops` take them.",
        todo=(
            "Use `keras.ops` in place of `tf` or `np`: `keras.ops.relu(x)`, `keras.ops.sum(x)`",
            "Or put the code into the `call` of a custom layer",
        ),
        rules=("KC200",),
        examples=(
            "ValueError: A KerasTensor cannot be used as input to a TensorFlow function. A "
            "KerasTensor is a symbolic placeholder for a shape and dtype",
            "ValueError: A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It "
            "doesn't have any actual numerical value.",
            "TypeError: Cannot convert a symbolic Keras input/output to a numpy array.",
        ),
    ),
    Message(
        id="symbolic-bool",
        patterns=(
            r"A symbolic KerasTensor cannot be used as a boolean",
            r"[Uu]sing a (?:symbolic )?`?tf\.Tensor`? as a Python `?bool`? is not allowed",
            r"Attempted boolean conversion of traced array",
            r"TracerBoolConversionError",
        ),
        title="`if`, `while`, `and` or `not` on a tensor whose value is not known yet",
        page="`A symbolic KerasTensor cannot be used as a boolean`, `Using a symbolic tf.Tensor as a "
        "Python bool is not allowed`, `TracerBoolConversionError`",
        why="While a model or graph is built, tensors have no values to decide by.",
        todo=(
            "Use `keras.ops.where(condition, a, b)` or `keras.ops.cond`",
            "Test what is known: `if x is not None`, `if x.shape[1] == 3`",
        ),
        examples=(
            "TypeError: A symbolic KerasTensor cannot be used as a boolean.",
            "OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python `bool` is not "
            "allowed: AutoGraph did convert this function.",
            "jax.errors.TracerBoolConversionError: Attempted boolean conversion of traced array with shape bool[].",
        ),
    ),
    Message(
        id="jax-tracer",
        patterns=(
            r"(?:Abstract tracer value encountered where concrete value is expected)",
            r"The numpy\.ndarray conversion method __array__\(\) was called on traced array",
            r"(?:Concretization|TracerArrayConversion|TracerIntegerConversion)\w*Error",
        ),
        title="JAX code asks for the value of a traced array",
        page="`ConcretizationTypeError: Abstract tracer value encountered`, `TracerArrayConversionError`",
        why="Inside `fit` and `jax.jit` functions run on tracers that have only shapes. `float(x)`, "
        "`int(x)`, `np.…(x)` and `x.item()` need values.",
        todo=(
            "Use `keras.ops` or `jax.numpy` throughout",
            "Compute Python numbers outside, or compile with `run_eagerly=True` to look at values",
        ),
        examples=(
            "jax.errors.ConcretizationTypeError: Abstract tracer value encountered where concrete "
            "value is expected: traced array with shape float32[]",
            "jax.errors.TracerArrayConversionError: The numpy.ndarray conversion method __array__() "
            "was called on traced array with shape float32[3]",
        ),
    ),
    Message(
        id="symbolic-to-numpy",
        patterns=(
            r"Cannot convert a symbolic (?:tf\.)?Tensor \(?(?P<name>[^)\n]{0,80})\)? to a numpy array",
            r"numpy\(\) is only available when eager execution is enabled",
            r"'(?:SymbolicTensor|KerasTensor|Tensor)' object has no attribute "
            r"'(?P<attribute>numpy|eval|_numpy|item|astype|tolist)'",
        ),
        title="A symbolic tensor has no value yet, so {attribute|a NumPy function} does not work on it",
        page="`Cannot convert a symbolic tf.Tensor to a numpy array`, `'SymbolicTensor' object has no "
        "attribute 'numpy'`",
        why="In `tf.function`, in `fit`, in losses, metrics, layers and `Dataset.map` the code "
        "builds a graph, whose tensors have no values. NumPy (and scikit-learn, PIL, ...) cannot "
        "be used there.",
        todo=(
            "Use functions of `tf` or `keras.ops` in place of `np`",
            "Wrap plain Python in `tf.py_function` (or `tf.numpy_function`) in a `Dataset.map`",
            "To look at values while debugging: `compile(..., run_eagerly=True)`",
        ),
        examples=(
            "NotImplementedError: Cannot convert a symbolic tf.Tensor (x:0) to a numpy array. This "
            "error may indicate that you're trying to pass a Tensor to a NumPy call, which is not "
            "supported.",
            "AttributeError: 'SymbolicTensor' object has no attribute 'numpy'",
            "AttributeError: 'KerasTensor' object has no attribute 'numpy'",
        ),
    ),
    Message(
        id="function-variables",
        patterns=(
            r"tf\.function only supports singleton tf\.Variables created on the first call",
            r"tf\.function-decorated function tried to create variables on non-first call",
        ),
        title="A `tf.function` creates variables each time it is called",
        page="`tf.function only supports singleton tf.Variables created on the first call`",
        why="Layers, models, metrics, optimizers and `tf.Variable` must not be created inside `call`, a loss or a "
        "training step. One optimizer used in one `tf.function` for two models raises the same error.",
        todo=(
            "Create layers and variables in `__init__` or `build`, and use them in `call`",
            "Use one function per model, or build the optimizer first: `optimizer.build(model.trainable_variables)`",
        ),
        examples=(
            "ValueError: tf.function only supports singleton tf.Variables created on the first call. "
            "Make sure the tf.Variable is only created once or created outside tf.function.",
            "ValueError: tf.function-decorated function tried to create variables on non-first call.",
        ),
    ),
    Message(
        id="autograph",
        patterns=(
            r"AutoGraph could not transform (?P<what>.{1,200}?) and will run it as-is",
            r"could not be transformed and will be executed as-is",
        ),
        title="A warning: TensorFlow could not rewrite {what|a function} for graphs, and runs it as it is",
        page="`AutoGraph could not transform ... and will run it as-is`, `could not be transformed "
        "and will be executed as-is`",
        why="AutoGraph turns `if` and loops on tensors into graph operations, for which it needs the "
        "source. Lambdas over several lines, code from a shell or `exec`, or an old version of "
        "`gast` prevent it. It is harmless unless the function has "
        "`if`, `for` or `while` on tensors.",
        todo=(
            "Nothing, if the training works",
            "Turn a long lambda into a function in a file; decorate with "
            "`@tf.autograph.experimental.do_not_convert` to silence it",
        ),
        examples=(
            "WARNING:tensorflow:AutoGraph could not transform <function <lambda> at 0x7f> and will run it as-is.",
            "WARNING: Entity <bound method Layer.call> could not be transformed and will be executed as-is.",
        ),
    ),
    Message(
        id="tensor-assignment",
        patterns=(
            r"'(?P<type>[\w.]*(?:EagerTensor|SymbolicTensor|KerasTensor|Tensor|ArrayImpl))' object "
            r"does not support item assignment",
            r"JAX arrays are immutable",
        ),
        title="Elements of a tensor cannot be assigned",
        page="`'EagerTensor' object does not support item assignment`, `JAX arrays are immutable`",
        why="Tensors are immutable; each operation returns a new one.",
        todo=(
            "Compute it as a whole: `keras.ops.where(mask, a, b)`, `tf.tensor_scatter_nd_update`, in "
            "JAX `x.at[0].set(1)`",
            "Prepare data in NumPy, and convert it afterwards",
        ),
        examples=(
            "TypeError: 'tensorflow.python.framework.ops.EagerTensor' object does not support item assignment",
            "TypeError: JAX arrays are immutable and do not support in-place item assignment.",
        ),
    ),
    Message(
        id="dtype-mismatch",
        patterns=(
            r"cannot compute (?P<op>\w+) as input #(?P<number>\d+)\(zero-based\) was expected to be "
            r"an? (?P<one>\w+) tensor but is an? (?P<other>\w+) tensor",
            r"Input '(?P<name>\w+)' of '(?P<op>\w+)' Op has type (?P<other>\w+) that does not match "
            r"type (?P<one>\w+)",
            r"Tensor conversion requested dtype (?P<one>\w+) for Tensor with dtype (?P<other>\w+)",
            r"`?x`? and `?y`? must have the same dtype, got tf\.(?P<one>\w+) != tf\.(?P<other>\w+)",
            r"expected (?:scalar type|m1 and m2 to have the same "
            r"dtype).{0,60}(?P<one>Float|Double|float|double).{0,40}(?P<other>Double|Float|Long|double|float)",
        ),
        title="Tensors of the dtypes {one|a} and {other|b} are combined in {op|one operation}",
        page="`cannot compute AddV2 as input #1(zero-based) was expected to be a float tensor but is "
        "a int32 tensor`, `Tensor conversion requested dtype`",
        why="TensorFlow does not convert dtypes implicitly. Integer labels in a custom loss, and NumPy's float64 "
        "beside float32, are the usual causes.",
        todo=(
            "Convert one of them: `tf.cast(y_true, y_pred.dtype)` (`keras.ops.cast`)",
            'Prepare data as `astype("float32")`',
        ),
        examples=(
            "InvalidArgumentError: cannot compute AddV2 as input #1(zero-based) was expected to be a "
            "float tensor but is a int32 tensor [Op:AddV2]",
            "TypeError: Input 'y' of 'Sub' Op has type float32 that does not match type int64 of argument 'x'.",
        ),
    ),
    Message(
        id="none-values",
        patterns=(
            r"Attempt to convert a value \(None\) with an unsupported type",
            r"None values not supported",
            r"Tried to convert '?(?P<name>\w+)'? to a tensor and failed\. Error: None values not "
            r"supported",
            r"Failed to convert (?:object|elements) of (?:type )?.{0,80}None.{0,60}to Tensor|to "
            r"Tensor\. Contents: \[?\(?[^\])]{0,80}None",
        ),
        title="None is used where a tensor or a size is needed",
        page="`Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a "
        "Tensor`, `None values not supported`",
        why="A size that is not fixed is None in `x.shape` (usually the batch). Or a function forgets its `return`: a "
        "loss, metric or layer that returns nothing.",
        todo=(
            "Take sizes from `tf.shape(x)[0]` or `keras.ops.shape(x)[0]`",
            "Check that the `call`, loss or metric returns its result; a gradient is None where the "
            "loss does not depend on the weights",
        ),
        examples=(
            "ValueError: Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.",
            "ValueError: None values not supported.",
            "TypeError: Failed to convert object of type <class 'list'> to Tensor. Contents: [None, "
            "3]. Consider casting elements to a supported type.",
        ),
    ),
    Message(
        id="tf1-attribute",
        patterns=(
            r"module '?\"?tensorflow(?:\.\w+)*'?\"? has no attribute "
            r"'(?P<name>placeholder|Session|ConfigProto|set_random_seed|global_variables_initializer|get_default_graph|reset_default_graph|app|flags|contrib|InteractiveSession|GPUOptions|variable_scope|get_variable|"
            r"layers|train|log|logging|to_float|python)'",
        ),
        title="`tf.{name}` belongs to TensorFlow 1",
        page="`module 'tensorflow' has no attribute 'placeholder'` (or `Session`, `ConfigProto`, `set_random_seed`)",
        why="TensorFlow 2 runs operations immediately; sessions, placeholders and `tf.contrib` are gone.",
        todo=(
            "`tf.set_random_seed` is `tf.random.set_seed` (or `keras.utils.set_random_seed`)",
            "`ConfigProto` for GPU memory: `tf.config.experimental.set_memory_growth(gpu, True)`",
            "Old code as it is: `import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()`",
        ),
        examples=(
            "AttributeError: module 'tensorflow' has no attribute 'placeholder'",
            "AttributeError: module 'tensorflow' has no attribute 'Session'",
        ),
    ),
    Message(
        id="unknown-rank",
        patterns=(
            r"Cannot take the length of shape with unknown rank",
            r"as_list\(\) is not defined on an unknown TensorShape",
            r"Undefined shapes are not supported",
        ),
        title="A tensor has lost its shape on the way to the model",
        page="`Cannot take the length of shape with unknown rank`, `as_list() is not defined on an "
        "unknown TensorShape`",
        why="`tf.py_function`, `tf.numpy_function`, `decode_image` and `from_generator` without a "
        "signature return tensors whose number of axes is not known.",
        todo=(
            "Set it in the `map`: `image.set_shape((224, 224, 3))`, `label.set_shape(())`",
            "`from_generator(..., output_signature=(tf.TensorSpec(...), tf.TensorSpec(...)))`",
            "`decode_image(..., expand_animations=False)`, or `decode_jpeg` and `decode_png`",
        ),
        examples=(
            "ValueError: as_list() is not defined on an unknown TensorShape.",
            "ValueError: Cannot take the length of shape with unknown rank.",
        ),
    ),
    Message(
        id="nested-structure",
        patterns=(r"The two structures don't have the same (?:nested structure|sequence (?:type|length))",),
        title="Two nested structures (lists, tuples, dictionaries) differ where they must be equal",
        page="`The two structures don't have the same nested structure`",
        why="In `fit` it is often a list of inputs or targets against a tuple or a single tensor; in `tf.cond`, "
        "`tf.while_loop` and `RNN`, branches or states of different structure.",
        todo=(
            "Compare both structures in the message; return the same types in the same order",
            "In a dataset, yield tuples: `((a, b), y)`",
        ),
        rules=("KC211", "KC216"),
        examples=(
            "ValueError: The two structures don't have the same nested structure.\n\nFirst structure: type=list "
            "str=[1, 2]",
        ),
    ),
    Message(
        id="op-rank",
        patterns=(
            r"Shape must be (?:at least )?rank (?P<wanted>\d+) but is rank (?P<found>\d+) for '(?:\{\{node "
            r")?(?P<op>\w+)",
        ),
        title="The operation `{op}` needs {wanted} axes, but its input has {found}",
        page="`Shape must be rank 4 but is rank 3 for '{{node Conv2D}}'`",
        why="A batch or channel axis is missing, or there is one too many.",
        todo=(
            "Add an axis: `x[None, ...]` for the batch, `x[..., None]` for the channel",
            "Remove one: `tf.squeeze(x, axis)`",
        ),
        examples=(
            "ValueError: Shape must be rank 4 but is rank 3 for '{{node Conv2D}} = Conv2D[T=DT_FLOAT](x, zeros)' with "
            "input shapes: [1,28,28], [3,3,1,8].",
        ),
    ),
    Message(
        id="symbolic-iteration",
        patterns=(
            r"Iterating over a symbolic (?P<what>`?tf\.Tensor`?|KerasTensor) is not (?:allowed|supported)",
            r"[Ii]terating over `?(?P<what>tf\.Tensor)`? is not allowed",
            r"Cannot iterate over a (?:[Tt]ensor with unknown first dimension|shape with unknown rank|scalar tensor)",
            r"len is not well defined for a? ?symbolic Tensors?",
            r"object of type 'KerasTensor' has no len\(\)",
        ),
        title="`for` or `len` on a symbolic tensor, whose values are not known yet",
        page="`Iterating over a symbolic tf.Tensor is not allowed`, `len is not well defined for a symbolic Tensor`",
        why="While a model or graph is built, a tensor has a shape, but no values to go through. Unpacking, `a, "
        "b = x`, "
        "is an iteration, too.",
        todo=(
            "Compute it for all at once with `keras.ops`, or use `keras.ops.unstack(x, axis=...)` where the size "
            "is known",
            "For a size: `x.shape[0]`, `keras.ops.shape(x)[0]`",
        ),
        examples=(
            "OperatorNotAllowedInGraphError: Iterating over a symbolic `tf.Tensor` is not allowed.",
            "NotImplementedError: Iterating over a symbolic KerasTensor is not supported.",
            "TypeError: len is not well defined for a symbolic Tensor (x:0). Please call `x.shape` rather than "
            "`len(x)` "
            "for shape information.",
        ),
    ),
    Message(
        id="op-dtype",
        patterns=(
            r"Value for attr '\w+' of (?P<found>\w+) is not in the list of allowed values: (?P<known>[^\n;]{1,150})",
            r"Value passed to parameter '\w+' has DataType (?P<found>\w+) not in list of allowed values: "
            r"(?P<known>[^\n;]{1,150})",
            r"Incompatible type conversion requested to type (?P<found>\w+) for",
        ),
        title="An operation does not accept tensors of the dtype {found}",
        page="`Value for attr 'T' of int32 is not in the list of allowed values`, `Value passed to parameter has "
        "DataType float32 not in list of allowed values`",
        why="Layers and most mathematical functions compute with floats, while images and labels are often integers; "
        "shapes, sizes and indices must be integers, while a division with `/` returns floats.",
        todo=(
            'Data: `x.astype("float32")`, `keras.ops.cast(x, "float32")`',
            "Sizes: divide with `//`",
        ),
        rules=("KC210",),
        examples=(
            "InvalidArgumentError: Value for attr 'T' of int32 is not in the list of allowed values: half, bfloat16, "
            "float, double",
            "TypeError: Value passed to parameter 'shape' has DataType float32 not in list of allowed values: int32, "
            "int64",
        ),
    ),
    Message(
        id="wrong-graph",
        patterns=(
            r"Tensor .{0,200}is not an element of this graph",
            r"Error while reading resource variable (?P<name>\S+) from Container",
            r"Could not find variable (?P<name>\S+)\. This could mean that the variable has been deleted",
            r"Attempting to capture an EagerTensor without building a function",
            r"The Session graph is empty",
        ),
        title="A tensor or variable belongs to another graph or session of TensorFlow 1 than the one that runs",
        page="`Tensor ... is not an element of this graph`, `Error while reading resource variable from Container`",
        why="In TensorFlow 1 a model lives in the graph and session in which it was built or loaded. Another thread "
        "(Flask, Django), `clear_session()`, or uninitialized variables lead to it; so does code of TensorFlow 1 that "
        "is mixed with TensorFlow 2.",
        todo=(
            "With TensorFlow 2, remove sessions, graphs and `disable_eager_execution()`",
            "With TensorFlow 1, keep both when the model is loaded, and use them for each prediction: `with "
            "graph.as_default(), session.as_default():`",
        ),
        examples=(
            'ValueError: Tensor Tensor("dense_2/Softmax:0", shape=(?, 10), dtype=float32) is not an element of this '
            "graph.",
            "FailedPreconditionError: Error while reading resource variable dense_1/kernel from Container: localhost. "
            "This could mean that the variable was uninitialized.",
            "RuntimeError: Attempting to capture an EagerTensor without building a function.",
        ),
    ),
    Message(
        id="unsupported-type",
        patterns=(
            r"Attempt to convert a value \((?P<value>.{1,120}?)\) with an unsupported type \(<class "
            r"'(?P<type>[^']{1,80})'>\)",
        ),
        title="An object of the type `{type}` cannot become a tensor",
        page="`Attempt to convert a value (<PIL.Image...>) with an unsupported type to a Tensor`",
        why="TensorFlow converts numbers, strings, arrays and lists of these, not images of PIL, dictionaries, models "
        "or other objects.",
        todo=("Convert it first: `np.array(image)`, or `keras.utils.img_to_array(image)`",),
        examples=(
            "ValueError: Attempt to convert a value (<PIL.Image.Image image mode=RGB size=28x28 at 0x7F>) with an "
            "unsupported type (<class 'PIL.Image.Image'>) to a Tensor.",
        ),
    ),
)
