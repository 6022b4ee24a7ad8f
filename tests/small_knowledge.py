"""A few of the articles that ship, with a few questions each: learnt in a moment."""

import shutil
from pathlib import Path

SHIPPED = Path(__file__).parents[1] / "knowledge"
ARTICLES = (
    "credit-expiry",
    "prepaid-card",
    "account-balance",
    "invoices",
    "thanks",
    "human-handoff",
    "not-covered-refunds",
    "out-of-scope",
)
QUESTIONS = 16


def small_knowledge(folder: Path) -> Path:
    """Make the folder, and return it."""
    shutil.copytree(SHIPPED / "docs", folder / "docs")
    (folder / "faq").mkdir()
    for slug in ARTICLES:
        text = (SHIPPED / "faq" / f"{slug}.md").read_text(encoding="utf-8")
        (folder / "faq" / f"{slug}.md").write_text(shortened(text), encoding="utf-8")
    return folder


def shortened(article: str) -> str:
    """Keep the first questions of an article."""
    before, heading, rest = article.partition("asked as:\n")
    lines = rest.split("\n")
    asked = next(n for n, line in enumerate(lines) if not line.startswith("  "))
    kept = (*lines[: min(asked, QUESTIONS)], *lines[asked:])
    return before + heading + "\n".join(kept)
