"""The rules: one module per rule or small family. See `base` for their form and `registry` for finding them."""
