"""The app: its navigation, in the order of the work."""

from pathlib import Path

import streamlit as st

from curator.app.common.pages import sections_for
from curator.app.common.state import is_signed_in, person
from curator.app.common.widgets import show_messages

_STYLE = """<style>
.stMainBlockContainer { padding: 3rem 2.5rem 2rem }
@media (max-width: 640px) { .stMainBlockContainer { padding: 3rem 1rem 2rem } }
[data-testid=stSidebarHeader] { height: 2.75rem; margin-bottom: 0 }
[data-testid=stSidebarUserContent] { padding-top: .5rem; padding-bottom: 1rem }
[data-testid=stNavSectionHeader] { margin: 0 }
</style>"""
_SIGN_OUT = "<a href='/sign-out' target='_self' style='color:inherit'>Sign out</a>"
_ICON = Path(__file__).with_name("icon.png")


def show() -> None:
    """Show the page that was asked for, to whoever may see it."""
    st.set_page_config(page_title="fer-curator", page_icon=str(_ICON), layout="wide")
    visitor = person()
    chosen = st.navigation(
        {
            section: [page.as_streamlit() for page in pages]
            for section, pages in sections_for(visitor.role).items()
        },
        expanded=True,
    )
    with st.sidebar:
        st.caption(f"{visitor.name}, {visitor.role}")
        if is_signed_in():
            st.html(_SIGN_OUT)
    st.html(_STYLE)
    show_messages()
    chosen.run()


if __name__ == "__main__":
    show()
