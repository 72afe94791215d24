"""The command line: its arguments (`app`), what the commands do (`commands`), and watching files (`watch`)."""
