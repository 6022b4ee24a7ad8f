"""
The one file that names concrete backends: from settings to a bot that works.

Heavy packages are imported where they are first needed, so that a command pays only for what
it uses.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from supportbot.errors import EncoderUnavailable, InputError
from supportbot.settings import Settings, cache_dir
from supportbot.understanding.adopted import SHIPPED_ENCODER, in_use

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sqlalchemy import Engine

    from supportbot.accounts.source import AccountList
    from supportbot.bot import Bot
    from supportbot.conversation import Conversations
    from supportbot.knowledge.library import Library
    from supportbot.understanding.encoder import Encoder
    from supportbot.understanding.foreign import Translator
    from supportbot.understanding.model import Model
    from supportbot.understanding.topics import Topic

PACKAGE: Final = Path(__file__).parent
SHIPPED_MODELS: Final = PACKAGE / "understanding" / "trained"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Backends:
    """What commands work with; ``engine`` is None in a demo, which has no database."""

    settings: Settings
    accounts: "AccountList"
    conversations: "Conversations"
    engine: "Engine | None" = None

    def close(self) -> None:
        """Let go of the database and of other systems."""
        from supportbot.accounts.source import close_source

        close_source(self.accounts)
        if self.engine:
            self.engine.dispose()


def open_backends(settings: Settings, *, demo: bool = False) -> Backends:
    """
    Open the accounts and the conversations; in a demo sample accounts, and nothing is kept.

    Raises:
        ConfigError: the address of the database makes no sense.
        StoreUnavailable: it cannot be opened or migrated.
    """
    return _demo_backends(settings) if demo else _database_backends(settings)


def _demo_backends(settings: Settings) -> Backends:
    """Do without a database: its libraries are a third of the time to a first answer."""
    from supportbot.accounts.demo import demo_records
    from supportbot.accounts.memory import MemoryAccounts
    from supportbot.store.memory import MemoryConversations

    accounts = MemoryAccounts({account.id: account for account in demo_records()}, "demo")
    return Backends(settings, accounts, MemoryConversations())


def _database_backends(settings: Settings) -> Backends:
    from supportbot.sources import open_accounts
    from supportbot.store.conversations import ConversationStore

    engine = open_database(settings)
    return Backends(settings, open_accounts(settings, engine), ConversationStore(engine), engine)


def open_database(settings: Settings) -> "Engine":
    """
    Open the database, brought up to date.

    Raises:
        ConfigError: its address makes no sense.
        StoreUnavailable: it cannot be opened or migrated.
    """
    from supportbot.store.engine import open_engine
    from supportbot.store.schema import upgrade

    engine = open_engine(settings.database_url)
    upgrade(engine)
    return engine


def open_bot(
    backends: Backends,
    progress: Progress | None = None,
    encoder: "Future[Encoder | None] | None" = None,
    library: "Library | None" = None,
) -> "Bot":
    """
    Put a bot together; ``progress`` is told how far the learning of new knowledge is.

    ``encoder`` is one that is being opened beside, by ``encoder_beside``; without a ``library``
    it is the one that is configured.
    """
    from supportbot.bot import Bot
    from supportbot.understanding.matcher import Matcher

    library = library or open_library(backends.settings)
    opened = encoder.result() if encoder else open_encoder(backends.settings)
    model = open_model(backends.settings, library, opened, progress)
    matcher = Matcher(model, opened, open_translator(backends.settings, library))
    return Bot(
        matcher,
        library,
        backends.accounts,
        backends.conversations,
        hands_over=backends.settings.hand_over,
    )


def knowledge_folder(settings: Settings) -> Path:
    """Return the operator's folder of knowledge, or the one that ships."""
    if settings.knowledge:
        return settings.knowledge
    in_wheel = PACKAGE / "shipped_knowledge"
    return in_wheel if in_wheel.is_dir() else PACKAGE.parent / "knowledge"


def open_library(settings: Settings) -> "Library":
    """Open the folder of knowledge; its files are read when they are needed."""
    from supportbot.knowledge.library import Library

    return Library(knowledge_folder(settings))


def open_encoder(settings: Settings) -> "Encoder | None":
    """
    Open the encoder; None when it cannot be used, as matching goes on without.

    Without a setting it is the one that was trained here and adopted, else the one that ships.
    """
    from supportbot.understanding.encoder import open_encoder as open_named

    for folder in dict.fromkeys((adopted_encoder(settings), SHIPPED_ENCODER)):
        with suppress(EncoderUnavailable):
            return open_named(settings.encoder, folder)
    return None


