import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { posix, testWith } from '../support/programs.ts';
import { sample } from '../support/sample.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;

/** Puts a program `migrator` on the PATH, as an installation does. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-examples-'));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin', 'migrator.mjs')}" "$@"\n`;
  await writeFile(join(folder, 'migrator'), program, { mode: 0o755 });
});

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

function run(command: string, args: readonly string[]): Promise<{ code: number | null; out: string }> {
  const env = {
    ...process.env,
    PATH: [folder, dirname(process.execPath), process.env['PATH']].join(delimiter),
    MIGRATOR_CONFIG_DIR: join(folder, 'config'),
    MIGRATOR_STATE_DIR: join(folder, 'state'),
  };
  return new Promise((done, fail) => {
    const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.on('error', fail);
    child.on('close', (code) => done({ code, out }));
  });
}

describe('the examples of the repository', () => {
  // All of them in `npm run prove`: each starts the binary several times.
  const examples = [
    ['partial-export', 'imported'],
    ['migrate-project', 'Search: moved'],
    ['newer-server', 'by export-import: the package was exported by it'],
    ['package-exchange', 'the meeting is at nine'],
    ['approval', 'undid microstrategy:dev:'],
    ['backup-and-undo', 'undid enms:dr:'],
    ['control-plane', 'arrived'],
    ['weekend', 'weekend: 4 done'],
  ] as const;
  for (const [name, said] of sample(examples, 3)) {
    testWith([posix], `the example ${name} runs unchanged`, async () => {
      const copy = join(folder, name);
      await cp(join(root, 'examples', name), copy, { recursive: true });
      const { code, out } = await run('sh', [join(copy, 'run.sh')]);
      expect(out).toContain(said);
      // Users must not see warnings of Node.js.
      expect(out).not.toMatch(/\(node:\d+\)/u);
      expect(code).toBe(0);
    });
  }

  test('the example library runs unchanged', async () => {
    const { code, out } = await run(process.execPath, [join(root, 'examples', 'library', 'seal-and-open.mjs')]);
    expect(out).toContain('files/b.txt: second');
    expect(code).toBe(0);
  });
});
