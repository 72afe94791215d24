"""Reporters: one module for each output format, found by its name. See `base` for what they are given."""
