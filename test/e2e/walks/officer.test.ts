import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect } from '@jest/globals';
import { aTerminal } from '../../support/pseudo-terminal.ts';
import { testWith } from '../../support/programs.ts';
import { sharedWorkshop } from '../../support/shared-workshop.ts';
import { tooWide, walking } from '../../support/walk.ts';

// The sender is another person on another machine.
const { here, run } = sharedWorkshop();

let officersKeys = '';

beforeAll(async () => {
  officersKeys = here().path('keys-of-the-officer');
  expect(await run(['key', 'generate', '-o', officersKeys])).toMatchObject({ code: 0 });
  const recipient = /age1\w+/u.exec(
    await readFile(join(officersKeys, 'identity.pub'), 'utf8').catch(() =>
      readFile(join(officersKeys, 'identity.txt'), 'utf8'),
    ),
  )?.[0];
  const exporting = ['partial-export', '--from', 'lab', '--project', 'Web Shop', '-o', 'shop.tar'];
  expect(await run([...exporting, '--recipient', String(recipient)])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^encrypted: for age1.*; you cannot open it$/mu),
  });
});

testWith([aTerminal], 'a security officer on an isolated machine decides about a package', async () => {
  await walking({}, async ({ line, types, path, folder }) => {
    await copyFile(here().path('shop.tar'), path('shop.tar'));
    await copyFile(here().path('config/keys/migrator.pub'), path('signer.pub'));
    await copyFile(join(officersKeys, 'migrator.pub'), path('wrong.pub'));
    await mkdir(path('my'), { mode: 0o700 });
    await copyFile(join(officersKeys, 'identity.txt'), path('my/identity.txt'));
    const bytes = Buffer.from(await readFile(path('shop.tar')));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await writeFile(path('changed.tar'), bytes);
    const [, signer = ''] = /\b([0-9A-F]{16})\b/u.exec(await readFile(path('signer.pub'), 'utf8')) ?? [];
    const [, wrong = ''] = /\b([0-9A-F]{16})\b/u.exec(await readFile(path('wrong.pub'), 'utf8')) ?? [];

    // What does it say of itself? Needs nothing, and says that it proves nothing.
    const looked = await types('migrator package inspect shop.tar', 80);
    expect(looked.code).toBe(0);
    expect(tooWide(looked, 80)).toEqual([]);
    expect(looked.text).toMatch(/^projects: +Web Shop\nvia: +migration-api\n/mu);
    expect(looked.text).toMatch(/^carries: +the secrets of its import/mu);
    expect(looked.text).toMatch(
      new RegExp(`^signed: +by ${signer} \\(not verified yet\\)\\n +you do not know this key yet`, 'mu'),
    );
    const checks = looked.screen.filter((text) => text.startsWith('    migrator ')).map((text) => text.trim());
    expect(checks).toEqual([
      'migrator package verify shop.tar --trust <key>',
      'migrator package verify shop.tar --content --trust <key> --identity <file>',
      'migrator import shop.tar --to <instance> --dry-run',
    ]);

    // Without the key of the signer, with a wrong one, and with a package that somebody changed.
    for (const [typed, told] of [
      [
        'migrator package verify shop.tar',
        new RegExp(
          `signed with key ${signer}, which is not trusted\\n.*and run: migrator key trust <public key>$`,
          'mu',
        ),
      ],
      [
        'migrator package verify shop.tar --trust wrong.pub',
        new RegExp(`signed with key ${signer}, which is not trusted; you trust ${wrong}$`, 'mu'),
      ],
      [
        'migrator package verify changed.tar --trust signer.pub',
        /it was damaged or changed\nmigrator: hint: fetch the package again$/mu,
      ],
      ['migrator package open changed.tar --trust signer.pub --identity my/identity.txt -o shop', /damaged|changed/u],
      [
        'migrator package open shop.tar --trust signer.pub -o shop',
        /there is no identity that could open it\n.*--identity/u,
      ],
    ] as const) {
      const { code, stdout, stderr } = await line(typed);
      expect({ typed, code, stdout }).toEqual({ typed, code: 6, stdout: '' });
      expect(stderr).toMatch(told);
    }
    expect((await readdir(folder)).sort()).toEqual(['changed.tar', 'my', 'shop.tar', 'signer.pub', 'wrong.pub']);

    // The commands that the inspection named, with the key and the identity.
    const filled = (text: string) => text.replace('<key>', 'signer.pub').replace('<file>', 'my/identity.txt');
    const signed = await line(filled(String(checks[0])));
    expect(signed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^shop\.tar is good [^]*the content was not checked; check it with --content\n$/u),
    });
    const whole = await line(filled(String(checks[1])));
    expect(whole).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\nall \d+ files \(.*\) were opened and checked\n$/u),
    });

    // Trust for good: first without a name, then with one.
    expect((await line('migrator key trust signer.pub')).stdout).toContain(
      'with --name <name>, messages would say whose key it is',
    );
    expect(await line('migrator key trust signer.pub --name lab-team')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`lab-team (${signer})`),
    });
    const known = await line('migrator package inspect shop.tar');
    expect(known.stdout).toMatch(new RegExp(`^signed: +by lab-team \\(${signer}\\) \\(not verified yet\\)$`, 'mu'));
    expect(known.stdout).toContain('    migrator package verify shop.tar\n');
    expect((await line('migrator package verify shop.tar')).stdout).toContain(
      `signed by lab-team (${signer}), trusted by `,
    );

    const opened = await line('migrator package open shop.tar --identity my/identity.txt -o shop');
    expect(opened.code).toBe(0);
    expect(opened.stdout).toMatch(/^wrote 2 files to shop\nsigned by lab-team /u);
    expect(opened.stderr).toContain('carries the password of its import, which is not written');
    expect(await readdir(path('shop'))).toEqual(['native', 'objects']);
    expect(JSON.parse((await line('migrator package verify shop.tar --json')).stdout)).toMatchObject({
      document: 'migrator/package-verify/1',
    });
    expect((await line('migrator help air-gap')).stdout).toContain(
      'migrator package verify shop.tar --trust signer.pub',
    );
  });
});
