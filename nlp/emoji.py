"""Emoji read as words, the way VADER does it, without losing their positions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from nlp.reading.edits import Edit, Edited, edited

WORDS_NAME = "emoji words 1"


@cache
def emoji_words() -> Mapping[str, str]:
    """Our own words for emoji that the lexicon's descriptions leave neutral or turn round, by the table emoji_words.tsv."""
    lines = files("nlp").joinpath("emoji_words.tsv").read_text("utf8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {sign: word for sign, word in rows}  # noqa: C416  # dict() would need a cast


class EmojiReader:
    """Spells out every emoji of one code point that the lexicon describes; longer sequences are read sign by sign."""

    def __init__(self, descriptions: Mapping[str, str]) -> None:
        self._descriptions = {sign: words for sign, words in descriptions.items() if len(sign) == 1}
        self._signs = re.compile(f"[{''.join(map(re.escape, self._descriptions))}]")

    def read(self, text: str) -> Edited:
        """The text with emoji as words. A space goes before a description unless one is there, none goes after it."""
        if text.isascii():
            return Edited(text)
        edits: list[Edit] = []
        behind = 0  # the last emoji
        for sign in self._signs.finditer(text):
            start = sign.start()
            words = self._descriptions[sign[0]]
            spaced = start == 0 or (start > behind and text[start - 1] == " ")
            edits.append(Edit(start, sign.end(), words if spaced else f" {words}"))
            behind = sign.end()
        return edited(text, edits)
