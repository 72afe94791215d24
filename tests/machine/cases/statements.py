# Each ends with a value of x that the interpreter must know as Python does.

# -- chained assignment
a = b = [1]
a.append(2)
x = b

# -- swap
a, b = 1, 2
a, b = b, a
x = (a, b)

# -- starred
a, *b, c = range(5)
x = (a, b, c)

# -- nested targets
(a, [b, c]), d = (1, [2, 3]), 4
x = [a, b, c, d]

# -- annotated
x: int = 3

# -- annotation alone
x = 1
y: int
x += 1

# -- walrus
if (n := 5) > 3:
    x = n

# -- augmented
x = 5
x += 2
x *= 3
x -= 1
x //= 4
x **= 2
x %= 7

# -- augmented list is the same list
x = a = [1]
a += [2]

# -- augmented tuple is another
x = a = (1,)
a += (2,)

# -- augmented dict
x = a = {'a': 1}
a |= {'b': 2}

# -- augmented item
x = {'a': [1]}
x['a'] += [2]
x['b'] = 0
x['b'] += 5

# -- slice assignment
x = [1, 2, 3, 4]
x[1:3] = [9]
x[:0] = [7, 8]

# -- del item
x = [1, 2, 3]
del x[0]
del x[-1]

# -- del slice
x = [1, 2, 3, 4]
del x[1:3]

# -- del entry
x = {'a': 1, 'b': 2}
del x['a']

# -- list methods
x = [3, 1]
x.append(2)
x.sort()
x.insert(0, 9)
x.remove(1)
x.reverse()
x.extend((5, 6))
x.pop()

# -- dict methods
d = {}
d.setdefault('a', []).append(1)
d.update(b=2)
d.pop('z', None)
x = list(d.items())

# -- aliasing
a = [1]
b = [a, a]
a.append(2)
x = b

# -- copy
a = [1]
b = a[:]
c = list(a)
a.append(2)
x = [b, c]

# -- for
x = []
for i in range(3):
    x.append(i)

# -- for else
for i in [1, 2]:
    pass
else:
    x = i

# -- for break skips else
x = 0
for i in [1, 2]:
    break
else:
    x = 1

# -- continue
x = []
for i in range(5):
    if i % 2:
        continue
    x.append(i)

# -- nested loops
x = []
for i in range(3):
    for j in range(3):
        if j > i:
            break
        x.append((i, j))

# -- the variable stays
for x in range(4):
    pass

# -- for with unpacking
x = 0
for i, (a, b) in enumerate([(1, 2), (3, 4)]):
    x += i * a * b

# -- while
x = 10
while x > 3:
    x -= 2

# -- while else
n = 3
while n:
    n -= 1
else:
    x = 'done'

# -- while True
x = 0
while True:
    x += 1
    if x == 5:
        break

# -- a list that grows while it is walked
x = [3]
for i in x:
    if i:
        x.append(i - 1)

# -- if chains
n = 5
if n < 3:
    x = 'a'
elif n < 6:
    x = 'b'
else:
    x = 'c'

# -- try without error
try:
    x = 1
except ValueError:
    x = 2
else:
    x += 10
finally:
    x += 100

# -- try with error
try:
    x = 1 / 0
except ValueError:
    x = 2
except ArithmeticError:
    x = 3

# -- raise
try:
    raise KeyError('a')
    x = 1
except (TypeError, LookupError) as e:
    x = 2

# -- reraise
x = []
try:
    try:
        raise ValueError
    except ValueError:
        x.append(1)
        raise
except Exception:
    x.append(2)

# -- own exceptions
class A(Exception): pass
class B(A): pass
try:
    raise B('x')
except A:
    x = 1

# -- finally always
x = []
def f():
    try:
        return 1
    finally:
        x.append(2)
f()

# -- return in finally
def f():
    try:
        return 1
    finally:
        return 2
x = f()

# -- an error crosses functions
def f():
    return [][0]
try:
    f()
    x = 1
except IndexError:
    x = 2

# -- failed unpacking
try:
    a, b = [1]
    x = 1
except ValueError:
    x = 2

# -- failed assert
try:
    assert 1 > 2
    x = 1
except AssertionError:
    x = 2

# -- undefined name
try:
    x = unicode
except NameError:
    x = 'str'

# -- break in try
x = 0
for i in range(5):
    try:
        if i == 2:
            break
    finally:
        x += 1

# -- with
class C:
    def __enter__(self):
        return 5
    def __exit__(self, *a):
        pass
with C() as x:
    pass

# -- with that swallows
class C:
    def __enter__(self):
        return self
    def __exit__(self, *a):
        return True
x = 1
with C():
    raise ValueError
x += 1

# -- match literal
match 'b':
    case 'a':
        x = 1
    case 'b' | 'c':
        x = 2

# -- match sequence
match [1, 2, 3]:
    case [a]:
        x = a
    case [a, *rest]:
        x = rest

# -- match guard
match 5:
    case n if n < 3:
        x = 'low'
    case n:
        x = n

# -- match class
match 'a':
    case int(n):
        x = 1
    case str(s):
        x = s

# -- match binds nothing before it fits
x = 0
match (7, 1):
    case (x, 2):
        pass

# -- match nothing
x = 1
match 3:
    case 4:
        x = 2

# -- global
x = 1
def f():
    global x
    x += 1
f()
f()

# -- nonlocal
def f():
    n = 1
    def g():
        nonlocal n
        n *= 3
    g()
    g()
    return n
x = f()

# -- del global
x = 1
y = 2
def f():
    global y
    del y
f()
x = 'y' in dir() or x

# -- star in call
def f(a, b, c=3):
    return (a, b, c)
x = f(*[1], **{'b': 2})

# -- break in the else of a loop
x = 0
for i in range(5):
    x += 1
    for j in range(2):
        pass
    else:
        break

# -- break in the else of a while loop
x = 0
while x < 5:
    x += 1
    k = 0
    while k < 1:
        k += 1
    else:
        if x > 1:
            break

# -- continue in the else of a loop
x = 0
for i in range(5):
    for j in range(i):
        if j == 2:
            break
    else:
        continue
    x += 1
