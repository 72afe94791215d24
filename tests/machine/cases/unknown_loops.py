# Each leaves x in a state that depends on the number of rounds: it is unknown afterwards.

# -- carried
x = 0
for i in unknown:
    x += 1

# -- carried through another name
n = 0
for i in unknown:
    n += 1
    x = n * 2

# -- carried under a condition
n = 0
x = 0
for i in unknown:
    n += 1
    if n == 1:
        x = 5
    else:
        x = 6

# -- changed in place
x = []
for i in unknown:
    x.append(1)

# -- changed behind a call
x = []
def f():
    x.append(1)
for i in unknown:
    f()

# -- changed behind a closure
def make():
    n = 0
    def f():
        nonlocal n
        n += 1
        return n
    return f
f = make()
for i in unknown:
    x = f()

# -- changed through an alias
x = [1]
y = x
for i in unknown:
    y.append(1)

# -- changed item
x = [1]
for i in unknown:
    x[0] = 2

# -- changed attribute
class A: pass
a = A()
a.n = 1
for i in unknown:
    a.n += 1
x = a.n

# -- not taken in the first round
x = 1
n = 0
for i in unknown:
    if n:
        x = 2
    n += 1

# -- while unknown
x = 1
while unknown():
    x *= 2

# -- while True with an unknown end
x = 1
while True:
    x *= 2
    if unknown():
        break

# -- the element
for x in unknown:
    pass

# -- long loops over data
x = 0
for i in range(100000):
    x += i

# -- iterator
it = iter([1, 2, 3])
for i in unknown:
    x = next(it, 0)

# -- set
x = set()
for i in unknown:
    x.add(1)

# -- dict
x = {}
for i in unknown:
    x['a'] = 1

# -- global
x = 0
def f():
    global x
    x += 1
for i in unknown:
    f()
