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
  const cells = await textsIn(files, ['last_modified_by', 'source_name', 'False'], signal);
  if (cells.has('last_modified_by') && !cells.has('source_name')) throw writtenByServer(server.name);
  const notes = dryRun
    ? ['what is in the spreadsheet is read by the server only: a dry run cannot tell what would change']
    : [];
  const target = targetNames(server);
  const devices = (await target.of('device', signal)).size;
  const links = (await target.of('link', signal)).size;
  const flips = cells.has('False')
    ? `the spreadsheet has the text "False", which the server takes for true: it inverts \`down\` and every other such property of its devices`
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

/** Which of the texts some cell may hold, in one of the two ways in which an .xls keeps a text. */
async function textsIn(
  files: ImportRequest['files'] & object,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const file of files) {
    const bytes = await bytesOf(file.open(signal));
    for (const text of texts)
      if (bytes.includes(text, 0, 'latin1') || bytes.includes(text, 0, 'utf16le')) found.add(text);
  }
  return found;
}

/**
 * The import of a spreadsheet that eNMS 4.7.1 wrote harms the target: every device with a list is refused, links get no
 * ends, and from then on the server fails each query for links (seen on a real server: 0 of 95 devices, 136 such links).
 */
function writtenByServer(target: string): MigratorError {
  return new MigratorError(
    'CONFLICT',
    `eNMS wrote this spreadsheet itself, and does not take it back: on ${target} devices with lists would be refused, links would get no ends, and the server would fail every query for links`,
    {
      hint: 'move devices and links with --via rest; in a spreadsheet of your own, leave out the column last_modified_by and give links a source_name and a destination_name',
    },
  );
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
