"""Lets ``python -m supportbot`` do what the command ``supportbot`` does."""

from supportbot.cli import main

if __name__ == "__main__":
    main()
