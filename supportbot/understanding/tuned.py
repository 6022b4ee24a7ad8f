"""
Thresholds that were fitted to a budget, kept in a file of their own beside what was learnt.

They outlive a look at another budget, and taking them away leaves what was learnt as it was.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from supportbot.understanding.model import Thresholds


@dataclass(frozen=True, slots=True)
class Tuned:
    """
    Where each intent answers from, and what that was fitted on.

    ``budget`` is the share of wrong answers that was allowed, ``wrong`` and ``refused`` what
    was found: a count and of how many.
    """

    by_intent: Mapping[str, float]
    budget: float
    source: str
    wrong: tuple[int, int]
    refused: tuple[int, int]

    def thresholds(self, learnt: Thresholds) -> Thresholds:
        """Return the thresholds that were learnt, with these in their place."""
        return replace(learnt, by_intent=dict(self.by_intent))


def tuned_path(model: Path) -> Path:
    """Return where the thresholds for the trained matcher at ``model`` are kept."""
    return model.with_suffix(".thresholds.json")


def read_tuned(model: Path) -> Tuned | None:
    """Return what was kept for the matcher at ``model``; None if there is nothing of use."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        said = json.loads(tuned_path(model).read_text(encoding="utf-8"))
        by_intent = {str(name): float(value) for name, value in said["by_intent"].items()}
        wrong, refused = tuple(said["wrong"]), tuple(said["refused"])
        return Tuned(by_intent, float(said["budget"]), str(said["source"]), wrong, refused)
    return None


def write_tuned(tuned: Tuned, model: Path) -> Path:
    """Keep ``tuned`` for the matcher at ``model``, and return where."""
    path = tuned_path(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(tuned), indent=2) + "\n", encoding="utf-8")
    return path
