import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { withAccountWorkshop } from '../support/account-workshop.ts';
import { commandLine, type Ended } from '../support/command-line.ts';
import { type Asked, withLiar } from '../support/liar.ts';
import { keyOf } from '../support/octopus-api.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

/** One secret for each way to give it, with characters that are hard to escape. None is in the output by chance. */
const secrets = {
  exportPassword: 'exp&w=rd?/ #1 "q\u00fcote\u00e9" <%41> \\back',
  commandPassword: 'from-a-command-\u{1F512}-42+7',
  plainPassword: "plain'argv'Pa55%20word",
  packagePassphrase: 'package pass phrase: \u00dcn\u00efc\u00f6de / "x"',
  keyPassphrase: 'key-pass-phrase-&-more-\\u0041',
  wrongKey: 'API-WRONGKEYTHATNOBODYHAS00000001',
};

/** A text in all forms that it has in logs, URLs, headers and documents. */
function spellings(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ x: secret }).toString().slice(2),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
  ];
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files: string[] = [];
  for (const name of names) if ((await stat(join(folder, name))).isFile()) files.push(join(folder, name));
  return files;
}

function expectCode(code: number, args: readonly string[], ended: Ended): void {
  const start = args.slice(0, 3);
  const err = ended.code === code ? '' : ended.stderr;
  expect({ args: start, code: ended.code, err }).toEqual({ args: start, code, err: '' });
}

/** Runs command lines with every kind of output, and searches for the secrets in all that was printed or stored. */
class Search {
  readonly found: string[] = [];
  readonly #workshop: Workshop;
  readonly #secrets: Readonly<Record<string, string>>;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.#secrets = { ...secrets, labKey: keyOf(workshop.lab), prodKey: keyOf(workshop.prod) };
  }

  async line(code: number, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { folder, env: usual } = this.#workshop;
    const ended = await commandLine(args, { cwd: folder, env: { ...usual, ...env } });
    expectCode(code, args, ended);
    // The search is in migrator's output only: the command line itself may hold a plain secret.
    this.text(`stdout of ${args.slice(0, 2).join(' ')}`, ended.stdout);
    this.text(`stderr of ${args.slice(0, 2).join(' ')}`, ended.stderr);
    return ended.stdout;
  }

  text(where: string, text: string): void {
    for (const [name, secret] of Object.entries(this.#secrets)) {
      if (spellings(secret).some((spelling) => text.includes(spelling))) this.found.push(`${name} in ${where}`);
    }
  }

  async files(folder: string): Promise<void> {
    for (const file of await filesBelow(folder)) this.text(file, (await readFile(file)).toString('utf8'));
  }
}

const loud: readonly (readonly string[])[] = [['--debug'], ['--debug', '--json', '--progress', 'json']];

