"""All tables in one place, so that nobody sees half of them."""

from db.curation import DuplicateMember, Face, Image, ImageLabel, Source
from db.engine import Base
from db.jobs import Job, JobLine, JobState
from db.labelling import Adjudication, Annotation, Settings
from db.people import Annotator, Role, SignIn
from db.runs import Run
from db.snapshots import StoredRecipe, StoredSnapshot

__all__ = [
    "Adjudication",
    "Annotation",
    "Annotator",
    "Base",
    "DuplicateMember",
    "Face",
    "Image",
    "ImageLabel",
    "Job",
    "JobLine",
    "JobState",
    "Role",
    "Run",
    "Settings",
    "SignIn",
    "Source",
    "StoredRecipe",
    "StoredSnapshot",
]
