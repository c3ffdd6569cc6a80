#!/bin/sh
# Two networks: one worker reaches lab, another reaches prod, and the packages travel through a store. A third machine
# hands the plan out. All three reach the queue on Redis. Needs redis-server, and bullmq and ioredis beside migrator.
set -eu
cd "$(dirname "$0")"
rm -rf data && mkdir data
pids=
trap 'kill $pids 2>/dev/null || true; wait' EXIT

# Set QUEUE_URL to use a Redis that runs already.
if [ -z "${QUEUE_URL:-}" ]; then
  redis-server --bind 127.0.0.1 --port 6399 --dir data --appendonly yes --maxmemory-policy noeviction >data/redis.log &
  pids="$pids $!"
  export QUEUE_URL=redis://127.0.0.1:6399
  until redis-cli -p 6399 ping >/dev/null 2>&1; do sleep 0.1; done
fi
export MIGRATOR_QUEUE=env:QUEUE_URL

# Each machine has an rc file, keys and a state folder of its own.
of() { echo "MIGRATOR_CONFIG=$1/.migratorrc.yaml MIGRATOR_CONFIG_DIR=data/$1 MIGRATOR_STATE_DIR=data/$1/state"; }

# Each makes its keys and gives the public ones to the others. The rc files say who trusts whom.
env $(of lab-side) migrator key generate >data/lab-side.log &
lab=$!
env $(of prod-side) migrator key generate >data/prod-side.log &
prod=$!
env $(of coordinator) migrator key generate
wait $lab $prod
cp data/coordinator/keys/migrator.pub data/coordinator.pub
cp data/lab-side/keys/migrator.pub data/lab-side.pub
sed -n 's/^# public key: //p' data/prod-side/keys/identity.txt >data/prod-side.txt

env $(of lab-side) migrator worker --serves lab >>data/lab-side.log 2>&1 &
pids="$pids $!"
env $(of prod-side) migrator worker --serves prod >>data/prod-side.log 2>&1 &
pids="$pids $!"

env $(of coordinator) migrator wave run plan.yaml --yes
env $(of coordinator) migrator wave status plan.yaml
