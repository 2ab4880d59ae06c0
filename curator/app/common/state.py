"""What a page knows: the project, the person before it, and what the session remembers."""

from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

import streamlit as st

from curator.steps.people.accounts import Person, has_accounts, person_with_id
from db.project.project_folder import Project, default_folder, open_project

ANNOTATOR_HEADER = "X-Curator-Annotator"
ANNOTATOR_KEY = "annotator_id"

T = TypeVar("T")


class _Current:
    """The project that this process serves, when a caller named one."""

    project: Project | None = None


def use_project(project: Project) -> None:
    """Serve this project to all pages of this process."""
    _Current.project = project


def project() -> Project:
    """Return the project of this process; its database is opened once.

    It is the one named by `use_project`, or else by `$CURATOR_PROJECT`.
    """
    return _Current.project or _default_project()


@cache
def _default_project() -> Project:
    return open_project(default_folder())


def person() -> Person:
    """Return who looks at this page, with the role that the database has now.

    The page stops for somebody who may no longer come in.
    """
    stated = st.user.get(ANNOTATOR_KEY)
    found = None
    if isinstance(stated, str) and stated.isdecimal():
        with project().reading() as session:
            found = person_with_id(session, int(stated))
    if found is None:
        st.error("You are signed out. Load this page again to sign in.")
        st.stop()
    return found


def is_signed_in() -> bool:
    """Tell whether whoever looks at this page came in by an account, and so can sign out."""
    with project().reading() as session:
        return has_accounts(session)


@dataclass(frozen=True)
class Remembered(Generic[T]):
    """One value that a page remembers while its session lasts.

    Nothing that matters belongs here: it is lost with a restart and after two minutes
    without a connection.

    Attributes:
        key: Its name, unique among all pages, such as `review.position`.
        initial: Its value before the first one is kept.
    """

    key: str
    initial: T

    def value(self) -> T:
        """Return what was kept last."""
        kept: T = st.session_state.get(self.key, self.initial)
        return kept

    def keep(self, value: T) -> None:
        """Keep a value for the next runs of the page."""
        st.session_state[self.key] = value
