#!/bin/sh
# Four eyes: one person asks for a migration between two MicroStrategy Libraries, another approves it, and if need be it is undone.
set -eu
cd "$(dirname "$0")"
mkdir -p data

# The developer asks. What is printed as JSON holds the job's handle.
migrator migrate-project "MicroStrategy Tutorial" --from dev --to prod --fresh \
  --object Year:attribute:force_replace:dependents --request-only --json > data/request.json
handle=$(node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).jobs[0]' < data/request.json)

# The administrator approves, on whatever machine, and stays until it has arrived.
migrator job approve "$handle"
migrator job wait "$handle"

# The morning after.
migrator job undo "$handle" --yes
