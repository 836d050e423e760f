#!/bin/bash
# Writes app.aot: starts the service in this folder, lets it warm up, and stops it. Runs while the image is built, where neither
# Redis nor PostgreSQL is: the steps that need them are given up, and the classes and profiles of the others are in the cache.
set -e
export DORAMI_JWT_SECRET=no-secret-because-a-training-has-no-callers DORAMI_SRS_SECRET=no-secret DORAMI_POSTGRES_PASSWORD=no-secret
# Loopback refuses a connection at once; the name of a host that is missing would cost a timeout each time.
export DORAMI_REDIS_URL=redis://127.0.0.1:6379 DORAMI_POSTGRES_ADDRESS=127.0.0.1:5432/dorami
export QUARKUS_FLYWAY_MIGRATE_AT_START=false DORAMI_WARM_UP=5S

log=$(mktemp)
java -XX:AOTCacheOutput=app.aot -jar quarkus-run.jar >"$log" 2>&1 &
service=$!
fail() {
    echo "train-aot-cache.sh: $1" >&2
    cat "$log" >&2
    exit 1
}
# A start takes 2 s, and 30 times that on a busy machine.
for _ in $(seq 300); do
    if grep -q 'Warm-up finished' "$log"; then break; fi
    kill -0 "$service" 2>/dev/null || fail 'the service ended'
    sleep 0.2
done
grep -q 'Warm-up finished' "$log" || fail 'the service did not start within 60 s'
kill "$service"
wait "$service" || true # 143, the signal
[ -s app.aot ] || fail 'Java wrote no cache; it needs Java 25'
rm "$log"
