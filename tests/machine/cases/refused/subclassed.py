# -- a convolution on vectors
class Net(Model):
    def __init__(self):
        super().__init__()
        self.conv = Conv2D(4, 3)
        self.head = Dense(2)
    def call(self, x):
        x = self.conv(x)  # KC201
        return self.head(x)
model = Net()
y = model(Input((8,)))
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.conv = Conv2D(4, 3)
        self.head = Dense(2)
    def call(self, x):
        x = self.conv(x)
        return self.head(x)
model = Net()
y = model(Input((8, 8, 1)))

# -- poolings until nothing is left
class Net(Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Conv2D(4, 3) for _ in range(3)]
        self.pool = MaxPooling2D()
        self.flat = Flatten()
    def call(self, x):
        for block in self.blocks:
            x = self.pool(block(x))  # KC202
        return self.flat(x)
model = Net()
y = model(Input((16, 16, 1)))
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Conv2D(4, 3) for _ in range(3)]
        self.pool = MaxPooling2D()
        self.flat = Flatten()
    def call(self, x):
        for block in self.blocks:
            x = self.pool(block(x))
        return self.flat(x)
model = Net()
y = model(Input((32, 32, 1)))

# -- a residual of another size
class Block(Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = Dense(units)
    def call(self, x):
        return x + self.dense(x)  # KC204
y = Block(8)(Input((4,)))
# instead
class Block(Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = Dense(units)
    def call(self, x):
        return x + self.dense(x)
y = Block(8)(Input((8,)))

# -- a layer of the program called on two sizes
class Block(Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3)
    def call(self, x):
        return self.dense(x)  # KC208
block = Block()
a = block(Input((4,)))
b = block(Input((5,)))
# instead
class Block(Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3)
    def call(self, x):
        return self.dense(x)
block = Block()
a = block(Input((4,)))
b = block(Input((4,)))

# -- one layer for two places
class Net(Model):
    def __init__(self):
        super().__init__()
        self.hidden = Dense(16)
    def call(self, x):
        x = self.hidden(x)
        return self.hidden(x)  # KC208
y = Net()(Input((4,)))
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.hidden = Dense(4)
    def call(self, x):
        x = self.hidden(x)
        return self.hidden(x)
y = Net()(Input((4,)))

# -- stacked recurrent layers
class Net(Model):
    def __init__(self):
        super().__init__()
        self.one = LSTM(4)
        self.two = LSTM(4)
    def call(self, x):
        x = self.one(x)
        return self.two(x)  # KC201
y = Net()(Input((5, 3)))
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.one = LSTM(4, return_sequences=True)
        self.two = LSTM(4)
    def call(self, x):
        x = self.one(x)
        return self.two(x)
y = Net()(Input((5, 3)))

# -- own weights of the wrong size
class Linear(Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[0], 4))  # KC205
    def call(self, x):
        return keras.ops.matmul(x, self.w)
y = Linear()(Input((3,)))
# instead
class Linear(Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 4))
    def call(self, x):
        return keras.ops.matmul(x, self.w)
y = Linear()(Input((3,)))

# -- own weights that do not fit the input
class Linear(Layer):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(shape=(5, 4))
    def call(self, x):
        return keras.ops.matmul(x, self.w)  # KC204
y = Linear()(Input((3,)))
# instead
class Linear(Layer):
    def __init__(self):
        super().__init__()
        self.w = self.add_weight(shape=(5, 4))
    def call(self, x):
        return keras.ops.matmul(x, self.w)
y = Linear()(Input((5,)))

