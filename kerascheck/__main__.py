"""`python -m kerascheck`: the package itself, imported before this, has taken the current folder off the path."""

from kerascheck.cli.app import main

if __name__ == "__main__":
    main()
