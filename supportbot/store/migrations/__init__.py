"""The migrations, run by ``supportbot.store.schema``."""
