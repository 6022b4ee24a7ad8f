"""``supportbot tune``: thresholds for each intent, fitted to a budget of wrong answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportbot.errors import ConfigError

if TYPE_CHECKING:
    from supportbot.evaluation.subject import Subject
    from supportbot.evaluation.tuning import Tuning
    from supportbot.settings import Settings

app = typer.Typer(add_completion=False, rich_markup_mode=None)

MOST_SHOWN = 200


@app.command()
def tune(
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="Labelled questions; - reads standard input."),
    ] = None,
    max_wrong: Annotated[
        float,
        typer.Option(
            metavar="SHARE", min=0, max=1, help="So many may be answered about the wrong thing."
        ),
    ] = 0.02,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where to keep them; without it, the cache."),
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Back to the thresholds that came with the matcher.")
    ] = False,
) -> None:
    """
    Fit the confidence from which each intent is answered.

    FILE is as for `supportbot evaluate`; questions that it was not evaluated on tell the truth
    afterwards. The lowest thresholds are taken whose wrong answers stay within the budget, and
    the messages are listed that would now be answered, or no longer.

    Example: supportbot tune questions.jsonl --max-wrong 0.01 --dry-run
    """
    from supportbot.settings import read_settings

    settings = read_settings()
    if (file is None) != reset:
        raise ConfigError("Give either a file of labelled questions, or --reset.")
    if file is None:
        _reset(settings)
        return
    _tune(settings, file, max_wrong, dry_run=dry_run, into=into)


def _tune(
    settings: "Settings", file: str, budget: float, *, dry_run: bool, into: Path | None
) -> None:
    from supportbot.cli.options import place, read_text
    from supportbot.cli.progress import bar
    from supportbot.evaluation.subject import hear, open_subject
    from supportbot.evaluation.tuning import tune as fit

    text = read_text(file, largest=None)
    with bar("Learning the knowledge") as progress:
        subject = open_subject(settings, progress)
    with bar("Listening") as progress:
        heard = hear(subject, text, place(file), progress)
    found = fit(heard, subject.model.thresholds, budget)
    _print(found, budget)
    if dry_run:
        typer.echo("Nothing was changed.")
        return
    typer.echo(f"Kept in {_keep(found, subject, budget, Path(place(file)).name, into)}")


def _keep(
    found: "Tuning", subject: "Subject", budget: float, source: str, into: Path | None
) -> Path:
    from supportbot.understanding.tuned import Tuned, write_tuned

    folder = into or subject.cache / "trained"
    counted = [(share.count, share.of) for share in (found.wrong, found.refused)]
    tuned = Tuned(found.thresholds.by_intent, budget, source, *counted)
    try:
        return write_tuned(tuned, folder / f"{subject.name}.npz")
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be written ({error.strerror}); name another folder with --into."
        ) from error


def _reset(settings: "Settings") -> None:
    from supportbot.settings import cache_dir
    from supportbot.understanding.tuned import tuned_path
    from supportbot.wiring import model_name, open_encoder, open_library

    name = model_name(open_library(settings), open_encoder(settings))
    path = tuned_path(cache_dir(settings) / "trained" / name)
    try:
        path.unlink()
    except FileNotFoundError:
        typer.echo("No thresholds were tuned here; nothing was changed.")
        return
    typer.echo(f"Removed {path}: the thresholds are those that came with the matcher.")


def _print(found: "Tuning", budget: float) -> None:
    from supportbot.account_text import printable
    from supportbot.evaluation.tuning import NEVER

    typer.echo(f"Budget: at most {budget:.1%} wrong answers")
    for share in (found.wrong, found.refused):
        low, high = share.interval
        typer.echo(
            f"{share.name}: {share.count} of {share.of}, {share.share:.1%} "
            f"(95% interval {low:.1%} to {high:.1%})"
        )
    typer.echo("")
    for intent, value in found.thresholds.by_intent.items():
        typer.echo(f"{intent:32} {'never' if value >= NEVER else f'from {value:.2f}'}")
    typer.echo(f"\n{len(found.flips)} messages would be taken otherwise:")
    for flip in found.flips[:MOST_SHOWN]:
        words = " ".join(flip.heard.case.text.split())
        typer.echo(
            printable(
                f"  {flip.before} -> {flip.after}: {flip.intent} {flip.confidence:.2f}, meant "
                f"{', '.join(flip.heard.case.intents)}: {words}"
            )
        )
