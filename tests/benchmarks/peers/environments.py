"""
The environments that peers run in: made on demand below the user's cache folder.

A peer's environment counts as there once its list of packages has been written into it, so that
an installation that was interrupted, or is of other versions, is made anew.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from tests.benchmarks.peers.catalogue import Peer

ROOM: Final = "python -m tests.benchmarks.peers"
SERVER: Final = Path(__file__).parent / "serving.py"
NODE: Final = "node"

ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1"
)
OFFLINE: Final = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
CHECKOUT: Final = Path(__file__).parents[3]
"""Measured even where another one is installed."""


class CannotInstall(Exception):
    """An installation failed; says what to do."""


def folder_of(peer: Peer) -> Path:
    """Return where a peer's environment is, or would be."""
    return user_cache_path("supportbot-peers") / peer.name


def missing(peer: Peer) -> str | None:
    """Return the command that would make the environment; None: it is there."""
    if peer.home == "here" or _noted(peer) == list(peer.requires):
        return None
    return f"{ROOM} --install {peer.name}"


def command(peer: Peer) -> list[str]:
    """Return the command that starts a peer; ``-P`` keeps our files from shadowing packages."""
    if peer.home == "node":
        return [NODE, str(peer.path)]
    return [str(_python(peer)), "-P", str(SERVER), str(peer.path)]


def variables(peer: Peer) -> Mapping[str, str]:
    """Return the environment variables: one thread each, and nothing is fetched from a hub."""
    ours = {"PYTHONPATH": str(CHECKOUT)} if peer.home == "here" else {}
    modules = {"NODE_PATH": str(folder_of(peer) / "node_modules")} if peer.home == "node" else {}
    return {**os.environ, **ONE_THREAD, **OFFLINE, **ours, **modules}


def install(peer: Peer) -> None:
    """
    Make a peer's environment anew, unless it is there.

    Raises:
        CannotInstall: a package cannot be had, or is not for this machine.
    """
    if missing(peer) is None:
        return
    folder = folder_of(peer)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for step in _node_steps(peer) if peer.home == "node" else _python_steps(peer):
        _run(step, peer)
    _note(peer).write_text(json.dumps(peer.requires), encoding="utf-8")


def _python_steps(peer: Peer) -> list[list[str]]:
    pip = [str(_python(peer)), "-m", "pip", "install", "--quiet"]
    first = [peer.first] if peer.first else []
    steps = [[sys.executable, "-m", "venv", str(folder_of(peer))]]
    return [*steps, *([*pip, name] for name in first), [*pip, *first, *peer.requires]]


def _node_steps(peer: Peer) -> list[list[str]]:
    return [["npm", "install", "--silent", "--prefix", str(folder_of(peer)), *peer.requires]]


def _run(step: list[str], peer: Peer) -> None:
    print(" ".join(step))
    try:
        done = subprocess.run(step, check=False)
    except FileNotFoundError as fault:
        raise CannotInstall(f"{peer.name} needs {step[0]}, which is not installed.") from fault
    if done.returncode:
        raise CannotInstall(f"{peer.name} could not be installed; the lines above say why.")


def _python(peer: Peer) -> Path:
    return Path(sys.executable) if peer.home == "here" else folder_of(peer) / "bin" / "python"


def _note(peer: Peer) -> Path:
    return folder_of(peer) / "installed.json"


def _noted(peer: Peer) -> object:
    try:
        return json.loads(_note(peer).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
