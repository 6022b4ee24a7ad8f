"""Reads the folder ``knowledge/``: the documentation's passages, the articles, and their check."""
