"""When two spellings of an id or a source are the same one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

# Blanks that str.strip() does not know: what web pages and byte order marks leave around a text.
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_PRODUCTS = """
product productid productname asin parentasin sku item itemid itemreviewed app appid packagename
place placeid hotel hotelid hotelname restaurant restaurantid business businessid property propertyid listing listingid
"""
_PRODUCT = frozenset(_PRODUCTS.split())


def comparable(text: str) -> str:
    """Composed (NFC), without blanks and invisible signs around it. Case counts: ids of many sources differ in it."""
    if text.isascii():  # as most are: composed, and with no invisible signs
        return text.strip()
    composed = unicodedata.normalize("NFC", text)
    while (stripped := composed.strip().strip(_UNSEEN)) != composed:
        composed = stripped
    return composed


def telling_apart(url: str | None, metadata: Mapping[str, str]) -> Iterator[str]:
    """What tells apart reviews without ids that say the same: where each can be read, and what it is about."""
    if url is not None:
        yield url
    for name in _of_a_product(tuple(metadata)):
        yield metadata[name]


@lru_cache(maxsize=256)
def _of_a_product(names: tuple[str, ...]) -> list[str]:
    """Kept, since all reviews of a source have the same names."""
    return sorted(name for name in names if "".join(filter(str.isalnum, name)).casefold() in _PRODUCT)
