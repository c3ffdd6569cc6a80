import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import type { ImportRequest, PreparedImport } from '../../../ports/importer.ts';
import { flagOf, textOf } from '../../shared/option-values.ts';
import type { TopologyEnd } from '../job-id.ts';
import { newStamp } from '../migration/folder-name.ts';
import { bytesOf, contentOf } from '../model/package-content.ts';
import { targetNames } from '../model/target-names.ts';
import type { Server } from '../server.ts';
import { scopeOf } from '../snapshots.ts';
import { topologyAnswerSchema } from '../wire/schemas.ts';

/**
 * Prepares the import of a spreadsheet. `replace` deletes every device and so every link; both are counted, and
 * everything is backed up first.
 */
export async function prepareTopology(
  server: Server,
  { source, dryRun, options, files = [] }: ImportRequest,
  signal: AbortSignal,
): Promise<PreparedImport> {
  const replace = flagOf(options, 'replace');
  await server.rest.version(signal);
  const settled = { way: 'topology', replace, stamp: newStamp(server) };
  const scope = scopeOf(['device', 'link'], { related: [], unmarked: [] });
  const notes = [
    'a spreadsheet that eNMS exported itself does not survive the way back: devices with lists are refused, every "False" is taken for true, links get no ends; only spreadsheets made by hand are safe, and --via rest moves devices and links whole',
    ...(dryRun
      ? ['what is in the spreadsheet is read by the server only: a dry run cannot tell what would change']
      : []),
  ];
  const target = targetNames(server);
  const devices = (await target.of('device', signal)).size;
  const links = (await target.of('link', signal)).size;
  const flips = (await holdsFalse(files, signal))
    ? `the spreadsheet has the text "False", which the server takes for true: it turns \`down\` and every other such property of its devices round`
    : undefined;
  if (!replace) {
    if (flips !== undefined) return { source, dryRun, settled, scope, notes, consent: `${flips}. Go on?` };
    const consent = {
      question: `the devices and links of ${server.name} that the spreadsheet names are overwritten. Go on?`,
      allowed: flagOf(options, 'overwriteExisting'),
    };
    return { source, dryRun, settled, scope, notes, ...(devices + links > 0 ? { consent } : {}) };
  }
  return {
    source,
    dryRun,
    settled,
    scope,
    notes,
    backup: {
      request: { projects: ['backup'], options: { privateProperties: true, via: 'web' } },
      restoreWith: { emptyDatabaseBeforeImport: true, via: 'web' },
    },
    consent: `all ${devices} devices and ${links} links on ${server.name} (${server.url}) are deleted before the spreadsheet is read${flips === undefined ? '' : `; ${flips}`}. Go on?`,
  };
}

/** Whether a cell may hold the text "False", in one of the two ways in which an .xls keeps a text. */
async function holdsFalse(files: ImportRequest['files'] & object, signal: AbortSignal): Promise<boolean> {
  for (const file of files) {
    const bytes = await bytesOf(file.open(signal));
    if (bytes.includes('False', 0, 'latin1') || bytes.includes('False', 0, 'utf16le')) return true;
  }
  return false;
}

/** Topology import. `replace` is a field of the form. The answer has status 200 also when the import failed. */
export async function startTopologyImport(
  { rest }: Server,
  { settled }: PreparedImport,
  files: readonly ArtifactFile[],
  signal: AbortSignal,
): Promise<string> {
  const content = contentOf(files);
  if (content.kind !== 'topology') throw new MigratorError('PACKAGE_MALFORMED', 'the package holds no spreadsheet');
  const { status, body } = await rest.importTopology(content.file, flagOf(settled, 'replace'), signal);
  return `topology-import/${textOf(settled, 'stamp') ?? ''}/${endOf(status, body)}`;
}

function endOf(status: number, body: unknown): TopologyEnd {
  if (status !== 200) return 'failed';
  const answer = topologyAnswerSchema.safeParse(body);
  if (!answer.success) return 'failed';
  const [text, meant] = typeof answer.data === 'string' ? [answer.data, undefined] : answer.data;
  if (/^Topology successfully imported\.?$/.test(text) && (meant === undefined || meant === 200)) return 'done';
  return /^partial import/i.test(text) ? 'partial' : 'failed';
}
