"""Starts the page: `python app.py` is the same as `assistant serve`, options included."""

import sys

from assistant.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "serve")
    main()
