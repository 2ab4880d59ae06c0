"""All tables in one place, so that nobody sees half of them."""

from db.assignment import FaceVotes, Lease, Skip
from db.audit import Change
from db.curation import (
    CrowdVote,
    Face,
    Image,
    ImageBox,
    ImageLabel,
    Import,
    Source,
)
from db.duplicates import (
    DuplicateDecision,
    DuplicateMember,
    DuplicatePair,
    DuplicateSearch,
    FoundSubject,
)
from db.engine import Base
from db.guidance import Example, GoldFace, Guideline, Suggestion
from db.jobs import Job, JobLine, JobState
from db.labelling import STANDING, Adjudication, Annotation, Posing, SentBack
from db.people import Annotator, Role, SignIn
from db.runs import Run
from db.settings import Order, Settings
from db.snapshots import StoredRecipe, StoredSnapshot
from db.tombstones import Erasure, Tombstone

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
