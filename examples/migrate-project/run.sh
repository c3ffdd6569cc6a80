#!/bin/sh
# Move projects one after the other and keep each report. After a failure the script goes on.
# It ends with the highest exit code.
set -u
cd "$(dirname "$0")" || exit 1
mkdir -p data
worst=0
for project in "Web Shop" Invoicing Search; do
  if migrator migrate-project "$project" --from lab --to prod --json > "data/$project.json"; then
    echo "$project: moved"
  else
    code=$?
    echo "$project: exit code $code, see data/$project.json"
    [ "$code" -gt "$worst" ] && worst=$code
  fi
done
exit "$worst"
