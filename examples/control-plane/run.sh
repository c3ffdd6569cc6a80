#!/bin/sh
# Move a project within a control plane, then to another control plane, where its account has another name.
set -u
cd "$(dirname "$0")" || exit 1
mkdir -p data

# The first time everything travels. Once the project is there, accounts and tasks stay as they are unless you name them.
migrator migrate-project /Acme-Dev/Finance/Invoices --from dev --to test --no-duplicate-check --yes || exit $?

migrator migrate-project /Acme-Dev/Finance/Invoices --from dev --to eu --dest-path /Acme-EU/Finance/Invoices \
  --create-space --rename-account erp_account=erp_eu --on-duplicate overwrite --yes
case $? in
  0) echo "arrived" ;;
  3) echo "arrived, with warnings: read them above" ;;
  *) exit 1 ;;
esac
