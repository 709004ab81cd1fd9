"""Typographic signs read as the plain ones that they are another form of.

The analyses know plain signs only: to the lexicon a negation with a typographic apostrophe is none, and two words with a dash
between them are no word. What has no plain form (letters with accents, other scripts, emoji) stays. A text in ASCII has
nothing to read here.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from nlp.reading.edits import Edit

_SAME_FOR = {
    "'": "\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02c8\u00b4\u2032\u2035\uff07\uff40",
    '"': "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036\u301d\u301e\u301f\uff02",
    "-": "\u2010\u2011\u2012\u2212\ufe63",
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
    "\n": "\u0085\u2028\u2029",
    # Zero width: spaces, soft hyphens, marks of direction, the selectors that ask for a sign's coloured or plain form.
    "": "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
}
_WIDE = [*range(0xFF01, 0xFF5F), *range(0xFFE0, 0xFFE7)]
_ORNAMENTAL = range(0x1D400, 0x1D800)  # mathematical letters and digits
_PLAIN = {
    **{
        sign: plain
        for sign in map(chr, (*_WIDE, *_ORNAMENTAL))
        if len(plain := normalize("NFKC", sign)) == 1 and plain != sign
    },
    **{sign: plain for plain, signs in _SAME_FOR.items() for sign in signs},
}
_SIGN = re.compile(
    f"(?P<one>[{re.escape(''.join(_PLAIN))}])"
    # Joiners between Latin letters say nothing. In other scripts they shape letters, and they make one emoji of several.
    "|(?P<joiner>(?<![^\\0-\u024f])[\u200c\u200d](?![^\\0-\u024f]))"
    "|(?P<dots>\u2026)|(?P<dash>[\u2013\u2014\u2015\u2e3a\u2e3b])"
)


def edits_of_typography(text: str) -> list[Edit]:
    """The edits that make signs plain."""
    if text.isascii():
        return []
    return [Edit(found.start(), found.end(), _plain(text, found)) for found in _SIGN.finditer(text)]


def _plain(text: str, found: re.Match[str]) -> str:
    if found["one"]:
        return _PLAIN[found["one"]]
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if found["dots"]:
        return "... " if after.isalnum() else "..."
    if found["dash"]:
        return _dash(found["dash"], before, after)
    return ""


def _dash(dash: str, before: str, after: str) -> str:
    """A hyphen in a range of numbers and where blanks are already; between words it parts them."""
    if dash == "\u2013" and before.isdigit() and after.isdigit():
        return "-"
    return f"{' ' if before.isalnum() else ''}-{' ' if after.isalnum() else ''}"
