import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { systemRandom } from '../../src/cli/runtime.ts';
import { generateIdentity } from '../../src/package/index.ts';
import { leftovers } from '../support/crash.ts';
import { packagesOf } from '../support/octopus-api.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

const password = ['--password', 'env:MOVE_PASSWORD'];
const exporting = ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password];

/** Each makes a package that must be refused, and returns its arguments. */
const hostile: Readonly<Record<string, (workshop: Workshop, good: Buffer) => Promise<readonly string[]>>> = {
  'a package with a flipped byte in its content': async ({ path }, good) => {
    const bytes = Buffer.from(good);
    bytes[1000] = bytes[1000]! ^ 1;
    await writeFile(path('bad.tar'), bytes);
    return ['bad.tar'];
  },
  'a package with a flipped byte in its manifest': async ({ path }, good) => {
    const bytes = Buffer.from(good);
    const at = bytes.indexOf('"createdAt"');
    bytes[at + 15] = bytes[at + 15]! ^ 1;
    await writeFile(path('bad.tar'), bytes);
    return ['bad.tar'];
  },
  'a truncated package': async ({ path }, good) => {
    await writeFile(path('bad.tar'), good.subarray(0, Math.floor(good.length * 0.7)));
    return ['bad.tar'];
  },
  'a package of an unknown signer': async ({ run, path, env }) => {
    const stranger = { ...env, MIGRATOR_CONFIG_DIR: path('stranger') };
    const recipient = (await run(['key', 'show', '--json'])).stdout;
    const [mine = ''] = /age1[a-z0-9]+/.exec(recipient) ?? [];
    const sealed = await run([...exporting, '--recipient', mine, '-o', 'bad.tar', '--force'], { env: stranger });
    expect(sealed).toMatchObject({ code: 0 });
    return ['bad.tar'];
  },
  'an unsigned package': async ({ run }) => {
    expect(await run([...exporting, '--unsigned', '-o', 'bad.tar', '--force'])).toMatchObject({ code: 0 });
    return ['bad.tar'];
  },
  'a package that no local key opens': async ({ run }) => {
    const { recipient } = generateIdentity(systemRandom);
    const sealed = [...exporting, '--recipient', recipient.toString(), '-o', 'locked.tar'];
    expect(await run(sealed)).toMatchObject({ code: 0 });
    return ['locked.tar'];
  },
  'a plain file from a server': async ({ path }) => {
    await writeFile(path('Acme.1.0.0.zip'), 'PK');
    return ['Acme.1.0.0.zip'];
  },
};

describe('a package that cannot be trusted', () => {
  test('is refused with 6 by each command, and nothing is sent or written', async () => {
    await withWorkshop({}, async (workshop) => {
      const { run, prod, path, folder } = workshop;
      expect(await run([...exporting, '-o', 'good.tar'])).toMatchObject({ code: 0 });
      const good = await readFile(path('good.tar'));
      for (const [what, make] of Object.entries(hostile)) {
        const args = await make(workshop, good);
        const sealed = !args[0]?.endsWith('.zip');
        const locked = args[0] === 'locked.tar';
        prod.faults.forgetRequests();
        const before = await readdir(folder);
        for (const line of [
          ['import', ...args, '--to', 'prod', ...password],
          ['import', ...args, '--to', 'prod', ...password, '--dry-run'],
          ['package', 'upload', ...args, '--to', 'prod'],
          ...(sealed ? [['package', 'verify', ...args, ...(locked ? ['--content'] : [])]] : []),
          ...(sealed ? [['package', 'open', ...args, '-o', 'out']] : []),
        ]) {
          const ended = await run(line);
          const of = { what, line: line.slice(0, 2) };
          expect({ ...of, code: ended.code }).toEqual({ ...of, code: 6 });
          expect(ended.stderr).toMatch(/^migrator: error: (?!unexpected)/m);
        }
        // Also a package whose content no key opens is refused before anything is sent.
        const sent = prod.faults.requests().filter(({ method }) => method !== 'GET');
        expect({ what, sent }).toEqual({ what, sent: [] });
        if (!locked) expect({ what, asked: prod.faults.requests() }).toEqual({ what, asked: [] });
        expect(await readdir(folder)).toEqual(before);
        expect(await leftovers(workshop)).toEqual([]);
        expect(await packagesOf(prod)).toEqual([]);
      }
    });
  });
});

describe('package open', () => {
  test('package open replaces files that exist only with --force, and leaves other files alone', async () => {
    await withWorkshop({}, async ({ run, path }) => {
      await mkdir(path('in'));
      await writeFile(path('in/a.txt'), 'new a');
      await writeFile(path('in/b.txt'), 'new b');
      expect(await run(['package', 'seal', 'in', '-o', 'in.tar'])).toMatchObject({ code: 0 });
      await mkdir(path('out'));
      await writeFile(path('out/b.txt'), 'old b');
      await writeFile(path('out/mine.txt'), 'mine');
      const refused = await run(['package', 'open', 'in.tar', '-o', 'out']);
      expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('b.txt') });
      expect((await readdir(path('out'))).sort()).toEqual(['b.txt', 'mine.txt']);
      expect(await readFile(path('out/b.txt'), 'utf8')).toBe('old b');
      expect(await run(['package', 'open', 'in.tar', '-o', 'out', '--force'])).toMatchObject({ code: 0 });
      expect((await readdir(path('out'))).sort()).toEqual(['a.txt', 'b.txt', 'mine.txt']);
      expect(await readFile(path('out/b.txt'), 'utf8')).toBe('new b');
      expect(await readFile(path('out/mine.txt'), 'utf8')).toBe('mine');
    });
  });
});