# -- an argument that the class does not have
class Block(Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = Dense(units)
    def call(self, x):
        return self.dense(x)
layer = Block(3, name='block')  # KC206
# instead
class Block(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = Dense(units)
    def call(self, x):
        return self.dense(x)
layer = Block(3, name='block')

# -- an argument that no layer has
class Block(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)  # here Keras raises
        self.dense = Dense(units)
layer = Block(3, activation='relu')  # KC206
# instead
class Block(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.dense = Dense(units)
layer = Block(3, trainable=False)

# -- an inner layer that is refused
class Net(Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3, activation='relus')  # KC205
model = Net()
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3, activation='relu')
model = Net()

# -- a model of the program in a graph
class Net(Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3)
    def call(self, x):
        return self.dense(x)
i = Input((4,))
x = Net()(i)
x = LSTM(2)(x)  # KC201
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3)
    def call(self, x):
        return self.dense(x)
i = Input((4, 5))
x = Net()(i)
x = LSTM(2)(x)

# -- a list of two given to a model that merges
class Net(Model):
    def call(self, inputs):
        a, b = inputs
        return Concatenate()([a, b])  # KC204
y = Net()([Input((4, 3)), Input((5, 3))])
# instead
class Net(Model):
    def call(self, inputs):
        a, b = inputs
        return Concatenate(axis=1)([a, b])
y = Net()([Input((4, 3)), Input((5, 3))])

# -- a functional model as a subclass
class Net(Model):
    def __init__(self):
        i = Input((8, 8))
        x = Conv2D(4, 3)(i)  # KC201
        super().__init__(i, Flatten()(x))
model = Net()
# instead
class Net(Model):
    def __init__(self):
        i = Input((8, 8, 1))
        x = Conv2D(4, 3)(i)
        super().__init__(i, Flatten()(x))
model = Net()

# -- a stack as a subclass
class Net(Sequential):
    def __init__(self):
        super().__init__()
        self.add(Input((8, 8)))
        self.add(Conv2D(4, 3))  # KC201
model = Net()
# instead
class Net(Sequential):
    def __init__(self):
        super().__init__()
        self.add(Input((8, 8, 1)))
        self.add(Conv2D(4, 3))
model = Net()

# -- a layer built on another size than it gets
class Block(Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3)
    def build(self, shape):
        self.dense.build((None, 7))
    def call(self, x):
        return self.dense(x)  # KC208
y = Block()(Input((4,)))
# instead
class Block(Layer):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3)
    def build(self, shape):
        self.dense.build(shape)
    def call(self, x):
        return self.dense(x)
y = Block()(Input((4,)))

# -- a subclass of a built-in layer
class Mine(Dense):
    def __init__(self, units):
        super().__init__(units, activation='relus')  # KC205
layer = Mine(3)
# instead
class Mine(Dense):
    def __init__(self, units):
        super().__init__(units, activation='relu')
layer = Mine(3)

# -- a subclass of a built-in layer on a wrong rank
class Mine(Conv2D):
    def call(self, x):
        return super().call(x)
y = Mine(3, 3)(Input((8, 8)))  # KC201
# instead
class Mine(Conv2D):
    def call(self, x):
        return super().call(x)
y = Mine(3, 3)(Input((8, 8, 1)))

# -- an encoder and a decoder
class Coder(Model):
    def __init__(self):
        super().__init__()
        self.encoder = Sequential([Input((28, 28)), Flatten(), Dense(32)])
        self.decoder = Sequential([Dense(784), Reshape((28, 29))])
    def call(self, x):
        return self.decoder(self.encoder(x))  # KC203
y = Coder()(Input((28, 28)))
# instead
class Coder(Model):
    def __init__(self):
        super().__init__()
        self.encoder = Sequential([Input((28, 28)), Flatten(), Dense(32)])
        self.decoder = Sequential([Dense(784), Reshape((28, 28))])
    def call(self, x):
        return self.decoder(self.encoder(x))
y = Coder()(Input((28, 28)))

# -- an activation in call that is none
class Net(Model):
    def __init__(self):
        super().__init__()
        self.act = Activation('sofmax')  # KC205
    def call(self, x):
        return self.act(x)
y = Net()(Input((4,)))
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.act = Activation('softmax')
    def call(self, x):
        return self.act(x)
y = Net()(Input((4,)))

# -- super is not called
class Net(Model):
    def __init__(self):  # KC801
        self.dense = Dense(3)
    def call(self, x):
        return self.dense(x)
model = Net()
y = model(Input((4,)))  # here Keras raises
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(3)
    def call(self, x):
        return self.dense(x)
