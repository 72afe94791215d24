"""`kerascheck migrate`: programs of an older Keras become programs of Keras 3.

`names` knows what the names of a file mean, `kinds` what its expressions are (a model, an optimizer), `codemods` holds
one small file for each kind of change, `imports` brings the imports in line with it, `plan` puts it together.
"""
