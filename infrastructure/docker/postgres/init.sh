#!/bin/bash
# Runs once, on the first start with an empty volume, before the server listens on the network.
set -euo pipefail

psql --no-psqlrc -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -v password="$DORAMI_POSTGRES_PASSWORD" -f /dorami/init.sql

# The superuser is for the socket inside the container only: the services' password must not open it over the network.
psql --no-psqlrc -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -q -c 'ALTER ROLE CURRENT_USER PASSWORD NULL'
