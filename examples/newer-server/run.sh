#!/bin/sh
# Octopus Deploy: hand a project over to a newer server in the cloud, by the server's Export/Import.
# `migrator migrate-project` finds this way itself. An export alone does not know where its package will go.
set -u
cd "$(dirname "$0")" || exit 1

migrator partial-export --from lab --project "Mobile API" --via export-import -o data/mobile-api.tar --force || exit $?

# migrator makes the plan from the package and from what the target has. It uploads nothing.
migrator import data/mobile-api.tar --to cloud --dry-run || exit $?

migrator import data/mobile-api.tar --to cloud
case $? in
  0) echo "arrived; what stays behind is listed above" ;;
  3) echo "arrived, but something was skipped or is missing: read it above" ;;
  7) echo "refused: cloud has a project of this name already" ; exit 7 ;;
  *) code=$? ; echo "not imported" ; exit "$code" ;;
esac
