"""Keeps conversations: SQLAlchemy tables, their Alembic migrations, and the queries on them."""
