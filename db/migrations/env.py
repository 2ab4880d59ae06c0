"""Alembic's entry: run the migrations on the engine that `upgrade` hands over."""

from alembic import context

from db.tables import Base
from db.tables.base import WRITES

engine = context.config.attributes["engine"]

with engine.execution_options(**{WRITES: True}).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
