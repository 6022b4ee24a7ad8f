"""
How the encoder that ships is made: exported to ONNX, quantised, compared, put in place.

Needs the extra ``train``; answering needs nothing of this.  The same weights and versions
give the same bytes, so anyone can make the shipped files again and compare.
"""

import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from supportbot.errors import ConfigError
from supportbot.understanding.adopted import SHIPPED_ENCODER
from supportbot.understanding.encoder import (
    MANIFEST,
    MAX_TOKENS,
    MODEL,
    TOKENIZER,
    OnnxEncoder,
    load_sentence_transformer,
    sha256_of,
)
from supportbot.understanding.smoothing import STRENGTH, smooth
from supportbot.understanding.weights import APACHE, Origin, extra_missing, minilm

TUNED_SUFFIX = "-billing"
OPSET = 17
LOWEST_COSINE = 0.98
"""Int8 costs a little; a vector further than this from the original means a failed export."""
LOWEST_COSINE_TUNED = 0.95
"""Fine-tuning uses more of the weights' range; what it is worth, an evaluation says."""

TOOLS = ("torch", "sentence-transformers", "transformers", "onnx", "onnxruntime")

SAMPLES = (
    "refund",
    "Why was my card declined?",
    "limit reached?? i have 120 dollars in there",
    "I topped up last year and now the balance shows $0.00. Is that money gone, or is it "
    "somewhere else in the account?",
    "Hello, our invoice in_2041 of 3 November is still open although the bank shows the "
    "transfer of 312.40 EUR. " * 8,
    "Überweisung, prélèvement, 請求書 🙂",
)
"""Texts on which the finished encoder is compared with the original; one is over-long."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built."""

    folder: Path
    name: str
    dimension: int
    model_bytes: int
    lowest_cosine: float  # to the original, over SAMPLES


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the weights come from."""

    origin: Origin
    location: str  # what sentence-transformers loads: a folder or a name on the hub
    fine_tuned: Mapping[str, object] | None = None  # how, when it was
    texts: Sequence[str] = ()  # by which it is prepared to be quantised


@dataclass(frozen=True, slots=True)
class Tuned:
    """
    A fine-tuned model: the folder of its weights, how they were made, and from what.

    ``texts``, a few hundred like those to come, tell how to quantise it.
    """

    folder: Path
    how: Mapping[str, object]
    origin: Origin
    texts: Sequence[str]


def build_encoder(
    target: Path,
    model: str | Tuned | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> BuildReport:
    """
    Make the files of an encoder in ``target``; None makes plain MiniLM.

    Nothing in ``target`` changes before the new encoder has been compared with the original.
    ``progress`` is told each step in a few words.

    Raises:
        ConfigError: the extra ``train`` is missing, the weights are not the pinned ones, or
            the result strays from the original.
        EncoderUnavailable: ``model`` cannot be loaded.
    """
    source = _source(model)
    progress(f"Loading {source.origin.name}")
    original = _load(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".encoder-", dir=target.parent) as folder:
        staging = Path(folder)
        progress("Exporting and quantising")
        _write_model(original, source.texts, staging)
        _write_tokenizer(original, source, staging)
        _write_manifest(original, source, staging)
        progress("Comparing with the original")
        lowest = LOWEST_COSINE_TUNED if source.fine_tuned else LOWEST_COSINE
        report = _compare(original, staging, target, lowest)
        _put_in_place(staging, target, with_licence=source.origin.licence == APACHE)
    return report


def _source(model: str | Tuned | None) -> _Source:
    if isinstance(model, Tuned):
        return _Source(model.origin, str(model.folder), model.how, model.texts)
    origin = Origin(model, model, {}, "see the model") if model else minilm()
    return _Source(origin, origin.folder)


def _load(source: _Source) -> Any:  # noqa: ANN401 -- the class is in an extra
    with _quiet():  # eager attention is the one that the exporter can trace
        model = load_sentence_transformer(source.location, attn_implementation="eager")
    model.max_seq_length = min(MAX_TOKENS, model.max_seq_length or MAX_TOKENS)
    return model.eval()


def _write_model(original: Any, texts: Sequence[str], folder: Path) -> None:  # noqa: ANN401
    """
    Write the int8 model; the fp32 one stands beside it only meanwhile.

    Weights take 7 of the 8 bits (``reduce_range``): with 8, sums overflow on processors without
    VNNI instructions, and one question in forty gets another label there than elsewhere.
    """
    full = folder / "fp32.onnx"
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        with _quiet():
            _export(_smoothed(original, texts), full)
            quantize_dynamic(
                full,
                folder / MODEL,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
            )
    except ImportError as fault:
        raise extra_missing(fault) from fault
    full.unlink()


def _smoothed(original: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401
    if not texts:
        return original
    copy = deepcopy(original)
    smooth(copy, texts)
    return copy


def _export(original: Any, path: Path) -> None:  # noqa: ANN401
    """Transformer, pooling and normalisation as one graph, any batch and length."""
    import torch

    class SentenceModel(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.steps = original

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for step in self.steps:
                features = step(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    example = original.preprocess(["one text", "another text, a longer one"])
    batch_and_length = {0: "batch", 1: "length"}
    with torch.no_grad():
        torch.onnx.export(
            SentenceModel(),
            (example["input_ids"], example["attention_mask"]),
            path,
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": batch_and_length,
                "attention_mask": batch_and_length,
                "embedding": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )


def _write_tokenizer(original: Any, source: _Source, folder: Path) -> None:  # noqa: ANN401
    given = Path(source.origin.folder) / TOKENIZER  # fine-tuning only writes it in another order
    if given.is_file():
        shutil.copyfile(given, folder / TOKENIZER)
    else:
        original.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))


def _write_manifest(original: Any, source: _Source, folder: Path) -> None:  # noqa: ANN401
    """Identity first, provenance after; no date, so that the same build is the same file."""
    manifest = {
        "name": Path(source.origin.name).name + (TUNED_SUFFIX if source.fine_tuned else ""),
        "dimension": original.get_embedding_dimension(),
        "max_tokens": original.max_seq_length,
        "files": {name: _described(folder / name) for name in (MODEL, TOKENIZER)},
        "licence": source.origin.licence,
        "source": {"model": source.origin.name, "sha256": source.origin.sha256},
        **({"fine_tuned": source.fine_tuned} if source.fine_tuned else {}),
        "made_with": {
            "opset": OPSET,
            "quantisation": "dynamic, QInt8, per channel, reduced range"
            + (f", smoothed ({STRENGTH})" if source.texts else ""),
            "versions": {name: version(name) for name in TOOLS},
        },
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _described(path: Path) -> dict[str, int | str]:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _compare(
    original: Any,  # noqa: ANN401
    folder: Path,
    target: Path,
    least: float,
) -> BuildReport:
    built = OnnxEncoder.open(folder)
    expected = original.encode(
        list(SAMPLES), batch_size=1, normalize_embeddings=True, show_progress_bar=False
    )
    lowest = float(np.sum(built.encode(SAMPLES) * expected, axis=1).min())
    if not lowest >= least:  # so written that NaN fails, too
        raise ConfigError(
            f"The quantised {built.name} strays from the original (cosine {lowest:.3f}, at least "
            f"{least} expected); {target} is left as it was. Use it directly instead: "
            "SUPPORTBOT_ENCODER=sentence-transformers:NAME."
        )
    size = (folder / MODEL).stat().st_size
    return BuildReport(target, built.name, built.dimension, size, round(lowest, 4))


def _put_in_place(staging: Path, target: Path, *, with_licence: bool) -> None:
    """
    Replace file by file, each at once, and the manifest last.

    Stopped in between, the old manifest does not fit the new files, and ``OnnxEncoder.open``
    refuses them.  Files of other people in ``target`` stay.
    """
    if with_licence and target.resolve() != SHIPPED_ENCODER:
        for name in ("LICENSE", "NOTICE"):
            shutil.copyfile(SHIPPED_ENCODER / name, staging / name)
    target.mkdir(exist_ok=True)
    names: Sequence[str] = sorted(path.name for path in staging.iterdir())
    for name in sorted(names, key=lambda name: name == MANIFEST):
        os.replace(staging / name, target / name)


@contextmanager
def _quiet() -> Iterator[None]:
    """
    Silence what the exporter says for developers of exporters.

    It warns that tracing fixes the branches taken, that a newer exporter exists, and that
    shapes were not inferred first.  Whether any of it matters, ``_compare`` finds out.
    """
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
