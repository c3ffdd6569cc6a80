import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { withTempDir } from './with-temp-dir.ts';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** Bodies of tests, each with what it leaves open. */
const bodies: Readonly<Record<string, readonly [body: string, left: string | undefined]>> = {
  nothing: ['', undefined],
  closed: ['const server = net.createServer().listen(0); await once(server, "listening"); server.close();', undefined],
  unref: ['setInterval(() => 0, 1000).unref();', undefined],
  server: ['await once(net.createServer().listen(0), "listening");', 'TCPServerWrap'],
  socket: [
    `const server = net.createServer().listen(0); await once(server, "listening"); server.unref();
    await once(net.connect(server.address().port), "connect");`,
    'TCPSocketWrap',
  ],
  timer: ['setInterval(() => 0, 1000);', 'Timeout'],
  process: ['child_process.spawn(process.execPath, ["-e", "setTimeout(() => 0, 20000)"]);', 'ProcessWrap'],
  thread: ['new worker_threads.Worker("setInterval(() => 0, 1000)", { eval: true });', 'Worker'],
};

test('the environment of the tests fails each file that leaves something open, and no other', async () => {
  await withTempDir(async (folder) => {
    await mkdir(join(folder, 'tests'));
    const modules = ['child_process', 'net', 'worker_threads'].map(
      (name) => `const ${name} = require('node:${name}');`,
    );
    const head = [...modules, "const { once } = require('node:events');"].join('\n');
    for (const [name, [body]] of Object.entries(bodies)) {
      await writeFile(join(folder, 'tests', `${name}.test.cjs`), `${head}\ntest('a', async () => { ${body} });\n`);
    }
    const config = {
      rootDir: folder,
      testMatch: ['**/*.test.cjs'],
      testEnvironment: path('test/support/environment.mjs'),
    };
    const { stdout } = spawnSync(
      process.execPath,
      [
        ...['--experimental-vm-modules', path('node_modules/jest/bin/jest.js'), '--json', '--maxWorkers=4'],
        ...['--config', JSON.stringify(config)],
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    const { testResults } = JSON.parse(stdout) as { testResults: { name: string; message: string }[] };
    const told = testResults.map(({ name, message }) => {
      const [, file = name] = /(\w+)\.test\.cjs$/u.exec(name) ?? [];
      return [file, message === '' ? [] : /left open: (.*)$/mu.exec(message)?.[1]?.split(', ')];
    });
    const expected = Object.entries(bodies).map(([name, [, left]]) => [
      name,
      left === undefined ? [] : expect.arrayContaining([left]),
    ]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(expected));
  });
});
