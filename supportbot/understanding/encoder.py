"""
Text to vectors: a sentence becomes a row of floats, near to rows that mean much the same.

``OnnxEncoder`` runs the model that ships (``mpnet/``) with neither torch nor a network;
``SentenceTransformersEncoder`` runs any other one directly.

Every text goes through the model alone, without padding.  Int8 quantisation takes its scales
from the whole batch, so a text in company would get another vector than the same text alone,
and the same question would no longer give the same bytes.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from supportbot.errors import ConfigError, EncoderUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

# onnxruntime writes telemetry below the home folder unless this is set when it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

MANIFEST = "encoder.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"

MAX_TOKENS = 128
"""How much of a text is read: what the model was trained with, about 90 words."""

REBUILD = "Install supportbot anew; `supportbot encoder build` makes another one."


class Encoder(Protocol):
    """Anything that turns texts into vectors."""

    @property
    def name(self) -> str:
        """Names the model and its version: thresholds and caches belong to one name."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    @property
    def reserved_one_in(self) -> int | None:
        """Fine-tuning saw all known questions but those reserved; None: it saw none of them."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """
        Return one row of length 1 for each text, in the same order.

        A row depends on its own text alone, never on the others.
        """


@dataclass(frozen=True, slots=True)
class ShippedFile:
    """What a file of an encoder must be."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The part of ``encoder.json`` that answering needs; the rest is provenance."""

    name: str
    dimension: int
    max_tokens: int
    reserved_one_in: int | None
    model: ShippedFile
    tokenizer: ShippedFile

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises EncoderUnavailable: there is no ``encoder.json``, or it makes no sense."""
        path = folder / MANIFEST
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            files = fields["files"]
            return cls(
                name=str(fields["name"]),
                dimension=int(fields["dimension"]),
                max_tokens=int(fields["max_tokens"]),
                reserved_one_in=fields.get("fine_tuned", {}).get("reserved_one_in"),
                model=ShippedFile(**files[MODEL]),
                tokenizer=ShippedFile(**files[TOKENIZER]),
            )
        except OSError as fault:
            problem = f"{path}: {fault.strerror}"
        except (ValueError, KeyError, TypeError):
            problem = f"{path} is damaged"
        raise EncoderUnavailable(f"The encoder cannot be read: {problem}. {REBUILD}")


@dataclass(frozen=True, slots=True)
class OnnxEncoder:
    """A model exported by ``supportbot encoder build``.  Threads may share one."""

    name: str
    dimension: int
    reserved_one_in: int | None
    _session: "InferenceSession"
    _tokenizer: "Tokenizer"

    @classmethod
    def open(cls, folder: Path) -> Self:
        """
        Check every byte of the files against ``encoder.json``, then load them.

        The check is the full hash, not the size alone: it takes about 1 ms a megabyte.

        Raises:
            EncoderUnavailable: a file is missing, truncated or not the one that was built.
        """
        manifest = Manifest.read(folder)
        check_file(folder / MODEL, manifest.model)
        check_file(folder / TOKENIZER, manifest.tokenizer)
        return cls(
            name=f"{manifest.name}@{manifest.model.sha256[:12]}",
            dimension=manifest.dimension,
            reserved_one_in=manifest.reserved_one_in,
            _session=_load_session(folder / MODEL),
            _tokenizer=_load_tokenizer(folder / TOKENIZER, manifest.max_tokens),
        )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Encoder.encode``: one forward pass a text (the module says why)."""
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = self._encode_one(text)
        return rows

    def _encode_one(self, text: str) -> NDArray[np.float32]:
        ids = self._tokenizer.encode(_well_formed(text)).ids
        inputs = {
            "input_ids": np.array([ids], dtype=np.int64),
            "attention_mask": np.ones((1, len(ids)), dtype=np.int64),
        }
        (embeddings,) = self._session.run(["embedding"], inputs)
        row: NDArray[np.float32] = embeddings[0]
        return row


