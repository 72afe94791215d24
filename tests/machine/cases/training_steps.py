# -- a part that only the step calls
import numpy as np
class Frame(Model):
    def __init__(self, encoder, head):
        super().__init__()
        self.encoder, self.head = encoder, head
    def train_step(self, data):
        x, y = data
        loss = keras.ops.mean(self.head(self.encoder(x)) - y)
        return {"loss": loss}
encoder = Sequential([Dense(3), Dense(2)])
frame = Frame(encoder, Dense(1))
frame.compile("adam")
frame.fit(np.zeros((64, 7)), np.zeros((64, 1)), verbose=0)

# -- two parts that play against each other, on a stream without targets
import numpy as np, tensorflow as tf
class Game(Model):
    def __init__(self, encoder, decoder, size):
        super().__init__()
        self.encoder, self.decoder, self.size = encoder, decoder, size
    def compile(self, first, second):
        super().compile()
        self.first, self.second = first, second
    def train_step(self, images):
        if isinstance(images, tuple):
            images = images[0]
        count = tf.shape(images)[0]
        noise = tf.random.normal(shape=(count, self.size))
        both = tf.concat([self.decoder(noise), images], axis=0)
        truth = tf.concat([tf.ones((count, 1)), tf.zeros((count, 1))], axis=0)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.encoder(both) - truth))
        grads = tape.gradient(loss, self.encoder.trainable_weights)
        self.first.apply_gradients(zip(grads, self.encoder.trainable_weights))
        return {"loss": loss}
encoder = Sequential([Conv2D(4, 3, strides=2), GlobalMaxPooling2D(), Dense(1)])
decoder = Sequential([Dense(49), Reshape((7, 7, 1)), Conv2DTranspose(1, 4, strides=4, padding="same")])
game = Game(encoder, decoder, 16)
game.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
game.fit(tf.data.Dataset.from_tensor_slices(np.zeros((64, 28, 28, 1), "float32")).batch(32), verbose=0)

# -- a step that calls the model itself
import numpy as np, tensorflow as tf
class Own(Model):
    def __init__(self):
        super().__init__()
        self.inner = Dense(5, activation="relu")
        self.outer = Dense(1)
    def call(self, inputs, training=False):
        return self.outer(self.inner(inputs))
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        return {"loss": loss}
model = Own()
model.compile("adam", "mse")
model.fit(np.zeros((64, 7)), np.zeros((64, 1)), verbose=0)

# -- a loss of its own, the step of Keras
import numpy as np
class Own(Model):
    def __init__(self):
        super().__init__()
        self.inner = Dense(5, activation="relu")
        self.outer = Dense(1)
    def call(self, inputs):
        return self.outer(self.inner(inputs))
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(y_pred - y)
model = Own()
model.compile("adam")
model.fit(np.zeros((64, 7)), np.zeros((64, 1)), verbose=0)

# -- a step for evaluation and one for prediction
import numpy as np
class Frame(Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
    def test_step(self, data):
        return {"loss": keras.ops.mean(self.encoder(data[0]))}
    def predict_step(self, data):
        return self.decoder(data)
encoder = Sequential([Dense(3)])
decoder = Sequential([Dense(2)])
frame = Frame(encoder, decoder)
frame.compile("adam")
frame.evaluate(np.zeros((64, 7)), np.zeros((64, 1)), verbose=0)
frame.predict(np.zeros((64, 5)), verbose=0)

# -- parts that are built stay as they are
import numpy as np
class Frame(Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
    def train_step(self, data):
        x, y = data
        return {"loss": keras.ops.mean(self.decoder(self.encoder(x)))}
pixels = Input((None, None, 3))
encoder = Model(pixels, GlobalAveragePooling2D()(Conv2D(4, 3)(pixels)))
decoder = Sequential([Dense(2)])
frame = Frame(encoder, decoder)
frame.compile("adam")
frame.fit(np.zeros((32, 8, 8, 3)), np.zeros((32, 1)), verbose=0)
