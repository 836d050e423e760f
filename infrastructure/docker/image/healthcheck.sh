#!/bin/bash
# Succeeds if the service is ready. An HTTP request by Bash alone, because the base images have neither curl nor wget.
set -e
exec 3<>"/dev/tcp/127.0.0.1/${QUARKUS_MANAGEMENT_PORT:-9000}"
printf 'GET /q/health/ready HTTP/1.0\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
