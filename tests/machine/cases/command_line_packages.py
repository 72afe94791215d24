# Each ends with a value of x that the interpreter must know as Python has it in a run without arguments.

# -- absl
from absl import flags
import sys
FLAGS = flags.FLAGS
flags.DEFINE_integer('units', 64, 'how many')
flags.DEFINE_float('rate', 1, 'a')
flags.DEFINE_string('act', 'relu', 'a')
flags.DEFINE_boolean('deep', False, 'a')
flags.DEFINE_bool('wide', 'true', 'a')
flags.DEFINE_enum('kind', 'a', ['a', 'b'], 'a')
flags.DEFINE_list('sizes', '1,2', 'a')
flags.DEFINE_list('names', ['p', 'q'], 'a')
flags.DEFINE_multi_integer('many', 3, 'a')
flags.DEFINE_multi_string('more', ['a'], 'a')
flags.DEFINE_integer('none', None, 'a')
flags.DEFINE_integer('text', '7', 'a')
FLAGS(sys.argv)
x = [FLAGS.units, FLAGS.rate, FLAGS.act, FLAGS.deep, FLAGS.wide, FLAGS.kind, FLAGS.sizes, FLAGS.names, FLAGS.many, FLAGS.more, FLAGS.none, FLAGS.text]

# -- absl, the holder of a flag
import sys
from absl import flags
UNITS = flags.DEFINE_integer('units', 64, help='a')
flags.FLAGS(sys.argv)
x = [UNITS.value, UNITS.default, UNITS.name]

# -- absl, set by the program
import sys
from absl import flags
flags.DEFINE_integer(name='units', default=64, help='a')
flags.FLAGS(sys.argv)
def grow():
    flags.FLAGS.units *= 2
grow()
x = flags.FLAGS.units

# -- absl, app.run
from absl import app, flags
FLAGS = flags.FLAGS
flags.DEFINE_integer('units', 64, 'a')
def main(argv):
    global x
    x = FLAGS.units
app.run(main)

# -- tensorflow
import tensorflow as tf
tf.compat.v1.flags.DEFINE_integer('units', 64, 'a')
FLAGS = tf.compat.v1.flags.FLAGS
def main(_):
    global x
    x = FLAGS.units
tf.compat.v1.app.run(main)

# -- click
import click
@click.command()
@click.option('--units', default=64, help='a')
@click.option('-r', '--learning-rate', 'rate', type=float, default='1e-3')
@click.option('--deep/--flat', default=False)
@click.option('--shout', is_flag=True)
@click.option('-n', '--hidden-layers', type=int)
@click.option('--name', multiple=True)
def main(units, rate, deep, shout, hidden_layers, name):
    global x
    x = [units, rate, deep, shout, hidden_layers, name]
main()

# -- typer
import typer
def main(units: int = 64, rate: float = typer.Option(0.1, '--lr'), deep: bool = typer.Option(default=False)):
    global x
    x = [units, rate, deep]
typer.run(main)
