"""Answers that say the same come together, whatever else there is."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.grading.results import alike
from tests.grading import essays, hostile


@settings(max_examples=60, deadline=None)
@given(st.lists(hostile.texts, max_size=12))
def test_every_text_is_in_one_group_and_the_same_texts_are_together(texts):
    groups = alike.groups(texts)
    assert sorted(place for group in groups for place in group) == list(range(len(texts)))
    for group in groups:
        for place, text in enumerate(texts):
            if text in [texts[other] for other in group]:
                assert place in group
    assert [len(group) for group in groups] == sorted(map(len, groups), reverse=True)


def test_opinions_come_together_in_whatever_order_they_are_handed_in():
    texts = essays.texts(60, seed=1)
    opinion = [next(o for o in essays.OPINIONS if o in text) for text in texts]
    random.Random(2).shuffle(order := list(range(len(texts))))
    groups = alike.groups([texts[place] for place in order])
    assert len(groups) <= 2 * len(essays.OPINIONS)
    for group in groups:
        assert len({opinion[order[place]] for place in group}) == 1
