from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from db.run_folder.estimate import Estimate
from db.run_folder.figure_tables import (
    csv_tables,
    seeds_in_words,
    sources_matrix,
    verdicts_in_words,
)
from db.run_folder.figures import (
    CalibrationBin,
    CellComparison,
    CellFigures,
    DoubtedLabels,
    RunFigures,
    Slice,
    SliceKind,
    read_figures,
    store_figures,
)
from db.run_folder.from_json import from_json
from db.run_folder.run_files import attention_file
from db.run_folder.study_figures import SeedScore, SourceScore
from tests.trainer.makers import make_run

HALF = Estimate(0.5, (0.4, 0.6), 100)
FEW = Estimate(1.0, None, 2)


def make_figures() -> RunFigures:
    """Make figures with something in each kind of field."""
    cell = CellFigures(
        net="Xception",
        classifier="svm",
        accuracy=HALF,
        macro_f1=HALF,
        recalls={"angry": HALF, "fear": None},
        calibration_error=0.2,
        calibration=(CalibrationBin(0.6, 2 / 3, 100, 0.7, 0.5),),
        slices=(Slice(SliceKind.SOURCE, "KDEF", FEW),),
    )
    return RunFigures(
        cells=(cell,),
        comparisons=(CellComparison("AlexNet", "svm", HALF, 0.01, 0.02),),
        seeds=(SeedScore(0, HALF, HALF), SeedScore(1, Estimate(0.6, None, 5), HALF)),
        sources=(SourceScore("KDEF", "CK+", FEW), SourceScore("CK+", "KDEF", HALF)),
        doubted=DoubtedLabels(10, 2, (7, 3)),
    )


def test_figures_survive_their_file(tmp_path: Path) -> None:
    store_figures(tmp_path, make_figures())

    assert read_figures(tmp_path) == make_figures()


def test_a_run_at_work_and_figures_of_another_version_read_as_none(tmp_path: Path) -> None:
    assert read_figures(tmp_path) is None
    (tmp_path / "figures.json").write_text('{"format": 99}')
    assert read_figures(tmp_path) is None


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Box:
    colour: Colour
    sizes: tuple[int, ...]
    ends: tuple[float, str] | None = None


def test_json_becomes_what_the_hints_say_and_strange_names_are_refused() -> None:
    box = from_json(Box, {"colour": "red", "sizes": [1, 2], "ends": [0.5, "cm"]})

    assert box == Box(Colour.RED, (1, 2), (0.5, "cm"))
    assert from_json(Box, {"colour": "red", "sizes": []}) == Box(Colour.RED, ())
    with pytest.raises(TypeError, match=r"Box: extra fields found \(weight\)"):
        from_json(Box, {"colour": "red", "sizes": [], "weight": 1})
    with pytest.raises(TypeError, match=r"required field missing @ \$\.sizes"):
        from_json(Box, {"colour": "red"})
    with pytest.raises(TypeError, match=r"'blue' is not a valid Colour.* @ \$\.colour"):
        from_json(Box, {"colour": "blue", "sizes": []})


def test_a_difference_counts_only_below_five_percent_after_adjusting() -> None:
    better = CellComparison("a", "b", HALF, 0.01, 0.049)
    worse = CellComparison("a", "b", Estimate(-0.5, (-0.6, -0.4), 100), 0.01, 0.049)
    alike = CellComparison("a", "b", HALF, 0.01, 0.05)

    assert [one.verdict for one in (better, worse, alike)] == [
        "standard is better", "standard is worse", "not distinguishable",
    ]  # fmt: skip
    told = verdicts_in_words(RunFigures(comparisons=(better, alike)))
    assert told == "Not distinguishable from it on these test faces: a with b."
    told = verdicts_in_words(RunFigures(comparisons=(better, *[alike] * 7)))
    assert told.endswith("a with b, a with b and 2 more of the 8 other cells.")
    told = verdicts_in_words(RunFigures(comparisons=(better, worse)))
    assert told == "It is told apart from each of the 2 other cells."


def test_every_row_of_every_csv_says_what_it_rests_on() -> None:
    run = make_run(device="CPU")
    tables = csv_tables(run, make_figures())

    assert set(tables) >= {"nets", "cells", "recalls", "parts", "comparisons", "seeds", "sources"}
    rests = {text for table in tables.values() for text in table["rests on"]}
    assert rests == {"drawn@1 (abababababab), preset tiny, seed 0, CPU"}
    assert tables["recalls"]["recall"].isna().tolist() == [False, True]
    assert tables["parts"]["low"].isna().tolist() == [True]
    assert not len(csv_tables(run, None)["recalls"])


def test_the_matrix_of_sources_names_what_each_pair_rests_on() -> None:
    matrix = sources_matrix(make_figures())

    assert matrix["trained on"].tolist() == ["KDEF", "CK+"]
    assert matrix["CK+"].tolist() == ["100.0 % (no interval, 2 faces)", ""]


def test_seeds_are_summed_up_with_the_deviation_of_a_sample() -> None:
    told = seeds_in_words(make_figures())

    assert told == "2 seeds: mean 55.0%, standard deviation 7.1%, range 50.0% to 60.0%."


def test_a_picture_of_attention_stays_in_its_folder(tmp_path: Path) -> None:
    assert attention_file(tmp_path, "VGG16", 3) == tmp_path / "attention" / "VGG16-3.png"
    with pytest.raises(ValueError, match="plain name"):
        attention_file(tmp_path, "../VGG16", 3)
