"""What the project puts at its annotators' hands, and what else it asks them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from markdown_it import MarkdownIt
from sqlalchemy.orm import Session

from curator.steps.labelling.guideline import examples, newest_guideline
from curator.steps.project.settings import settings
from db.labels import Expression


@dataclass(frozen=True)
class LabellerData:
    """What stands beside the face on the label page, and what follows a label.

    Attributes:
        guideline_id: The version of the guideline; None before the first.
        guideline_html: Its text, safe to be shown as it is.
        examples: Face ids that show what a label looks like.
        asks_intensity: Whether a label is followed by how strong it is,
        asks_posing: by whether it looks felt or put on,
        asks_occlusion: by whether a part of the face is covered.
    """

    guideline_id: int | None = None
    guideline_html: str = ""
    examples: Mapping[Expression, list[int]] = field(default_factory=dict)
    asks_intensity: bool = False
    asks_posing: bool = False
    asks_occlusion: bool = False


def labeller_data(session: Session) -> LabellerData:
    """Collect what the project's owner has chosen."""
    guideline, chosen = newest_guideline(session), settings(session)
    return LabellerData(
        guideline_id=None if guideline is None else guideline.id,
        guideline_html="" if guideline is None else guideline_html(guideline.text),
        examples=examples(session),
        asks_intensity=bool(chosen.asks_intensity),
        asks_posing=bool(chosen.asks_posing),
        asks_occlusion=bool(chosen.asks_occlusion),
    )


@lru_cache(maxsize=16)
def guideline_html(text: str) -> str:
    r"""Turn a guideline's Markdown into HTML.

    The writer's own HTML is shown as text, links that run scripts stay text too, and
    pictures are left out: nothing from elsewhere is loaded beside the faces.

    Example:
        >>> guideline_html("**Fear** <script>")
        '<p><strong>Fear</strong> &lt;script&gt;</p>\n'
    """
    return str(MarkdownIt("commonmark", {"html": False}).disable("image").render(text))
