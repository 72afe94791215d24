# Models that hang on how many rounds a loop has: known for runs of few rounds, as the titles say.

# -- while True with an unknown end: 2 3 4 5
from a import done
model = Sequential([Input((4,)), Dense(2)])
while True:
    model.add(Dense(2))
    if done():
        break

# -- a name that the loop may rebind:
from a import xs
model = Sequential([Input((4,)), Dense(2)])
keep = model
n = 0
for x in xs:
    n += 1
    if n > 1:
        model = Sequential()
model.add(Dense(5))
model = keep
