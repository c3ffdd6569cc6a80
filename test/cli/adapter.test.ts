import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { run as program } from '../support/programs.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';

const { here, run } = sharedWorkshop();
const root = fileURLToPath(new URL('../..', import.meta.url));
const emptyFolder = () => mkdtemp(here().path('adapter-'));

/** Starts a server of the written adapter, and gives its URL. */
async function served(cwd: string, ...args: readonly string[]): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, ['server.mjs', ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((done) =>
    child.stdout.once('data', (line: Buffer) => done(String(line).trim())),
  );
  return { url, stop: () => void child.kill() };
}

describe('migrator adapter new', () => {
  test('what it writes passes its own test at once, and moves a project with the flag that it declares', async () => {
    const cwd = await emptyFolder();
    const written = await run(['adapter', 'new', 'my-etl', '--json'], { cwd });
    expect(written).toMatchObject({ code: 0, stderr: '' });
    const folder = join(cwd, 'my-etl');
    const files = ['README.md', 'my-etl.mjs', 'my-etl.test.mjs', 'package.json', 'server.mjs'];
    expect(JSON.parse(written.stdout)).toEqual({
      document: 'migrator/adapter-new/1',
      product: 'my-etl',
      folder,
      files: expect.arrayContaining(files),
    });
    expect((await readdir(cwd)).sort()).toEqual(['my-etl']);
    expect((await readdir(folder)).sort()).toEqual(files);
    for (const file of files) expect(await readFile(join(folder, file), 'utf8')).not.toMatch(/acme/iu);

    // In the place of `npm install`.
    const installed = join(folder, 'node_modules', 'migrator-cli');
    await mkdir(installed, { recursive: true });
    await copyFile(join(root, 'package.json'), join(installed, 'package.json'));
    await symlink(join(root, 'dist'), join(installed, 'dist'), 'junction');
    const tested = program(process.execPath, ['--test', '--test-reporter=tap'], { cwd: folder });
    expect(tested).toMatch(/# pass [2-9]\d/u);
    expect(tested).toContain('# fail 0');

    const source = await served(folder, 'a-token', 'Web Shop');
    const target = await served(folder, 'another-token');
    try {
      const readme = await readFile(join(folder, 'README.md'), 'utf8');
      const [, rc = ''] = /```yaml\n([^]*?)```/u.exec(readme)!;
      await writeFile(
        join(folder, '.migratorrc.yaml'),
        rc.replace('http://127.0.0.1:4001', source.url).replace('http://127.0.0.1:4002', target.url),
      );
      const env = { ...here().env, HERE_TOKEN: 'a-token', THERE_TOKEN: 'another-token' };
      const line = (...words: string[]) => run(words, { cwd: folder, env });
      expect(await line('config', 'trust')).toMatchObject({ code: 0 });
      const exported = await line(
        ...['partial-export', '--from', 'here', '--project', 'Web Shop', '--without-comments', '-o', 'x.tar'],
      );
      expect(exported).toMatchObject({ code: 0 });
      expect(await line('package', 'open', 'x.tar', '-o', 'opened')).toMatchObject({ code: 0 });
      expect(JSON.parse(await readFile(join(folder, 'opened/native/projects.json'), 'utf8'))).toMatchObject({
        comments: false,
      });
      const moved = await line('migrate-project', 'Web Shop', '--from', 'here', '--to', 'there');
      expect(moved).toMatchObject({ code: 0 });
    } finally {
      source.stop();
      target.stop();
    }
  });

  test('the text names the next commands, and the folder of -o', async () => {
    const cwd = await emptyFolder();
    const { code, stdout } = await run(['adapter', 'new', 'acme', '-o', 'the adapter'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('cd "the adapter"\n  npm install\n  npm test');
    const example = join(root, 'examples', 'custom-adapter');
    for (const file of ['acme.mjs', 'acme.test.mjs', 'server.mjs']) {
      expect(await readFile(join(cwd, 'the adapter', file), 'utf8')).toBe(await readFile(join(example, file), 'utf8'));
    }
  });

  test('it never writes over anything, and leaves nothing behind when it is refused', async () => {
    const cwd = await emptyFolder();
    await writeFile(join(cwd, 'acme'), 'mine');
    await mkdir(join(cwd, 'empty'));
    expect(await run(['adapter', 'new', 'acme'], { cwd })).toMatchObject({
      code: 7,
      stdout: '',
      stderr: expect.stringMatching(/"acme" already exists\n.*choose another folder with -o/u),
    });
    expect(await run(['adapter', 'new', 'acme', '-o', 'empty'], { cwd })).toMatchObject({ code: 7 });
    expect(await run(['adapter', 'new', 'acme', '-o', 'acme/below'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"acme" is not a folder'),
    });
    expect(await run(['adapter', 'new', 'acme', '-o', 'absent/below'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/absent" does not exist\n.*create it, or choose another place with -o/u),
    });
    expect((await readdir(cwd)).sort()).toEqual(['acme', 'empty']);
    expect(await readFile(join(cwd, 'acme'), 'utf8')).toBe('mine');
  });

  test.each([
    ['octopus', 'migrator has an adapter for octopus', 'my-octopus'],
    ['snap-logic', 'migrator has an adapter for snaplogic', 'my-snaplogic'],
    ['Acme', 'it has lower-case letters and digits', 'did you mean "acme"?'],
    ['MyEtl', 'it has lower-case letters and digits', 'did you mean "my-etl"?'],
    ['my etl!', 'it has lower-case letters and digits', 'did you mean "my-etl"?'],
    ['../acme', 'it has lower-case letters and digits', 'did you mean "acme"?'],
    ['9to5', 'it has lower-case letters and digits', 'did you mean "to5"?'],
    ['OCTOPUS', 'it has lower-case letters and digits', 'choose a name such as acme'],
    ['', 'it has lower-case letters and digits', 'choose a name such as acme'],
    ['server', 'another file of the adapter has it', 'my-server'],
    ['con', 'Windows', 'my-con'],
    [`a${'b'.repeat(40)}`, 'it has more than 40 characters', 'choose a shorter name'],
  ])('the name "%s" is refused: %s', async (name, why, hint) => {
    const cwd = await emptyFolder();
    const { code, stdout, stderr } = await run(['adapter', 'new', name], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`"${name}" cannot be the name of a product`);
    expect(stderr).toContain(why);
    expect(stderr).toContain(hint);
    expect(await readdir(cwd)).toEqual([]);
  });
});
