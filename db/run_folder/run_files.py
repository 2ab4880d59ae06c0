"""Where the parts of a run lie in its folder."""

from dataclasses import dataclass
from pathlib import Path

from db.run_folder.predictions import predictions_name


@dataclass(frozen=True)
class NetFiles:
    """The files of one net in a run folder.

    Attributes:
        folder: `RUN/nets/NAME`.
    """

    folder: Path

    @property
    def model(self) -> Path:
        """The trained net."""
        return self.folder / "model.keras"

    @property
    def features(self) -> Path:
        """What the net gives for every face."""
        return self.folder / "features.npz"

    def classifier(self, name: str) -> Path:
        """Say where a fitted classifier lies."""
        return self.folder / f"{name}.skops"

    def predictions(self, classifier: str) -> Path:
        """Say where lies what a classifier says of the faces held out."""
        return self.folder / predictions_name(classifier)

    @property
    def logs(self) -> Path:
        """What TensorBoard shows."""
        return self.folder / "logs"

    def checkpoint(self, epoch: int) -> Path:
        """Say where the state after an epoch lies while the net is trained."""
        return self.folder / f"checkpoint-{epoch:04}.weights.h5"

    def best(self, epoch: int) -> Path:
        """Say where the weights of the epoch lie that may be kept in the end."""
        return self.folder / f"best-{epoch:04}.weights.h5"

    def checkpoint_epochs(self) -> list[int]:
        """List the epochs that have a checkpoint, newest first."""
        return _epochs(self.folder, "checkpoint")

    def drop_checkpoints(self, *, but: int | None = None) -> None:
        """Remove all checkpoints, or all but one."""
        for epoch in self.checkpoint_epochs():
            if epoch != but:
                self.checkpoint(epoch).unlink()

    def drop_best(self, *, but: int | None = None) -> None:
        """Remove the weights of all epochs that might have been kept, or all but one's."""
        for epoch in _epochs(self.folder, "best"):
            if epoch != but:
                self.best(epoch).unlink()


def _epochs(folder: Path, name: str) -> list[int]:
    paths = folder.glob(f"{name}-*.weights.h5")
    return sorted((int(path.name.removeprefix(f"{name}-")[:4]) for path in paths), reverse=True)


def net_files(run_folder: Path, net: str) -> NetFiles:
    """Say where the files of a net lie in a run folder."""
    return NetFiles(run_folder / "nets" / net)


def attention_file(run_folder: Path, net: str, face_id: int) -> Path:
    """Say where the picture of a net and a face lies, once it is drawn.

    Raises:
        ValueError: The name of the net leads out of the folder.
    """
    if Path(net).name != net:
        raise ValueError(f"A net has a plain name. Received: {net!r}")
    return run_folder / "attention" / f"{net}-{face_id}.png"
