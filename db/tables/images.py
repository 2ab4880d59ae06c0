"""What came in and what was found in it: sources, imports, images, faces."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.labels import Expression, Flag
from db.tables.base import Base, UtcDateTime
from db.tables.people import value_enum


class Source(Base):
    """The collection an image came from, with its terms of use."""

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    terms: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Import(Base):
    """The recipe of an import: which layout its source was read by, and every choice made.

    The same choices for the same source are the same import, however often it is run.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    layout: Mapped[str] = mapped_column(String(50))
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Image(Base):
    """A source image. Its pixels are as they came in, its bytes are the blob `blob_sha256`.

    `sha256` is over the bytes as they came in and tells an image that is known.
    `stored_sha256` names the blob where something was taken out of the file before it was
    stored, such as the place where a photo was taken. `pixels_sha256` is over the decoded
    upright RGB pixels. `width_px` and `height_px` are of the upright image.
    `faces_found_at` is empty until a detector has looked. `holds_crop` says that the whole
    image is one face. `source_split` is the source's own split, `sequence` the video that
    the image is a frame of, `details` what else the source tells. `phash` and
    `phash_mirrored` are perceptual hashes of the upright image, as those of a face.
    """

    __tablename__ = "images"
    __table_args__ = (CheckConstraint("width_px > 0 AND height_px > 0", name="has_pixels"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    source: Mapped[Source] = relationship()
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    name: Mapped[str] = mapped_column(String(1000))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    pixels_sha256: Mapped[str] = mapped_column(String(64), index=True)
    width_px: Mapped[int]
    height_px: Mapped[int]
    holds_crop: Mapped[bool] = mapped_column(server_default="0", default=False)
    subject: Mapped[str | None] = mapped_column(String(200))
    sequence: Mapped[str | None] = mapped_column(String(200), index=True)
    source_split: Mapped[str | None] = mapped_column(String(50))
    details: Mapped[dict[str, str] | None] = mapped_column(JSON)
    phash: Mapped[int | None] = mapped_column(BigInteger)
    phash_mirrored: Mapped[int | None] = mapped_column(BigInteger)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    faces_found_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @hybrid_property
    def blob_sha256(self) -> str:
        """Name the blob that holds the image."""
        return self.stored_sha256 or self.sha256

    @blob_sha256.inplace.expression
    @classmethod
    def _blob_sha256(cls) -> ColumnElement[str]:
        return func.coalesce(cls.stored_sha256, cls.sha256)


class ImageBox(Base):
    """A face that a source states in an image, in pixels of the upright image.

    `number` counts the boxes of one image from 1 in the order of the source.
    """

    __tablename__ = "image_boxes"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_1"),)

    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    x_min: Mapped[float]
    y_min: Mapped[float]
    x_max: Mapped[float]
    y_max: Mapped[float]


class ImageLabel(Base):
    """What a source's annotator says of an image, kept until its face is known.

    `box_number` is the box that is meant, 0 for the face of the whole image.
    """

    __tablename__ = "image_labels"
    __table_args__ = (
        UniqueConstraint("image_id", "annotator_id", "box_number"),
        CheckConstraint("(label IS NULL) != (flag IS NULL)", name="label_or_flag"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"), index=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    box_number: Mapped[int] = mapped_column(server_default="0", default=0)
    label: Mapped[Expression | None] = mapped_column(value_enum(Expression))
    flag: Mapped[Flag | None] = mapped_column(value_enum(Flag))


class CrowdVote(Base):
    """How many people of a source say the same of an image, where nobody knows who they are.

    `annotator_id` stands for all of them, `verdict` is a label or a flag. `face_id` is the
    face meant, once it is known; from then on the votes count.
    """

    __tablename__ = "crowd_votes"
    __table_args__ = (
        UniqueConstraint("image_id", "box_number", "annotator_id", "verdict"),
        CheckConstraint("voters >= 1", name="at_least_one_voter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("images.id"))
    box_number: Mapped[int] = mapped_column(server_default="0", default=0)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    verdict: Mapped[str] = mapped_column(String(32))
    voters: Mapped[int]
    face_id: Mapped[int | None] = mapped_column(
        ForeignKey("faces.id", ondelete="SET NULL"), index=True
    )


class Face(Base):
    """One face in an image.

    The box is in pixels of the upright image. `landmarks` holds the detector's points as
    [[x, y], …] in the order left eye, right eye, nose, left and right mouth corner (left
    as the viewer sees it), or nothing. `crop_sha256` names the aligned crop of the set,
    `view_sha256` the larger one that people look at. `phash` and `phash_mirrored` are
    64-bit perceptual hashes of the crop, kept as signed integers. `is_whole` says that the
    whole image is the face and was cut as it is; `box_number` is that of the source's box
    which the face was made of. `look` is what `patch_embedding.patch_embedding` tells of it, as
    float16 values, once a search for duplicates has come by.
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
    is_whole: Mapped[bool] = mapped_column(server_default="0", default=False)
    box_number: Mapped[int | None]
    detector: Mapped[str] = mapped_column(String(50))
    confidence: Mapped[float]
    quality: Mapped[dict[str, Any]] = mapped_column(JSON)
    subject: Mapped[str | None] = mapped_column(String(200), index=True)
    crop_sha256: Mapped[str] = mapped_column(String(64), index=True)
    view_sha256: Mapped[str] = mapped_column(String(64))
    phash: Mapped[int] = mapped_column(BigInteger)
    phash_mirrored: Mapped[int] = mapped_column(BigInteger)
    look: Mapped[bytes | None] = mapped_column(LargeBinary)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
