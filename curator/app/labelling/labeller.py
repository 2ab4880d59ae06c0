"""The labeller: the part of the label page that runs in the browser."""

from typing import Any

from curator.app.browser.component import mount
from curator.app.labelling.labeller_data import LabellerData


def labeller(person_key: str, onward: list[str], at_hand: LabellerData) -> None:
    """Put the labeller on the page.

    Args:
        person_key: The person whose presses the browser keeps and sends.
        onward: The addresses of the pages that this person may go to.
        at_hand: What stands beside the face and follows a label.
    """
    mount("labeller", person_key, onward, _data(at_hand))


def _data(at_hand: LabellerData) -> dict[str, Any]:
    guideline = {"id": at_hand.guideline_id, "html": at_hand.guideline_html}
    return {
        "guideline": None if at_hand.guideline_id is None else guideline,
        "examples": {str(label): faces for label, faces in at_hand.examples.items()},
        "questions": {
            "intensity": at_hand.asks_intensity,
            "posing": at_hand.asks_posing,
            "occlusion": at_hand.asks_occlusion,
        },
    }
