"""scikit-learn: TF-IDF of words and of characters, and a linear support vector machine."""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

joblib = importlib.import_module("joblib")  # comes with scikit-learn; has no types


def learn(examples: Sequence[dict[str, str]], kept: Path) -> None:
    """Fit and save the pipeline."""
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    pipeline = make_pipeline(features, LinearSVC())
    pipeline.fit([each["text"] for each in examples], [each["label"] for each in examples])
    joblib.dump(pipeline, kept / "pipeline.joblib")


def load(kept: Path) -> Callable[[str], str | None]:
    """Load the pipeline; it always decides."""
    pipeline = joblib.load(kept / "pipeline.joblib")

    def answer(text: str) -> str | None:
        return str(pipeline.predict([text])[0])

    return answer
