"""Label: one face, one key."""

import streamlit as st

from curator.app.labeller import labeller
from curator.app.state import person

IMPORT_URL = "import"
REVIEW_URL = "review"

st.html("<style>.stMainBlockContainer { padding-top: 4rem; padding-bottom: 1rem }</style>")
labeller(person().key, IMPORT_URL, REVIEW_URL)
