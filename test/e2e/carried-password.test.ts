import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { LineOptions } from '../support/command-line.ts';
import { crashAt } from '../support/crash.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import type { Workshop } from '../support/workshop.ts';
import { counted, exportTask, packagesOf, projectsOf, send, ask, tasksOf } from '../support/octopus-api.ts';

const { here, run: runIn } = sharedWorkshop();
const run = (line: string, more: Partial<LineOptions> = {}) => runIn(line.split(' '), { host: hostname(), ...more });
const given = '--password env:MOVE_PASSWORD';
const exporting = 'partial-export --from lab --project Billing';

/** Runs a line that must end well, and returns its document. */
async function document(line: string, more: Partial<LineOptions> = {}): Promise<Readonly<Record<string, unknown>>> {
  const { code, stdout, stderr } = await run(`${line} --json`, more);
  if (code !== 0) throw new Error(`exit ${String(code)}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

/** The same user at another machine, with keys and a journal of its own. */
async function otherMachine(name: string): Promise<{ env: Workshop['env']; recipient: string; publicKey: string }> {
  const { env, path } = here();
  await mkdir(path(name), { recursive: true });
  const own = { ...env, MIGRATOR_STATE_DIR: path(`${name}/state`), MIGRATOR_CONFIG_DIR: path(`${name}/config`) };
  await document('key generate', { env: own });
  return { env: own, ...(await keysOf(own)) };
}

async function keysOf(env: Workshop['env'] = here().env): Promise<{ recipient: string; publicKey: string }> {
  const shown = await document('key show', { env });
  const { signing, recipients } = shown as { signing: { publicKey: string }; recipients: readonly string[] };
  return { recipient: recipients[0] ?? '', publicKey: signing.publicKey };
}

async function formatOf(file: string): Promise<string> {
  const { manifest } = (await document(`package inspect ${file}`)) as { manifest: { format: string } };
  return manifest.format;
}

/** The password that a package carries. */
async function carriedBy(file: string): Promise<string> {
  await document(`package open ${file} -o ${file}.opened --secrets-file ${file}.secrets --force`);
  return (JSON.parse(await readFile(here().path(`${file}.secrets`), 'utf8')) as { password: string }).password;
}

async function withoutProject(name: string): Promise<void> {
  const { prod } = here();
  const { Items } = (await ask(prod, '/api/Spaces-1/projects?take=1000')) as { Items: { Id: string; Name: string }[] };
  for (const { Id } of Items.filter((one) => one.Name === name))
    await ask(prod, `/api/Spaces-1/projects/${Id}`, 'DELETE');
}

/** Every file of the user that is not sealed and not on the servers. */
async function textsOfUser(): Promise<string> {
  const { folder } = here();
  const names = await readdir(folder, { recursive: true });
  const kept = names.filter((name) => !/^(lab|prod)\b|\.secrets$/u.test(name));
  const files: string[] = [];
  for (const name of kept) {
    if ((await stat(join(folder, name))).isFile()) files.push(await readFile(join(folder, name), 'latin1'));
  }
  return files.join('\n');
}

describe('an export without a password', () => {
  test('is imported without one, and nobody sees the one that the package carries', async () => {
    const exported = await run(`${exporting} -o carried.tar --debug`);
    expect(exported).toMatchObject({ code: 0, stdout: expect.stringContaining('whoever can open it can import it') });
    expect(await formatOf('carried.tar')).toBe('migrator-package/2');
    const lines = [
      await run('package inspect carried.tar --debug'),
      await run('package inspect carried.tar --json'),
      await run('package verify carried.tar --content --debug'),
      await run('import carried.tar --to prod --dry-run --debug'),
      await run('import carried.tar --to prod --skip-existing --json --debug'),
    ];
    expect(lines.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(await projectsOf(here().prod)).toContain('Billing');
    const secret = await carriedBy('carried.tar');
    expect(secret).toMatch(/^[\w-]{43}$/u);
    for (const { stdout, stderr } of [exported, ...lines]) expect(stdout + stderr).not.toContain(secret);
    expect(await textsOfUser()).not.toContain(secret);
    await withoutProject('Billing');
  });

  test('is imported by everybody for whom it was sealed, at another machine', async () => {
    const other = await otherMachine('other');
    const own = await keysOf();
    await document(`${exporting} -o both.tar --recipient ${own.recipient} --recipient ${other.recipient}`);
    const imported = await document(`import both.tar --to prod --skip-existing --trust ${own.publicKey}`, {
      env: other.env,
    });
    expect(imported).toMatchObject({ outcome: 'done' });
    expect(await projectsOf(here().prod)).toContain('Billing');
    await withoutProject('Billing');
    const stranger = await otherMachine('stranger');
    const refused = await run(`import both.tar --to prod --trust ${own.publicKey}`, { env: stranger.env });
    expect(refused.code).toBe(6);
    expect(await document('import both.tar --to prod --skip-existing')).toMatchObject({ outcome: 'done' });
    await withoutProject('Billing');
  });

  test('has the same password after the process was killed: the server exports once', async () => {
    const line = [...exporting.split(' '), '-o', 'killed.tar'];
    const { exports } = await counted(here(), async () => {
      const killed = await crashAt('answer POST /api/migrations/partialexport #1', here(), line);
      expect(killed.code).not.toBe(0);
      await document(`${exporting} -o killed.tar`);
    });
    expect(exports).toBe(1);
    expect(await document('import killed.tar --to prod --skip-existing')).toMatchObject({ outcome: 'done' });
    await withoutProject('Billing');
  });

  test('for which nobody waits is finished on the machine that started it', async () => {
    const started = await run(`${exporting} -o left.tar --no-wait --json`);
    expect(started.stderr).toContain('only this machine can resume it');
    const { handle } = JSON.parse(started.stdout) as { handle: string };
    await document(`job wait ${handle}`);
    for (const [flags, why] of [
      ['--unencrypted', 'only an encrypted package carries one'],
      [given, 'it has another password than yours'],
    ] as const) {
      const refused = await run(`partial-export --resume ${handle} -o left.tar ${flags}`);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
    }
    const other = await otherMachine('elsewhere');
    const elsewhere = await run(`partial-export --resume ${handle} -o elsewhere.tar`, { env: other.env });
    expect(elsewhere).toMatchObject({ code: 0, stderr: expect.stringContaining('this machine did not start') });
    // Another identity would seal another password than the server has.
    const identity = here().path('config/keys/identity.txt');
    await rename(identity, `${identity}.old`);
    const changed = await run(`partial-export --resume ${handle} -o left.tar`);
    expect(changed).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('none of your encryption identities is the one'),
    });
    await rename(`${identity}.old`, identity);
    await document(`partial-export --resume ${handle} -o left.tar`);
    expect(await document('import left.tar --to prod --skip-existing')).toMatchObject({ outcome: 'done' });
    await withoutProject('Billing');
  });
});

describe('a password must be given, and the server does nothing,', () => {
  test.each([
    ['-o plain.tar --unencrypted', 'only an encrypted package carries one, and --unencrypted is given'],
    ['--to prod', 'the package in the feed of prod carries none'],
  ])('for partial-export %s', async (flags, why) => {
    const before = await tasksOf(here().lab, exportTask);
    const refused = await run(`${exporting} ${flags}`);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`octopus needs --password for this: ${why}`),
    });
    expect(refused.stderr).not.toContain('BUG');
    expect(await tasksOf(here().lab, exportTask)).toEqual(before);
  });

  test('and a package of such an export carries none: its import needs it too', async () => {
    await document(`${exporting} -o given.tar --unencrypted ${given}`);
    expect(await formatOf('given.tar')).toBe('migrator-package/1');
    const refused = await run('import given.tar --to prod');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('octopus needs --password') });
  });
});

describe('a package that carries its password', () => {
  test('is imported with the same one, and refused with another before anything is sent', async () => {
    await document(`${exporting} -o mine.tar`);
    await writeFile(here().path('same.txt'), await carriedBy('mine.tar'));
    const before = await packagesOf(here().prod);
    const refused = await run(`import mine.tar --to prod ${given}`);
    expect(refused).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('--password is not the password that mine.tar was made with and carries'),
    });
    expect(await packagesOf(here().prod)).toEqual(before);
    expect(await document('import mine.tar --to prod --skip-existing --password file:same.txt')).toMatchObject({
      outcome: 'done',
    });
  });

  test('is opened without it, or with it in a private file that the user names, and uploaded without it', async () => {
    await document(`${exporting} -o open.tar`);
    const plain = await run('package open open.tar -o opened');
    expect(plain).toMatchObject({ code: 0, stderr: expect.stringContaining('write it with --secrets-file') });
    expect((await readdir(here().path('opened'), { recursive: true })).join()).not.toContain('secrets');
    expect(await document('package open open.tar -o opened2 --secrets-file own.json')).toMatchObject({
      secretsFile: 'own.json',
    });
    expect((await stat(here().path('own.json'))).mode & 0o777).toBe(0o600);
    const uploaded = await run('package upload open.tar --to prod');
    expect(uploaded).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('migrator import open.tar --to prod'),
      stderr: expect.stringContaining('the feed of prod does not take it'),
    });
    const again = await run('package open open.tar -o opened3 --secrets-file own.json');
    expect(again).toMatchObject({ code: 7, stderr: expect.stringContaining('own.json') });
    await document(`${exporting} -o without.tar ${given}`);
    expect(await formatOf('without.tar')).toBe('migrator-package/1');
    const none = await run('package open without.tar -o opened4 --secrets-file none.json');
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('carries no secrets') });
    expect((await readdir(here().folder)).filter((name) => /^(opened[34]|none)/u.test(name))).toEqual([]);
  });

  test('is also the backup before an import: everybody who can open it can import it, and job undo does', async () => {
    const { lab } = here();
    const { Items } = (await ask(lab, '/api/Spaces-1/projects?take=1000')) as { Items: { Id: string; Name: string }[] };
    const billing = Items.find(({ Name }) => Name === 'Billing')!;
    const described = async () => {
      const found = (await ask(here().prod, '/api/Spaces-1/projects?take=1000')) as { Items: Record<string, string>[] };
      return found.Items.find((one) => one['Name'] === 'Billing')?.['Description'];
    };
    const before = await described();
    await send(lab, 'PUT', `/api/Spaces-1/projects/${billing.Id}`, { ...billing, Description: 'as lab has it' });
    await document(`${exporting} -o over.tar`);
    const imported = await document('import over.tar --to prod --overwrite-existing --yes --backup back.tar');
    expect(await described()).toBe('as lab has it');
    expect(await formatOf('back.tar')).toBe('migrator-package/2');
    expect(await carriedBy('back.tar')).not.toBe(await carriedBy('over.tar'));
    const undone = await run(`job undo ${String(imported['handle'])} --yes`);
    // What the tests before this one left makes it partial.
    expect([0, 3]).toContain(undone.code);
    expect(await described()).toBe(before);
    const copy = await document('import back.tar --to prod --overwrite-existing --yes --no-backup');
    expect(copy).toMatchObject({ outcome: expect.stringMatching(/done|partial/u) });
    await withoutProject('Billing');
  });

  test('is what a move through this machine makes, which then needs no password either', async () => {
    const line = 'migrate-project Billing --from lab --to prod --route relay --skip-existing';
    expect(await document(line)).toMatchObject({ outcome: 'done', route: 'relay' });
    expect(await projectsOf(here().prod)).toContain('Billing');
  });
});
