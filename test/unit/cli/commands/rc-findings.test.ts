import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandLine, type Ended, words } from '../../../support/command-line.ts';
import { noRoot, posix, testWith } from '../../../support/programs.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

const envOf = (folder: string) => ({
  MIGRATOR_CONFIG_DIR: join(folder, 'own', 'config'),
  MIGRATOR_STATE_DIR: join(folder, 'own', 'state'),
});

const line = (folder: string, ...args: string[]): Promise<Ended> =>
  commandLine(args, { cwd: folder, env: envOf(folder) });

async function withRc(rc: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await tempDir();
  for (const [name, text] of Object.entries({ ...files, '.migratorrc.yaml': rc }))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  return folder;
}

const rcWithFiles = `instances:
  lab: { product: octopus, url: "embedded:./taken/lab", sample: target }
  lake: { product: snaplogic, url: us, username: me, password: "file:./absent-secret" }
keys:
  signing: ./absent.key
  identities: [./folder, ./empty.txt]
  trust: [./note.txt]
  recipients: { team: [age1nonsense, 'file:./absent-team.txt', 'file:./note.txt'] }
http:
  ca: ./note.txt
  cert: ./absent.pem
defaults:
  accountFile: ./absent.json
`;

describe('config check', () => {
  test('looks at every file that the rc file names, and tells all that is wrong at once', async () => {
    const folder = await withRc(rcWithFiles, { 'note.txt': 'hello', 'empty.txt': '', taken: '' });
    await mkdir(join(folder, 'folder'));
    const { code, stdout, stderr } = await line(folder, 'config', 'check');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const told of [
      /- (?:line \d+: )?keys\.signing: there is no key at ".*absent\.key"/u,
      /- (?:line \d+: )?keys\.identities\[0\]: ".*folder" is a folder, not a key file/u,
      /- (?:line \d+: )?keys\.identities\[1\]: ".*empty\.txt" is empty/u,
      /- (?:line \d+: )?keys\.trust\[0\]: /u,
      /- (?:line \d+: )?keys\.recipients\.team\[0\]: /u,
      /- (?:line \d+: )?keys\.recipients\.team\[1\]: there is no key at ".*absent-team\.txt"/u,
      /- (?:line \d+: )?keys\.recipients\.team\[2\]: line 1 of the keys in ".*note\.txt" is not a public age key/u,
      /- (?:line \d+: )?http\.ca: ".*note\.txt" holds no certificate/u,
      /- (?:line \d+: )?http\.cert: ".*absent\.pem" does not exist/u,
      /- (?:line \d+: )?http\.cert: needs http\.key beside it/u,
      /- (?:line \d+: )?defaults\.accountFile: ".*absent\.json" does not exist/u,
      /- (?:line \d+: )?instances\.lab\.url: a part of ".*taken.lab" is not a folder/u,
      /warning: the file ".*absent-secret", which should hold password of instance "lake", does not exist/u,
    ])
      expect(stderr).toMatch(told);
    expect(stderr).toContain('has 12 problems');
    expect(stderr).not.toContain('key generate');
  });

  test('a missing secret alone is a warning, the exit code is 0, and a table ends the text', async () => {
    const folder = await withRc(
      'instances: { lab: { product: octopus, url: "https://x.example", apiKey: "env:ABSENT" } }',
    );
    const { code, stdout } = await line(folder, 'config', 'check');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /warning: .*ABSENT.*\ninstance +product +url\nlab +octopus +https:\/\/x\.example\n.* is valid: 1 instance/u,
    );
  });

  testWith(
    [posix],
    'a client key that others can read is a warning, and the key of another certificate is a fault',
    async () => {
      const folder = await withRc('http: { cert: ./a.pem, key: ./a.key }');
      for (const name of ['a', 'b'])
        execFileSync(
          'openssl',
          [
            'req',
            '-x509',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:P-256',
            '-nodes',
            '-subj',
            `/CN=${name}`,
            '-keyout',
            `${name}.key`,
            '-out',
            `${name}.pem`,
          ],
          { cwd: folder, stdio: 'ignore' },
        );
      await chmod(join(folder, 'a.key'), 0o644);
      expect(await line(folder, 'config', 'check')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/warning: ".*a\.key" can be read by other users/u),
      });
      await writeFile(join(folder, 'a.key'), await readFile(join(folder, 'b.key')), { mode: 0o600 });
      expect(await line(folder, 'config', 'check')).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/a\.key" is not the key of the certificate in ".*a\.pem"/u),
      });
    },
  );

  testWith([noRoot], 'a folder of an embedded instance that cannot be written is a fault', async () => {
    const folder = await withRc('instances: { lab: { product: octopus, url: "embedded:./closed/lab" } }');
    await mkdir(join(folder, 'closed'), { mode: 0o500 });
    expect(await line(folder, 'config', 'check')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot be written/u),
    });
  });
});

