import { spelling } from '../../core/steps/plan.ts';
import { type Result, type ResultItem, resultActions } from '../../core/snapshots/result.ts';
import type { Verified } from '../../core/steps/counterpart.ts';
import type { Left } from '../../core/steps/clean-up.ts';
import type { Via } from '../../core/steps/settle-way.ts';
import type { Resumed } from '../../core/steps/journaled.ts';
import { isFinal } from '../../core/steps/watch.ts';
import { carriesSecrets } from '../../package/format.ts';
import type { SealedPackage } from '../../package/index.ts';
import type { JobStatus, JobItem, LogLine } from '../../ports/job.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Reader } from '../keys/key-ring.ts';
import { humanBytes } from '../terminal/amounts.ts';
import { plainText } from '../terminal/plain-text.ts';
import { lines, table } from '../terminal/table.ts';
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

export function describePlan(plan: readonly PlanItem[]): string | undefined {
  if (plan.length === 0) return undefined;
  const spelled = spelling(plan.map(({ name }) => name));
  return table(
    ['action', 'kind', 'name'],
    plan.map(({ action, kind, name, detail }) => [
      action,
      kind,
      `${plainText(spelled(name))}${detail === undefined ? '' : ` (${plainText(detail)})`}`,
    ]),
  );
}

/** What two sides have in common, and what not. */
export function describeComparison(
  { equal, differences, blind }: Verified,
  from: string,
  to: string,
): readonly (string | undefined)[] {
  return [
    ...describeDifferences(differences, `only on ${from}`, `only on ${to}`),
    `${from} and ${to}: ${equal} equal, ${differences.length} different`,
    ...blind.map((sentence) => `not compared: ${sentence}`),
  ];
}

export function describeDifferences(
  differences: Verified['differences'],
  onlyFrom: string,
  onlyTo: string,
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
    rows.length === 0 ? undefined : table(['difference', 'kind', 'name'], rows),
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

const mostRows = 50;

/** What became of the target: counts, and the things that changed or did not arrive. */
export function describeResult(result: Result | undefined): string | undefined {
  if (result === undefined) return undefined;
  const counts = resultActions.flatMap((action) => {
    const count = result.counts[action];
    return count === 0 ? [] : [`${count} ${action === 'not-seen' ? 'not seen' : action}`];
  });
  const more = result.items.length - mostRows;
  return lines(
    describeItems(result.items.slice(0, mostRows)),
    more > 0 ? `and ${more} more: see them all with --json` : undefined,
    counts.length > 0 || result.basis === 'seen'
      ? `on the target: ${counts.length === 0 ? 'nothing changed' : counts.join(', ')}`
      : undefined,
    result.basis === 'claimed' ? 'only the server says so: migrator could not look at the target' : undefined,
  );
}

/** The first line of a summary: what was done, unless the target shows that nothing was. */
export function headline(done: string, what: string, target: string, result: Result | undefined): string {
  if (result?.changed !== false || result.counts.failed + result.counts['not-seen'] > 0) return done;
  return result.complete && result.counts.skipped === 0
    ? `${what} is already on ${target}, so nothing was changed`
    : `nothing was changed on ${target}: what is there already was skipped`;
}

/** What the server did with each object. */
export function describeItems(items: readonly (JobItem | ResultItem)[]): string | undefined {
  if (items.length === 0) return undefined;
  return table(
    ['result', 'kind', 'name'],
    items.map(({ action, kind, name, reason }) => [
      action,
      kind,
      reason === undefined ? plainText(name) : `${plainText(name)}: ${plainText(reason)}`,
    ]),
  );
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

/**
 * What the server says of a dry run: its warnings and errors, and its last line. The whole log is in the JSON, and behind
 * the command that is named. Without a plan, it is all that there is, so it is shown.
 */
export function describeDryRun(
  log: readonly LogLine[],
  plan: readonly PlanItem[],
  handle: string | undefined,
): string | undefined {
  const shown = log.filter(({ level }) => !['trace', 'verbose'].includes(level));
  if (shown.length === 0) return undefined;
  const short = plan.length > 0 && handle !== undefined;
  const last = shown.findLast(({ level }) => level === 'info');
  const chosen = short ? shown.filter((line) => line.level !== 'info' || line === last) : shown;
  const word = (level: LogLine['level']) => (level === 'info' ? '' : `${level}: `);
  const told = chosen.map(
    ({ depth, level, text }) => `${short ? '' : '  '.repeat(depth)}${word(level)}${plainText(text)}`,
  );
  return lines(...told, short ? `the server's log has ${log.length} lines: migrator job log ${handle}` : undefined);
}

export function describeJob(handle: string, status: JobStatus): string {
  const { kind, state, wireState, fraction, activity, waitingFor, queuedAt, startedAt, finishedAt, messages, items } =
    status;
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
    describeItems(items ?? []),
    ...messages.map(({ level, text }) => `${level}: ${text}`),
  );
}
