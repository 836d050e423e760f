#!/bin/bash
# Runs once, on the first start with an empty volume, before the server listens on the network.
set -euo pipefail

psql --no-psqlrc -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -v password="$DORAMI_POSTGRES_PASSWORD" -f /dorami/init.sql

# Removes the superuser's password, so that the services' password does not log in as superuser over the network. The Unix
# socket inside the container still does.
psql --no-psqlrc -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -q -c 'ALTER ROLE CURRENT_USER PASSWORD NULL'