describe('secrets', () => {
  test('no secret is in any output or stored file, after success and after failure', async () => {
    await withWorkshop({ rc: 'http: { timeout: 20s, retries: 0 }' }, async (workshop) => {
      const { path, lab, prod, env } = workshop;
      const search = new Search(workshop);
      const rc = await readFile(path('.migratorrc.yaml'), 'utf8');
      const wrong = `wrong: { product: octopus, url: "${lab.url}", apiKey: "env:WRONG_KEY" }`;
      const more = rc.replace('prod: {', `${wrong}\n  prod: {`);
      await writeFile(path('.migratorrc.yaml'), `${more}\nkeys: { passphrase: "env:KEY_PASSPHRASE" }\n`);
      await writeFile(path('open-keys.yaml'), more);
      await writeFile(path('export-password'), `${secrets.exportPassword}\n`);
      await writeFile(path('say.mjs'), `process.stdout.write(${JSON.stringify(secrets.commandPassword)});`);
      const given = {
        WRONG_KEY: secrets.wrongKey,
        KEY_PASSPHRASE: secrets.keyPassphrase,
        PASS: secrets.packagePassphrase,
      };
      await search.line(0, ['key', 'generate', '--passphrase', 'env:KEY_PASSPHRASE', '--debug'], given);

      const from = ['partial-export', '--from', 'lab', '--project', 'Web Shop'];
      const file = ['--password', 'file:export-password'];
      for (const [index, how] of loud.entries()) {
        const out = `shop-${String(index)}.tar`;
        // A passphrase takes seconds by design, so only one round uses it.
        const sealing = index === 0 ? ['--passphrase', 'env:PASS'] : [];
        await search.line(0, [...from, ...file, ...sealing, '-o', out, ...how], given);
        await search.line(0, ['package', 'inspect', out, ...how], given);
        await search.line(0, ['import', out, '--to', 'prod', ...file, ...sealing, '--dry-run', ...how], given);
        // So does a key with one, so the second round uses it only for its first package.
        const then =
          index === 0 ? given : { ...given, MIGRATOR_CONFIG: 'open-keys.yaml', MIGRATOR_CONFIG_DIR: path('open') };
        // With the wrong password the output has the server's words and the reason.
        const other = ['--password', secrets.plainPassword];
        await search.line(8, ['import', out, '--to', 'prod', ...other, ...sealing, ...how], given);
        await search.line(0, ['import', out, '--to', 'prod', ...file, ...sealing, ...how], given);
        const command = ['--password', 'command:node say.mjs'];
        const ways = ['migrate-project', 'Billing', '--from', 'lab', '--to', 'prod', '--fresh', ...command, ...how];
        await search.line(0, [...ways, '--route', index === 0 ? 'relay' : 'push'], then);

        await search.line(4, ['inventory', '--from', 'wrong', ...how], then);
        // A server repeats in its error what it was sent.
        const echo = [
          lab.faults.add({
            type: 'route',
            method: 'POST',
            path: '/api/migrations/partialexport',
            contentType: 'text/html',
            cut: 300,
          }),
          lab.faults.add({ type: 'route', method: 'GET', path: '/api/tasks', html: true, status: 200 }),
        ];
        await search.line(5, [...from, ...file, '-o', `lost-${String(index)}.tar`, ...how], then);
        for (const off of echo) off();
        await search.line(2, [...from, ...file, '--project', 'Nowhere', '-o', 'no.tar', ...how], then);
      }

      const jobs = JSON.parse(await search.line(0, ['job', 'list', '--from', 'lab', '--json'], given)) as {
        jobs: { handle: string }[];
      };
      for (const { handle } of jobs.jobs.slice(0, 2)) {
        await search.line(0, ['job', 'log', handle, '--json'], given);
        await search.line(0, ['job', 'show', handle, '--debug'], given);
      }
      await search.line(0, ['job', 'list'], given);
      await search.line(0, ['config', 'show', '--debug'], given);
      await search.line(0, ['config', 'show', '--json'], given);
      await search.line(0, ['doctor', 'lab', '--debug'], given);

      await search.files(path('state'));
      await search.files(path('config'));
      await search.files(path('open'));
      for (const name of await readdir(workshop.folder)) {
        // Everybody can read the manifest, sums and signature of a package. The content is sealed.
        if (name.endsWith('.tar')) search.text(name, (await readFile(path(name))).toString('latin1'));
      }
      expect(search.found).toEqual([]);

      // The search itself works: it finds secrets that are there.
      search.text('a control', `x ${encodeURIComponent(secrets.exportPassword)} ${keyOf(prod)}`);
      expect(search.found).toEqual(['exportPassword in a control', 'prodKey in a control']);
      expect(env['LAB_KEY']).toBe(keyOf(lab));
      await rm(path('say.mjs'));
    });
  });

  test('a common word as a password spoils no fact, and is warned about; a callback is a secret', async () => {
    await withWorkshop({ rc: 'http: { timeout: 20s, retries: 0 }' }, async ({ folder, path, env }) => {
      const token = 'T0kenOfTheChat-4711';
      const hook = `http://127.0.0.1:9/hook/${token}?key=${token}`;
      const line = ['partial-export', '--from', 'lab', '--project', 'Web Shop', '-o', 'shop.tar', '--debug', '--json'];
      const ended = await commandLine(
        [...line, '--password', 'env:WORD', '--success-callback', 'env:HOOK', '--failure-callback', hook],
        { cwd: folder, env: { ...env, WORD: 'Tasks', HOOK: hook } },
      );
      expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('is a common word or number') });
      const { handle } = JSON.parse(ended.stdout) as { handle: string };
      expect(handle).toMatch(/^octopus:lab:ServerTasks-\d+/u);
      expect(ended.stderr).toContain(handle.split('/')[0]);
      const written = [ended.stdout, ended.stderr, (await readFile(path('shop.tar'))).toString('latin1')];
      for (const file of await filesBelow(path('state'))) written.push(await readFile(file, 'utf8'));
      expect(written.filter((text) => text.includes(token))).toEqual([]);
      expect((await commandLine(['job', 'show', handle], { cwd: folder, env })).stdout).toContain('ServerTasks-');
    });
  });

  test('a secret of 19 KB that a server repeats is masked, and no error quotes it', async () => {
    await withWorkshop({ rc: 'http: { timeout: 20s, retries: 0 }' }, async ({ folder, path, env }) => {
      const long = `${'Correct horse, '.repeat(600)}battery 7 staple ${'Zulu*4 '.repeat(1500)}`;
      await writeFile(path('long'), long, { mode: 0o600 });
      for (const how of loud) {
        const line = ['partial-export', '--from', 'lab', '--project', 'Nowhere', '-o', 'no.tar'];
        const ended = await commandLine([...line, '--password', 'file:long', ...how], { cwd: folder, env });
        expect(ended.code).toBe(2);
        expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/Correct horse|battery 7|Zulu/u);
      }
    });
  });

  test('a value of an account file that SnapLogic repeats in a refusal or a warning is masked', async () => {
    const orgs = { lab: 'Acme-Dev', prod: 'Acme-EU' } as const;
    const settings = (_: string, name: 'lab' | 'prod') => ({
      pace: 1,
      sample: name === 'lab' ? ('source' as const) : ('target' as const),
      instances: { [name]: `, org: ${orgs[name]}` },
    });
    await withAccountWorkshop('snaplogic', settings, async (workshop) => {
      const { run, path } = workshop;
      const value = 'Pl@nted "quoted" p\u00e4ss/4711';
      await writeFile(
        path('accounts.json'),
        JSON.stringify({ erp_account: { property_map: { settings: { password: { value } } } } }),
      );
      const from = ['--from', 'lab', '--project', '/Acme-Dev/Finance/Invoices'];
      expect(await run(['partial-export', ...from, '-o', 'invoices.tar'])).toMatchObject({ code: 0 });
      const error = (message: string) => ({ http_status_code: 400, response_map: { error_list: [{ message }] } });
      const quoted = `Invalid account: {'password': '${value}'}`;
      const failed = [{ snode_id: 'x', name: 'D001_erp', asset_type: 'Account', status_code: 403, reason: quoted }];
      const parts = { failed, imported: [], skipped: [], warnings: [quoted] };
      const answers = [
        { status: 400, answer: JSON.stringify(error(quoted)) },
        { status: 200, answer: JSON.stringify({ http_status_code: 200, response_map: parts }) },
      ];
      for (const answer of answers) {
        const lie = (asked: Asked) => (asked.path.includes('/public/project/import/') ? answer : undefined);
        await withLiar(workshop, lie, async () => {
          for (const how of [[], ...loud.slice(1)]) {
            const to = ['--to', 'prod', '--dest-path', '/Acme-EU/Finance/Invoices', '--yes', '--fresh'];
            const ended = await run(['import', 'invoices.tar', ...to, '--account-file', 'accounts.json', ...how]);
            expect({ answer: answer.status, code: ended.code }).not.toMatchObject({ code: 0 });
            const output = `${ended.stdout}${ended.stderr}`;
            const found = spellings(value).filter((spelling) => output.includes(spelling));
            expect({ answer: answer.status, how, found, masked: output.includes('***') }).toEqual({
              answer: answer.status,
              how,
              found: [],
              masked: true,
            });
          }
        });
      }
    });
  });
});
