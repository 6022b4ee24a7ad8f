"""What is installed is whole, and works away from the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", build, str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    target = folder / "installed"
    with zipfile.ZipFile(folder / made.stdout.split()[-1]) as wheel:
        wheel.extractall(target)
    return target


def test_the_wheel_carries_knowledge_accounts_encoder_and_what_was_learnt(installed: Path) -> None:
    package = installed / "supportbot"

    assert (package / "shipped_knowledge/docs/billing/credits.md").is_file()
    assert (package / "shipped_knowledge/faq/credit-expiry.md").is_file()
    assert (package / "accounts/demo.json").is_file()
    assert (package / "understanding/mpnet/model.onnx").is_file()
    assert (package / "understanding/mpnet/LICENSE").is_file()
    assert list((package / "understanding/trained").glob("*.npz"))


def test_the_wheel_answers_away_from_the_repository(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(installed)}

    ran = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "supportbot",
            "ask",
            "--demo",
            "--account",
            "northwind",
            "can the credits I bought pay my overdue invoice?",
        ],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )

    assert "INV-2041" in ran.stdout
    assert "$312.40" in ran.stdout
    assert ran.stderr == ""
    assert list(home.iterdir()) == [], "it learnt what should have shipped, or told others"
