#!/bin/bash
# MongoDB wants a key file that only it can read, and a mounted secret is none: so it gets a copy in a tmpfs.
set -eu
umask 077
cp /run/secrets/mongo_keyfile /run/mongo/keyfile
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /run/mongo/keyfile --bind_ip_all --quiet
