// Export and import of random companies by the adapter, between embedded servers, against what the vendor's documents say.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { adapter } from '../../src/adapters/octopus/index.ts';
import { startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import { isMigratorError } from '../../src/errors.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../src/ports/artifact.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from '../support/adapter-tools.ts';
import { bytesOf, ref, zipFile } from '../support/export-import-client.ts';
import { keyOf } from '../support/octopus-api.ts';
import { fc } from '../support/property.ts';
import { seed } from '../support/random.ts';
import { all } from '../support/sample.ts';
import { secretsOf, withoutSecrets, type Company } from './company.ts';
import { companyIn, sortedVariables, spaceWith } from './company-space.ts';
import { imported, withDeployed } from './export-import-oracle.ts';
import { secretsIn } from './exported-secrets.ts';
import { companyOf, everything, nothing, plans, type Plan } from './random-company.ts';

jest.setTimeout(3_600_000);

const secrets = { password: new Secret('correct horse battery staple') };

const wayTo = (server: RunningEmulator, space: string): Adapter =>
  adapter
    .create(
      { name: 'bench', url: server.url, settings: { space }, secrets: { apiKey: new Secret(keyOf(server)) } },
      adapterTools(),
    )
    .ways!.of('export-import');

async function succeeded({ jobs }: Adapter, id: string): Promise<void> {
  for (;;) {
    const { state, messages } = await jobs.status(id, never);
    if (state === 'succeeded') return;
    if (state !== 'running' && state !== 'queued') throw new Error(`${state}: ${JSON.stringify(messages)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** The zip of an export, and the projects that the adapter found in it. */
async function exported(way: Adapter, projects: readonly string[]) {
  const prepared = await way.exports!.prepare({ projects, options: {} }, never);
  const job = await way.exports!.start(prepared, secrets, undefined, never);
  await succeeded(way, job);
  const { files } = await way.exports!.fetch(job, prepared, never);
  const file = zipFile(await bytesOf(files[0]!));
  return { file, found: (await way.exports!.inspect!([file], prepared, secrets, never)).projects ?? [] };
}

const kinds: Readonly<Record<string, string>> = {
  project: 'projects',
  'project-group': 'groups',
  environment: 'environments',
  lifecycle: 'lifecycles',
  'variable-set': 'sets',
  tenant: 'tenants',
  feed: 'feeds',
  account: 'accounts',
  'step-template': 'templates',
  certificate: 'certificates',
  'worker-pool': 'pools',
};

/** The names of the projects that a refusal is about, sorted. */
function refusedNames(error: unknown): readonly string[] {
  if (!isMigratorError(error, 'CONFLICT')) throw error;
  return [...(error.details['existing'] as readonly string[])].sort();
}

/** Imports, and returns what the plan said that the target lacks. */
async function importInto(way: Adapter, file: ArtifactFile, left: readonly string[]): Promise<readonly string[]> {
  const request = { source: ref, dryRun: false, files: [file], secrets };
  const prepare = (options: Readonly<Record<string, boolean>>) => way.imports!.prepare({ ...request, options }, never);
  if (left.length > 0)
    // In the order of the zip, which the rules do not know.
    expect(await prepare({}).catch(refusedNames)).toEqual([...left].sort());
  const prepared = await prepare({ skipExisting: left.length > 0 });
  await way.imports!.stage!(prepared, [file], never, secrets);
  await succeeded(way, await way.imports!.start(prepared, secrets, [file], never));
  return (
    prepared
      .plan!.filter(({ kind, action }) => kind in kinds && action === 'create')
      // Certificates are named with their thumbprints.
      .map(({ kind, name }) => `${kinds[kind]!}/${kind === 'certificate' ? name.replace(/\/[^/]*$/, '') : name}`)
      .sort()
  );
}

/** What a server does not show is known from what was written: all these things of a space are the company's. */
const withSecrets = (read: Company, { accounts, sets, projects, tenants }: Company): Company => ({
  ...{ ...read, accounts, sets, projects, tenants },
});

/** Variables as a space lists them have no order. */
const comparable = (company: Company): Company => ({
  ...company,
  sets: Object.fromEntries(
    Object.entries(company.sets).map(([name, set]) => [name, { ...set, variables: sortedVariables(set.variables) }]),
  ),
});

const cases = fc.record({
  plan: plans,
  wanted: fc.subarray(['Ledger', 'Portal', 'Shop'], { minLength: 1 }),
  other: plans,
});

/** The targets of a case: nothing, a part of the same company without projects, and another company. */
const targets = (plan: Plan, other: Plan): Readonly<Record<string, Company>> => ({
  empty: companyOf(plan, 'source', nothing),
  'partly filled': companyOf(plan, 'source', { ...plan.there, projects: [] }),
  conflicting: companyOf(other, 'target'),
});

test('an import makes of a space what the rules of the product say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-rules-'));
  const start = (name: string, edition: object) =>
    startEmulator('octopus', { directory: join(folder, name), sample: false, pace: 0, ...edition });
  const lab = await start('lab', { version: '2023.1.9626' });
  const prod = await start('prod', { version: '2025.3.1', flavor: 'linux' });
  let number = 0;
  const created = new Set<string>();
  let kept = 0;
  try {
    const property = fc.asyncProperty(cases, async ({ plan, wanted, other }) => {
      number += 1;
      const written = companyOf(plan, 'source', everything);
      const from = `Company ${number}`;
      const read = await companyIn(lab, await spaceWith(lab, from, written));
      expect(read).toMatchObject(withoutSecrets(written));
      const source = withSecrets(read, written);
      const { file, found } = await exported(wayTo(lab, from), wanted);
      expect([...found].sort()).toEqual(withDeployed(source, wanted));
      for (const [kind, company] of Object.entries(targets(plan, other))) {
        const to = `${kind} ${number}`;
        const space = await spaceWith(prod, to, company);
        const before = withSecrets(await companyIn(prod, space), company);
        const expected = imported(source, wanted, before);
        const planned = await importInto(wayTo(prod, to), file, expected.left);
        expect({ kind, company: await companyIn(prod, space) }).toEqual({
          kind,
          company: comparable(withoutSecrets(expected.company)),
        });
        const [secret, secrets] = [secretsOf(expected.company), await secretsIn(prod, space)];
        expect({ kind, secret }).toMatchObject({ kind, secret: secrets });
        const own = (names: readonly string[]) => names.filter((name) => name.startsWith('project '));
        expect({ kind, own: own(Object.keys(secrets)).sort() }).toEqual({ kind, own: own(Object.keys(secret)).sort() });
        expect({ kind, planned }).toEqual({ kind, planned: expected.created });
        for (const one of expected.created) created.add(one.split('/')[0]!);
        kept += expected.left.length;
      }
    });
    const numRuns = all ? 60 : 3;
    // Smaller cases are looked for where there is time for it.
    await fc.assert(property, { seed, numRuns, endOnFailure: !all });
    // The cases reach what they are for.
    expect([...created]).toContain('projects');
    if (all) expect([[...created].sort(), kept > 0]).toEqual([Object.values(kinds).sort(), true]);
  } finally {
    await lab.close();
    await prod.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