describe('without an rc file', () => {
  test.each([
    [['config', 'check']],
    [['inventory']],
    [['inventory', '--from', 'lab']],
    [['compare']],
    [['job', 'show', 'octopus:lab:ServerTasks-1']],
  ])('%j says that there is none, and not that a flag is missing', async (args) => {
    const folder = await tempDir();
    const { code, stderr } = await line(folder, ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no rc file: none in .*\n.*migrator init/u);
    expect(stderr).not.toContain('--from is missing');
  });

  test.each([
    ['migratorrc.yaml', /migrator does not look for "migratorrc\.yaml": .*rename it to \.migratorrc\.yaml/u],
    ['.migratorrc.toml', /"\.migratorrc\.toml" is not read/u],
  ])('a file that was passed over is named: %s', async (name, message) => {
    const folder = await tempDir();
    await writeFile(join(folder, name), '');
    expect((await line(folder, 'inventory')).stderr).toMatch(message);
  });
});

test('doctor lists everything that is wrong, compares the instances of a product, and ends with a table', async () => {
  const folder = await withRc(
    `instances:
  old: { product: octopus, url: "embedded:./old", sample: false }
  new: { product: octopus, url: "embedded:./new", sample: false, version: 2026.1.2000, flavor: linux }
  gone: { product: octopus, url: "https://gone.example", apiKey: "env:ABSENT" }
  lost: { product: enms, url: "https://lost.example", username: me, password: "file:./absent" }
http: { ca: ./absent.pem }
`.replace('2026.1.2000', '"2026.1.2000"'),
  );
  // The file of certificates keeps every instance from being reached.
  const first = await line(folder, 'doctor', '--json');
  expect(first.code).toBe(3);
  const wrong = JSON.parse(first.stdout) as { findings: { subject: string; state: string }[]; instances: object[] };
  expect(wrong.findings.filter(({ state }) => state === 'bad').map(({ subject }) => subject)).toEqual([
    'http.ca',
    'old',
    'new',
    'gone',
    'lost',
  ]);
  const rc = join(folder, '.migratorrc.yaml');
  await writeFile(rc, (await readFile(rc, 'utf8')).replace(/^http:.*$/mu, ''));
  const { code, stdout } = await line(folder, 'doctor');
  expect(code).toBe(3);
  expect(stdout).toMatch(/ok {4}old → new: .* to 2026\.1\.2000; projects move by Export\/Import$/mu);
  expect(stdout).toMatch(/warn {2}new → old: 2026\.1\.2000 to .*; nothing moves \(/u);
  const table = stdout.slice(stdout.lastIndexOf('\n\n') + 2);
  expect(table).toMatch(
    /^instance +product +version +account +state\nold .* ok.*\nnew .* 2026\.1\.2000 .*\ngone +octopus +- +- +FAIL\nlost +enms +- +- +FAIL\n2 of 4 instances cannot be used\n$/u,
  );
});

describe('init', () => {
  test('--yes writes an example of which every command that it prints works, and a project arrives', async () => {
    const folder = await tempDir();
    const { code, stdout } = await line(folder, 'init', '--yes', '--json');
    expect(code).toBe(0);
    const { next } = JSON.parse(stdout) as { next: string[] };
    expect(next.at(-1)).toMatch(/^migrator migrate-project/u);
    for (const command of next) {
      const ended = await line(folder, ...words(command).slice(1));
      expect({ command, code: ended.code, stderr: ended.code === 0 ? '' : ended.stderr }).toEqual({
        command,
        code: 0,
        stderr: '',
      });
    }
    expect((await line(folder, 'inventory', '--from', 'prod')).stdout).toContain('Web Shop');
    expect(await readdir(folder)).toEqual(expect.not.arrayContaining([expect.stringContaining('.partial')]));
  });

  test('writes no second rc file into a folder, and no file of another kind', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, '.migratorrc.json'), '{}');
    expect(await line(folder, 'init', '--yes')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('.migratorrc.json'),
    });
    expect(await line(folder, 'init', '--yes', '--config', 'x.json')).toMatchObject({ code: 2 });
    expect(await line(folder, 'init', '--yes', '--config', 'night.yaml')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('migrator --config night.yaml doctor'),
    });
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['.migratorrc.json', 'night.yaml']));
  });
});
