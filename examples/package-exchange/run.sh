#!/bin/sh
# Alice seals a folder for Bob. Bob trusts Alice and opens the package. Each has their own key folder.
set -eu
cd "$(dirname "$0")"
rm -rf data && mkdir -p data/letters
echo "the meeting is at nine" > data/letters/note.txt

alice() { MIGRATOR_CONFIG_DIR=data/alice MIGRATOR_STATE_DIR=data/alice/state migrator "$@"; }
bob() { MIGRATOR_CONFIG_DIR=data/bob MIGRATOR_STATE_DIR=data/bob/state migrator "$@"; }

alice key generate
bob key generate
recipient=$(sed -n 's/^# public key: //p' data/bob/keys/identity.txt)

alice package seal data/letters --recipient "$recipient" -o data/letters.tar

# Bob does not trust Alice yet, so the command ends with exit code 6. The hint says what to do.
bob package open data/letters.tar -o data/opened || echo "refused with exit code $?, as it should be"
bob key trust data/alice/keys/migrator.pub --name alice
bob package open data/letters.tar -o data/opened
cat data/opened/note.txt
