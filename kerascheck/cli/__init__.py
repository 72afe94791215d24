"""The command line: its arguments (`app`), a module for each command, and what they share (`common`)."""
