import { createHash } from 'node:crypto';
import { rmSync, type Dirent } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { withLibraryWorkshop } from '../support/library-workshop.ts';
import { withLiar, type Asked, type Lie } from '../support/liar.ts';
import { sample } from '../support/sample.ts';
import { openTables, type Kept, type Tables } from '../support/tables.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';
import { heldIn, objects, password, stateOf, trades, tutorial, type Held, type Holdings } from './trades.ts';

jest.setTimeout(600_000);

function undo(tables: Tables, { table, where }: Holdings, kept: Kept, before: readonly Held[]): void {
  tables.run(`DELETE FROM ${table} WHERE ${where}`);
  tables.add(table, before);
  // Relations are kept apart.
  if (table === 'objects') tables.restore(new Map([['relations', kept.get('relations')!]]));
}

function halve(tables: Tables, holdings: Holdings, _: Kept, rows: readonly Held[]): void {
  const before = new Map(rows.map(({ place, body }) => [place, body]));
  const written = heldIn(tables, holdings).filter(({ place, body }) => before.get(place) !== body);
  for (const [index, { place }] of written.entries()) {
    if (index % 2 === 1) continue;
    if (holdings.table === 'objects') tables.run('DELETE FROM relations WHERE near = ? OR far = ?', place, place);
    const earlier = before.get(place);
    if (earlier === undefined) tables.run(`DELETE FROM ${holdings.table} WHERE place = ?`, place);
    else tables.run(`UPDATE ${holdings.table} SET body = ? WHERE place = ?`, earlier, place);
  }
}

const lies = [
  'does nothing',
  'does half',
  'does it twice',
  'answers with nothing',
  'answers with an empty document',
] as const;

const cases = trades.flatMap((trade) => lies.map((lie) => ({ trade, lie })));
const chosen = sample(cases, 2);

describe.each(trades.filter((trade) => chosen.some((one) => one.trade === trade)))(
  'a server that says success of $of',
  (trade) => {
    test('and lies is noticed by the exit code', async () => {
      const { within, first, args, liar, holdings, works } = trade;
      await within(async (workshop) => {
        const tables = openTables(join(workshop.folder, liar));
        for (const command of first) expect(await workshop.run(command)).toMatchObject({ code: 0 });
        const kept = tables.keep();
        const before = heldIn(tables, holdings);
        const honest = await workshop.run(args);
        expect({ code: honest.code, stderr: honest.code === 0 ? '' : honest.stderr }).toEqual({ code: 0, stderr: '' });
        const right = stateOf(tables, holdings);
        const seen: unknown[] = [];
        for (const { lie } of chosen.filter((one) => one.trade === trade)) {
          tables.restore(kept);
          let told = 0;
          const says = trade.says ?? works;
          const tell = (asked: Asked): Lie => {
            if (lie.startsWith('answers'))
              return works(asked) ? ((told += 1), { answer: lie === 'answers with nothing' ? '' : '{}' }) : undefined;
            if (lie === 'does it twice') return works(asked) ? ((told += 1), { twice: true }) : undefined;
            if (told > 0 && trade.says !== undefined) return undefined;
            return {
              then: (answer) => {
                if (!says(asked, answer)) return;
                told += 1;
                (lie === 'does nothing' ? undo : halve)(tables, holdings, kept, before);
              },
            };
          };
          await withLiar(
            workshop,
            tell,
            async () => {
              const { code } = await workshop.run([...args, '--fresh']);
              const isRight = stateOf(tables, holdings) === right;
              seen.push({ lie, told: told > 0, noticed: code !== 0 || isRight });
            },
            workshop[liar],
          );
        }
        expect(seen).toEqual(
          chosen.filter((one) => one.trade === trade).map(({ lie }) => ({ lie, told: true, noticed: true })),
        );
        tables.close();
      });
    });
  },
);

/** What an upload has put into the store of packages, without what differs in each run. */
const stores = {
  octopus: {
    within: (work: (workshop: Workshop) => Promise<void>) => withWorkshop({}, work),
    export: ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'a.tar'],
    works: ({ method, path }: Asked) => method === 'POST' && path.includes('/packages/raw'),
    stored: ({ folder }: Workshop) => {
      const tables = openTables(join(folder, 'prod'));
      const found = tables.all<{ body: string }>("SELECT body FROM entries WHERE kind = 'Packages'");
      tables.close();
      return Promise.resolve(found.map(({ body }) => (JSON.parse(body) as { hash: string }).hash));
    },
    lose: ({ folder }: Workshop) => {
      const tables = openTables(join(folder, 'prod'));
      tables.run("DELETE FROM entries WHERE kind = 'Packages'");
      tables.close();
    },
  },
  microstrategy: {
    within: (work: (workshop: Workshop) => Promise<void>) => withLibraryWorkshop({ apart: true }, work),
    export: ['partial-export', '--from', 'lab', '--project', tutorial, ...objects, '-o', 'a.tar'],
    works: ({ method, path }: Asked) => method === 'PUT' && path.endsWith('/binary'),
    stored: async ({ path }: Workshop) => {
      await mkdir(path('prod-storage'), { recursive: true });
      const names = await readdir(path('prod-storage'), { recursive: true, withFileTypes: true });
      const files = names.filter((name) => name.isFile() && !name.name.endsWith('.json'));
      const read = async ({ parentPath, name }: Dirent) =>
        createHash('sha256')
          .update(await readFile(join(parentPath, name)))
          .digest('hex');
      return Promise.all(files.map(read));
    },
    lose: ({ path }: Workshop) => rmSync(path('prod-storage'), { recursive: true, force: true }),
  },
} as const;

const uploads = (['octopus', 'microstrategy'] as const).flatMap((product) =>
  lies.map((lie) => [product, lie] as const),
);

describe('a package store that says success of an upload', () => {
  test.each(sample(uploads, 1))('on %s and %s is noticed by the exit code', async (product, lie) => {
    const { within, export: exporting, works, stored, lose } = stores[product];
    await within(async (workshop) => {
      expect(await workshop.run(exporting)).toMatchObject({ code: 0 });
      const given: string[] = [];
      let told = 0;
      const tell = (asked: Asked): Lie => {
        if (!works(asked)) return undefined;
        told += 1;
        const [start, end] = [asked.body.indexOf('\r\n\r\n') + 4, asked.body.lastIndexOf('\r\n--')];
        const sent = asked.body.subarray(start, end);
        given.push(
          createHash(product === 'octopus' ? 'sha1' : 'sha256')
            .update(sent)
            .digest('hex'),
        );
        if (lie === 'does nothing') return { then: () => lose(workshop) };
        if (lie === 'does it twice') return { twice: true };
        if (lie !== 'does half') return { answer: lie === 'answers with nothing' ? '' : '{}' };
        const half = [asked.body.subarray(0, start + Math.floor(sent.length / 2)), asked.body.subarray(end)];
        return { body: new Uint8Array(Buffer.concat(half)) };
      };
      await withLiar(workshop, tell, async () => {
        const { code } = await workshop.run(['package', 'upload', 'a.tar', '--to', 'prod']);
        const isRight = (await stored(workshop)).join() === given[0];
        expect({ told: told > 0, noticed: code !== 0 || isRight, code, isRight }).toMatchObject({
          told: true,
          noticed: true,
        });
      });
    });
  });
});
