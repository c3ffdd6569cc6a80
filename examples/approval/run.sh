#!/bin/sh
# One person asks for a migration between two MicroStrategy Libraries. Another person approves it. Later it is undone.
set -eu
cd "$(dirname "$0")"
mkdir -p data

# The developer asks. The JSON document holds the job's handle.
migrator migrate-project "MicroStrategy Tutorial" --from dev --to prod --fresh \
  --object Year:attribute:force_replace:dependents --default-action use_newer --request-only --json > data/request.json
handle=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).jobs[0]' < data/request.json)

# The administrator approves, on any machine, and waits until the migration has ended.
migrator job approve "$handle"
migrator job wait "$handle"

# The next morning the migration is undone.
migrator job undo "$handle" --yes
