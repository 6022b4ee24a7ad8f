"""``supportbot encoder``: making the sentence encoder that answering uses."""

from pathlib import Path
from typing import Annotated

import typer

from supportbot.errors import ConfigError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback()
def encoder() -> None:
    """
    Make the sentence encoder that ships, or another.

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
        typer.Option("--output", metavar="FOLDER", help="Where to; default: into the package."),
    ] = None,
) -> None:
    """
    Export and quantise a model to ONNX; needs `pip install 'supportbot[train]'`.

    Example: supportbot encoder build --output ./minilm
    """
    if model and output is None:
        raise ConfigError("--model needs --output, so that the encoder that ships stays as it is.")
    from supportbot.understanding.encoder_build import SHIPPED, build_encoder

    report = build_encoder(output or SHIPPED, model, lambda step: typer.echo(f"{step} …", err=True))
    typer.echo(
        f"{report.folder}: {report.name}, {report.dimension} dimensions, "
        f"{report.model_bytes / 1e6:.1f} MB, cosine to the original at least "
        f"{report.lowest_cosine:.4f}."
    )
    if output:
        typer.echo(f"To use it, set SUPPORTBOT_ENCODER=onnx:{output}")
