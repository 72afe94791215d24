"""kerascheck inside other tools: one module for each."""
