"""Helpdesks, a file each: it verifies, reads a thread, posts a private note, and no more."""
