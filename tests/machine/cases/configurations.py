# Programs for Keras itself: configurations, classes by name; behind the colon the status, where it is not exact.

# -- from_config of a class
model = Sequential([Input((3,)), Dense.from_config({'units': 5, 'name': 'd'})])

# -- from_config of a layer
first = Dense(6, activation='relu', use_bias=False)
second = Dense.from_config(first.get_config())
model = Sequential([Input((3,)), first])
other = Sequential([Input((6,)), second])

# -- changed config
first = Conv2D(8, 3, padding='same', name='c')
config = first.get_config()
config['filters'] = 4
config['name'] = 'c2'
model = Sequential([Input((8, 8, 1)), first, Conv2D.from_config(config)])

# -- class of a layer
first = Dense(6)
second = first.__class__.from_config({**first.get_config(), 'name': 'again'})
third = type(first)(3)
model = Sequential([Input((3,)), first, second, third])

# -- sequential from_config
model = Sequential([Input((3,)), Dense(4), Dropout(0.5), Dense(1)], name='m')
other = Sequential.from_config(model.get_config())

# -- functional from_config
i = Input((3,))
x = Dense(4)(i)
y = Dense(4)(x)
model = Model(i, layers.add([x, y]), name='f')
other = Model.from_config(model.get_config())

# -- activations.get
act = keras.activations.get('relu')
i = Input((3,))
model = Model(i, act(Dense(4)(i)))

# -- custom layer config
class Scale(layers.Layer):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = Dense(units)
    def call(self, x):
        return self.dense(x)
    def get_config(self):
        config = super().get_config()
        config.update({'units': self.units})
        return config
first = Scale(5, name='s')
second = Scale.from_config(first.get_config())
i = Input((3,))
model = Model(i, first(i))
other = Model(i, second(i))

# -- custom layer config by star
class Scale(layers.Layer):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = Dense(units)
    def call(self, x):
        return self.dense(x)
    def get_config(self):
        return {**super().get_config(), 'units': self.units}
    @classmethod
    def from_config(cls, config):
        return cls(**config)
second = Scale.from_config(Scale(7).get_config())
i = Input((3,))
model = Model(i, second(i))

# -- getattr of layers
kinds = ['Dense', 'Dropout']
sizes = [4, 0.5]
model = Sequential([Input((3,))])
for k, n in zip(kinds, sizes):
    model.add(getattr(layers, k)(n))

# -- globals
model = Sequential([Input((3,)), globals()['Dense'](4)])

# -- dictionary of classes
LAYERS = {'dense': Dense, 'act': Activation, 'bn': BatchNormalization}
plan = [('dense', {'units': 4}), ('bn', {}), ('act', {'activation': 'relu'})]
model = Sequential([Input((3,))] + [LAYERS[k](**c) for k, c in plan])

# -- objects by name
model = Sequential([Input((3,)), Dense(4, kernel_initializer=keras.initializers.get('he_normal'), kernel_regularizer=keras.regularizers.get('l2'))])
model.compile(optimizer=keras.optimizers.get('adam'), loss=keras.losses.get('mse'))

# -- serialize
spec = layers.serialize(Dense(4, name='q'))
model = Sequential([Input((3,)), layers.deserialize(spec)])

# -- saving serialize
spec = keras.saving.serialize_keras_object(Dense(4, name='q'))
model = Sequential([Input((3,)), keras.saving.deserialize_keras_object(spec)])

# -- layers of another model
base = Sequential([Input((3,)), Dense(4), Dense(2)])
model = Sequential([Input((3,))])
for layer in base.layers:
    model.add(layer.__class__.from_config(layer.get_config()))

# -- importlib
import importlib
mod = importlib.import_module('keras.layers')
model = Sequential([Input((3,)), mod.Dense(4)])

# -- partial of layers
from functools import partial
Conv = partial(Conv2D, kernel_size=3, padding='same', activation='relu')
model = Sequential([Input((8, 8, 1)), Conv(8), Conv(4, kernel_size=1)])

# -- to_json
model = Sequential([Input((3,)), Dense(4, name='a'), Dense(2)])
text = model.to_json()
other = keras.models.model_from_json(text)

# -- names of classes
base = Sequential([Input((3,)), Dense(4), Dropout(0.5), Dense(2)])
model = Sequential([Input((3,))])
for layer in base.layers:
    if layer.__class__.__name__ == 'Dense':
        model.add(Dense(layer.units + 1))
    elif type(layer) is Dropout:
        model.add(Dropout(0.1))

# -- without its name
first = Dense(4)
config = first.get_config()
config.pop('name')
model = Sequential([Input((3,)), first, Dense.from_config(config)])

# -- class of a custom layer
class Scale(layers.Layer):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = Dense(units)
    def call(self, x):
        return self.dense(x)
i = Input((3,))
base = Model(i, Scale(5)(i))
kinds = [type(l).__name__ for l in base.layers]
model = Sequential([Input((3,)), Dense(len(kinds) + (kinds[1] == 'Scale'))])

# -- deserialize with its module
model = Sequential([Input((3,)), layers.deserialize({'module': 'keras.layers', 'class_name': 'Dense', 'config': {'units': 4, 'activation': 'relu'}, 'registered_name': None})])

# -- deserialize of the program
class Scale(layers.Layer):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.dense = Dense(units)
    def call(self, x):
        return self.dense(x)
i = Input((3,))
model = Model(i, layers.deserialize({'class_name': 'Scale', 'config': {'units': 4}}, custom_objects={'Scale': Scale})(i))

# -- a model class of the program
class M(keras.Model):
    def __init__(self, n=4, **kwargs):
        super().__init__(**kwargs)
        self.d = Dense(n)
    def call(self, x):
        return self.d(x)
def make():
    return M.from_config({'n': 7})
i = Input((3,))
model = Model(i, make()(i))

# -- JSON of a model that is changed afterwards: unknown
def make():
    base = Sequential([Input((3,)), Dense(4)])
    text = base.to_json()
    base.add(Dense(7))
    return keras.models.model_from_json(text)
model = make()
model.build((None, 3))

# -- a configuration whose parts are changed: unknown
base = Sequential([Input((3,)), Dense(4, name='a'), Dense(2, name='b')])
config = base.get_config()
config['layers'][2]['config']['units'] = 9
model = Sequential.from_config(config)
