import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "docs" / "nothing-lost.md"


def test_every_test_that_the_contract_names_exists() -> None:
    text = CONTRACT.read_text(encoding="utf-8")
    files = {
        path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    }
    named = re.findall(r"`(?:[\w/]*/)?(test_\w+\.py)?::(test_\w+)`", text)
    file = ""
    for new_file, test in named:
        file = new_file or file
        assert f"def {test}(" in files[file], test
    assert len(named) >= 15