def encoders_folder(settings: Settings) -> Path:
    """Return the folder of the encoders that were trained here; it may not be there yet."""
    return cache_dir(settings) / "encoders"


def adopted_encoder(settings: Settings) -> Path:
    """Return the folder of the encoder that is in use without a setting."""
    folder = encoders_folder(settings)
    name = in_use(folder).now
    return folder / name if name else SHIPPED_ENCODER


def encoder_beside(settings: Settings) -> "Future[Encoder | None]":
    """Open the encoder in a thread: most of it is work outside Python, imports go on beside it."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(1).submit(open_encoder, settings)


def open_model(
    settings: Settings,
    library: "Library",
    encoder: "Encoder | None",
    progress: Progress | None = None,
) -> "Model":
    """Load what was learnt from this knowledge with this encoder, or learn it now."""
    from supportbot.understanding.model import load_model

    name = model_name(library, encoder)
    own = cache_dir(settings) / "trained"
    for folder in (SHIPPED_MODELS, own):
        path = folder / name
        if path.is_file():
            with suppress(InputError):
                return _tuned(load_model(path), own / name, path)
    return _tuned(train_model(library, encoder, own / name, progress), own / name)


def open_translator(settings: Settings, library: "Library") -> "Translator":
    """Return what reads other languages; it opens what it needs when it is first asked."""
    from supportbot.understanding.foreign import LazyTranslator

    return LazyTranslator(lambda: foreign_reader(settings, library))


def foreign_reader(settings: Settings, library: "Library") -> "Translator | None":
    """Load what was learnt of other languages; None: nothing was, and they are refused."""
    from supportbot.understanding.foreign import ForeignReader
    from supportbot.understanding.model import load_model
    from supportbot.understanding.multilingual import MultilingualEncoder

    encoder = MultilingualEncoder()
    name = foreign_model_name(library, encoder)
    for folder in (SHIPPED_MODELS, cache_dir(settings) / "trained"):
        with suppress(InputError):
            return ForeignReader(load_model(folder / name), encoder)
    return None


def foreign_model_name(library: "Library", encoder: "Encoder") -> str:
    """Name a model for other languages by what it was trained from."""
    return model_name(library, encoder).replace(".npz", ".foreign.npz")


def train_foreign_model(
    library: "Library", folder: Path, progress: Progress | None = None
) -> "Path | None":
    """
    Learn other languages and keep that in ``folder``; None: there was nothing to learn.

    Raises:
        EncoderUnavailable: the multilingual encoder cannot be used.
    """
    from supportbot.understanding.foreign_training import train_foreign
    from supportbot.understanding.model import save_model
    from supportbot.understanding.multilingual import MultilingualEncoder

    encoder = MultilingualEncoder()
    model = train_foreign(topics_of(library), encoder, progress)
    if model is None:
        return None
    path = folder / foreign_model_name(library, encoder)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        save_model(model, path)
    return path


def _tuned(model: "Model", *paths: Path) -> "Model":
    """Return ``model`` with the thresholds that ``supportbot tune`` left beside a path, if any."""
    from supportbot.understanding.tuned import read_tuned

    found = next(filter(None, map(read_tuned, paths)), None)
    return replace(model, thresholds=found.thresholds(model.thresholds)) if found else model


def model_name(library: "Library", encoder: "Encoder | None") -> str:
    """Name a trained model by what it was trained from: the questions and the encoder."""
    import hashlib

    from supportbot.understanding.model import FORMAT

    grounds = f"{FORMAT}\0{library.questions_version}\0{encoder.name if encoder else ''}"
    return f"{hashlib.sha256(grounds.encode()).hexdigest()[:20]}.npz"


def train_model(
    library: "Library", encoder: "Encoder | None", path: Path, progress: Progress | None = None
) -> "Model":
    """
    Train the matcher on the articles' questions and keep what it learnt at ``path``.

    Raises:
        ArticleError: an article cannot be understood.
    """
    from supportbot.understanding.model import save_model
    from supportbot.understanding.training import train

    model = train(topics_of(library), encoder, progress)
    with suppress(OSError):  # a cache that cannot be written costs time, not the answer
        path.parent.mkdir(parents=True, exist_ok=True)
        save_model(model, path)
    return model


def topics_of(library: "Library") -> tuple["Topic", ...]:
    """Return what the matcher learns: every article with its questions."""
    from supportbot.understanding.topics import Topic

    return tuple(
        Topic(article.slug, article.intent, article.title, article.asked_as, article.asked_abroad)
        for article in library.articles.values()
    )
