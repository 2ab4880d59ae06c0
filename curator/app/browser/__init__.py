"""The parts of the app that run in the browser: scripts, styles, and how Streamlit is told of them."""
