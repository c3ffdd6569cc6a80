import type { Asked } from '../support/liar.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import { withLibraryWorkshop } from '../support/library-workshop.ts';
import { withSnapLogicWorkshop } from '../support/snaplogic-workshop.ts';
import type { Json, Tables } from '../support/tables.ts';
import { withWorkshop, type Workshop } from '../support/workshop.ts';

/** What a server holds that a job may change. */
export interface Holdings {
  readonly table: 'entries' | 'objects';
  readonly where: string;
  /** Ids and times out of the text of a row, where they are others in each run. */
  readonly steady: (text: string) => string;
}

/** A verb on a product, and what on the servers shows it. */
export interface Trade {
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
    .replace(/"(?:value|sym_key|sym_iv|fp|key)":"[^"]{20,}"/gu, 'SECRET')
    .replace(/\b[0-9a-f]{24}\b/gu, 'ID')
    .replace(/\b([A-Za-z]+)-\d+\b/gu, '$1-N')
    .replace(/"(?:created|updated|\w*_modified\w*|modified)":"[^"]*"/gu, 'TIME');

export const octopus: Holdings = {
  table: 'entries',
  where: "kind NOT IN ('ServerTasks', 'Events', 'Users', 'Packages')",
  steady: noIds,
};
export const enms: Holdings = { table: 'objects', where: "model NOT IN ('file', 'server')", steady: noIds };
export const snaplogic: Holdings = { table: 'entries', where: "kind = 'Node'", steady: noIds };
export const microstrategy: Holdings = {
  table: 'entries',
  where: "kind = 'object'",
  // A folder gets a new version when something is put into it.
  steady: (text) => text.replace(/"modified":"[^"]*"/gu, 'TIME').replace(/("type":8,.*"version":)"\w+"/u, '$1VERSION'),
};

export const password = ['--password', 'env:MOVE_PASSWORD'];
const isImport = ({ method, path }: Asked): boolean => method === 'POST' && path.startsWith('/api/migrations/import');
const isDone = ({ path }: Asked, answer: string): boolean =>
  /\/tasks\/ServerTasks-\d+(?:\/details\?.*)?$/u.test(path) &&
  /"Name":\s*"MigrationImport"/u.test(answer) &&
  /"State":\s*"Success"/u.test(answer);
export const projects = ['Web Shop', 'Billing'];

export const objects = ['Units Sold:fact', 'Customer Scorecard:report', 'Last Year:filter'].flatMap((one) => [
  '--object',
  `${one}:force_replace`,
]);
export const tutorial = 'MicroStrategy Tutorial';
const isPut = ({ method, path }: Asked): boolean => method === 'PUT' && /\/api\/migrations\/[0-9A-F:]+\?/u.test(path);
const isPost = ({ method, path, body }: Asked): boolean =>
  method === 'POST' && path.endsWith('/api/migrations') && body.includes('importInfo');
const isImported = ({ method, path }: Asked, answer: string): boolean =>
  method === 'GET' && /\/api\/migrations\/[0-9A-F]+:/u.test(path) && answer.includes('"imported"');

export const invoices = '/Acme-Dev/Finance/Invoices';

export const trades: readonly Trade[] = [
  {
    of: 'import on Octopus',
    within: (work) => withWorkshop({}, work),
    first: [
      ['partial-export', '--from', 'lab', ...projects.flatMap((one) => ['--project', one]), ...password, '-o', 'a.tar'],
    ],
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
    args: [
      'migrate-project',
      'x',
      '--from',
      'lab',
      '--to',
      'prod',
      '--yes',
      '--via',
      'rest',
      '--type',
      'device',
      '--type',
      'link',
    ],
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
    of: 'import by keep_both on MicroStrategy',
    within: (work) => withLibraryWorkshop({ apart: true }, work),
    first: [
      [
        'partial-export',
        '--from',
        'lab',
        '--project',
        tutorial,
        '--object',
        'Units Sold:fact:keep_both',
        '-o',
        'a.tar',
      ],
    ],
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
    args: ['migrate-project', invoices, '--from', 'lab', '--to', 'test', '--yes', '--timeout', '15s'],
    liar: 'lab',
    holdings: snaplogic,
    works: ({ method, path }) => method === 'POST' && path.includes('/project/migrate/'),
    says: ({ method, path }, answer) =>
      method === 'GET' && path.includes('/project/migrate/') && answer.includes('Completed'),
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

export interface Held extends Json {
  readonly place: number;
  readonly name: string;
  readonly body: string;
}

export const heldIn = (tables: Tables, { table, where }: Holdings): Held[] =>
  tables.all<Held>(`SELECT * FROM ${table} WHERE ${where}`);

/** All that the server holds, as one text that is the same after equal runs. */
export function stateOf(tables: Tables, holdings: Holdings): string {
  return heldIn(tables, holdings)
    .map(({ name, body }) => `${name} ${holdings.steady(body)}`)
    .sort()
    .join('\n');
}
