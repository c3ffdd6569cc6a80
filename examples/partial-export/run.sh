#!/bin/sh
# Export two projects, make a dry run of the import, then import. The script stops at the first failure.
set -u
cd "$(dirname "$0")" || exit 1

migrator partial-export --from lab --project "Web Shop" --project Billing \
  --ignore-machines -o data/handover.tar --force || exit $?

migrator package verify data/handover.tar --content || exit $?
migrator import data/handover.tar --to prod --dry-run || exit $?

migrator import data/handover.tar --to prod
case $? in
  0) echo "imported" ;;
  3) echo "imported, with warnings: read them above" ;;
  9) echo "still running: the handle is above" ; exit 9 ;;
  *) code=$? ; echo "not imported" ; exit "$code" ;;
esac
