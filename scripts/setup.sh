#!/usr/bin/env bash
# Creates .venv from the hashed requirements: `setup.sh run` for what the product needs, `setup.sh dev` for tests too.
# Quick when nothing changed. Each failure says what to do next.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
requirements=requirements/$what.txt

say() { printf '%s\n' "$*" >&2; }
die() { say "setup: $*"; exit 1; }

with_index() { .venv/bin/python -m scripts.index .venv/bin/python -m "$@"; }
uv_install() { with_index uv pip install --python .venv/bin/python --quiet "$@"; }
export UV_INDEX_STRATEGY=${UV_INDEX_STRATEGY:-unsafe-best-match}  # several indexes count as one, as pip sees them: hashes decide

stamp() { cat requirements/uv.txt "requirements/$1.txt" pyproject.toml | sha256sum | cut -d' ' -f1; }
done_with() { [ -x .venv/bin/python ] && [ "$(cat ".venv/.done-$1" 2>/dev/null)" = "$(stamp "$1")" ]; }
if done_with "$what" || { [ "$what" = run ] && done_with dev; }; then exit 0; fi

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    die "the embedded servers are built for Linux on x86-64; on $(uname -s) $(uname -m), point REVIEWSTREAM_*_URL at servers of your own (docs/settings.md)"
free=$(df -Pk . | awk 'NR==2 {print int($4 / 1048576)}')
[ "$free" -ge 4 ] || die "only $free GB are free here; set-up needs 4 GB: free some space, or clone to another disk"

python=
for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || die "no Python 3.11 found, nor 3.12 or 3.13, which no full run of the tests has seen; install one (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3.11 …"

if ! .venv/bin/python -c '' 2>/dev/null; then
    version=$("$python" --version || true)
    case $version in *" 3.11."*) seen= ;; *) seen=", which no full run of the tests has seen: all tests run on 3.11" ;; esac
    say "creating .venv with $version$seen"
    rm -rf .venv
    "$python" -m venv .venv || die "$python cannot make a virtual environment; Debian keeps that in a package of its own: apt-get install python3-venv"
fi
if ! .venv/bin/python -m uv --version >/dev/null 2>&1; then
    say "installing the installer"
    with_index pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt ||
        die "the package index does not answer; check the network (HTTPS_PROXY, pip's configuration and the system's certificates are honoured), then run it again"
fi
say "installing $(grep -c '^[a-zA-Z0-9._-]*==' "$requirements") packages, each checked against its hash (about 1.6 GB on disk)"
uv_install --require-hashes -r "$requirements" ||
    die "a package could not be installed; if the network failed, run it again: it continues where it stopped"
uv_install --no-deps --no-build-isolation -e . ||
    die "reviewstream itself could not be installed; the lines above say why"
say "fetching the models of text analysis, each checked against its hash (40 MB)"
.venv/bin/python -m nlp.encoders >/dev/null ||
    say "set-up goes on without them: whoever uses them tries again"
stamp "$what" >".venv/.done-$what"
say "ready: .venv/bin/reviewstream --help"
