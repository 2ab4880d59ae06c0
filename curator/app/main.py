"""The app: its navigation, in the order of the work."""

from pathlib import Path

import streamlit as st

from curator.app.pages import pages_for
from curator.app.state import is_signed_in, person
from curator.app.widgets import show_messages

_STYLE = "<style>.stMainBlockContainer { padding: 3rem 2.5rem 2rem }</style>"
_ICON = Path(__file__).with_name("icon.png")


def show() -> None:
    """Show the page that was asked for, to whoever may see it."""
    st.set_page_config(page_title="fer-curator", page_icon=str(_ICON), layout="wide")
    visitor = person()
    chosen = st.navigation([page.as_streamlit() for page in pages_for(visitor.role)])
    with st.sidebar:
        st.caption(f"{visitor.name}, {visitor.role}")
        if is_signed_in():
            st.html("<a href='/sign-out' target='_self'>Sign out</a>")
    st.html(_STYLE)
    show_messages()
    chosen.run()


if __name__ == "__main__":
    show()
