"""Who may import whom, and how large things may get."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "supportbot"
FILES = sorted(PACKAGE.rglob("*.py"))

PLAIN = {"account", "answer", "conversation", "errors", "money", "settings", "snapshot"} | {
    "helpdesk_settings",
    "slack_settings",
    "source_settings",
    "web_settings",
}
PARTS = {"understanding", "knowledge", "accounts", "store"}
PURE = PLAIN | {"diagnosis", "composing", "knowledge", "understanding", "wording", "redaction"}
EDGE = PURE | PARTS | {"bot", "handing_over", "reply", "replying", "render", "sources", "wiring"}
MAY_IMPORT = {
    "answer": {"account"},
    "conversation": {"account", "answer"},
    "settings": {
        "errors",
        "helpdesk_settings",
        "slack_settings",
        "source_settings",
        "web_settings",
    },
    "helpdesk_settings": {"source_settings"},
    "slack_settings": {"errors", "source_settings"},
    "helpdesk": PLAIN,
    "web_settings": {"errors"},
    "source_settings": {"errors"},
    "snapshot": {"account"},
    "render": {"answer"},
    "diagnosis": PLAIN,
    "understanding": PLAIN,
    "knowledge": PLAIN,
    "accounts": PLAIN,
    "store": PLAIN,
    "composing": PLAIN | {"diagnosis", "knowledge", "understanding", "wording"},
    "reply": PURE,
    "safety": set(),
    "handing_over": PURE | {"reply", "safety"},
    "replying": PURE | {"handing_over", "reply"},
    "bot": PURE | PARTS | {"handing_over", "reply", "replying", "render"},
    "sources": PLAIN | {"accounts"},
    "wiring": PURE | PARTS | {"bot", "sources"},
    "account_text": PURE | {"accounts", "render"},
    "drafting": EDGE | {"account_text"},
    "learning": {"drafting", "redaction", "store"},
    "variants": set(),
    "draft_report": {"redaction", "render", "store"},
    "channels": EDGE | {"account_text", "drafting", "helpdesk", "learning", "variants"},
    "doctor": EDGE | {"channels", "doctor_channels"},
    "doctor_channels": EDGE | {"channels"},
    "evaluation": EDGE,
    "cli": EDGE | {"account_text", "channels", "drafting", "doctor", "draft_report", "evaluation"},
    "__main__": {"cli"},
}
MAY_IMPORT_LATE = {
    "sources",
    "wiring",
    "cli",
    "doctor",
    "doctor_channels",
    "money",
    "understanding",
    "store",
} | {"settings"}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    part = part_of(path)
    allowed = MAY_IMPORT.get(part, set()) | {part}

    for name in imports(path):
        root, _, rest = name.partition(".")
        if root == "supportbot" and rest:
            assert rest.split(".")[0] in allowed, f"{path} must not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_and_functions_stay_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{path}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_own_modules_are_imported_at_the_top_but_where_they_are_heavy(path: Path) -> None:
    if part_of(path) in MAY_IMPORT_LATE:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_top = set(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("supportbot"):
            assert node in at_top, f"{path}, line {node.lineno}: move this import to the top"


def test_no_test_mocks_our_own_code() -> None:
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        mocking = [name for name in imports(path) if name.startswith(("unittest.mock", "mock"))]

        assert not mocking, path


def test_answering_needs_neither_torch_nor_scikit_learn() -> None:
    heavy = {"torch", "sklearn", "scipy", "sentence_transformers", "trafilatura", "onnx"}
    exempt = {
        "training.py",
        "foreign_training.py",
        "fine_tuning.py",
        "encoder_build.py",
        "smoothing.py",
        "encoder.py",
        "ingest_html.py",
        "ingest.py",
    }

    for path in FILES:
        if path.name in exempt:
            continue
        assert not {name.split(".")[0] for name in imports(path)} & heavy, path
