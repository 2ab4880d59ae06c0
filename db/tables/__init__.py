"""All tables in one place, so that nobody sees half of them."""

from db.tables.annotations import STANDING, Adjudication, Annotation, Posing, SentBack
from db.tables.assignment import FaceVotes, Lease, Skip
from db.tables.audit import Change
from db.tables.base import Base
from db.tables.duplicates import (
    DuplicateDecision,
    DuplicateMember,
    DuplicatePair,
    DuplicateSearch,
    FoundSubject,
)
from db.tables.erasures import Erasure, Tombstone
from db.tables.guidance import Example, GoldFace, Guideline, Suggestion
from db.tables.images import (
    CrowdVote,
    Face,
    Image,
    ImageBox,
    ImageLabel,
    Import,
    Source,
)
from db.tables.jobs import Job, JobLine, JobState
from db.tables.people import Annotator, Role, SignIn
from db.tables.runs import Run
from db.tables.settings import Order, Settings
from db.tables.snapshots import StoredRecipe, StoredSnapshot

__all__ = [
    "STANDING",
    "Adjudication",
    "Annotation",
    "Annotator",
    "Base",
    "Change",
    "CrowdVote",
    "DuplicateDecision",
    "DuplicateMember",
    "DuplicatePair",
    "DuplicateSearch",
    "Erasure",
    "Example",
    "Face",
    "FaceVotes",
    "FoundSubject",
    "GoldFace",
    "Guideline",
    "Image",
    "ImageBox",
    "ImageLabel",
    "Import",
    "Job",
    "JobLine",
    "JobState",
    "Lease",
    "Order",
    "Posing",
    "Role",
    "Run",
    "SentBack",
    "Settings",
    "SignIn",
    "Skip",
    "Source",
    "StoredRecipe",
    "StoredSnapshot",
    "Suggestion",
    "Tombstone",
]
