"""Which text of a review is given to the analysis; spans in results are offsets into it, however it is read."""

from __future__ import annotations

from schemas.events.review import ReviewCollected


def analysed_text(body: ReviewCollected) -> str:
    """The title, if there is one, on a line of its own, and the content."""
    return f"{body.title}\n{body.content}" if body.title else body.content
