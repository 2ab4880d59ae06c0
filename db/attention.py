"""Pictures of where nets look: the trainer draws them, the benchmark page shows them."""

from pathlib import Path


def attention_file(run_folder: Path, net: str, face_id: int) -> Path:
    """Say where the picture of a net and a face lies, once it is drawn.

    Raises:
        ValueError: The name of the net leads out of the folder.
    """
    if Path(net).name != net:
        raise ValueError(f"A net has a plain name. Received: {net!r}")
    return run_folder / "attention" / f"{net}-{face_id}.png"
