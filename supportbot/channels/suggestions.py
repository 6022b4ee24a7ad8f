"""Route: questions to offer, those nearest to the page first."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from rapidfuzz import fuzz

from supportbot.bot import SUGGESTED
from supportbot.channels.problems import responses
from supportbot.channels.site import Site
from supportbot.knowledge.article import Article
from supportbot.knowledge.library import Library
from supportbot.replying import OUTCOMES

QUOTED: Final = 0.8
MOST: Final = 4
NEAR: Final = 60
"""Of 100: how alike a page and a question must be for the question to come first."""


def suggestion_routes(site: Site) -> APIRouter:
    """Return the route /v1/suggestions."""
    router = APIRouter(prefix="/v1/suggestions", tags=["suggestions"])

    @router.get("", responses={**EXAMPLE, **responses(422, 429)})
    def get_suggestions(
        page: Annotated[
            str, Query(max_length=300, description="The title or the path of the page.")
        ] = "",
    ) -> dict[str, list[str]]:
        """Return questions to offer."""
        return {"suggestions": suggested(site.serving().bot.library, page)}

    return router


def suggested(library: Library, page: str) -> list[str]:
    """Return at most four questions, those about the page before the usual ones."""
    answering = [each for each in library.articles.values() if each.intent not in OUTCOMES]
    scored = [(_likeness(page, article), article.title) for article in answering]
    near = sorted((each for each in scored if each[0] >= NEAR), key=lambda each: -each[0])
    usual = [library.articles[slug].title for slug in SUGGESTED if slug in library.articles]
    rest = [article.title for article in answering]
    titles = [title for _, title in near[: MOST - 1]]
    return list(dict.fromkeys((*titles, *usual, *rest)))[:MOST]


def _likeness(page: str, article: Article) -> float:
    """Compare words alone; what an article is called says more than what it quotes."""
    own, quoted = f"{article.title} {article.slug}", " ".join(article.docs)
    words = _words(page)
    if not words:
        return 0.0
    return max(
        fuzz.token_set_ratio(words, _words(own)),
        QUOTED * fuzz.token_set_ratio(words, _words(quoted)),
    )


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


EXAMPLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Questions to offer.",
        "content": {"application/json": {"example": {"suggestions": ["Do credits expire?", "…"]}}},
    }
}
