import { readFile, writeFile } from 'node:fs/promises';
import { expect, jest, test } from '@jest/globals';
import type { RunningEmulator } from '../../src/emulators/index.ts';
import { withAccountWorkshop } from '../support/account-workshop.ts';
import { withEnmsWorkshop } from '../support/enms-workshop.ts';
import { withLibraryWorkshop } from '../support/library-workshop.ts';
import { type Counted, requestsOf } from '../support/request-count.ts';
import { hurried, withWorkshop, type Workshop } from '../support/workshop.ts';

jest.setTimeout(120_000);

/** How the requests of a product are told apart, by their methods and paths. All others are the verb's own. */
interface Kinds {
  /** Looks at a running job. */
  readonly look: RegExp;
  /** What a listing reads. */
  readonly listing: RegExp;
  /** Of these, the first of each path on each server is the verb's own: it reads them for its plan. */
  readonly plan?: RegExp;
}

/** The most requests of each kind. */
interface Budget {
  readonly own: number;
  readonly looks: number;
  readonly listings: number;
}

interface Line extends Budget {
  readonly args: readonly string[];
}

/** The workshop's rc file without its own interval of looks: these tests count the looks of a user without settings. */
async function unhurried({ path }: Workshop): Promise<void> {
  const rc = path('.migratorrc.yaml');
  const text = await readFile(rc, 'utf8');
  expect(text).toContain(hurried);
  await writeFile(rc, text.replace(hurried, ''));
}

/** Runs the lines one after another, and finds those that ask more than their budget allows. */
async function expectWithin(
  lines: Readonly<Record<string, Line>>,
  kinds: Kinds,
  servers: Readonly<Record<string, RunningEmulator>>,
  run: Workshop['run'],
): Promise<void> {
  for (const [name, { args, own, looks, listings }] of Object.entries(lines)) {
    const { result, requests } = await requestsOf(servers, () => run(args));
    const { code, stderr } = result;
    // 3: accounts that come from another environment do not validate.
    expect([name, code === 0 || code === 3 ? 'works' : stderr]).toEqual([name, 'works']);
    const found = byKind(requests, kinds);
    const counts = { own: found.own.length, looks: found.looks.length, listings: found.listings.length };
    const over = counts.own > own || counts.looks > looks || counts.listings > listings;
    expect({ name, counts, requests: over ? found : 'within the budget' }).toEqual({
      name,
      counts: { own: expect.any(Number), looks: expect.any(Number), listings: expect.any(Number) },
      requests: 'within the budget',
    });
  }
}

function byKind(requests: readonly Counted[], { look, listing, plan }: Kinds) {
  const found = { own: [] as string[], looks: [] as string[], listings: [] as string[] };
  const planned = new Set<string>();
  for (const { server, request } of requests) {
    const line = `${server} ${request}`;
    if (look.test(request)) {
      found.looks.push(line);
    } else if (!listing.test(request) || (plan?.test(request) === true && !planned.has(line))) {
      planned.add(line);
      found.own.push(line);
    } else {
      found.listings.push(line);
    }
  }
  return found;
}

