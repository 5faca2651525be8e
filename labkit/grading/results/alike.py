"""Put texts together that say nearly the same, so that a person reads them one after the other."""

import unicodedata
from collections.abc import Sequence

import numpy as np

# Between 0, the same, and 1, not a run of letters in common: found on answers to questions of the
# labs, where 0.6 keeps a sentence with two words changed and parts other reasons.
_APART = 0.6


def groups(texts: Sequence[str]) -> list[list[int]]:
    """Return the places of texts in groups of those that are alike, large groups first.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    list of list of int
        Every place is in one group. Within a group, the same texts follow each other.
    """
    plain = [_letters(text) for text in texts]
    different = sorted(set(plain))
    labels = dict(zip(different, _labels(different), strict=True))
    found: dict[int, list[int]] = {}
    for place, text in sorted(enumerate(plain), key=lambda item: item[1]):
        found.setdefault(labels[text], []).append(place)
    return sorted(found.values(), key=lambda group: (-len(group), group[0]))


def _letters(text: str) -> str:
    """Return a text without what makes no difference: case, spaces, signs."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _labels(texts: list[str]) -> list[int]:
    """Return a number for each of several different texts, the same for those that are alike."""
    if len(texts) < 2 or not any(texts):
        return list(range(len(texts)))
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)).fit_transform(texts)
    distances = np.clip(1 - (rows @ rows.T).toarray(), 0, 1)
    np.fill_diagonal(distances, 0)
    clusters = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=_APART
    )
    return clusters.fit_predict(distances).tolist()
