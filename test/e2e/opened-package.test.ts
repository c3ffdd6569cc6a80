import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { posix, testWith } from '../support/programs.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

jest.setTimeout(120_000);

const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'shop.tar'];
const importing = ['import', 'shop.tar', '--to', 'prod', ...password];

const staged = async ({ folder }: Workshop) => readdir(join(folder, 'state', 'staging')).catch(() => []);

/** An import that stays in the middle of its job until it is ended. */
async function underWay(workshop: Workshop) {
  workshop.prod.faults.add({ type: 'named', name: 'stuck-queue', values: {} });
  const started = workshop.start(importing);
  await started.seen(/ServerTasks-\d+/);
  expect(await staged(workshop)).toEqual([expect.stringMatching(/^\.opened\..*\.partial$/)]);
  return started;
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s removes the files of the package', async (signal) => {
  await withWorkshop({}, async (workshop) => {
    expect(await workshop.run(exporting)).toMatchObject({ code: 0 });
    const started = await underWay(workshop);
    started.child.kill(signal);
    expect(await started.finished).toMatchObject({ code: 130 });
    expect(await staged(workshop)).toEqual([]);
  });
});

test('an import that succeeds or fails removes the files; after kill -9 the next run does', async () => {
  await withWorkshop({}, async (workshop) => {
    expect(await workshop.run(exporting)).toMatchObject({ code: 0 });
    const started = await underWay(workshop);
    started.child.kill('SIGKILL');
    await started.finished;
    expect(await staged(workshop)).toHaveLength(1);
    expect(await workshop.run(['doctor'])).toMatchObject({ stdout: expect.stringContaining('was left by a run') });
    workshop.prod.faults.clear();
    // The killed process may have started its import, and then nothing is left to do.
    expect([0, 3]).toContain((await workshop.run([...importing, '--fresh'])).code);
    expect(await staged(workshop)).toEqual([]);
    expect(await workshop.run(['package', 'upload', 'shop.tar', '--to', 'nowhere'])).toMatchObject({ code: 2 });
    expect(await staged(workshop)).toEqual([]);
  });
});

testWith([posix], 'a disk that does not take the files is LOCAL_IO, before the first request', async () => {
  await withWorkshop({}, async (workshop) => {
    expect(await workshop.run(exporting)).toMatchObject({ code: 0 });
    const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));
    const words = [process.execPath, binary, ...importing].map((word) => `'${word}'`).join(' ');
    // No file may grow beyond 512 bytes, and the signal that tells so is ignored.
    const { status, stderr } = spawnSync('sh', ['-c', `trap '' XFSZ; ulimit -f 1; ${words}`], {
      cwd: workshop.folder,
      env: workshop.env,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 10,
      stderr: expect.stringMatching(/could not write "native.*\n.*MIGRATOR_STATE_DIR/u),
    });
    expect(stderr).not.toContain('reaching');
    expect(await staged(workshop)).toEqual([]);
  });
});
