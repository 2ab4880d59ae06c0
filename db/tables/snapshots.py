"""Recipes, and the snapshots made by them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.tables.base import Base, UtcDateTime


class StoredRecipe(Base):
    """Every choice that makes a snapshot, as JSON."""

    __tablename__ = "recipes"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredSnapshot(Base):
    """A frozen snapshot; its folder, relative to the project, holds all of it."""

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("version > 0", name="version_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    folder: Mapped[str] = mapped_column(String(300), unique=True)
    faces: Mapped[int]
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    recipe: Mapped[StoredRecipe] = relationship()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def title(self) -> str:
        """Name and version, as people cite it: `9k@2`."""
        return f"{self.name}@{self.version}"