class SentenceTransformersEncoder:
    """
    Any model that sentence-transformers loads, by name or folder; needs the extra ``train``.

    A name that is not a folder may be downloaded from the Hugging Face hub.
    """

    def __init__(self, name: str) -> None:
        """Raises EncoderUnavailable: the library or the model cannot be loaded."""
        self.name = f"sentence-transformers:{name}"
        self.reserved_one_in = None
        self._model = load_sentence_transformer(name)
        self.dimension = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See ``Encoder.encode``: padding shifts the last bits, hence a batch of one."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        rows = self._model.encode(
            [_well_formed(text) for text in texts],
            batch_size=1,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(rows, dtype=np.float32)


def open_encoder(spec: str | None, default_folder: Path) -> Encoder:
    """
    Open the encoder that ``SUPPORTBOT_ENCODER`` asks for; None: the one that ships.

    ``sentence-transformers:NAME`` runs a model directly; ``onnx:FOLDER`` is one that
    ``build_encoder`` wrote elsewhere.

    Raises:
        ConfigError: ``spec`` is neither.
        EncoderUnavailable: it is, but cannot be loaded.
    """
    if not spec:
        return OnnxEncoder.open(default_folder)
    kind, _, name = spec.partition(":")
    if kind == "sentence-transformers" and name:
        return SentenceTransformersEncoder(name)
    if kind == "onnx" and name:
        return OnnxEncoder.open(Path(name))
    raise ConfigError(
        f"SUPPORTBOT_ENCODER is {spec!r}: leave it unset for the encoder that ships, or give "
        "sentence-transformers:NAME or onnx:FOLDER."
    )


def check_file(path: Path, expected: ShippedFile) -> None:
    """Raise EncoderUnavailable unless ``path`` is byte for byte the file expected."""
    try:
        size = path.stat().st_size
        found = sha256_of(path) if size == expected.bytes else None
    except OSError as fault:
        problem = f"{path}: {fault.strerror}"
    else:
        if found == expected.sha256:
            return
        problem = (
            f"{path} has the sha256 {found}, not {expected.sha256}"
            if found
            else f"{path} has {size} bytes, not {expected.bytes}"
        )
    raise EncoderUnavailable(f"The encoder cannot be used: {problem}. {REBUILD}")


def load_sentence_transformer(name: str, **model_options: str) -> Any:  # noqa: ANN401
    """
    Load a model by name or folder; ``model_options`` go to transformers.

    Raises:
        EncoderUnavailable: the extra ``train`` is not installed, or the model cannot be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as fault:
        raise EncoderUnavailable(f"{fault}: pip install 'supportbot[train]'.") from fault
    hide_progress: Callable[[], None] = logging.disable_progress_bar
    hide_progress()
    # Safetensors only: loading a pickle runs whatever is in it.
    options = {"use_safetensors": True, **model_options}
    try:
        return SentenceTransformer(name, device="cpu", model_kwargs=options)
    except Exception as fault:  # a hub, a file or a configuration: no common base
        raise EncoderUnavailable(
            f"sentence-transformers cannot load {name!r} ({fault}): "
            "give a folder or a name on the Hugging Face hub."
        ) from fault


def sha256_of(path: Path) -> str:
    """In hexadecimal, as ``sha256sum`` prints it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load_session(path: Path) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a forward takes milliseconds; threads serve other people
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # Fusing the graph gains nothing for int8 weights: 4.8 ms a question instead of 4.5.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # onnxruntime's errors share no narrower base
        raise EncoderUnavailable(f"onnxruntime cannot load {path}: {fault}. {REBUILD}") from fault


def _load_tokenizer(path: Path, max_tokens: int) -> "Tokenizer":
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as fault:  # tokenizers raises Exception itself
        raise EncoderUnavailable(f"{path} is no tokenizer: {fault}. {REBUILD}") from fault
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def _well_formed(text: str) -> str:
    """Replace lone surrogates (half an emoji), which the tokenizer refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")
