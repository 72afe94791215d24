"""What lies below every value: not knowing, with its causes, and the journal of what a program changes."""
