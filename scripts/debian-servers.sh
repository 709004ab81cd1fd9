#!/usr/bin/env bash
# Debian's PostgreSQL, Redis and ClickHouse, which tests start by themselves: builds with TLS, and other versions than the wheels'.
# Only as root and where they are missing; starts nothing and makes no cluster. A release without clickhouse-server does without.
set -euo pipefail
missing=()
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v clickhouse-server >/dev/null || missing+=(clickhouse-server)
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
apt-get -qq -o Acquire::Retries=3 update
for package in "${missing[@]}"; do
    apt-get -qq -o Acquire::Retries=3 install -y --no-install-recommends -o Dpkg::Options::=--force-confold "$package" >/dev/null ||
        echo "debian-servers: $package could not be installed; what needs it is skipped or fails" >&2
done
