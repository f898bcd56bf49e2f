"""The baseline beside the triage: TF-IDF and logistic regression. Imported only where scikit-learn is installed."""

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.rows import Row


def leave_one_source_out(rows: Sequence[Row], extra: Sequence[Row]) -> list[int]:
    """Return a guess for each row by a model trained on its language's other sources and the extra rows."""
    guesses: dict[int, int] = {}
    for source in sorted({row.source for row in rows}):
        places = [place for place, row in enumerate(rows) if row.source == source]
        for language in sorted({rows[place].language for place in places}):
            rest = [row for row in (*rows, *extra) if row.source != source and row.language == language]
            asked = [place for place in places if rows[place].language == language]
            kinds = {row.kind for row in rest}
            if len(kinds) < 2:
                guesses.update(dict.fromkeys(asked, next(iter(kinds), 0) or 0))
                continue
            model = make_pipeline(
                TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True),
                LogisticRegression(max_iter=2000, class_weight="balanced"),
            )
            model.fit([row.text for row in rest], [row.kind for row in rest])
            found = model.predict([rows[place].text for place in asked])
            guesses.update(zip(asked, (int(guess) for guess in found), strict=True))
    return [guesses[place] for place in range(len(rows))]
