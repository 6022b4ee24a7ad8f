"""Where accounts come from: each maker of accounts is one file with one method, ``load``."""
