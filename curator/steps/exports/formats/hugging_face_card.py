"""The dataset card of the Hugging Face hub: its YAML head, then the snapshot's own card."""

import json
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from curator.steps.exports.description import terms_of
from db.labels import Expression
from db.snapshot_folder.manifest import Snapshot

_HUB_LICENCES = frozenset(
    {"apache-2.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0"}
    | {"cc-by-nc-4.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-sa-3.0"}
    | {"cc-by-sa-4.0", "cc0-1.0", "mit", "odbl", "odc-by", "pddl"}
)
"""Those of the hub's words for terms of use that collections of pictures bear."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def hugging_face_card(snapshot: Snapshot, schema: pa.Schema, splits: Sequence[str]) -> bytes:
    """Write `README.md`: what the hub and the library read, and what people read.

    Args:
        snapshot: What is exported.
        schema: The columns of the metadata.
        splits: Those that have faces.
    """
    # JSON is YAML, so that no name needs rules of its own.
    head = "".join(f"{key}: {json.dumps(value)}\n" for key, value in _head(snapshot).items())
    files = [{"split": split, "path": f"{split}/**"} for split in splits]
    head += f"configs:\n- config_name: default\n  data_files: {json.dumps(files)}\n"
    head += "dataset_info:\n  config_name: default\n  features:\n"
    head += "".join(f"  - {json.dumps(feature)}\n" for feature in _features(schema))
    own = (snapshot.folder / "README.md").read_bytes()
    return b"---\n" + head.encode("ascii") + b"---\n\n" + own


def _head(snapshot: Snapshot) -> dict[str, object]:
    sizes = [word for most, word in _SIZES if len(snapshot.faces) < most]
    return {
        "pretty_name": snapshot.title,
        **_licence(terms_of(snapshot).values()),
        "task_categories": ["image-classification"],
        "size_categories": [sizes[0] if sizes else "n>1M"],
        "tags": ["facial-expression-recognition"],
    }


def _licence(terms: Iterable[str]) -> dict[str, object]:
    """Say the terms in the hub's words; where it has none, where the card tells them.

    Example:
        >>> _licence(["CC0-1.0", "CC-BY-4.0"])
        {'license': ['cc-by-4.0', 'cc0-1.0']}
        >>> _licence(["ask the university"])["license"], _licence([""])["license"]
        ('other', 'unknown')
    """
    stated = sorted({words.lower() for words in terms})
    if set(stated) <= _HUB_LICENCES:
        return {"license": stated[0] if len(stated) == 1 else stated}
    if not any(stated):
        return {"license": "unknown"}
    return {"license": "other", "license_name": "terms-of-its-sources", "license_link": "README.md"}


def _features(schema: pa.Schema) -> Iterator[dict[str, object]]:
    yield {"name": "image", "dtype": "image"}
    names = {str(number): str(label) for number, label in enumerate(Expression)}
    for field in schema:
        if field.name == "label":
            yield {"name": "label", "dtype": {"class_label": {"names": names}}}
        elif field.name != "file_name":
            yield {"name": field.name, "dtype": _word(field.type)}


def _word(kind: pa.DataType) -> str:
    return "float64" if pa.types.is_float64(kind) else str(kind)
