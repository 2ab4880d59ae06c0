"""The pages: their order, their names, and who may see them."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from db.tables.people import Role

_APP = Path(__file__).parents[1]


@dataclass(frozen=True)
class Page:
    """One page of the app.

    Attributes:
        room: The folder of the app that its file lies in.
        name: Its file without `_page.py`, which is also its address.
        title: What the navigation calls it.
        icon: A Material symbol.
        role: Who may see it: this role and those above.
        section: The heading that it stands under in the navigation; empty for none.
    """

    room: str
    name: str
    title: str
    icon: str
    role: Role
    section: str

    @property
    def path(self) -> str:
        """The file of the page."""
        return str(_APP / self.room / f"{self.name}_page.py")

    def as_streamlit(self) -> StreamlitPage:
        """Return the page as Streamlit's navigation takes it."""
        return st.Page(
            self.path,
            title=self.title,
            icon=f":material/{self.icon}:",
            url_path="" if self.name == "overview" else self.name,
            default=self.name == "overview",
        )


PAGES = (
    Page("project", "overview", "Overview", "home", Role.ANNOTATOR, ""),
    Page("importing", "import", "Import", "add_photo_alternate", Role.OWNER, "Photos"),
    Page("faces", "faces", "Faces", "ar_on_you", Role.REVIEWER, "Photos"),
    Page("duplicates", "duplicates", "Duplicates", "filter_none", Role.REVIEWER, "Photos"),
    Page("subjects", "subjects", "Subjects", "person_search", Role.OWNER, "Photos"),
    Page("labelling", "label", "Label", "label", Role.ANNOTATOR, "Labelling"),
    Page("labelling", "verify", "Verify", "grid_view", Role.ANNOTATOR, "Labelling"),
    Page("models", "suggestions", "Model help", "magic_button", Role.OWNER, "Labelling"),
    Page("review", "review", "Review", "gavel", Role.REVIEWER, "Checking"),
    Page("review", "agreement", "Agreement", "handshake", Role.REVIEWER, "Checking"),
    Page("review", "team", "Team", "group", Role.OWNER, "Checking"),
    Page("faces", "preprocessing", "Pre-processing", "blur_on", Role.REVIEWER, "Data set"),
    Page("snapshots", "snapshot", "Snapshots", "inventory_2", Role.OWNER, "Data set"),
    Page("models", "benchmark", "Benchmark", "leaderboard", Role.OWNER, "Data set"),
    Page("models", "predict", "Predict", "center_focus_strong", Role.REVIEWER, "Data set"),
    Page("models", "live", "Live", "videocam", Role.REVIEWER, "Data set"),
    Page("project", "settings", "Settings", "tune", Role.OWNER, "Project"),
    Page("maintenance", "erase", "Erase", "delete_forever", Role.OWNER, "Project"),
    Page("project", "history", "History", "history", Role.OWNER, "Project"),
)


def pages_for(role: Role) -> list[Page]:
    """Return the pages that a role may see, in the order of the work."""
    return [page for page in PAGES if role.may(page.role)]


def sections_for(role: Role) -> dict[str, list[Page]]:
    """Return the pages that a role may see under their headings, in the order of the work."""
    return {
        section: list(pages)
        for section, pages in groupby(pages_for(role), key=lambda page: page.section)
    }


def link_to(name: str, role: Role, label: str, **query: str) -> None:
    """Show a link to a page, to those who may see it.

    Args:
        query: What the address of the page says beside its name.
    """
    page = next(page for page in PAGES if page.name == name)
    if role.may(page.role):
        icon = f":material/{page.icon}:"
        st.page_link(page.path, label=label, icon=icon, query_params=query or None)
