# Layers of the program's own, for Keras itself; behind the colon the status, where it is not exact.

# -- build and call
class Linear(layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name='kernel')
        self.bias = self.add_weight(shape=(self.units,), initializer='zeros', name='bias')
    def call(self, x):
        return self.activation(keras.ops.matmul(x, self.kernel) + self.bias)
model = Sequential([Input((5,)), Linear(4, 'relu'), Linear(3, keras.activations.tanh), Linear(2)])

# -- the declared output shape holds
class Odd(layers.Layer):
    def call(self, x):
        return x[:, :2]
    def compute_output_shape(self, input_shape):
        return (input_shape[0], 7)
x = Input((5,))
model = Model(x, Odd()(x))

# -- the declared shape of a layer inside a layer does not
class Odd(layers.Layer):
    def call(self, x):
        return x[:, :2]
    def compute_output_shape(self, input_shape):
        return (input_shape[0], 7)
class Outer(layers.Layer):
    def __init__(self):
        super().__init__()
        self.odd = Odd()
        self.dense = Dense(3)
    def call(self, x):
        return self.dense(self.odd(x))
x = Input((5,))
model = Model(x, Outer()(x))

# -- several declared shapes
class Halves(layers.Layer):
    def call(self, x):
        return [x[:, :2], x[:, 2:]]
    def compute_output_shape(self, input_shape):
        return [(input_shape[0], 2), (input_shape[0], input_shape[-1] - 2)]
x = Input((5,))
a, b = Halves()(x)
model = Model(x, [Dense(2)(a), Dense(3)(b)])

# -- what a class of Keras declares holds for those that derive from it
class Scaled(Dense):
    def call(self, x):
        return super().call(x) * 2
x = Input((5,))
model = Model(x, Scaled(3)(x))

# -- the variables of the class of Keras are there, whatever the call does with them
class Standardized(Conv2D):
    def call(self, x):
        kernel = self.kernel - ops.mean(self.kernel)
        return ops.conv(x, kernel) + self.bias
x = Input((8, 8, 3))
model = Model(x, Standardized(4, 3)(x))

# -- parts built by hand
class Block(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
    def build(self, input_shape):
        self.parts = [Dense(self.units), Dense(self.units)]
        shape = input_shape
        for part in self.parts:
            part.build(shape)
            shape = part.compute_output_shape(shape)
        super().build(input_shape)
    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)
class Stack(layers.Layer):
    def __init__(self, depth):
        super().__init__()
        self.depth = depth
    def build(self, input_shape):
        self.blocks = []
        for _ in range(self.depth):
            self.blocks.append(Block(4))
            self.blocks[-1].build(input_shape)
            input_shape = self.blocks[-1].compute_output_shape(input_shape)
    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
model = Sequential([Input((6, 3)), Stack(3), Flatten(), Dense(1)])

# -- parts that are built by the call, in a layer that declares its shape
class Late(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(4)
    def call(self, x):
        return self.dense(x)
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 4)
x = Input((5,))
model = Model(x, Late()(x))

# -- parts that only data will build: unknown
class Late(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(4)
    def build(self, input_shape):
        super().build(input_shape)
    def call(self, x):
        return self.dense(x)
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 4)
x = Input((5,))
model = Model(x, Late()(x))

# -- parts that are never called
class Idle(layers.Layer):
    def __init__(self):
        super().__init__()
        self.used = Dense(4)
        self.unused = Dense(5)
        self.unbuilt = Sequential([Dense(6)])
        self.whole = Sequential([Input((2,)), Dense(7)])
    def call(self, x):
        return self.used(x)
x = Input((3,))
model = Model(x, Idle()(x))

