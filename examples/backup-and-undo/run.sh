#!/bin/sh
# Replace what a disaster recovery site knows about the network, with the way back taken before anything is deleted.
set -eu
cd "$(dirname "$0")"
mkdir -p data

migrator partial-export --from lab --project nightly -o data/nightly.tar --force
migrator import data/nightly.tar --to dr --dry-run | tail -5

migrator import data/nightly.tar --to dr --fresh --empty-database-before-import --yes --json > data/import.json
handle=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).handle' < data/import.json)

migrator job undo "$handle" --yes
