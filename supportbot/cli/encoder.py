"""``supportbot encoder``: making the sentence encoder that answering uses."""

from pathlib import Path
from typing import Annotated

import typer

from supportbot.errors import ConfigError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback()
def encoder() -> None:
    """
    Make a sentence encoder other than the one that ships.

    Example: supportbot encoder build
    """


@app.command()
def build(
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME", help="A model for sentence-transformers; default: MiniLM."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FOLDER", help="Where to; default: into the cache."),
    ] = None,
) -> None:
    """
    Export and quantise a model to ONNX; needs `pip install 'supportbot[train]'`.

    Without --model that is MiniLM as it is published, small and fast. The encoder that ships,
    which `supportbot train --teacher` made, understands more; it is never overwritten.

    Example: supportbot encoder build --output ./minilm
    """
    if model and output is None:
        raise ConfigError("--model needs --output, so that it is clear where the encoder goes.")
    from supportbot.settings import read_settings
    from supportbot.understanding.encoder_build import build_encoder
    from supportbot.understanding.weights import MINILM
    from supportbot.wiring import encoders_folder

    target = output or encoders_folder(read_settings()) / Path(MINILM).name
    report = build_encoder(target, model, lambda step: typer.echo(f"{step} …", err=True))
    typer.echo(
        f"{report.folder}: {report.name}, {report.dimension} dimensions, "
        f"{report.model_bytes / 1e6:.1f} MB, cosine to the original at least "
        f"{report.lowest_cosine:.4f}."
    )
    typer.echo(f"To use it, set SUPPORTBOT_ENCODER=onnx:{target}")
