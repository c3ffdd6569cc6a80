import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runBinary } from '../../support/binary.ts';
import { run as program } from '../../support/programs.ts';
import { walking } from '../../support/walk.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts a server of the written adapter, as its README says. */
async function served(cwd: string, ...args: readonly string[]): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, ['server.mjs', ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((done) =>
    child.stdout.once('data', (line: Buffer) => done(String(line).trim())),
  );
  return { url, stop: () => void child.kill() };
}

/** In the place of `npm install`. */
async function install(folder: string): Promise<void> {
  const installed = join(folder, 'node_modules', 'migrator-cli');
  await mkdir(installed, { recursive: true });
  await copyFile(join(root, 'package.json'), join(installed, 'package.json'));
  await symlink(join(root, 'dist'), join(installed, 'dist'), 'junction');
}

const env = { HERE_TOKEN: 'a-token', THERE_TOKEN: 'another-token' };

test('a developer writes an adapter for another product, and its faults are told as its own', async () => {
  await walking(env, async ({ line: at, path, env: walkerEnv }) => {
    const written = await at('migrator adapter new acme -o .adapter');
    expect(written.code).toBe(0);
    expect(written.stdout).toMatch(
      /cd \.adapter\n {2}npm install\n {2}npm test\n.*migrator help writing-an-adapter\n$/u,
    );
    expect((await at('migrator help writing-an-adapter')).stdout).toContain('contract');
    const folder = path('.adapter');
    await install(folder);
    const tested = program(process.execPath, ['--test', '--test-reporter=tap'], { cwd: folder });
    expect(tested).toContain('# fail 0');

    const [here, there] = [await served(folder, 'a-token', 'Web Shop'), await served(folder, 'another-token')];
    try {
      const rc = `adapters: ['./.adapter/acme.mjs']
instances:
  here: { product: acme, url: '${here.url}', token: env:HERE_TOKEN }
  there: { product: acme, url: '${there.url}', token: env:THERE_TOKEN }
`;
      await writeFile(path('.migratorrc.yaml'), rc);
      const untrusted = await at('migrator doctor');
      expect(untrusted).toMatchObject({ code: 2, stdout: '' });
      expect(untrusted.stderr).toMatch(
        /runs code on this machine \(the adapter \.\/\.adapter\/acme\.mjs\)\n.*allow it once with: migrator config trust$/mu,
      );
      const shown = await at('migrator config trust');
      expect(shown.code).toBe(0);
      // One line for each file of the developer, and one for all packages.
      expect(shown.stdout).toContain('\n  .adapter/acme.mjs\n');
      expect(shown.stdout.match(/^ {2}\d+ packages? with \d+ files?: /gmu)).toHaveLength(1);

      const looked = await at('migrator doctor');
      expect(looked.code).toBe(0);
      expect(looked.stdout).toMatch(
        /^ok {4}here → there, there → here: both 4\.2; projects move by export and import, through this machine$/mu,
      );
      expect(looked.stdout).not.toMatch(/nothing moves|FAIL|warn/u);

      expect((await at('migrator partial-export --help')).stdout).toMatch(
        /\nAcme options:\n {2}--without-comments {2}/u,
      );
      expect(await at('migrator partial-export --from here --project "Web Shop" --without-coments')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('did you mean --without-comments?'),
      });
      const moved = await at('migrator migrate-project "Web Shop" --from here --to there');
      expect(moved.stdout).toContain('moved "Web Shop" from here to there, through this machine');
      expect(moved.code).toBe(0);

      // A mistake in the adapter: after each change the code is allowed again.
      const file = path('.adapter/acme.mjs');
      const good = await readFile(file, 'utf8');
      const start = 'start: async (prepared, _secrets, _destination, signal) => {';
      expect(good).toContain(start);
      await writeFile(file, good.replace(start, `${start}\n      prepared.nothing.here();`));
      expect((await at('migrator doctor')).stderr).toContain('it or what it loads has changed since you allowed it');
      expect(await at('migrator config trust')).toMatchObject({ code: 0 });
      // Node.js keeps a module that was loaded, so this takes a process of its own.
      const exporting = ['partial-export', '--from', 'here', '--project', 'Web Shop', '-o', 'x.tar'];
      const failed = await runBinary(exporting, { cwd: path('.'), env: walkerEnv });
      expect(failed).toMatchObject({ code: 1, stdout: '' });
      expect(failed.stderr).toMatch(/error: unexpected: .*\n {4}at .*acme\.mjs:\d+:\d+/u);
      expect(failed.stderr).toMatch(
        /hint: this is a bug in .*acme\.mjs, which migrator .* has loaded; report it with the lines above$/mu,
      );
    } finally {
      here.stop();
      there.stop();
    }
  });
});
