"""One small module for each kind of change. Each has `find`, which gives the steps that it would take in a file."""