model = Net()
y = model(Input((4,)))

# -- super is not called in a layer
class Block(Layer):
    def __init__(self):  # KC801
        self.units = 3
    def call(self, x):
        return x
y = Block()(Input((3,)))  # here Keras raises
# instead
class Block(Layer):
    def __init__(self):
        super().__init__()
        self.units = 3
    def call(self, x):
        return x
y = Block()(Input((3,)))

# -- call is missing
class Block(Layer):
    def __init__(self):
        super().__init__()
y = Block()(Input((3,)))  # KC200
# instead
class Block(Layer):
    def call(self, x):
        return x
y = Block()(Input((3,)))

# -- a model without call
class Net(Model):
    def forward(self, x):
        return x
y = Net()(Input((3,)))  # KC200
# instead
class Net(Model):
    def call(self, x):
        return x
y = Net()(Input((3,)))

# -- two tensors one after the other
class Net(Model):
    def call(self, inputs):
        return Add()(inputs)
y = Net()(Input((4,)), Input((4,)))  # KC205
# instead
class Net(Model):
    def call(self, inputs):
        return Add()(inputs)
y = Net()([Input((4,)), Input((4,))])

# -- one list where two tensors are wanted
class Gate(Layer):
    def call(self, x, gate):
        return x * gate
y = Gate()([Input((4,)), Input((4,))])  # KC206
# instead
class Gate(Layer):
    def call(self, x, gate):
        return x * gate
y = Gate()(Input((4,)), Input((4,)))

# -- an argument of __init__ that is missing
class Block(Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = Dense(units)
layer = Block()  # KC206
# instead
class Block(Layer):
    def __init__(self, units=3):
        super().__init__()
        self.dense = Dense(units)
layer = Block()

# -- a name by position
class Net(Model):
    def __init__(self):
        super().__init__('net')  # KC205
        self.dense = Dense(3)
model = Net()
# instead
class Net(Model):
    def __init__(self):
        super().__init__(name='net')
        self.dense = Dense(3)
model = Net()

# -- the name of a weight first
class Block(Layer):
    def build(self, shape):
        self.w = self.add_weight('w', (shape[-1], 3))  # KC205
    def call(self, x):
        return keras.ops.matmul(x, self.w)
y = Block()(Input((4,)))
# instead
class Block(Layer):
    def build(self, shape):
        self.w = self.add_weight((shape[-1], 3), name='w')
    def call(self, x):
        return keras.ops.matmul(x, self.w)
y = Block()(Input((4,)))

# -- an initializer of a weight that is none
class Block(Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), initializer='he')  # KC205
    def call(self, x):
        return keras.ops.matmul(x, self.w)
y = Block()(Input((4,)))
# instead
class Block(Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), initializer='he_normal')
    def call(self, x):
        return keras.ops.matmul(x, self.w)
y = Block()(Input((4,)))

# -- the size of a weight is a shape
class Block(Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3))  # KC205
    def call(self, inputs):
        return keras.ops.matmul(inputs[0], self.w) + inputs[1]
y = Block()([Input((4,)), Input((3,))])
# instead
class Block(Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[0][-1], 3))
    def call(self, inputs):
        return keras.ops.matmul(inputs[0], self.w) + inputs[1]
y = Block()([Input((4,)), Input((3,))])

# -- a layer under a key that a dictionary does not have
class Net(Model):
    def __init__(self):
        super().__init__()
        self.heads = {'age': Dense(1), 'sex': Dense(2)}
    def call(self, x):
        return [self.heads['age'](x), self.heads['gender'](x)]  # KC200
model = Net()
y = model(Input((8,)))
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.heads = {'age': Dense(1), 'sex': Dense(2)}
    def call(self, x):
        return [self.heads['age'](x), self.heads['sex'](x)]
model = Net()
y = model(Input((8,)))

# -- states that a layer does not give
out, h, c = LSTM(4)(Input((5, 3)))  # KC200
# instead
out, h, c = LSTM(4, return_state=True)(Input((5, 3)))