test('Octopus Deploy is asked no more than its budget allows', async () => {
  const kinds = {
    look: /^GET \/api\/tasks\//,
    listing: /^GET \/api\/Spaces-1\/(?!packages)/,
    plan: /^GET \/api\/Spaces-1\/projects\?/,
  };
  const password = ['--password', 'env:MOVE_PASSWORD'];
  const moving = (...projects: string[]) => [
    'migrate-project',
    ...projects,
    ...['--from', 'lab', '--to', 'prod', ...password, '--yes'],
  ];
  // Those that the target has not.
  const nine = [
    ...['Audit Log', 'Identity', 'Invoicing', 'Ledger Sync', 'Mobile API'],
    ...['Route Planner', 'Search', 'Shipping Labels', 'Warehouse'],
  ];
  await withWorkshop({}, async (workshop) => {
    const { lab, prod, run } = workshop;
    await unhurried(workshop);
    await expectWithin(
      {
        'a dry run of a move': { args: [...moving('Web Shop'), '--dry-run'], own: 20, looks: 8, listings: 9 },
        push: { args: moving('Web Shop'), own: 19, looks: 8, listings: 98 },
        relay: { args: [...moving('Billing'), '--route', 'relay'], own: 24, looks: 8, listings: 98 },
        'nine projects': { args: moving(...nine), own: 19, looks: 12, listings: 210 },
        export: {
          args: ['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'shop.tar'],
          own: 11,
          looks: 5,
          listings: 33,
        },
        import: {
          args: ['import', 'shop.tar', '--to', 'prod', '--overwrite-existing', ...password, '--no-backup'],
          own: 12,
          looks: 5,
          listings: 71,
        },
        // The export, and the content of the space before and after.
        'import with a backup': {
          args: ['import', 'shop.tar', '--to', 'prod', '--overwrite-existing', ...password, '--fresh'],
          own: 20,
          looks: 10,
          listings: 129,
        },
      },
      kinds,
      { lab, prod },
      run,
    );
  });
});

test('MicroStrategy is asked no more than its budget allows', async () => {
  const kinds = {
    look: /^GET \S+\/api\/migrations\/[0-9A-F]{32}:/,
    listing: /^GET \S+\/api\/(projects$|objects\/)/,
    plan: /^GET/,
  };
  const objects = ['--object', '8D679D5111D3E4981000E787EC6DE8A4:attribute:force_replace'];
  const moving = ['migrate-project', 'MicroStrategy Tutorial', '--from', 'lab', '--to', 'prod', ...objects, '--yes'];
  await withLibraryWorkshop({}, async (workshop) => {
    const { lab, prod, run } = workshop;
    await unhurried(workshop);
    await expectWithin(
      {
        'a dry run of a move': { args: [...moving, '--dry-run'], own: 22, looks: 8, listings: 0 },
        move: { args: moving, own: 20, looks: 14, listings: 4 },
        relay: { args: [...moving, '--route', 'relay'], own: 27, looks: 6, listings: 4 },
        export: {
          args: [
            ...['partial-export', '--from', 'lab', '--project', 'MicroStrategy Tutorial'],
            ...[...objects, '-o', 'year.tar'],
          ],
          own: 10,
          looks: 4,
          listings: 0,
        },
        import: { args: ['import', 'year.tar', '--to', 'prod', '--yes'], own: 14, looks: 4, listings: 4 },
      },
      kinds,
      { lab, prod },
      run,
    );
  });
});

test('SnapLogic is asked no more than its budget allows', async () => {
  const kinds = {
    look: /^GET \S+\/project\/migrate\/[0-9a-f-]{36}$/,
    listing: /^GET \S+\/asset\/list\//,
    plan: /^GET/,
  };
  const settings = (name: 'lab' | 'prod') => ({
    pace: 1,
    sample: name === 'lab' ? ('source' as const) : ('target' as const),
  });
  await withAccountWorkshop(
    'snaplogic',
    (_, name) => settings(name),
    async ({ lab, prod, run, path }) => {
      const instance = ({ url, credentials }: RunningEmulator, org: string, secret: string) =>
        `{ product: snaplogic, url: "${url}", org: ${org}, username: "${credentials['username'] ?? ''}", password: "env:${secret}" }`;
      await writeFile(
        path('.migratorrc.yaml'),
        `instances:
  dev: ${instance(lab, 'Acme-Dev', 'LAB_PASSWORD')}
  test: ${instance(lab, 'Acme-Test', 'LAB_PASSWORD')}
  eu: ${instance(prod, 'Acme-EU', 'PROD_PASSWORD')}
`,
      );
      const moving = (...projects: string[]) => [
        'migrate-project',
        ...projects,
        ...['--from', 'dev', '--to', 'test', '--yes'],
      ];
      const several = ['/Acme-Dev/Finance/Ledger & Co 100%+', '/Acme-Dev/Sales EMEA/Bulk'];
      const elsewhere = ['--dest-path', '/Acme-EU/Finance/Invoices', '--yes'];
      const overwriting = ['--on-duplicate', 'overwrite', '--fresh'];
      await expectWithin(
        {
          'a dry run of a move': {
            args: [...moving('/Acme-Dev/Finance/Invoices'), '--dry-run'],
            own: 6,
            looks: 0,
            listings: 0,
          },
          // Each of its three tasks is read after the move, and the Snaplexes of the target.
          move: { args: moving('/Acme-Dev/Finance/Invoices'), own: 12, looks: 3, listings: 4 },
          'several projects': { args: moving(...several), own: 18, looks: 8, listings: 9 },
          export: {
            args: [
              ...['partial-export', '--from', 'dev', '--project', '/Acme-Dev/Finance/Invoices'],
              ...['-o', 'invoices.tar'],
            ],
            own: 4,
            looks: 0,
            listings: 1,
          },
          'import of a new project': {
            args: ['import', 'invoices.tar', '--to', 'eu', ...elsewhere],
            own: 9,
            looks: 0,
            listings: 3,
          },
          'import over a project': {
            args: ['import', 'invoices.tar', '--to', 'eu', ...elsewhere, ...overwriting, '--no-backup'],
            own: 8,
            looks: 0,
            listings: 5,
          },
          // The export, and each asset before and after.
          'import with a backup': {
            args: ['import', 'invoices.tar', '--to', 'eu', ...elsewhere, ...overwriting],
            own: 26,
            looks: 0,
            listings: 6,
          },
          relay: {
            args: [
              ...['migrate-project', '/Acme-Dev/Finance/Invoices', '--from', 'dev', '--to', 'eu'],
              ...['--dest-path', '/Acme-EU/Finance/Invoices 2', '--yes'],
            ],
            own: 13,
            looks: 0,
            listings: 4,
          },
        },
        kinds,
        { us: lab, eu: prod },
        run,
      );
    },
  );
});

test('eNMS is asked no more than its budget allows', async () => {
  const kinds = {
    look: /^GET \S+\/(metadata\.yaml|migrator-\w+\.txt)$/,
    listing: /^GET \/rest\/(instance\/|query\/(?!server))/,
  };
  const moving = ['migrate-project', 'nightly', '--from', 'lab', '--to', 'prod', '--yes'];
  await withEnmsWorkshop(async (workshop) => {
    const { lab, prod, run } = workshop;
    await unhurried(workshop);
    await expectWithin(
      {
        'a dry run of a move': { args: [...moving, '--dry-run'], own: 33, looks: 3, listings: 28 },
        move: { args: moving, own: 60, looks: 8, listings: 52 },
        'move again': { args: [...moving, '--fresh'], own: 53, looks: 8, listings: 110 },
        export: {
          args: ['partial-export', '--from', 'lab', '--project', 'nightly', '-o', 'nightly.tar'],
          own: 7,
          looks: 3,
          listings: 0,
        },
        import: { args: ['import', 'nightly.tar', '--to', 'prod', '--yes'], own: 46, looks: 6, listings: 110 },
        'export object by object': {
          args: ['partial-export', '--from', 'lab', '--project', 'nightly', '-o', 'objects.tar', '--via', 'rest'],
          own: 17,
          looks: 0,
          listings: 88,
        },
        'import object by object of what is there': {
          args: ['import', 'objects.tar', '--to', 'prod', '--yes'],
          own: 23,
          looks: 0,
          listings: 110,
        },
      },
      kinds,
      { lab, prod },
      run,
    );
  });
});
