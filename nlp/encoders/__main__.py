"""Fetch and unpack the encoders' models, for set-up and images: python -m nlp.encoders"""

from __future__ import annotations

import sys

from nlp.encoders.files import files_of
from nlp.encoders.models import MODELS
from schemas.errors import Unavailable


def main() -> int:
    """0 when all are there; else 1, with what to do."""
    try:
        for model in MODELS:
            print(f"{model.name}: {files_of(model, report=print).onnx}")
    except Unavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
