"""The console, where support agents read hand-offs, see a draft with its evidence, and reply."""
