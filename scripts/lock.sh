#!/usr/bin/env bash
# Resolves pyproject.toml into requirements files with hashes and without any index's address.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { .venv/bin/python -m scripts.index .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --prerelease=if-necessary-or-explicit "$@"; }
echo 'uv' | compile - --no-annotate -o requirements/uv.txt
compile pyproject.toml --extra embedded -o requirements/run.txt
compile pyproject.toml --extra registry --extra tracing -c requirements/run.txt -o requirements/image.txt
compile pyproject.toml --extra embedded --extra dev -c requirements/run.txt -o requirements/dev.txt
