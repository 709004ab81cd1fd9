from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlp.encoders.e5_file import BLOCK_BYTES, E5File, unpacked
from nlp.encoders.e5_weights import layers
from schemas.errors import Unavailable


def test_four_bits_are_unpacked_exactly() -> None:
    block = np.zeros((1, BLOCK_BYTES), np.uint8)
    block[0, :2] = np.array([0.5], np.float16).view(np.uint8)
    block[0, 2:] = [16 * high + low for low, high in zip(range(16), reversed(range(16)), strict=True)]
    expected = [0.5 * (n - 8) for n in (*range(16), *reversed(range(16)))]
    assert unpacked(block).tolist() == [expected]


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"something else")
    with pytest.raises(Unavailable, match="make setup"):
        E5File(other)


def test_unpacked_weights_are_made_once_and_again_when_damaged(e5_file: E5File, tmp_path: Path) -> None:
    first = layers(e5_file, tmp_path)
    (made,) = tmp_path.iterdir()
    inode = made.stat().st_ino
    assert made.stat().st_mode & 0o777 == 0o644
    layers(e5_file, tmp_path)
    assert made.stat().st_ino == inode
    expected = np.array(first[11].narrow)
    made.write_bytes(b"\1" * 1000)
    assert np.array_equal(layers(e5_file, tmp_path)[11].narrow, expected)
    assert list(tmp_path.iterdir()) == [made]


def test_without_a_place_for_them_weights_are_private(e5_file: E5File, tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.touch()
    assert len(layers(e5_file, nowhere)) == e5_file.shape.layers
