"""Tests of `kerascheck explain`."""
