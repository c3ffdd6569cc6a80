import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createContext } from '../../../../src/cli/context.ts';
import { ownSecrets, ownSecretsOf } from '../../../../src/cli/keys/own-secrets.ts';
import { secretDigest } from '../../../../src/cli/state/secret-digest.ts';
import type { Facts } from '../../../../src/ports/journal.ts';
import { failsWith } from '../../../../src/testing/workbench.ts';
import { testIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

const machine = (folder: string) =>
  createContext(
    testIO({
      cwd: folder,
      home: folder,
      env: { MIGRATOR_CONFIG_DIR: join(folder, 'config'), MIGRATOR_STATE_DIR: join(folder, 'state') },
    }),
    [],
  );

test('another machine with the same identity makes the secret of a run again, and one without it refuses', async () => {
  const [here, there] = [await tempDir(), await tempDir()];
  let facts: Facts = {};
  const run = {
    record: { id: 'run-1', facts },
    note: (more: Facts) => Promise.resolve(void (facts = { ...facts, ...more })),
  };
  const made = await ownSecrets(['password'], run, machine(here));
  expect(JSON.stringify(facts)).not.toContain(made['password']!.reveal());
  await cp(join(here, 'config'), join(there, 'config'), { recursive: true });
  const again = await ownSecretsOf({ id: 'run-1', facts }, machine(there));
  expect(again['password']?.reveal()).toBe(made['password']?.reveal());
  // An earlier release noted a digest that only its machine can make.
  const { io } = machine(here);
  const old: Facts = { 'own.secrets': { password: await secretDigest({ password: made['password']! }, io) } };
  const older = await ownSecretsOf({ id: 'run-1', facts: old }, machine(here));
  expect(older['password']?.reveal()).toBe(made['password']?.reveal());
  await failsWith('CONFLICT', () => ownSecretsOf({ id: 'run-1', facts: old }, machine(there)));
  await rm(join(there, 'config'), { recursive: true });
  await failsWith('CONFLICT', () => ownSecretsOf({ id: 'run-1', facts }, machine(there)));
});
