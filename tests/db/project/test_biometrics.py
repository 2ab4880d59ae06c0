import stat
from pathlib import Path

import numpy as np
import pytest

from db.project.biometrics import Biometrics, Embedding


def embedding(face_id: int, first: float, crop: str = "c") -> Embedding:
    return Embedding(face_id, crop, "net 1", np.array([first, 0.5], np.float32))


@pytest.fixture
def biometrics(tmp_path: Path) -> Biometrics:
    return Biometrics(tmp_path)


def test_there_is_no_file_until_something_is_kept(biometrics: Biometrics) -> None:
    ids, values = biometrics.embeddings()
    assert (ids, values.shape) == ([], (0, 0))
    assert (biometrics.count(), biometrics.measured()) == (0, {})
    assert (biometrics.forget([1]), biometrics.forget_all()) == (0, 0)
    assert not biometrics.file.exists()


def test_what_is_kept_comes_back_by_face(biometrics: Biometrics) -> None:
    biometrics.keep([embedding(7, 0.25), embedding(3, -1.5)])
    ids, values = biometrics.embeddings()
    assert ids == [3, 7]
    assert values.tolist() == [[-1.5, 0.5], [0.25, 0.5]]
    assert values.dtype == np.float32
    assert biometrics.measured() == {3: ("c", "net 1"), 7: ("c", "net 1")}


def test_a_face_measured_again_has_one_embedding(biometrics: Biometrics) -> None:
    biometrics.keep([embedding(3, 1.0)])
    biometrics.keep([embedding(3, 2.0, crop="d")])
    assert biometrics.embeddings()[1].tolist() == [[2.0, 0.5]]
    assert biometrics.measured() == {3: ("d", "net 1")}


def test_the_file_is_its_owners_alone_to_read(biometrics: Biometrics) -> None:
    biometrics.keep([embedding(3, 1.0)])
    assert stat.S_IMODE(biometrics.file.stat().st_mode) == 0o600


def test_a_forgotten_embedding_is_overwritten_in_the_file(biometrics: Biometrics) -> None:
    biometrics.keep([embedding(3, 1.2345678), embedding(4, 2.0)])
    secret = np.float32(1.2345678).tobytes()
    assert secret in biometrics.file.read_bytes()
    assert biometrics.forget([3, 99]) == 1
    assert biometrics.embeddings()[0] == [4]
    assert secret not in biometrics.file.read_bytes()


def test_forgetting_all_leaves_no_file(biometrics: Biometrics) -> None:
    biometrics.keep([embedding(3, 1.0), embedding(4, 2.0)])
    assert biometrics.forget_all() == 2
    assert list(biometrics.folder.iterdir()) == []
    biometrics.keep([embedding(5, 1.0)])
    assert biometrics.embeddings()[0] == [5]


def test_a_damaged_file_can_be_forgotten_all_the_same(biometrics: Biometrics) -> None:
    biometrics.file.write_bytes(b"no database, but long enough to look at" * 100)
    with pytest.raises(Exception, match="not a database"):
        biometrics.forget_all()
    assert not biometrics.file.exists()
