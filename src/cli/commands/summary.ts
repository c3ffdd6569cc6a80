import type { Result } from '../../core/snapshots/result.ts';
import type { Verified } from '../../core/steps/counterpart.ts';
import type { Left } from '../../core/steps/clean-up.ts';
import type { Via } from '../../core/steps/settle-way.ts';
import type { Resumed } from '../../core/steps/journaled.ts';
import { type InPart, partialReason } from '../../core/steps/partial-reason.ts';
import { isFinal } from '../../core/steps/watch.ts';
import { carriesSecrets } from '../../package/format.ts';
import type { SealedPackage } from '../../package/index.ts';
import type { JobStatus, LogLine } from '../../ports/job.ts';
import type { Reader } from '../keys/key-ring.ts';
import { humanBytes, humanDuration } from '../../amounts.ts';
import { plainText } from '../../plain-text.ts';
import { jobElapsed, jobLeft } from '../reporters/rates.ts';
import { lines, table } from '../terminal/table.ts';
import { describeItems } from './changes.ts';
import { describeReaders, type SealedFacts, signerWords } from './readers.ts';

export function describeSealed(
  file: string,
  { manifest, size, signer }: SealedPackage,
  { readers, signerName }: SealedFacts,
): string {
  return lines(
    `package:   ${file} (${humanBytes(size)})`,
    `id:        ${manifest.id}@${manifest.version}`,
    `signed:    ${signer === undefined ? 'no' : `by ${signerWords(signer, signerName)}`}`,
    `encrypted: ${describeEncryption(manifest.content, readers)}`,
    carriesSecrets(manifest.format)
      ? 'carries:   the secrets of its import: whoever can open it can import it'
      : undefined,
  );
}

export function describeEncryption(
  { encryption }: { readonly encryption: string },
  readers: readonly Reader[],
): string {
  if (encryption === 'none') return 'no';
  return encryption === 'passphrase' ? 'with a passphrase' : describeReaders(readers);
}

/** How many differences are shown. */
const mostRows = 50;

/** What two sides have in common, and what not. */
export function describeComparison(
  { equal, differences, blind }: Verified,
  from: string,
  to: string,
  columns?: number,
): readonly (string | undefined)[] {
  return [
    ...describeDifferences(differences, `only on ${from}`, `only on ${to}`, columns),
    `${from} and ${to}: ${equal} equal, ${differences.length} different`,
    ...blind.map((sentence) => `not compared: ${sentence}`),
  ];
}

export function describeDifferences(
  differences: Verified['differences'],
  onlyFrom: string,
  onlyTo: string,
  columns?: number,
): readonly (string | undefined)[] {
  const words = { 'only-from': onlyFrom, 'only-to': onlyTo, differs: 'differs' };
  const rows = differences
    .slice(0, mostRows)
    .map(({ kind, name, difference, fields }) => [
      words[difference],
      plainText(kind),
      fields === undefined ? plainText(name) : `${plainText(name)}: ${plainText(fields.join(', '))}`,
    ]);
  return [
    rows.length === 0 ? undefined : table(['difference', 'kind', 'name'], rows, columns),
    differences.length > mostRows ? `and ${differences.length - mostRows} more: see them all with --json` : undefined,
  ];
}

/** What a run left on servers, and how to remove it. */
export function describeLeft(left: readonly Left[]): readonly string[] {
  return left.map(
    ({ instance, what, remove }) =>
      `left on ${instance}: ${what}${remove === undefined ? '' : `; remove it with: ${remove}`}`,
  );
}

/** Why only a part was done. */
export function describePartial(outcome: string, part: InPart): string | undefined {
  return outcome === 'partial' ? `partial: ${plainText(partialReason(part))}` : undefined;
}

/** The way that a run took, for products that have several. */
export function describeVia(via: Via | undefined): string | undefined {
  return via === undefined ? undefined : `by ${via.name}: ${via.reason}`;
}

/** The age of a run that went on, so that nobody takes an old export for a new one. */
export function describeResumed(resumed: Resumed | undefined): string | undefined {
  if (resumed === undefined) return undefined;
  const { startedAt, exportedAt } = resumed;
  return exportedAt === undefined
    ? `this was the run of ${startedAt}`
    : `this was the run of ${startedAt}, with its export of ${exportedAt}; for a new export, use --fresh`;
}

/** The first line of a summary: what was done, unless the target shows that nothing was. */
export function headline(done: string, what: string, target: string, result: Result | undefined): string {
  if (result?.changed !== false || result.counts.failed + result.counts['not-seen'] > 0) return done;
  return result.complete && result.counts.skipped === 0
    ? `${what} is already on ${target}, so nothing was changed`
    : `nothing was changed on ${target}: what is there already was skipped`;
}

/** A server's log. Nested lines are indented. */
export function describeLog(log: readonly LogLine[]): string {
  return log
    .map(
      ({ at, depth, level, text }) =>
        `${at === undefined ? '' : `${at}  `}${level.padEnd(7)}  ${'  '.repeat(depth)}${plainText(text)}`,
    )
    .join('\n');
}

/** The server's log, or how to see it. `handle`: undefined for what is in no log of a job. */
export function describeLogOf(
  log: readonly LogLine[],
  handle: string | undefined,
  preview: boolean,
): string | undefined {
  if (log.length > 0) return lines(preview ? "the server's preview:" : "the server's log:", describeLog(log));
  return handle === undefined ? undefined : `the server's log: migrator job log ${handle}`;
}

export function describeJob(handle: string, status: JobStatus, columns?: number, now = Date.now()): string {
  const { kind, state, wireState, fraction, activity, waitingFor, queuedAt, startedAt, finishedAt, messages, items } =
    status;
  const [elapsed, left] = [jobElapsed(status, now), jobLeft(status, now)];
  return lines(
    `job:      ${handle}`,
    `kind:     ${kind}`,
    `state:    ${state}${wireState.toLowerCase() === state ? '' : ` (on the server: ${wireState})`}`,
    fraction === undefined || isFinal(state) ? undefined : `progress: ${Math.round(fraction * 100)} %`,
    activity === undefined ? undefined : `doing:    ${activity}`,
    waitingFor === undefined ? undefined : `waits:    for ${waitingFor}`,
    queuedAt === undefined ? undefined : `queued:   ${queuedAt}`,
    startedAt === undefined ? undefined : `started:  ${startedAt}`,
    finishedAt === undefined ? undefined : `finished: ${finishedAt}`,
    elapsed === undefined ? undefined : `${isFinal(state) ? 'took:     ' : 'elapsed:  '}${humanDuration(elapsed)}`,
    left === undefined || isFinal(state) ? undefined : `left:     about ${humanDuration(left)}`,
    describeItems(items ?? [], columns),
    ...messages.map(({ level, text }) => `${level}: ${text}`),
  );
}
