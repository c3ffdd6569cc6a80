import { chmod, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { keyOf } from '../../support/octopus-api.ts';
import { aTerminal } from '../../support/pseudo-terminal.ts';
import { testWith } from '../../support/programs.ts';
import { sharedWorkshop } from '../../support/shared-workshop.ts';
import { tooWide, walking } from '../../support/walk.ts';

describe('somebody who has only the README', () => {
  test('guesses wrong words, and each answer leads on', async () => {
    await walking({}, async ({ line }) => {
      for (const [typed, hint] of [
        ['migrator export "Web Shop"', /did you mean migrator partial-export\?/u],
        ['migrator move "Web Shop"', /did you mean migrator migrate-project\?/u],
        ['migrator compare "Web Shop"', /hint: .*for a project: --project\s+"Web Shop"$/mu],
        ['migrator partial-export Billing', /hint: .*for a project: --project Billing$/mu],
        ['migrator migrate-project "Web Shop" --from lab --to prod', /there is no rc file[^]*migrator init/u],
      ] as const) {
        const { code, stdout, stderr } = await line(typed);
        expect({ typed, code, stdout }).toEqual({ typed, code: 2, stdout: '' });
        expect(stderr).toMatch(hint);
      }
    });
  });

  testWith([aTerminal], 'sees on one screen where to begin, and the first move works as it is printed', async () => {
    await walking({}, async ({ line, types, path }) => {
      const first = await types('migrator', 100);
      expect(first.code).toBe(2);
      expect(first.screen.length).toBeLessThanOrEqual(48);
      expect(tooWide(first, 100)).toEqual([]);
      expect(first.text).toMatch(/Start here:\n {2}\$ migrator demo\n {2}\$ migrator init/u);

      const { code, stdout } = await line('migrator init --yes');
      expect(code).toBe(0);
      const next = stdout.split('\n').filter((text) => text.startsWith('  migrator '));
      expect(next.map((text) => text.trim())).toEqual([
        'migrator config check',
        'migrator doctor',
        'migrator inventory',
        'migrator migrate-project "Web Shop" --dry-run',
        'migrator migrate-project "Web Shop"',
      ]);
      // The embedded servers work as slowly as real ones. Only the test is in a hurry.
      const rc = await readFile(path('.migratorrc.yaml'), 'utf8');
      await writeFile(path('.migratorrc.yaml'), rc.replaceAll(/( +)sample:/gu, '$1pace: 5ms\n$1sample:'));
      const [check, doctor, inventory, dryRun, move] = next as [string, string, string, string, string];
      expect(await line(check.trim())).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('2 instances (lab, prod)'),
      });
      const looked = await line(doctor.trim());
      expect(looked.stdout).toMatch(
        /^ok {4}lab → prod, prod → lab: both [\d.]+; projects move by the Migration API$/mu,
      );
      expect(looked.stdout).not.toMatch(/FAIL|warn/u);
      expect((await line(inventory.trim())).stdout).toMatch(/^project +Web Shop /mu);

      const planned = await line(dryRun.trim());
      expect(planned.code).toBe(0);
      expect(planned.stdout).toMatch(/^planned +create\nproject +1\naction +kind +name\ncreate +project +Web Shop\n/u);
      expect(planned.stdout.trimEnd().split('\n').at(-1)).toBe('nothing was changed');
      expect(planned.stderr).toContain('by migration-api: the first choice, and it is possible');
      expect(planned.stderr).toContain('the source server is in maintenance mode while the export runs');

      const moved = await types(move.trim(), 100);
      expect(moved.code).toBe(0);
      expect(tooWide(moved, 100)).toEqual([]);
      expect(moved.text).toMatch(
        /✔ reached lab\n✔ reached prod\n[^]*✔ imported [^]*\ndone\/planned +create\nproject +1\/1\n/u,
      );
      expect(moved.text).toContain('moved "Web Shop" from lab to prod, pushed by the source server');

      const again = await line(move.trim());
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('"Web Shop" is already on prod') });
      // What was planned is what was done: no column for another word.
      expect(again.stdout).toMatch(/^done\/planned +keep\nproject +1\/1\n/u);
      const listed = (await line('migrator job list')).stdout;
      expect(listed.match(/migrate-project Web Shop/gu)).toHaveLength(3);
      expect(listed).toMatch(/migrate-project Web Shop \(dry run\) +lab → prod +done/u);
    });
  });
});

describe('with own servers', () => {
  const { here } = sharedWorkshop();

  testWith([aTerminal], 'init asks, the keys go to files, and the first project is moved and verified', async () => {
    await walking({}, async ({ line, types, path }) => {
      const { lab, prod } = here();
      const asked = await types('migrator init', 80, [
        [/move from \[lab\]/, '\n'],
        [/product/, '\n'],
        [/URL/, `${lab.url}\n`],
        [/reference to its apiKey/, `${keyOf(lab)}\n`],
        [/is not a reference[^]*apiKey/, 'file:./lab.key\n'],
        [/Its space/, 'Default\n'],
        [/move to \[prod\]/, '\n'],
        [/product/, '\n'],
        [/URL/, `${prod.url}\n`],
        [/reference to its apiKey/, 'file:./prod.key\n'],
        [/Its space/, 'Default\n'],
      ]);
      expect(asked.code).toBe(0);
      expect(tooWide(asked, 80)).toEqual([]);
      expect(asked.text).toMatch(
        /wrote .*\.migratorrc\.yaml\nfirst:\n[^]*lab\.key[^]*prod\.key[^]*\nnext:\n {2}migrator config check\n/u,
      );
      expect(await readFile(path('.migratorrc.yaml'), 'utf8')).not.toContain(keyOf(lab));

      const early = await line('migrator doctor');
      expect(early.code).toBe(3);
      expect(early.stdout).toMatch(
        /FAIL {2}lab: the file ".*lab\.key", which should hold apiKey of instance "lab", does not exist/u,
      );
      expect(early.stdout.trimEnd().split('\n').at(-1)).toBe('2 of 2 instances cannot be used');

      for (const [name, server] of [
        ['lab', lab],
        ['prod', prod],
      ] as const)
        await writeFile(path(`${name}.key`), keyOf(server));
      if (process.platform !== 'win32') {
        await chmod(path('lab.key'), 0o644);
        expect((await line('migrator config check')).stdout).toMatch(
          /lab\.key".* can be read by other users: run chmod 600/u,
        );
      }
      for (const name of ['lab', 'prod']) await chmod(path(`${name}.key`), 0o600);
      expect(await line('migrator config check')).toMatchObject({ code: 0, stderr: '' });
      const moved = await line('migrator migrate-project Billing --from lab --to prod --verify');
      expect(moved.code).toBe(0);
      expect(moved.stdout).toMatch(/moved "Billing" from lab to prod[^]*\nlab and prod: \d+ equal, 0 different\n/u);
    });
  });
});
