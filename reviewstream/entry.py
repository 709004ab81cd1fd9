"""What the entry point provides to commands: settings with the running stack's URLs, and the composition root."""

from __future__ import annotations

from pathlib import Path

from embedded import control
from reviewstream.bootstrap import Bootstrap, with_urls
from reviewstream.settings import Settings, load
from schemas.errors import Unavailable
from telemetry import logs


class Entry:
    """Implements cli.common.EntryPoint."""

    def bootstrap(self, data_dir: Path | None) -> Bootstrap:
        """The composition root for a command."""
        return Bootstrap(connected(data_dir), process="cli")


def settings_for(data_dir: Path | None) -> Settings:
    """The environment's settings for that data directory."""
    settings = load(data_dir=data_dir) if data_dir else load()
    logs.configure("warning", process="cli")
    return settings


def connected(data_dir: Path | None) -> Settings:
    """The settings with the URLs of the stack running on the data directory. A missing URL raises when it is used."""
    settings = settings_for(data_dir)
    try:
        return with_urls(settings, control.urls(settings.data_dir))
    except Unavailable:
        return settings