# -- attention with a causal mask
class Attention(layers.Layer):
    def __init__(self, size, heads):
        super().__init__()
        self.size, self.heads = size, heads
        self.qkv = [Dense(size) for _ in range(3)]
        self.out = Dense(size)
    def split(self, x, batch):
        x = keras.ops.reshape(x, (batch, -1, self.heads, self.size // self.heads))
        return keras.ops.transpose(x, (0, 2, 1, 3))
    def call(self, x):
        batch, length = keras.ops.shape(x)[0], keras.ops.shape(x)[1]
        q, k, v = [self.split(part(x), batch) for part in self.qkv]
        scores = keras.ops.matmul(q, keras.ops.transpose(k, (0, 1, 3, 2))) / float(self.size) ** 0.5
        i = keras.ops.arange(length)[:, None]
        mask = keras.ops.cast(i >= keras.ops.arange(length), 'float32')[None, None]
        scores = keras.ops.softmax(scores * mask - 1e9 * (1 - mask))
        mixed = keras.ops.transpose(keras.ops.matmul(scores, v), (0, 2, 1, 3))
        return self.out(keras.ops.reshape(mixed, (batch, -1, self.size)))
class Block(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.attention = Attention(size, 2)
        self.norm = LayerNormalization()
        self.feed = Sequential([Dense(2 * size, activation='relu'), Dense(size)])
    def call(self, x):
        x = self.norm(x + self.attention(x))
        return x + self.feed(x)
x = Input((10,), dtype='int32')
model = Model(x, Dense(20)(Block(8)(Embedding(20, 8)(x))))

# -- attention alone leaves the length open
class Split(layers.Layer):
    def call(self, x):
        return keras.ops.reshape(x, (keras.ops.shape(x)[0], -1, 2, 4))
x = Input((10, 8))
model = Model(x, Split()(x))

# -- positions inside and outside of a layer
class Positions(layers.Layer):
    def __init__(self, length, size):
        super().__init__()
        self.tokens = Embedding(30, size)
        self.places = Embedding(length, size)
    def call(self, x):
        return self.tokens(x) + self.places(keras.ops.arange(keras.ops.shape(x)[-1]))
x = Input((10,), dtype='int32')
inside = Model(x, Positions(10, 8)(x))
y = Input((10,), dtype='int32')
outside = Model(y, Embedding(30, 8)(y) + Embedding(10, 8)(keras.ops.arange(10)))

# -- a custom layer that is called on constants inside another one
class Scale(layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return x * self.factor
class Outer(layers.Layer):
    def __init__(self):
        super().__init__()
        self.scale = Scale()
    def call(self, x):
        return x + self.scale(keras.ops.ones((1, 5)))
x = Input((5,))
model = Model(x, Outer()(x))

# -- a mask beside the input
class Masked(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(4)
    def call(self, x, mask=None):
        y = self.dense(x)
        return y if mask is None else y * keras.ops.cast(mask, 'float32')[:, :, None]
x, m = Input((6, 3)), Input((6,), dtype='bool')
model = Model([x, m], Masked()(x, mask=m))

# -- a model called on a dictionary of arrays keeps the shapes of that call
import numpy as np
class Two(Model):
    def __init__(self):
        super().__init__()
        self.join = Concatenate()
        self.dense = Dense(3)
        self.out = Dense(1)
    def call(self, inputs):
        x = self.dense(self.join([inputs['a'], inputs['b']]))
        return self.out(x), x
two = Two()
first, second = two({'a': np.ones((12, 4)), 'b': np.ones((12, 5))})
three = two({'a': np.ones((2, 4)), 'b': np.ones((2, 5))})
x = Input((7,))
model = Model(x, Dense(second.shape[1])(x))
del two

# -- attributes set by name
class Named(layers.Layer):
    def build(self, shape):
        for n in (4, 3):
            part = Dense(n, name=f'part_{n}')
            part.build(shape)
            shape = (*shape[:-1], n)
            self.__setattr__(part.name, part)
    def call(self, x):
        return self.part_3(self.part_4(x))
x = Input((5,))
model = Model(x, Named()(x))

# -- variables of TensorFlow are no weights
import tensorflow as tf
class Codes(layers.Layer):
    def __init__(self, count, size):
        super().__init__()
        init = tf.random_uniform_initializer()
        self.size = size
        self.table = tf.Variable(initial_value=init(shape=(size, count), dtype='float32'), trainable=True)
    def call(self, x):
        flat = tf.reshape(x, [-1, self.size])
        distances = (
            tf.reduce_sum(flat ** 2, axis=1, keepdims=True)
            + tf.reduce_sum(self.table ** 2, axis=0)
            - 2 * tf.matmul(flat, self.table)
        )
        chosen = tf.one_hot(tf.argmin(distances, axis=1), self.table.shape[1])
        return tf.reshape(tf.matmul(chosen, self.table, transpose_b=True), tf.shape(x))
x = Input((5, 4, 6))
model = Model(x, Dense(3)(Codes(8, 6)(x)))

# -- an output shape that builds the layer where it is not built
class Own(layers.Layer):
    def build(self, shape):
        self.was_built = self.built
        self.dense = Dense(2 if self.was_built else 3)
        self.dense.build(shape)
    def call(self, x):
        return self.dense(x)
    def compute_output_shape(self, shape):
        if not self.built:
            self.build(shape)
        return (*shape[:-1], self.dense.units)
x = Input((4,))
model = Model(x, Own()(x))

# -- parameters of calls are asked for
import inspect
class Chain(layers.Layer):
    def __init__(self):
        super().__init__()
        self.parts = [Conv1D(4, 3), BatchNormalization(), SpatialDropout1D(0.1), LSTM(5)]
    def build(self, shape):
        for part in self.parts:
            part.build(shape)
            shape = part.compute_output_shape(shape)
            if 'mask' in inspect.signature(part.call).parameters:
                self.extra = Dense(len(inspect.signature(part.call).parameters))
        self.extra.build(shape)
    def call(self, x, training=None):
        for part in self.parts:
            takes = 'training' in dict(inspect.signature(part.call).parameters)
            x = part(x, training=training) if takes else part(x)
        return self.extra(x)
x = Input((9, 6))
model = Model(x, Chain()(x))

# -- one declared shape for several tensors is that of the first
class Attend(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.query, self.value = Dense(units), Dense(units)
    def build(self, input_shape):
        self.query.build(input_shape)
        self.value.build(input_shape)
    def call(self, hidden, mask_bias=None, memory=None):
        return self.query(hidden) + mask_bias
    def compute_output_shape(self, input_shape):
        return input_shape
x = Input((5, 6))
model = Model(x, Attend(6)(x, mask_bias=x))

# -- shapes are handed to the parameters that are named after arguments of call
class Cross(layers.Layer):
    def build(self, query_shape, value_shape):
        self.kernel = self.add_weight(shape=(query_shape[-1], value_shape[-1]), name='kernel')
    def call(self, query, scale=1.0, value=None):
        return keras.ops.matmul(query, self.kernel) * scale
    def compute_output_shape(self, query_shape, value_shape):
        return (*query_shape[:-1], value_shape[-1])
x, y = Input((5, 6)), Input((7, 3))
model = Model([x, y], Cross()(x, value=y))

# -- an input by keyword alone
class Twice(layers.Layer):
    def build(self, tokens_shape):
        self.kernel = self.add_weight(shape=(tokens_shape[-1], 4), name='kernel')
    def call(self, tokens):
        return keras.ops.matmul(tokens, self.kernel)
x = Input((5,))
model = Model(x, Twice()(tokens=x))

# -- shapes of nested inputs
class Pair(layers.Layer):
    def build(self, states_shape, value_shape):
        self.kernel = self.add_weight(shape=(states_shape[0][-1], value_shape[-1]), name='kernel')
    def call(self, states, value):
        return keras.ops.matmul(states[0], self.kernel) + value
    def compute_output_shape(self, states_shape, value_shape):
        return value_shape
x, y = Input((6,)), Input((3,))
model = Model([x, y], Pair()([x, y], y))

# -- a declared specification of the output
class Widened(layers.Layer):
    def call(self, x):
        return keras.ops.concatenate([x, x], axis=-1)
    def compute_output_spec(self, x):
        return keras.KerasTensor((*x.shape[:-1], 2 * x.shape[-1]), dtype=self.compute_dtype)
x = Input((5,))
model = Model(x, Dense(2)(Widened()(x)))

# -- a declared specification of several outputs, from several inputs
class Swapped(layers.Layer):
    def call(self, a, b):
        return b, a
    def compute_output_spec(self, a, b):
        return keras.KerasTensor(b.shape, b.dtype), keras.KerasTensor(a.shape, a.dtype)
a, b = Input((5,)), Input((4,))
c, d = Swapped()(a, b)
model = Model([a, b], [Dense(2)(c), Dense(3)(d)])

# -- a cell of its own
class Minimal(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name='kernel')
        self.recurrent = self.add_weight(shape=(self.units, self.units), name='recurrent')
    def call(self, inputs, states):
        h = keras.ops.matmul(inputs, self.kernel) + keras.ops.matmul(states[0], self.recurrent)
        return h, [h]
model = Sequential([Input((None, 5)), layers.RNN(Minimal(8), return_sequences=True), layers.RNN(Minimal(4))])
stacked = Sequential([Input((None, 5)), layers.RNN([Minimal(8), layers.GRUCell(3)])])

# -- a cell of its own with several states and another output
class Leaky(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
    @property
    def state_size(self):
        return [self.units, 2 * self.units]
    @property
    def output_size(self):
        return self.units + 1
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units + 1), trainable=False)
        self.inner = layers.Dense(self.units)
        self.inner.build(input_shape)
    def call(self, inputs, states):
        return keras.ops.matmul(inputs, self.kernel), states
x = Input((7, 3))
model = Model(x, layers.RNN(Leaky(4), return_state=True, return_sequences=True)(x))

# -- a cell of its own that builds its parts when it is called: unknown
class Late(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.state_size = units
        self.dense = layers.Dense(units)
    def call(self, inputs, states):
        h = self.dense(inputs)
        return h, [h]
model = Sequential([Input((None, 5)), layers.RNN(Late(8))])
