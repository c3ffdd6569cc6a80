import { MigratorError } from '../../errors.ts';
import type { Adapter, WayReport, WayRequest, Ways } from '../../ports/adapter.ts';
import { flagOf, textOf, wrongOption } from '../shared/option-values.ts';
import { isExportName } from './export-import/artifact.ts';
import { offersExportImport, title } from './export-import/export-import.ts';
import { parseJobId } from './job-id.ts';
import { missingLinks, runsOnLinux } from './probe.ts';
import { rightsOf } from './rights.ts';
import type { Server } from './server.ts';
import { viaWords, wayNames, type WayName } from './via.ts';

/** What only the Migration API does, by the names of options and their flags. */
const onlyMigrationApi: Readonly<Record<string, string>> = {
  ignoreCertificates: '--ignore-certificates',
  ignoreMachines: '--ignore-machines',
  ignoreDeployments: '--ignore-deployments',
  ignoreTenants: '--ignore-tenants',
  includeTaskLogs: '--include-task-logs',
  overwriteExisting: '--overwrite-existing',
  packageId: '--package-id',
  packageVersion: '--package-version',
  encryptPackage: '--encrypt-package',
  encryptedPackage: '--encrypted-package',
  deletePackageOnCompletion: '--delete-package-on-completion',
  successCallback: '--success-callback',
  failureCallback: '--failure-callback',
};

/** What only Export/Import does. */
const onlyExportImport: Readonly<Record<string, string>> = {
  preview: '--preview',
  zipEntries: '--zip-entries',
  zipEntrySize: '--zip-entry-size',
};

/** The Migration API and Export/Import on one server. `preset` is the setting of the instance. */
export function createWays(
  server: Server,
  adapters: Readonly<Record<WayName, Adapter>>,
  preset: (typeof viaWords)[number] | undefined,
): Ways {
  return {
    ofOldPackages: 'migration-api',
    ofFile: (fileName) => (isExportName(fileName) ? 'export-import' : undefined),
    ofJob: (id) => (parseJobId(id).projects === undefined ? 'migration-api' : 'export-import'),
    asked: (options) => {
      const text = textOf(options, 'via');
      if (text !== undefined && !viaWords.some((word) => word === text)) throw wrongOption('via', viaWords.join(', '));
      const via = text ?? preset;
      return via === undefined || via === 'auto' ? undefined : { via, by: text === undefined ? 'setting' : 'option' };
    },
    check: async (request, signal) => {
      const offersOther = await offersExportImport(server, signal);
      return [
        await checkMigrationApi(server, request, offersOther, signal),
        await checkExportImport(server, request, offersOther, signal),
      ];
    },
    of: (via) => {
      const name = wayNames.find((known) => known === via);
      if (name !== undefined) return adapters[name];
      throw new MigratorError('UNSUPPORTED', `this release of migrator knows no way ${via} of Octopus Deploy`, {
        hint: `it knows ${wayNames.join(', ')}; a newer release may know more`,
      });
    },
  };
}

/** Rights are asked only where there is another way to take. */
async function checkMigrationApi(
  server: Server,
  { verb, as, options }: WayRequest,
  offersOther: boolean,
  signal: AbortSignal,
): Promise<WayReport> {
  const half = as === 'source' ? 'export' : 'import';
  const missing = missingLinks(await server.root(signal)).includes(half);
  const flags = given(options, [], onlyExportImport);
  const way = { via: 'migration-api', title: 'the Migration API', flags };
  const system = missing ? false : await runsOnLinux(server, signal);
  const others = [
    ...(missing ? [`the ${as} offers no ${half} by it`] : []),
    ...(system ? [`the ${as} runs on Linux, where Octopus.Migrator is missing`] : []),
    ...flags.map((flag) => `${flag} is for ${title}`),
  ];
  // The target of a push needs the right to its feed alone.
  if (missing || !offersOther || (verb === 'partial-export' && as === 'target')) return { ...way, obstacles: others };
  const rights = await rightsOf(server, signal);
  return {
    ...way,
    lacksRight: others.length === 0 && rights.isAdministrator === false,
    // An import has no option for its space: it follows the source's.
    space: (await server.space(signal)).name,
    obstacles: [
      ...others,
      ...(rights.isAdministrator === false ? [`${rights.name} is not a system administrator of the ${as}`] : []),
    ],
  };
}

async function checkExportImport(
  server: Server,
  { verb, as, options, secrets, pushes }: WayRequest,
  offers: boolean,
  signal: AbortSignal,
): Promise<WayReport> {
  const { Version } = (await server.root(signal)).resource;
  const flags = given(options, secrets, onlyMigrationApi);
  return {
    via: 'export-import',
    title,
    flags: [...flags, ...(pushes ? [verb === 'partial-export' ? '--to' : '--route push'] : [])],
    obstacles: [
      ...(offers ? [] : [`the ${as} (${Version}) does not offer it; it came with 2021.1`]),
      ...flags.map((flag) => `${flag} is for the Migration API`),
      ...(pushes ? ['servers push packages only by the Migration API'] : []),
    ],
  };
}

function given(options: WayRequest['options'], secrets: readonly string[], flags: Readonly<Record<string, string>>) {
  return Object.entries(flags).flatMap(([name, flag]) => {
    const value = options[name];
    const isGiven = typeof value === 'boolean' ? flagOf(options, name) : value !== undefined;
    return isGiven || secrets.includes(name) ? [flag] : [];
  });
}
