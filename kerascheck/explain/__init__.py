"""From an error message to the row of the program, what the analysis knows there, and the fix."""
