#!/usr/bin/env bash
# Makes what docker-compose.yml mounts as secrets, in deploy/secrets or the directory that is given. Prints no secret.
# Passwords that are there stay; everything that follows from them (URLs, hashes) is written again. To change a password,
# remove its file and run this again; docs/deployment.md says what else that takes.
set -euo pipefail
directory=${1:-$(dirname "$0")/secrets}
passwords=(postgres_admin postgres_owner postgres_cdc mongo_root mongo_user clickhouse valkey grafana_admin)

# Compose mounts a file with the owner and mode that it has, and each server runs as another user: so containers may read
# the files, and the directory, which only its owner may enter, keeps everybody else of this machine out.
umask 077
mkdir -p "$directory"
chmod 700 "$directory"

hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }
put() { # NAME: standard input, in one step, so that a reader never sees half of it
    cat >"$directory/.$1.half"
    chmod 444 "$directory/.$1.half"
    mv -f "$directory/.$1.half" "$directory/$1"
}
keep() { [ -s "$directory/$1" ] || hex "$2" | put "$1"; }
password() { cat "$directory/$1_password"; }
sha256() { password "$1" | sha256sum | cut -d' ' -f1; }

for name in "${passwords[@]}"; do keep "${name}_password" 32; done
keep mongo_keyfile 256

for database in eventstore readmodels tenancy; do
    printf 'postgresql://reviewstream:%s@postgres:5432/%s' "$(password postgres_owner)" "$database" | put "${database}_url"
done
printf 'mongodb://reviewstream:%s@mongo:27017/?replicaSet=rs0&authSource=admin' "$(password mongo_user)" | put mongo_url
printf 'clickhouse://reviewstream:%s@clickhouse:9000/default' "$(password clickhouse)" | put clickhouse_url
printf 'redis://reviewstream:%s@valkey:6379/0' "$(password valkey)" | put redis_url
printf 'reviewstream_cdc:%s' "$(password postgres_cdc)" | put cdc_login
printf 'postgres=%s\nmongo=%s\n' "$(password postgres_cdc)" "$(password mongo_user)" | put connect_passwords

# Servers that can do with a hash get no password.
sed "s/SHA256/$(sha256 clickhouse)/" "$(dirname "$0")/clickhouse/users.xml" | put clickhouse_users
sed "s/SHA256/$(sha256 valkey)/" "$(dirname "$0")/valkey.acl" | put valkey_acl

printf 'secrets are in %s: back them up where the data is not\n' "$directory" >&2
