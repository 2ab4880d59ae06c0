"""The choices of a project: one row, kept by the owner."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.labels import ConsensusMethod
from db.tables.base import Base
from db.tables.people import value_enum


class Order(StrEnum):
    """In which order an annotator gets the open faces."""

    RANDOM = "random"
    NEED = "need"


class Settings(Base):
    """The project's one row of choices.

    `min_votes`, `min_share` and `consensus` settle labels. `first_votes`, `lead_by` and
    `most_votes` say how many annotations a face gets: so many at first, then more until
    one label leads by so much, at most so many. `gold_share` of the faces handed out are
    gold; `gold_feedback` tells the annotator. `asks_…` switch the second questions on.
    `has_verify` opens the verify page; `hidden_share` of its faces keep their suggestion
    hidden and are labelled blind, which measures the bias. `finds_subjects` allows
    measuring who looks like whom, which makes biometric data.
    """

    __tablename__ = "settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("first_votes >= 1 AND most_votes >= first_votes", name="overlap"),
        CheckConstraint("lead_by >= 0", name="lead_by"),
        CheckConstraint("gold_share >= 0 AND gold_share <= 0.5", name="gold_share"),
        CheckConstraint("hidden_share >= 0 AND hidden_share <= 1", name="hidden_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    min_votes: Mapped[int]
    min_share: Mapped[float]
    duplicate_distance: Mapped[int]
    consensus: Mapped[ConsensusMethod] = mapped_column(
        value_enum(ConsensusMethod), server_default=ConsensusMethod.MAJORITY
    )
    first_votes: Mapped[int] = mapped_column(server_default="2")
    lead_by: Mapped[int] = mapped_column(server_default="2")
    most_votes: Mapped[int] = mapped_column(server_default="5")
    order: Mapped[Order] = mapped_column(
        "face_order", value_enum(Order), server_default=Order.RANDOM
    )
    gold_share: Mapped[float] = mapped_column(server_default="0.1")
    gold_feedback: Mapped[bool] = mapped_column(server_default="0")
    asks_intensity: Mapped[bool] = mapped_column(server_default="0")
    asks_posing: Mapped[bool] = mapped_column(server_default="0")
    asks_occlusion: Mapped[bool] = mapped_column(server_default="0")
    has_verify: Mapped[bool] = mapped_column(server_default="1")
    hidden_share: Mapped[float] = mapped_column(server_default="0.1")
    finds_subjects: Mapped[bool] = mapped_column(server_default="0")
