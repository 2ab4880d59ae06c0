"""What came in and what was found in it: sources, images, faces, duplicates."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.engine import Base, UtcDateTime
from db.labels import Expression
from db.people import value_enum


class Source(Base):
    """The collection an image came from, with its terms of use."""

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    terms: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Image(Base):
    """A source image as it came in. Its bytes are the blob named `sha256`.

    `pixels_sha256` is over the decoded upright RGB pixels. `width_px` and `height_px`
    are of the upright image. `faces_found_at` is empty until a detector has looked.
    """

    __tablename__ = "images"
    __table_args__ = (CheckConstraint("width_px > 0 AND height_px > 0", name="has_pixels"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    source: Mapped[Source] = relationship()
    name: Mapped[str] = mapped_column(String(1000))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    pixels_sha256: Mapped[str] = mapped_column(String(64), index=True)
    width_px: Mapped[int]
    height_px: Mapped[int]
    subject: Mapped[str | None] = mapped_column(String(200))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    faces_found_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class ImageLabel(Base):
    """What a source's annotator says of an image, kept until its face is known."""

    __tablename__ = "image_labels"
    __table_args__ = (UniqueConstraint("image_id", "annotator_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    label: Mapped[Expression] = mapped_column(value_enum(Expression))


class Face(Base):
    """One face in an image.

    The box is in pixels of the upright image. `landmarks` holds the detector's points as
    [[x, y], …] in the order left eye, right eye, nose, left and right mouth corner (left
    as the viewer sees it), or nothing. `crop_sha256` names the aligned crop of the set,
    `view_sha256` the larger one that people look at. `phash` and `phash_mirrored` are
    64-bit perceptual hashes of the crop, kept as signed integers.
    """

    __tablename__ = "faces"
    __table_args__ = (
        CheckConstraint("x_max > x_min AND y_max > y_min", name="box_has_area"),
        CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence_is_a_share"),
        Index("ix_faces_label_order", "image_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    image: Mapped[Image] = relationship()
    x_min: Mapped[float]
    y_min: Mapped[float]
    x_max: Mapped[float]
    y_max: Mapped[float]
    landmarks: Mapped[list[list[float]] | None] = mapped_column(JSON)
    detector: Mapped[str] = mapped_column(String(50))
    confidence: Mapped[float]
    quality: Mapped[dict[str, Any]] = mapped_column(JSON)
    subject: Mapped[str | None] = mapped_column(String(200), index=True)
    crop_sha256: Mapped[str] = mapped_column(String(64), index=True)
    view_sha256: Mapped[str] = mapped_column(String(64))
    phash: Mapped[int] = mapped_column(BigInteger)
    phash_mirrored: Mapped[int] = mapped_column(BigInteger)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DuplicateMember(Base):
    """A face of a duplicate group; derived, rebuilt whole by each search.

    The group is named by its keeper's id. `distance` counts the bits by which the two
    perceptual hashes differ (0 to 64); `is_exact` says that the pixels are equal.
    """

    __tablename__ = "duplicate_members"
    __table_args__ = (CheckConstraint("distance BETWEEN 0 AND 64", name="distance_in_bits"),)

    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id"), primary_key=True)
    keeper_id: Mapped[int] = mapped_column(ForeignKey("faces.id"), index=True)
    distance: Mapped[int]
    is_exact: Mapped[bool]
    is_mirrored: Mapped[bool]
