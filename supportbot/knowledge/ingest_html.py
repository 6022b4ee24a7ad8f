"""Takes the main text out of a web page; kept apart because trafilatura is slow to load."""

import trafilatura
from trafilatura.metadata import extract_metadata

from supportbot.errors import ArticleError
from supportbot.knowledge.cutting import Page, cut_markdown


def cut_html(html: str, path: str, title: str) -> Page:
    """
    Cut the main text of a page at its headings; menus and footers are dropped.

    Raises:
        ArticleError: the page has no text to speak of.
    """
    text = trafilatura.extract(
        html,
        output_format="markdown",
        favor_recall=True,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
    )
    if not text:
        problem = "no text was found in this page; save the page itself, or its text as .txt"
        raise ArticleError(path, 1, problem)
    metadata = extract_metadata(html)
    page = cut_markdown(text, (metadata and metadata.title) or title)
    url = metadata.url if metadata else None
    return Page(page.title, page.pieces, page.left_out, url)
