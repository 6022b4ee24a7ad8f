"""``supportbot train``: fine-tunes the encoder on the knowledge in use."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from supportbot.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from supportbot.evaluation.candidates import Judged
    from supportbot.settings import Settings
    from supportbot.understanding.encoder import Encoder
    from supportbot.understanding.teaching import Teacher
    from supportbot.understanding.topics import Topic

app = typer.Typer(add_completion=False, rich_markup_mode=None)

TeacherFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        exists=True,
        file_okay=False,
        help="A larger sentence-transformers model, of which a part is used.",
    ),
]
TextsFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Texts that the teacher shows as well, one a line, without labels.",
    ),
]


@app.command()
def train(
    epochs: Annotated[
        int | None, typer.Option(min=1, max=50, help="How often each question is seen.")
    ] = None,
    teacher: TeacherFolder = None,
    layers: Annotated[
        int | None,
        typer.Option(min=1, help="How many of the teacher's layers are used; default: 8."),
    ] = None,
    texts: TextsFile = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write the encoder there, judge it, adopt nothing."),
    ] = None,
    back: Annotated[
        bool, typer.Option("--back", help="Use the encoder again that was in use before.")
    ] = False,
) -> None:
    """
    Fine-tune the sentence encoder on the knowledge in use; needs `supportbot[train]`.

    One question in seven is kept from it. On half of those the new encoder and the one in use
    are judged alike, and the new one is adopted if it understands no less and answers no more
    about the wrong thing; exit 1 if not. About a quarter of an hour on two cores. What is
    adopted is learnt at the next start.

    That makes the small MiniLM. With --teacher a larger model learns the questions first, and
    then teaches what remains of it without the layers that are missed least: so was the encoder
    that ships made, in about an hour. It understands more of what is asked, and takes longer.

    Example: supportbot train --teacher all-mpnet-base-v2 --texts messages.txt
    """
    from supportbot.settings import read_settings

    settings = read_settings()
    if back:
        if any((epochs, teacher, layers, texts, output)):
            raise ConfigError("--back goes alone; leave the other options out.")
        _go_back(settings)
        return
    if (texts or layers) and not teacher:
        raise ConfigError("--texts and --layers are for a teacher: give --teacher, too.")
    if settings.encoder and output is None:
        raise ConfigError(
            "SUPPORTBOT_ENCODER names the encoder to use, so that another one could not be "
            "adopted; unset it, or give --output."
        )
    teaching = _teacher(teacher, layers, texts) if teacher else None
    _train(settings, epochs, teaching, output)


def _train(
    settings: "Settings", epochs: int | None, teacher: "Teacher | None", output: Path | None
) -> None:
    from supportbot.cli.progress import bar
    from supportbot.evaluation.candidates import judge, make, passes
    from supportbot.understanding.fine_tuning import Recipe
    from supportbot.understanding.teaching import PUPILS
    from supportbot.wiring import encoders_folder, open_encoder, open_library, topics_of

    topics = topics_of(open_library(settings))
    current = open_encoder(settings)
    if current is None:
        raise ConfigError("The encoder in use cannot be opened; `supportbot doctor` says why.")
    recipe = replace(PUPILS if teacher else Recipe(), epochs=epochs)
    target = output or encoders_folder(settings) / ".candidate"
    with bar("Fine-tuning") as progress:
        report = make(topics, target, recipe, progress, _say, teacher)
    typer.echo("Judging both …", err=True)
    before, after = judge(topics, current), judge(topics, _opened(target))
    _print(before, after)
    if output:
        typer.echo(f"Written to {output}; to use it, set SUPPORTBOT_ENCODER=onnx:{output}")
        return
    if not passes(after, before):
        shutil.rmtree(target)
        typer.echo("It is not adopted: the encoder in use does better.", err=True)
        raise typer.Exit(1)
    _adopt(settings, target, report.name, topics)


def _teacher(folder: Path, layers: int | None, texts: Path | None) -> "Teacher":
    from supportbot.understanding.teaching import LAYERS, Teacher

    return Teacher(folder, _lines(texts), layers=layers or LAYERS)


def _lines(path: Path | None) -> tuple[str, ...]:
    from supportbot.cli.options import read_text

    lines = read_text(str(path), largest=None).splitlines() if path else ()
    return tuple(line for line in lines if line.strip())


def _say(what: str) -> None:
    typer.echo(f"{what} …", err=True)


def _adopt(settings: "Settings", target: Path, name: str, topics: "Sequence[Topic]") -> None:
    from supportbot.understanding.adopted import adopt, in_use
    from supportbot.wiring import encoders_folder

    folder = encoders_folder(settings)
    named = name.replace("@", "-")
    if in_use(folder).now == named:  # adopting it again would forget the one to go back to
        shutil.rmtree(target)
        typer.echo(f"It is the encoder in use, {folder / named}, byte for byte; nothing changed.")
        return
    shutil.rmtree(folder / named, ignore_errors=True)
    target.rename(folder / named)
    adopt(folder, named)
    typer.echo(
        f"Adopted as {folder / named}. `supportbot knowledge compile` learns the {len(topics)} "
        "articles with it now; `supportbot train --back` goes back."
    )


def _go_back(settings: "Settings") -> None:
    from supportbot.understanding.adopted import go_back, in_use
    from supportbot.wiring import encoders_folder

    folder = encoders_folder(settings)
    if in_use(folder).now is None and in_use(folder).before is None:
        raise ConfigError("No encoder was adopted here, so there is none to go back from.")
    note = go_back(folder)
    typer.echo(f"In use now: {note.now or 'the encoder that ships'}.")


def _opened(folder: Path) -> "Encoder":
    from supportbot.understanding.encoder import OnnxEncoder

    return OnnxEncoder.open(folder)


def _print(before: "Judged", after: "Judged") -> None:
    typer.echo(f"{after.questions} questions that neither has seen:")
    for was, becomes in zip(before.shares, after.shares, strict=True):
        typer.echo(f"  {was.name:40} {was.share:6.1%} -> {becomes.share:6.1%}")
