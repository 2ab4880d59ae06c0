"""Let Streamlit look through the installed packages for components once a process.

It does so for each app, and each takes most of a second: there are hundreds of apps in the tests.
"""

from functools import cache

from streamlit.components.v2 import manifest_scanner

manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
manifest_scanner.scan_component_manifests()
