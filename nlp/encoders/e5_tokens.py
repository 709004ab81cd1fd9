"""The tokenizer of multilingual-e5-small, built from the vocabulary in the file of its weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tokenizers import Tokenizer, models, pre_tokenizers

from nlp.encoders.e5_file import Pieces

PREFIX = "query: "
"""What the model was trained with in front of each text that is compared with its like."""
MAX_TOKENS = 256
"""Of a text, with the two around it: about 1,000 letters of Latin script, 350 signs of Chinese. The model could take 512."""
MAX_CHARACTERS = 4_000
"""Looked at before a text is cut into tokens, so that the time of one text is bounded."""
_BLANKS = re.compile(" {2,}")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Tokens(NamedTuple):
    """The ids of a text's pieces, and whether there were more of them."""

    ids: list[int]
    cut: bool


class E5Tokenizer:
    """Not thread-safe. Takes 1 s to build."""

    def __init__(self, pieces: Pieces, max_tokens: int = MAX_TOKENS) -> None:
        self._tokenizer = Tokenizer(models.Unigram(pieces.pieces, unk_id=pieces.unknown, byte_fallback=False))
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        self._characters = pieces.characters
        self._begin, self._end = pieces.begin, pieces.end
        self._inner = max_tokens - 2

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """Of each text, in the same order; any string has some."""
        return [self._tokens(text) for text in texts]  # one by one: a batch would start threads

    def _tokens(self, text: str) -> Tokens:
        head = self._plain(text)
        ids = self._tokenizer.encode(head[:MAX_CHARACTERS]).ids
        cut = len(ids) > self._inner or max(len(head), len(text)) > MAX_CHARACTERS
        return Tokens([self._begin, *ids[: self._inner], self._end], cut)

    def _plain(self, text: str) -> str:
        """As the normaliser of the model makes it. One character may become eighteen."""
        head = _SURROGATE.sub("\ufffd", text[:MAX_CHARACTERS])
        return _BLANKS.sub(" ", (PREFIX + head).translate(self._characters))
