import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import { withLibraryWorkshop } from '../support/library-workshop.ts';
import { withLiar, type Asked, type Lie } from '../support/liar.ts';
import { sample } from '../support/sample.ts';
import { withSnapLogicWorkshop } from '../support/snaplogic-workshop.ts';
import { openTables, type Json, type Kept, type Tables } from '../support/tables.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

jest.setTimeout(600_000);

/** What a server holds that a job may change. */
interface Holdings {
  readonly table: 'entries' | 'objects';
  readonly where: string;
  /** Ids and times out of the text of a row, where they are others in each run. */
  readonly steady: (text: string) => string;
}

/** A verb on a product, and how a server lies about it. */
interface Trade {
  readonly of: string;
  readonly within: (work: (workshop: Workshop) => Promise<void>) => Promise<void>;
  /** Commands that run before. */
  readonly first: readonly (readonly string[])[];
  readonly args: readonly string[];
  /** The server that lies. */
  readonly liar: 'lab' | 'prod';
  readonly holdings: Holdings;
  /** The request that does the work. */
  readonly works: (asked: Asked) => boolean;
  /** The answer that says that the work is done; that of the same request where none is named. */
  readonly says?: (asked: Asked, answer: string) => boolean;
}

const noIds = (text: string): string =>
  text
    .replace(/\{"\$sensitive":"[^"]*"\}/gu, 'SECRET')
    .replace(/"(?:value|sym_key|sym_iv|fp|key)":"[^"]{30,}"/gu, 'SECRET')
    .replace(/\b[0-9a-f]{24}\b/gu, 'ID')
    .replace(/\b([A-Za-z]+)-\d+\b/gu, '$1-N')
    .replace(/"(?:created|updated|\w*_modified\w*|modified)":"[^"]*"/gu, 'TIME');

const octopus: Holdings = {
  table: 'entries',
  where: "kind NOT IN ('ServerTasks', 'Events', 'Users', 'Packages')",
  steady: noIds,
};
const enms: Holdings = { table: 'objects', where: "model NOT IN ('file', 'server')", steady: noIds };
const snaplogic: Holdings = { table: 'entries', where: "kind = 'Node'", steady: noIds };
const microstrategy: Holdings = {
  table: 'entries',
  where: "kind = 'object'",
  // A folder gets a new version when something is put into it.
  steady: (text) => text.replace(/"modified":"[^"]*"/gu, 'TIME').replace(/("type":8,.*"version":)"\w+"/u, '$1VERSION'),
};

const password = ['--password', 'env:MOVE_PASSWORD'];
const isImport = ({ method, path }: Asked): boolean => method === 'POST' && path.startsWith('/api/migrations/import');
const isDone = ({ path }: Asked, answer: string): boolean =>
  /\/tasks\/ServerTasks-\d+$/u.test(path) && /"Name":\s*"MigrationImport"/u.test(answer) && /"State":\s*"Success"/u.test(answer);
const projects = ['Web Shop', 'Billing'];

const objects = ['Units Sold:fact', 'Customer Scorecard:report', 'Last Year:filter'].flatMap((one) => ['--object', `${one}:force_replace`]);
const tutorial = 'MicroStrategy Tutorial';
const isPut = ({ method, path }: Asked): boolean => method === 'PUT' && /\/api\/migrations\/[0-9A-F:]+\?/u.test(path);
const isPost = ({ method, path, body }: Asked): boolean => method === 'POST' && /\/api\/migrations$/u.test(path) && body.includes('importInfo');
const isImported = ({ method, path }: Asked, answer: string): boolean =>
  method === 'GET' && /\/api\/migrations\/[0-9A-F]+:/u.test(path) && answer.includes('"imported"');

const invoices = '/Acme-Dev/Finance/Invoices';

const trades: readonly Trade[] = [
  {
    of: 'import on Octopus',
    within: (work) => withWorkshop({}, work),
    first: [['partial-export', '--from', 'lab', ...projects.flatMap((one) => ['--project', one]), ...password, '-o', 'a.tar']],
    args: ['import', 'a.tar', '--to', 'prod', ...password, '--yes'],
    liar: 'prod',
    holdings: octopus,
    works: isImport,
    says: isDone,
  },
  {
    of: 'migrate-project on Octopus',
    within: (work) => withWorkshop({}, work),
    first: [],
    args: ['migrate-project', ...projects, '--from', 'lab', '--to', 'prod', ...password, '--yes'],
    liar: 'prod',
    holdings: octopus,
    works: isImport,
    says: isDone,
  },
  {
    of: 'import on eNMS',
    within: withEnmsWorkshop,
    first: [['partial-export', '--from', 'lab', '--project', 'x', '-o', 'a.tar']],
    args: ['import', 'a.tar', '--to', 'prod', '--yes'],
    liar: 'prod',
    holdings: enms,
    works: ({ path }) => path === '/rest/migrate/import',
  },
  {
    of: 'migrate-project on eNMS',
    within: withEnmsWorkshop,
    first: [],
    args: ['migrate-project', 'x', '--from', 'lab', '--to', 'prod', '--yes'],
    liar: 'prod',
    holdings: enms,
    works: ({ path }) => path === '/rest/migrate/import',
  },
  {
    of: 'migrate-project --via rest on eNMS',
    within: withEnmsWorkshop,
    first: [],
    args: ['migrate-project', 'x', '--from', 'lab', '--to', 'prod', '--yes', '--via', 'rest', '--type', 'device', '--type', 'pool'],
    liar: 'prod',
    holdings: enms,
    works: ({ method, path }) => method === 'POST' && path.startsWith('/rest/instance/'),
  },
  {
    of: 'import on MicroStrategy',
    within: (work) => withLibraryWorkshop({ apart: true }, work),
    first: [['partial-export', '--from', 'lab', '--project', tutorial, ...objects, '-o', 'a.tar']],
    args: ['import', 'a.tar', '--to', 'prod', '--yes'],
    liar: 'prod',
    holdings: microstrategy,
    works: isPost,
    says: isImported,
  },
  {
    of: 'migrate-project on MicroStrategy',
    within: (work) => withLibraryWorkshop({}, work),
    first: [],
    args: ['migrate-project', tutorial, '--from', 'lab', '--to', 'prod', ...objects, '--yes', '--timeout', '10s'],
    liar: 'prod',
    holdings: microstrategy,
    works: isPut,
    says: isImported,
  },
  {
    of: 'migrate-project on MicroStrategy, through this machine',
    within: (work) => withLibraryWorkshop({ apart: true }, work),
    first: [],
    args: ['migrate-project', tutorial, '--from', 'lab', '--to', 'prod', ...objects, '--yes'],
    liar: 'prod',
    holdings: microstrategy,
    works: isPost,
    says: isImported,
  },
  {
    of: 'import on SnapLogic',
    within: withSnapLogicWorkshop,
    first: [['partial-export', '--from', 'lab', '--project', '/Acme-Dev/Sales EMEA/Bulk', '-o', 'a.tar']],
    args: ['import', 'a.tar', '--to', 'prod', '--yes'],
    liar: 'prod',
    holdings: snaplogic,
    works: ({ path }) => path.includes('/project/import/'),
  },
  {
    of: 'import --on-duplicate create-new on SnapLogic',
    within: withSnapLogicWorkshop,
    first: [['partial-export', '--from', 'lab', '--project', '/Acme-Dev/Sales EMEA/Bulk', '-o', 'a.tar']],
    args: ['import', 'a.tar', '--to', 'prod', '--yes', '--on-duplicate', 'create-new'],
    liar: 'prod',
    holdings: snaplogic,
    works: ({ path }) => path.includes('/project/import/'),
  },
  {
    of: 'migrate-project on SnapLogic',
    within: withSnapLogicWorkshop,
    first: [],
    args: ['migrate-project', invoices, '--from', 'lab', '--to', 'test', '--yes'],
    liar: 'lab',
    holdings: snaplogic,
    works: ({ method, path }) => method === 'POST' && path.includes('/project/migrate/'),
    says: ({ method, path }, answer) => method === 'GET' && path.includes('/project/migrate/') && answer.includes('Completed'),
  },
  {
    of: 'migrate-project on SnapLogic, through this machine',
    within: withSnapLogicWorkshop,
    first: [],
    args: ['migrate-project', '/Acme-Dev/Sales EMEA/Bulk', '--from', 'lab', '--to', 'prod', '--yes'],
    liar: 'prod',
    holdings: snaplogic,
    works: ({ path }) => path.includes('/project/import/'),
  },
];

interface Held extends Json {
  readonly place: number;
  readonly name: string;
  readonly body: string;
}

const heldIn = (tables: Tables, { table, where }: Holdings): Held[] => tables.all<Held>(`SELECT * FROM ${table} WHERE ${where}`);

/** All that the server holds, as one text that is the same after equal runs. */
function stateOf(tables: Tables, holdings: Holdings): string {
  return heldIn(tables, holdings)
    .map(({ name, body }) => `${name} ${holdings.steady(body)}`)
    .sort()
    .join('\n');
}

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

const lies = ['does nothing', 'does half', 'does it twice', 'answers with nothing', 'answers with an empty document'] as const;

const cases = trades.flatMap((trade) => lies.map((lie) => ({ trade, lie })));
const chosen = sample(cases, 6);

describe.each(trades.filter((trade) => chosen.some((one) => one.trade === trade)))('a server that says success of $of', (trade) => {
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
          if (lie.startsWith('answers')) return works(asked) ? ((told += 1), { answer: lie === 'answers with nothing' ? '' : '{}' }) : undefined;
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
            const { code, stderr } = await workshop.run([...args, '--fresh']);
            const isRight = stateOf(tables, holdings) === right;
            seen.push({ lie, told: told > 0, noticed: code !== 0 || isRight });
            if (!isRight && process.env['SHOW'] !== undefined && lie === 'does it twice') { const r = right.split('\n'), n = stateOf(tables, holdings).split('\n'); process.stderr.write('DIFF ' + r.filter((l) => !n.includes(l)).slice(0,3).join('\n') + '\n---\n' + n.filter((l) => !r.includes(l)).slice(0,3).join('\n') + '\n'); }
            if (process.env['SHOW'] !== undefined) process.stderr.write(`${trade.of} | ${lie} | ${String(code)} | right ${isRight} | told ${told} ${stderr.split('\n').filter((line) => /error/u.test(line)).join()}\n`);
          },
          workshop[liar],
        );
      }
      expect(seen).toEqual(chosen.filter((one) => one.trade === trade).map(({ lie }) => ({ lie, told: true, noticed: true })));
      tables.close();
    });
  });
});
