"""Feedback in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def thing(data: Mapping[str, Any]) -> str:
    """What the feedback is about."""
    return f"the {data['field']}" + (f" {data['given']}" if data["given"] else "")


def said(data: Mapping[str, Any]) -> str:
    """What somebody holds for wrong, and what for right."""
    if data["given"] == data["right"]:
        return f"{thing(data)} is right"
    if data["given"] is None:
        return f"the {data['field']} {data['right']} is missing"
    return f"{thing(data)} is wrong, " + (f"{data['right']} is right" if data["right"] else "there is none")


def note(data: Mapping[str, Any]) -> str:
    """Why, if they said so."""
    return f"; {data['note']}" if data["note"] else ""
