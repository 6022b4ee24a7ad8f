"""Lets ``python -m supportbot`` do what the command ``supportbot`` does."""

import sys

from supportbot.cli import run

if __name__ == "__main__":
    sys.exit(run())
