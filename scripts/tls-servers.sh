#!/usr/bin/env bash
# Debian's PostgreSQL and Redis, which the tests of TLS start by themselves: the wheels' builds have no TLS.
# Only as root and where they are missing; starts nothing and makes no cluster. Without them those tests are skipped.
set -euo pipefail
missing=()
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
if [ ${#missing[@]} -eq 0 ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 0; fi

export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1  # at run level 1 invoke-rc.d starts no service
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    trap 'rm -f $policy' EXIT
fi
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
if ! { apt-get -qq update && apt-get -qq install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}"; } >/dev/null; then
    echo "tls-servers: ${missing[*]} could not be installed; their tests will be skipped" >&2
fi
