#!/bin/sh
# Replace the network data of a disaster recovery site. migrator takes a backup before it deletes anything.
# The undo imports that backup.
set -eu
cd "$(dirname "$0")"
mkdir -p data

migrator partial-export --from lab --project nightly -o data/nightly.tar --force
migrator import data/nightly.tar --to dr --dry-run | tail -5

migrator import data/nightly.tar --to dr --fresh --empty-database-before-import --yes --json > data/import.json
handle=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).handle' < data/import.json)

migrator job undo "$handle" --yes
