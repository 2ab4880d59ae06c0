import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from db.run_folder.results import write_run
from tests.trainer.makers import make_crop, make_run, make_snapshot
from trainer.__main__ import main


def run_trainer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, str, str]:
    """Run the command in this process; return exit code, standard output and error."""
    monkeypatch.setattr(sys, "argv", ["trainer", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    code = ended.value.code
    return code if isinstance(code, int) else 0, said.out, said.err


def test_help_names_the_commands_without_importing_keras() -> None:
    code = (
        "import sys; sys.argv = ['trainer', '--help']\n"
        "from trainer.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print('keras' in sys.modules, 'tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert all(name in done.stdout for name in ("benchmark", "report", "promote", "predict"))
    assert "worker" not in done.stdout
    assert done.stdout.endswith("False False\n")


def test_a_report_is_markdown_csv_or_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path, make_run())

    _, markdown, _ = run_trainer(monkeypatch, capsys, "report", tmp_path)
    _, csv, _ = run_trainer(
        monkeypatch, capsys, "report", tmp_path, "--format", "csv", "--table", "classifiers"
    )
    _, text, _ = run_trainer(monkeypatch, capsys, "report", tmp_path, "--format", "json")

    assert markdown.startswith("# Benchmark on drawn@1")
    assert pd.read_csv(StringIO(csv))["classifier"].tolist() == ["SVM"]
    assert json.loads(text)["standard"]["classifier"] == "svm"


def test_what_a_person_can_mend_ends_in_one_message_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run_trainer(monkeypatch, capsys, "report", tmp_path)

    assert (code, out) == (1, "")
    assert "run.json is missing" in " ".join(err.split())
    assert "Traceback" not in err


def test_a_wrong_call_ends_in_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown, _, _ = run_trainer(monkeypatch, capsys, "benchmark", tmp_path, "--nets", "LeNet")
    missing, _, _ = run_trainer(monkeypatch, capsys, "promote")
    no_value, _, _ = run_trainer(monkeypatch, capsys, "benchmark", tmp_path, "--set", "epochs")
    no_setting, _, _ = run_trainer(monkeypatch, capsys, "benchmark", tmp_path, "--set", "name=x")

    assert (unknown, missing, no_value, no_setting) == (2, 2, 2, 2)


@pytest.mark.slow
def test_from_snapshot_to_prediction_by_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, model = tmp_path / "run", tmp_path / "model"
    crop = tmp_path / "face.png"
    crop.write_bytes(make_crop("fear", 1))
    which = ("--nets", "MiniResNet", "--classifiers", "knn,softmax")
    asked = (make_snapshot(tmp_path), *which, "--leaky", "--set", "epochs=1")

    code, out, err = run_trainer(
        monkeypatch, capsys, "benchmark", *asked, "--out", folder, "--json"
    )
    assert code == 0, err
    assert {cell["classifier"] for cell in json.loads(out)["cells"]} == {"knn", "softmax"}
    assert (folder / "report" / "report.md").read_text().startswith("# Benchmark on drawn@1")

    code, out, err = run_trainer(monkeypatch, capsys, "promote", folder, "--to", model, "--json")
    assert code == 0, err
    assert json.loads(out)["net"] == "MiniResNet"

    code, out, err = run_trainer(monkeypatch, capsys, "predict", crop, "--model", model, "--json")
    assert code == 0, err
    (prediction,) = json.loads(out)["predictions"]
    assert sum(prediction["probabilities"].values()) == pytest.approx(1)

    code, _, err = run_trainer(monkeypatch, capsys, "predict", "no.png", "--model", model)
    assert code == 1
    assert "no.png cannot be read" in err
