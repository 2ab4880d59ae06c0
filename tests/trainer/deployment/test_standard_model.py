from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from db.jobs.progress import finished
from db.model_folder.model_card import MODEL_FILES, NetExport, read_card
from db.run_folder.results import RunError, write_run
from tests.trainer.makers import make_crop, make_preset, make_run, make_snapshot
from trainer.benchmark import Benchmark, run_benchmark
from trainer.data.loading import decode_crop
from trainer.deployment.standard_model import (
    exports_markdown,
    load_standard_model,
    predict,
    promote,
)
from trainer.errors import TrainerError

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.slow
def test_a_promoted_model_predicts_what_its_run_was_scored_on(tmp_path: Path) -> None:
    run_folder, to = tmp_path / "run", tmp_path / "models" / "standard"
    asked = Benchmark(
        snapshot=make_snapshot(tmp_path),
        folder=run_folder,
        preset=make_preset(epochs=3),
        nets=("MiniResNet",),
        classifiers=("softmax", "knn"),
    )
    run = finished(run_benchmark(asked))
    crops = np.stack([decode_crop(make_crop("happy", seed), 75) for seed in range(3)])

    for classifier in ("softmax", "knn"):
        steps = promote(run_folder, to, now=NOW, net="MiniResNet", classifier=classifier)
        card = finished(steps)
        model = load_standard_model(to)
        shares = predict(model, crops)

        assert read_card(to) == card == model.card
        assert card.classifier == classifier
        assert card.promoted_at == "2026-11-23T12:00:00+00:00"
        assert shares.shape == (3, 7)
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
        assert predict(model, crops[:0]).shape == (0, 7)
        is_standard = run.standard == run.cell("MiniResNet", classifier)
        assert card.chosen_by.startswith("The cell" if is_standard else "A person")

    assert {path.name for path in to.parent.iterdir()} == {"standard"}
    names = {path.name for path in to.iterdir()}
    assert names == {"card.json", "README.md", "classifier.skops", *MODEL_FILES.values()}
    assert [export.problem for export in card.exports] == ["", ""]
    assert "`net.onnx`: no probability is more than" in (to / "README.md").read_text()
    with pytest.raises(ValueError, match=r"uint8 of shape \(n, 75, 75, 3\). Received: uint8"):
        predict(model, crops[:, :40])


def test_a_cell_that_is_not_done_cannot_be_promoted(tmp_path: Path) -> None:
    write_run(tmp_path, make_run())

    with pytest.raises(RunError, match=r"no scored cell of that name\. It has: Xception with svm"):
        finished(promote(tmp_path, tmp_path / "to", now=NOW, net="VGG16", classifier="svm"))
    with pytest.raises(RunError, match="Name both a net and a classifier"):
        finished(promote(tmp_path, tmp_path / "to", now=NOW, net="VGG16"))


def test_a_folder_without_a_model_says_how_to_promote_one(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"no standard model\. Promote one: trainer promote"):
        load_standard_model(tmp_path)


def test_the_card_says_which_file_is_missing_and_why() -> None:
    text = exports_markdown(
        (NetExport("onnx", "", 1e-6, 2.5), NetExport("tflite", "No converter."))
    )

    assert "`net.onnx`: no probability is more than 1.0e-06 off the original's" in text
    assert "2.5 ms a face" in text
    assert "- `net.tflite` is missing. No converter." in text
