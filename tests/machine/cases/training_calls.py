# Each compiles one model with adam and mse and fits it once.

# -- plain
model = Sequential()
model.compile('adam', 'mse')
model.fit(1, 2)

# -- self.model
class A:
    def __init__(self):
        self.model = Sequential()
    def go(self):
        self.model.compile('adam', 'mse')
        self.model.fit(1, 2)
A().go()

# -- returned
def make():
    m = Sequential()
    m.compile('adam', 'mse')
    return m
make().fit(1, 2)

# -- in a dictionary
d = {'a': Sequential()}
d['a'].compile('adam', 'mse')
d['a'].fit(1, 2)

# -- in a list
l = [Sequential()]
l[0].compile('adam', 'mse')
for m in l:
    m.fit(1, 2)

# -- as an argument
def go(m):
    m.compile('adam', 'mse')
    m.fit(1, 2)
go(Sequential())

# -- unpacked
def make():
    return Sequential(), 5
m, n = make()
m.compile('adam', 'mse')
m.fit(1, 2)

# -- getattr
m = Sequential()
getattr(m, 'compile')('adam', 'mse')
f = m.fit
f(1, 2)

# -- kept settings
m = Sequential()
m.compile(**{'optimizer': 'adam', 'loss': 'mse'})
m.fit(*[1, 2])

# -- subclass
class Net(Sequential):
    pass
m = Net()
m.compile('adam', 'mse')
m.fit(1, 2)

# -- training loop
from a import n
m = Sequential()
m.compile('adam', 'mse')
for i in range(n):
    m.fit(1, 2)

# -- with
m = Sequential()
with open('x') as f:
    m.compile('adam', 'mse')
    m.fit(1, 2)
