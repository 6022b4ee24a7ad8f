"""The encoder in use: adopted, and gone back from, without a moment in between."""

import shutil
from pathlib import Path

import pytest

from supportbot.settings import Settings, read_settings
from supportbot.understanding.adopted import NOTE, SHIPPED_ENCODER, InUse, adopt, go_back, in_use
from supportbot.wiring import encoders_folder, open_encoder
from tests.running import supportbot


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"SUPPORTBOT_CACHE_DIR": str(tmp_path)}, env_file=None)


@pytest.fixture
def adopted(settings: Settings) -> Path:
    """A copy of the encoder that ships, under a name of its own, in use."""
    folder = encoders_folder(settings)
    own = Path(shutil.copytree(SHIPPED_ENCODER, folder / "ours"))
    manifest = own / "encoder.json"
    manifest.write_text(manifest.read_text().replace('"name": "', '"name": "ours-'))
    adopt(folder, "ours")
    return own


def name(settings: Settings) -> str:
    found = open_encoder(settings)
    assert found is not None
    return found.name


def test_without_a_note_the_encoder_that_ships_is_in_use(settings: Settings) -> None:
    assert in_use(encoders_folder(settings)) == InUse()
    assert not name(settings).startswith("ours-")


def test_an_adopted_encoder_is_the_one_that_is_opened(settings: Settings, adopted: Path) -> None:
    assert name(settings).startswith("ours-")


def test_going_back_uses_the_one_before_and_again_returns(
    settings: Settings, adopted: Path
) -> None:
    folder = encoders_folder(settings)

    assert go_back(folder) == InUse(now=None, before="ours")
    assert not name(settings).startswith("ours-")

    go_back(folder)
    assert name(settings).startswith("ours-")


def test_a_damaged_adopted_encoder_gives_way_to_the_one_that_ships(
    settings: Settings, adopted: Path
) -> None:
    (adopted / "model.onnx").write_bytes(b"half")

    assert not name(settings).startswith("ours-")


def test_a_note_that_makes_no_sense_is_no_note(settings: Settings, adopted: Path) -> None:
    (adopted.parent / NOTE).write_text("{")

    assert in_use(adopted.parent) == InUse()


def test_train_back_says_what_is_in_use_now(adopted: Path, tmp_path: Path) -> None:
    ran = supportbot("train", "--back", CACHE_DIR=str(tmp_path))

    assert (ran.code, ran.out) == (0, "In use now: the encoder that ships.\n")


def test_there_is_nothing_to_go_back_from_where_nothing_was_adopted(tmp_path: Path) -> None:
    ran = supportbot("train", "--back", CACHE_DIR=str(tmp_path))

    assert ran.code == 2
    assert "No encoder was adopted here" in ran.err


def test_training_refuses_to_adopt_past_a_setting(tmp_path: Path) -> None:
    ran = supportbot("train", ENCODER=f"onnx:{SHIPPED_ENCODER}", CACHE_DIR=str(tmp_path))

    assert ran.code == 2
    assert "SUPPORTBOT_ENCODER names the encoder" in ran.err
