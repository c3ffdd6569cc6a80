import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { parseFault } from '../../../src/emulators/index.ts';
import { keyOf, projectsOf } from '../../support/octopus-api.ts';
import { aTerminal } from '../../support/pseudo-terminal.ts';
import { testWith } from '../../support/programs.ts';
import { sharedWorkshop } from '../../support/shared-workshop.ts';
import { tooWide, type Walker, walking } from '../../support/walk.ts';

// The old server is of 2023 on Windows. The new one is of 2026 on Linux.
const { here } = sharedWorkshop({ prod: { version: '2026.1.4000', flavor: 'linux' } });

/** The rc file of the night, with a server that is down, and the variables of the shell. */
async function onTheNight(walk: (walker: Walker) => Promise<void>): Promise<void> {
  const { lab, prod } = here();
  await walking({ OLD_KEY: keyOf(lab), NEW_KEY: keyOf(prod) }, async (walker) => {
    await writeFile(
      walker.path('.migratorrc.yaml'),
      `instances:
  old: { product: octopus, url: '${lab.url}', apiKey: 'env:OLD_KEY', space: Default }
  new: { product: octopus, url: '${prod.url}', apiKey: 'env:NEW_KEY', space: Default }
  gone: { product: octopus, url: 'http://127.0.0.1:1', apiKey: 'env:NEW_KEY', space: Default }
keys:
  recipients: { night-team: ['file:./keys/ben.txt'] }
http: { retries: 0 }
`,
    );
    await walk(walker);
  });
}

const bens = 'age1fsvkwal5fj5ykta0vma63gtf6ztkl7957grwnnu0a5vrlgvevfqs48ysj0';

/** The answer to the question whether the artifact of the export is deleted. */
const agreed = [/\[y\/N\]/u, 'y\n'] as const;

const jobOn = (name: string) => new RegExp(`job (octopus:${name}:ServerTasks-\\d+)`, 'u');

test('prepares the night: keys, a group of recipients, and a look at both servers', async () => {
  await onTheNight(async ({ line, path }) => {
    const made = await line('migrator key generate');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^signing key: [^]*\nrecipient: +age1/u) });
    expect(await line('migrator key generate')).toMatchObject({
      code: 7,
      stderr: expect.stringMatching(
        /there is already a key[^]*"migrator key rotate" makes new ones and keeps the old ones/u,
      ),
    });

    const unfinished = await line('migrator config check');
    expect(unfinished.code).toBe(2);
    expect(unfinished.stderr).toMatch(/keys\.recipients\.night-team\[0\]: there is no key at ".*ben\.txt"/u);
    await mkdir(path('keys'));
    await writeFile(path('keys/ben.txt'), `# Ben\n${bens}\n`);
    expect(await line('migrator config check')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is valid: 3 instances (old, new, gone)'),
    });
    expect((await line('migrator key list')).stdout).toContain(bens);

    const looked = await line('migrator doctor old new');
    expect(looked.code).toBe(0);
    expect(looked.stdout).toContain('1 identity, in ');
    expect(looked.stdout).toMatch(/^ok {4}old → new: .* to 2026\.1\.4000; projects move by Export\/Import$/mu);
    expect(looked.stdout).toMatch(/^warn {2}new → old: .*; nothing moves \(/mu);
    expect(looked.stdout).toMatch(/\n\ninstance +product +version +account +state\nold .* ok\nnew .* ok\n$/u);

    const given = await line(
      'migrator partial-export --from old --project Billing --via export-import -o b.tar --recipient night-team --recipient me',
    );
    expect(given).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('encrypted: for you and night-team (1 key)'),
    });
    const mine = await line('migrator partial-export --from old --project Billing --via export-import -o c.tar');
    expect(mine.stdout).toContain('encrypted: only you can open this; for others: --recipient <key> --recipient me');
  });
});

