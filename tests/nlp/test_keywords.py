from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.keyword_key import keyword_key, singular
from nlp.keywords import LONGEST_PHRASE, keywords_of
from nlp.language import LANGUAGES
from nlp.stop_words import stop_words


def names(text: str, language: str = "en") -> list[str]:
    return [keyword.text for keyword in keywords_of(text, language)]


def test_phrases_stand_between_stop_words_and_punctuation() -> None:
    assert set(names("The battery life of this phone is great, screen quality too")) == {
        "battery life",
        "phone",
        "screen quality",
    }


@pytest.mark.parametrize(
    "text",
    ["Good app", "So easy, great!", "Very very nice, love it", "I am unable to join", "works perfectly", "soooo"],
)
def test_praise_manner_and_action_are_no_keywords(text: str) -> None:
    assert names(text) == []


def test_what_is_praised_is_one() -> None:
    assert names("Great video quality but terrible audio lag") == ["video quality", "audio lag"]


def test_singular_and_plural_are_one_written_as_most_often() -> None:
    (seats,) = keywords_of("The seats. A seat. Seats!", "en")
    assert (seats.text, len(seats.mentions)) == ("seats", 3)


def test_a_phrase_says_better_what_its_words_say() -> None:
    assert names("The lounge. The business class lounge, a class lounge") == ["business class lounge"]


def test_a_phrase_does_not_begin_with_how_long() -> None:
    assert names("an 11 hour flight") == ["flight"]


def test_single_misspelt_words_are_none_and_names_are() -> None:
    assert names("the anoting and then Krisflyer") == ["krisflyer"]


@given(st.text(alphabet="abcdefs '-", min_size=1, max_size=12).filter(lambda text: any(map(str.isalpha, text))))
def test_a_key_is_never_empty_and_knows_no_hyphen(text: str) -> None:
    assert keyword_key(text)
    assert keyword_key(text) == keyword_key(text.upper()) == keyword_key(text.replace("-", " "))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wi-Fi", "wifi"),
        ("seat", "seats"),
        ("battery", "batteries"),
        ("child", "children"),
        ("glass box", "glass boxes"),
    ],
)
def test_spellings_of_one_key(one: str, other: str) -> None:
    assert keyword_key(one) == keyword_key(other)


@pytest.mark.parametrize("word", ["news", "glasses", "customs", "bus", "airways", "class"])
def test_what_only_looks_like_a_plural(word: str) -> None:
    assert singular(word) == word


def test_relevance_is_degree_over_frequency_times_occurrences() -> None:
    # battery: degree 2+2 over 2; life as well. The phrase occurs twice.
    best, second = keywords_of("battery life, battery life, charger", "en")
    assert (best.text, best.relevance) == ("battery life", 1.0)
    assert second.relevance == pytest.approx(1 / (2 * (2 + 2)), abs=1e-4)


def test_mentions_keep_their_case_and_place() -> None:
    text = "Battery  Life was bad. battery life!"
    keyword = keywords_of(text, "en")[0]
    assert [text[span.start : span.end] for span in keyword.mentions] == ["Battery  Life", "battery life"]


def test_a_long_run_is_no_phrase() -> None:
    assert set(names("window meeting video breakfast connection")) == {
        "window",
        "meeting",
        "video",
        "breakfast",
        "connection",
    }


@pytest.mark.parametrize("text", ["don't", "It's", "won’t", "dont cant", "24 7", "a", "", "!?", "I would've"])
def test_words_without_content_are_no_keywords(text: str) -> None:
    assert names(text) == []


def test_a_line_break_ends_a_phrase_and_a_hyphen_does_not() -> None:
    assert set(names("wifi\nroom-key")) == {"wifi", "room key"}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Das Frühstück war kalt und der Kaffee teuer", "de", {"frühstück", "kalt", "kaffee teuer"}),
        ("La chambre était propre mais l'ascenseur en panne", "fr", {"propre", "chambre", "ascenseur", "panne"}),
        ("La habitación estaba limpia y el desayuno frío", "es", {"habitación", "limpia", "desayuno frío"}),
        ("कमरा साफ था", "hi", {"कमरा साफ"}),
    ],
)
def test_stop_words_of_the_language(text: str, language: str, expected: set[str]) -> None:
    assert set(names(text, language)) == expected


@pytest.mark.parametrize("language", ["ja", "zh", "th"])
def test_languages_without_spaces_get_none(language: str) -> None:
    assert names("部屋はきれいでした サービス", language) == []


def test_most_languages_have_stop_words() -> None:
    assert sum(1 for language in LANGUAGES if stop_words(language)) > 50
    assert "og" in stop_words("no")


def test_languages_without_stop_words_still_get_keywords() -> None:
    assert stop_words("xx-none") == frozenset()
    assert names("Lorem ipsum, dolor", "und") == ["lorem ipsum", "dolor"]


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "hi", "und"]))
def test_keywords_of_any_text(text: str, language: str) -> None:
    found = keywords_of(text, language)
    assert found == keywords_of(text, language)
    assert [k.relevance for k in found] == sorted((k.relevance for k in found), reverse=True)
    for keyword in found:
        assert 0 < keyword.relevance <= 1
        assert 1 <= len(keyword.text.split(" ")) <= LONGEST_PHRASE
        for span in keyword.mentions:
            assert 0 <= span.start < span.end <= len(text)
            written = " ".join(text[span.start : span.end].lower().replace("-", " ").split())
            assert keyword_key(written, language) == keyword_key(keyword.text, language)


@pytest.mark.parametrize("length", [101, 6_000])
def test_an_endless_word_is_none(length: int) -> None:
    found = keywords_of(f"harbour view {'x' * length} breakfast", "en")
    assert {keyword.text for keyword in found} == {"harbour view", "breakfast"}


def test_a_long_word_is_one() -> None:
    assert [keyword.text for keyword in keywords_of("yz" * 50, "de")] == ["yz" * 50]
