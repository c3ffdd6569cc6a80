import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));
const flags = ['--password', 'env:MOVE_PASSWORD'];

/** Runs `migrator <left> | migrator <right>`. */
function pipe(left: readonly string[], right: readonly string[], { folder, env }: Workshop) {
  const options = { cwd: folder, env };
  const from = spawn(process.execPath, [binary, ...left], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const to = spawn(process.execPath, [binary, ...right], { ...options, stdio: [from.stdout, 'pipe', 'pipe'] });
  let told = '';
  from.stderr.setEncoding('utf8').on('data', (chunk: string) => (told += chunk));
  let out = '';
  for (const stream of [to.stdout, to.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  // This process does not read the pipe between the two, so it never sees the first one close it.
  const first = new Promise<number | null>((done) => from.on('exit', done));
  const second = new Promise<number | null>((done) => to.on('close', done));
  return Promise.all([first, second]).then((codes) => {
    from.stdout.destroy();
    return { codes, told, out };
  });
}

describe('packages through pipes', () => {
  test('an export to standard output can be piped into an import', async () => {
    await withWorkshop({}, async (workshop) => {
      const { codes, told, out } = await pipe(
        ['partial-export', '--from', 'lab', '--project', 'Search', ...flags, '-o', '-'],
        ['import', '-', '--to', 'prod', ...flags],
        workshop,
      );
      expect(codes).toEqual([0, 0]);
      expect(told).toContain('exported "Search" from lab');
      expect(out).toContain('imported');
      expect(await readdir(workshop.folder)).not.toContain('-');
    });
  });

  test('a package on standard output together with --json is a USAGE error', async () => {
    await withWorkshop({}, async ({ run, folder }) => {
      await writeFile(`${folder}/note.txt`, 'x');
      const { code, stdout } = await run(['package', 'seal', 'note.txt', '-o', '-', '--json']);
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ document: 'migrator/error/1', code: 'USAGE' });
    });
  });

  test('package seal fails when the reader closes the pipe early', async () => {
    await withWorkshop({}, async ({ start, folder }) => {
      await writeFile(`${folder}/large.bin`, Buffer.alloc(8 * 1024 * 1024, Math.random().toString()));
      const started = start(['package', 'seal', 'large.bin', '-o', '-', '--compression', 'none']);
      started.child.stdout?.destroy();
      const { code, stderr } = await started.finished;
      expect(stderr).toContain('closed it before the package was complete');
      expect(code).toBe(10);
    });
  });
});
