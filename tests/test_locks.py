"""What `make run` installs is enough for the product, and `make test` only adds to it."""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PRODUCT = ("curator", "db", "sample_data", "trainer")
OF_EXTRAS = {"dlib", "mlflow"}


def locked(name: str) -> dict[str, str]:
    """The hashes of a lock by requirement, marker included."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(r"(\S+==.*) \\\n((?: +--hash=sha256:\S+(?: \\)?\n)+)", text)
    assert "".join(f"{requirement} \\\n{hashes}" for requirement, hashes in entries) == text
    return dict(entries)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_of_the_tests_holds_all_of_the_other_one() -> None:
    run, test = locked("requirements.lock"), locked("requirements-test.lock")
    assert run.items() < test.items()


def test_what_the_product_imports_is_in_the_lock_of_the_product() -> None:
    graph = grimp.build_graph(*PRODUCT, include_external_packages=True, cache_dir=None)
    names = {module.split(".")[0] for module in graph.modules}
    outside = names - {*PRODUCT} - OF_EXTRAS - sys.stdlib_module_names
    assert {"keras", "streamlit", "numpy"} < outside
    packages = {requirement.split("==")[0] for requirement in locked("requirements.lock")}
    brought_by = packages_distributions()
    missing = {
        name for name in outside if packages.isdisjoint(map(normal, brought_by.get(name, [])))
    }
    assert missing == set()