testWith(
  [aTerminal],
  'looks first, is interrupted in the middle, resumes, and undoes one project in the morning',
  async () => {
    await onTheNight(async ({ line, types }) => {
      const { prod } = here();
      const before = await projectsOf(prod);
      const planned = await types('migrator migrate-project Invoicing --from old --to new --dry-run', 60, [agreed]);
      expect(planned.code).toBe(0);
      expect(tooWide(planned, 60)).toEqual([]);
      expect(planned.text).toMatch(/\nplanned +keep +create\nproject +1\n[^]*\naction +kind +name\nkeep /u);
      expect(planned.screen.filter((text) => text !== '').at(-1)).toBe('nothing was changed');
      expect(await projectsOf(prod)).toEqual(before);

      prod.faults.add(parseFault('stuck-queue'));
      const cut = await types('migrator migrate-project Invoicing --from old --to new', 60, [[jobOn('new'), '\u0003']]);
      expect(cut.code).toBe(130);
      expect(tooWide(cut, 60)).toEqual([]);
      // A plan in counts has one line for each action, and warnings use the width.
      expect(cut.screen.filter((text) => text.startsWith('  on new, '))).toHaveLength(2);
      expect(cut.text).toMatch(/\n⚠ warning: an export holds no deployment targets, workers,\n/u);
      const [, stuck = ''] = jobOn('new').exec(cut.text) ?? [];
      expect(cut.text).toMatch(
        new RegExp(
          `detached from ${stuck}, which\\n[^]*migrator job wait ${stuck}\nmigrator: to resume, run the same command again`,
          'u',
        ),
      );
      expect((await line('migrator job list')).stdout).toMatch(/migrate-project Invoicing +old → new +interrupted/u);
      prod.faults.clear();

      const resumed = await types('migrator migrate-project Invoicing --from old --to new', 60, [agreed]);
      expect(resumed.code).toBe(0);
      expect(tooWide(resumed, 60)).toEqual([]);
      expect(resumed.text).toMatch(/^ {2}resuming the unfinished run of [^]*\n {2}job octopus:new:/u);
      expect(jobOn('new').exec(resumed.text)?.[1]).toBe(stuck);
      expect(resumed.text).toMatch(/\ndelete what the export left on old: the artifact\n/u);
      expect(resumed.text).toMatch(/moved "Invoicing" from old to new/u);
      expect(resumed.text).not.toMatch(/^left on old/mu);

      // A colleague moves another project after that.
      expect(await line('migrator migrate-project Search --from old --to new')).toMatchObject({ code: 0 });

      const listed = await line('migrator job list');
      expect(listed.stdout).toMatch(
        /migrate-project Search +old → new +done[^]*migrate-project Invoicing +old → new +done/u,
      );
      expect(listed.stdout).not.toContain('interrupted');
      expect((await line(`migrator job show ${stuck}`)).stdout).toMatch(
        /state: +succeeded \(on the server: Success\)/u,
      );
      expect((await line(`migrator job log ${stuck}`)).stdout).toContain('Starting import');

      // What the colleague did is no part of that job: neither of its result nor of its undo.
      const waited = await line(`migrator job wait ${stuck} --names`);
      expect(waited.code).toBe(0);
      expect(waited.stdout).toMatch(/^created +project +Invoicing$/mu);
      expect(waited.stdout).not.toContain('Search');
      const refused = await line(`migrator job undo ${stuck}`);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
      const undone = await line(`migrator job undo ${stuck} --yes`);
      expect(undone.stdout).toMatch(/^deleted +project +Invoicing$/mu);
      expect(await projectsOf(prod)).toEqual(expect.arrayContaining([...before, 'Search']));
      expect(await projectsOf(prod)).not.toContain('Invoicing');
    });
  },
);

test('meets a server that is down: each command names it, and nothing hangs', async () => {
  await onTheNight(async ({ line, path }) => {
    await mkdir(path('keys'));
    await writeFile(path('keys/ben.txt'), `${bens}\n`);
    const looked = await line('migrator doctor');
    expect(looked.code).toBe(3);
    expect(looked.stdout).toMatch(
      /^FAIL {2}gone: 127\.0\.0\.1:1 refuses connections\n +check the URL, the network and the proxy$/mu,
    );
    expect(looked.stdout).toMatch(/\ngone +octopus +- +- +FAIL\n1 of 3 instances cannot be used\n$/u);
    for (const typed of [
      'migrator migrate-project Search --from old --to gone',
      'migrator job list --from gone',
      'migrator job show octopus:gone:ServerTasks-1',
    ]) {
      const { code, stdout, stderr } = await line(typed);
      expect({ typed, code, stdout }).toEqual({ typed, code: 5, stdout: '' });
      expect(stderr).toContain('error: gone: 127.0.0.1:1 refuses connections\nmigrator: hint: check the URL');
    }
  });
});
