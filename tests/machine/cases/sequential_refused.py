# Each has one error of the kind behind the colon.

# -- a class: not-a-layer
model = Sequential([Input((4,)), Dense])

# -- a number: not-a-layer
model = Sequential()
model.add(5)

# -- a second input: second-input
model = Sequential([Input((4,)), Dense(1), Input((4,))])

# -- a rank: rank
model = Sequential([Input((4,)), Conv2D(3, 3)])

# -- a pop too many: empty-pop
model = Sequential()
model.pop()

# -- itself: cycle
model = Sequential()
model.add(model)

# -- a name twice: duplicate-name
model = Sequential([Input((4,)), Dense(1, name='a'), Dense(1, name='a')])
