"""Route: questions to offer, those nearest to the page first."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from rapidfuzz import fuzz

from supportbot.bot import SUGGESTED
from supportbot.channels.problems import responses
from supportbot.channels.site import Site
from supportbot.knowledge.article import Article
from supportbot.knowledge.library import Library
from supportbot.replying import OUTCOMES

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
        return {"suggestions": suggested(site.bot().library, page)}

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
    """Compare words alone: a page's name is a few words, a question a sentence."""
    words = " ".join((article.title, article.slug, *article.docs))
    for mark in "-_/#?":
        page, words = page.replace(mark, " "), words.replace(mark, " ")
    return fuzz.token_set_ratio(page.lower(), words.lower()) if page.strip() else 0.0


EXAMPLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Questions to offer.",
        "content": {"application/json": {"example": {"suggestions": ["Do credits expire?", "…"]}}},
    }
}
