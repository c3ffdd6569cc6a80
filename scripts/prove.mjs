// Runs the proofs that are too long for `npm test`: all steps of the kill tests, all faults at all requests, all planted
// losses, all flipped bits of a package, all lies of the servers, a kill between any two requests, and longer runs of random
// graphs. `npm test` takes a seeded sample of them. Prints how long it took. Arguments go to jest, such as the path of one proof.
import { spawnSync } from 'node:child_process';

const proofs = [
  'test/cli/examples',
  'test/cli/installed',
  'test/cli/terminal',
  'test/e2e/enms-losses',
  'test/e2e/examples',
  'test/e2e/field-reports',
  'test/e2e/kill',
  'test/e2e/waves',
  'test/e2e/enms-kill',
  'test/e2e/queue',
  'test/e2e/octopus-both-ways',
  'test/e2e/octopus-export-import',
  'test/e2e/microstrategy',
  'test/e2e/faults',
  'test/contract/enms',
  'test/contract/octopus',
  'test/proof/',
  'test/unit/adapters/octopus/snapshots/index',
  'test/unit/emulators/octopus/query-effects',
  'test/unit/package/mutations',
  'test/unit/package/package.property',
  'test/unit/package/seal.test',
  'test/support/environment',
  'plan-is-result',
];
const given = process.argv.slice(2);
const started = Date.now();
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    ...(given.length > 0 ? given : proofs),
  ],
  { stdio: 'inherit', env: { ...process.env, MIGRATOR_TEST_ALL: '1' } },
);
console.log(`seed ${process.env['MIGRATOR_TEST_SEED'] ?? '1'}, ${Math.round((Date.now() - started) / 1000)} s`);
process.exitCode = status ?? 1;
