#!/bin/sh
# Writes the configuration to a folder, for an Nginx without the entry point of the image:
#   DORAMI_GATEWAY=127.0.0.1:8080 sh render.sh /etc/nginx
set -eu
source=$(cd "$(dirname "$0")" && pwd)
folder=${1:?the folder for nginx.conf}
# shellcheck source=settings.envsh
. "$source/settings.envsh"

mkdir -p "$folder/conf.d" "$folder/snippets"
cp "$source/nginx.conf" "$folder/"
cp "$source"/snippets/* "$folder/snippets/"
for template in "$source"/templates/*.template; do
    name=$(basename "$template" .template)
    # Every variable must be set: an unknown one is a mistake in the template.
    awk '{
        line = ""
        while (match($0, /\$[{]DORAMI_[A-Z_]+[}]/)) {
            name = substr($0, RSTART + 2, RLENGTH - 3)
            if (!(name in ENVIRON)) { print FILENAME ": " name " is not set" > "/dev/stderr"; exit 1 }
            line = line substr($0, 1, RSTART - 1) ENVIRON[name]
            $0 = substr($0, RSTART + RLENGTH)
        }
        print line $0
    }' "$template" >"$folder/conf.d/$name"
done
