"""One file per change of the tables; the newest is named in ``store.tables.REVISION``."""
