# Programs for Keras itself that save what they load again; behind the colon the status, where it is not exact.

# -- saved under a plain name
first = Sequential([Input((8, 8, 3)), Conv2D(4, 3), Flatten(), Dense(10)])
first.save('first.keras')
model = models.load_model('first.keras')
trunk = Sequential([Input((8, 8, 3)), *model.layers[:-1]])

# -- the same path, put together in other ways
import os
from pathlib import Path
name = 'net'
first = Sequential([Input((3,)), Dense(2)])
first.save(os.path.join('.', name + '.keras'))
model = models.load_model(f'{name}.keras')
other = models.load_model(Path('.') / 'net.keras')

# -- a folder that the program makes
from pathlib import Path
out = Path('deep') / 'inside'
out.mkdir(parents=True)
first = Sequential([Input((3,)), Dense(2)])
first.save(out / 'a.h5')
model = models.load_model('deep/inside/a.h5')

# -- the model as it was then
first = Sequential([Input((3,)), Dense(4), Dense(2)])
first.save('then.keras')
first.pop()
model = models.load_model('then.keras')

# -- the latest of two
Sequential([Input((3,)), Dense(4)]).save('twice.keras')
second = Sequential([Input((3,)), Dense(6)])
second.save('twice.keras')
model = models.load_model('twice.keras')

# -- layers that wrap, layers that are shared, several ends
a, b = Input((5, 3), name='a'), Input((5, 3), name='b')
shared = Bidirectional(LSTM(4, return_sequences=True), name='shared')
x = TimeDistributed(Dense(2), name='each')(layers.concatenate([shared(a), shared(b)]))
first = Model([a, b], [x, GlobalAveragePooling1D()(x)])
first.save('wrapped.keras')
model = models.load_model('wrapped.keras')

# -- a function in a Lambda
first = Sequential([Input((4,)), Lambda(lambda t: t * 2), Dense(3)])
first.save('function.keras')
model = models.load_model('function.keras', safe_mode=False)

# -- frozen layers
first = Sequential([Input((3,)), Dense(4, name='base'), Dense(2)])
first.get_layer('base').trainable = False
first.save('frozen.keras')
model = models.load_model('frozen.keras')

# -- a Sequential that is frozen as a whole, but for a layer
first = Sequential([Input((3,)), Dense(4), Dense(2)])
first.trainable = False
first.layers[1].trainable = True
first.save('whole.keras')
model = models.load_model('whole.keras')
other = models.clone_model(first)

# -- a class of the program
class Scale(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.inner = Dense(units)
    def call(self, inputs):
        return self.inner(inputs)
    def get_config(self):
        return {**super().get_config(), 'units': self.units}
first = Sequential([Input((3,)), Scale(5), Dense(1)])
first.save('own.keras')
model = models.load_model('own.keras', custom_objects={'Scale': Scale})

# -- a class that says nothing of its arguments
class Plain(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(units)
    def call(self, inputs):
        return self.inner(inputs)
first = Sequential([Input((3,)), Plain(5)])
first.save('plain.keras')
model = models.load_model('plain.keras', custom_objects={'Plain': Plain})

# -- built by its first data
import numpy as np
first = Sequential([Dense(4), Dense(2)])
first.compile('adam', 'mse')
first.fit(np.zeros((64, 6)), np.zeros((64, 2)), verbose=0)
first.save('late.keras')
model = models.load_model('late.keras')

# -- what a callback saves
import numpy as np
first = Sequential([Input((6,)), Dense(2)])
first.compile('adam', 'mse')
checkpoint = keras.callbacks.ModelCheckpoint('epoch{epoch:02d}.keras')
first.fit(np.zeros((8, 6)), np.zeros((8, 2)), epochs=2, verbose=0, callbacks=[checkpoint])
model = models.load_model('epoch02.keras')

# -- weights leave the model as it is
model = Sequential([Input((3,)), Dense(2)])
model.save_weights('w.weights.h5')
model.load_weights('w.weights.h5')

# -- packed by pickle
import pickle
first = Sequential([Input((3,)), Dense(4), Dense(2)])
with open('net.pickle', 'wb') as file:
    pickle.dump(first, file)
with open('net.pickle', 'rb') as file:
    model = pickle.load(file)
other = pickle.loads(pickle.dumps(first))

# -- a copy
import copy
first = Sequential([Input((3,)), Dense(4), Dense(2)])
model = copy.deepcopy(first)

# -- from its own description
i = Input((3,))
first = Model(i, Dense(2)(Dense(4)(i)))
model = models.model_from_json(first.to_json())
other = Model.from_config(first.get_config())

# -- a nested model
inner = Sequential([Input((6,)), Dense(4)], name='inner')
first = Sequential([Input((6,)), inner, Dense(1)])
first.save('nested.keras')
model = models.load_model('nested.keras')

# -- copied to another name
import shutil
first = Sequential([Input((3,)), Dense(2)])
first.save('one.keras')
shutil.copy('one.keras', 'two.keras')
model = models.load_model('two.keras')

# -- a class that keeps an activation and an initializer
class Mine(layers.Layer):
    def __init__(self, units, activation=None, initializer='he_normal', **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.initializer = keras.initializers.get(initializer)
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer=self.initializer)
    def call(self, inputs):
        return self.activation(inputs @ self.kernel)
    def get_config(self):
        return {
            **super().get_config(),
            'units': self.units,
            'activation': keras.activations.serialize(self.activation),
            'initializer': keras.initializers.serialize(self.initializer),
        }
first = Sequential([Input((3,)), Mine(5, 'relu'), Mine(1)])
first.save('mine.keras')
model = models.load_model('mine.keras', custom_objects={'Mine': Mine})

# -- its description in a file
first = Sequential([Input((3,)), Dense(4), Dense(2)])
with open('net.json', 'w') as file:
    file.write(first.to_json())
first.save_weights('net.weights.h5')
text = open('net.json', 'r')
loaded = text.read()
text.close()
model = models.model_from_json(loaded)
model.load_weights('net.weights.h5')

# -- its description as JSON in a file
import json
first = Sequential([Input((3,)), Dense(4), Dense(2)])
with open('again.json', 'w') as file:
    json.dump(first.to_json(), file)
with open('again.json') as file:
    model = models.model_from_json(json.load(file))
