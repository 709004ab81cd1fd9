"""How much an analysis may cost. Light to import: settings and processes name tiers before anything is loaded.

| tier | English | other languages |
|---|---|---|
| `lexicon` | VADER | none |
| `quick` | all-minilm-l6-v2 and VADER's features | multilingual-e5-small |
| `precise` | e5-small-v2 and VADER's features | multilingual-e5-small |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Tier = Literal["lexicon", "quick", "precise"]
TIERS: tuple[Tier, ...] = get_args(Tier)
DEFAULT: Tier = "quick"

VERSIONS: Mapping[Tier, str] = {"lexicon": "3-lexicon", "quick": "3", "precise": "3-precise"}
"""The processing version that each tier of this release is, unless the settings name it otherwise."""
