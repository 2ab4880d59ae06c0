"""The parts of the app that run in the browser: scripts, styles, and what Streamlit is told."""
