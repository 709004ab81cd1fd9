#!/usr/bin/env bash
# Creates .venv from the hashed requirements: `setup.sh run` for what the product needs, `setup.sh dev` for tests too.
# Quick when nothing changed. Each failure says what to do next.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
requirements=requirements/$what.txt

say() { printf '%s\n' "$*" >&2; }
die() { say "setup: $*"; exit 1; }

stamp() { cat requirements/uv.txt "requirements/$1.txt" pyproject.toml | sha256sum | cut -d' ' -f1; }
done_with() { [ -x .venv/bin/python ] && [ "$(cat ".venv/.done-$1" 2>/dev/null)" = "$(stamp "$1")" ]; }
if done_with "$what" || { [ "$what" = run ] && done_with dev; }; then exit 0; fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    die "the embedded servers are built for Linux on x86-64; on $(uname -s) $(uname -m), point REVIEWSTREAM_*_URL at servers of your own (docs/settings.md)"
free=$(df -Pk . | awk 'NR==2 {print int($4 / 1048576)}')
[ "$free" -ge 4 ] || die "only $free GB are free here; set-up needs 4 GB: free some space, or clone to another disk"

python=
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || die "no Python 3.11, 3.12 or 3.13 found; install one (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 …"

if ! .venv/bin/python -c '' 2>/dev/null; then
    say "creating .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || die "$python cannot make a virtual environment; Debian keeps that in a package of its own: apt-get install python3-venv"
fi
if ! .venv/bin/python -m uv --version >/dev/null 2>&1; then
    say "installing the installer"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt ||
        die "the package index does not answer; check the network (and HTTPS_PROXY, PIP_INDEX_URL if you need them), then run it again"
fi
say "installing $(grep -c '^[a-zA-Z0-9._-]*==' "$requirements") packages, each checked against its hash (about 1.6 GB on disk)"
.venv/bin/python -m uv pip install --python .venv/bin/python --quiet --require-hashes -r "$requirements" ||
    die "a package could not be installed; if the network failed, run it again: it goes on where it stopped"
.venv/bin/python -m uv pip install --python .venv/bin/python --quiet --no-deps --no-build-isolation -e . ||
    die "reviewstream itself could not be installed; the lines above say why"
stamp "$what" >".venv/.done-$what"
say "ready: .venv/bin/reviewstream --help"
