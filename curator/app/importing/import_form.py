"""What is asked of a source before it comes in, and the button that takes it in."""

import streamlit as st

from curator.app.common.state import project
from curator.app.common.widgets import acting, request_job
from curator.app.importing.import_mapping import ask_for_meanings
from curator.app.importing.import_state import ImportState, forget
from curator.steps.importing.import_options import MAX_NAME_LETTERS, SourceChoice
from curator.steps.importing.list_sources import terms_by_source
from curator.steps.importing.preview_collection import CollectionPreview


def ask_and_import(reading: ImportState, preview: CollectionPreview | None) -> None:
    """Ask for the source, its terms and the meaning of its labels, then import it.

    Args:
        reading: How it is read.
        preview: What was seen of it; None where nothing could be looked at.
    """
    meanings = {} if preview is None else ask_for_meanings(preview.labels)
    source, terms = _source(reading, "" if preview is None else preview.terms)
    is_empty = preview is not None and not preview.images
    if is_empty:
        st.warning("It holds no images. Choose another layout, or bring something else.")
    if st.button(
        "Import", key="import.import", type="primary", icon=":material/upload:", disabled=is_empty
    ):
        missing = [name for name, said in (("name", source), ("terms of use", terms)) if not said]
        if missing:
            st.error(f"Still to say: the source's {' and its '.join(missing)}.")
            return
        acting(lambda: _import(reading, SourceChoice(source, terms, label_names=meanings)))
        st.rerun()


def _source(reading: ImportState, proposed_terms: str) -> tuple[str, str]:
    left, right = st.columns(2)
    source = left.text_input(
        "Name of the source",
        reading.pending.name,
        key="import.source",
        max_chars=MAX_NAME_LETTERS,
        help="The collection that the photos come from. One that is there is added to.",
    )
    with project().reading() as session:
        known = terms_by_source(session)
    name = source.strip()
    terms = right.text_input(
        "Licence or terms of use",
        known.get(name) or proposed_terms,
        key=f"import.terms.of.{name}" if name in known else f"import.terms.{reading.layout}",
        disabled=bool(known.get(name)),
        help="Each face of a snapshot carries them. Where nobody knows them, say so.",
    )
    if name in known:
        st.caption("This source is there: what is new is added to it, and nothing comes twice.")
    return name, terms.strip()


def _import(reading: ImportState, said: SourceChoice) -> None:
    arguments = {
        "origin": reading.pending.origin,
        "legends": list(reading.pending.label_files),
        "urls": list(reading.pending.urls),
        "source": said.name,
        "terms": said.terms,
        "subject_pattern": reading.pattern,
        "detector": reading.detector,
        "layout": reading.layout,
        "label_names": dict(said.label_names),
        "columns": dict(reading.columns),
        "holds_crops": reading.holds_crops,
    }
    request_job("import", arguments)
    forget()
