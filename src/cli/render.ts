import type { SealedPackage } from '../package/index.ts';
import type { PlanItem } from '../ports/plan.ts';
import type { JobItem, LogLine } from '../ports/job.ts';
import { plainText } from './reporters/plain-text.ts';
import { humanBytes } from './reporters/rates.ts';

/** One text out of lines, leaving out what is not there. */
export function lines(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
}

export function describeSealed(file: string, { manifest, size, signer }: SealedPackage): string {
  return lines(
    `package:   ${file} (${humanBytes(size)})`,
    `id:        ${manifest.id}@${manifest.version}`,
    `signed:    ${signer === undefined ? 'no' : `by ${signer}`}`,
    `encrypted: ${describeEncryption(manifest.content)}`,
  );
}

export function describeEncryption({
  encryption,
  recipients,
}: {
  readonly encryption: string;
  readonly recipients: readonly string[];
}): string {
  if (encryption === 'none') return 'no';
  if (encryption === 'passphrase') return 'with a passphrase';
  return `to ${recipients.length === 1 ? 'one recipient' : `${recipients.length} recipients`}`;
}

export function describePlan(plan: readonly PlanItem[]): string | undefined {
  if (plan.length === 0) return undefined;
  return table(
    ['action', 'kind', 'name'],
    plan.map(({ action, kind, name, detail }) => [
      action,
      kind,
      detail === undefined ? plainText(name) : `${plainText(name)} (${plainText(detail)})`,
    ]),
  );
}

/** What a server did with each thing. */
export function describeItems(items: readonly JobItem[]): string | undefined {
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

/** A server's log, indented as it nests. */
export function describeLog(log: readonly LogLine[]): string {
  return log
    .map(
      ({ at, depth, level, text }) =>
        `${at === undefined ? '' : `${at}  `}${level.padEnd(7)}  ${'  '.repeat(depth)}${plainText(text)}`,
    )
    .join('\n');
}

/** The log of a dry run as the plan it is: without times, and without what only a debugger wants. */
export function describeRehearsal(log: readonly LogLine[]): string | undefined {
  const shown = log.filter((line) => !['trace', 'verbose'].includes(line.level));
  if (shown.length === 0) return undefined;
  const word = (level: LogLine['level']) => (level === 'info' ? '' : `${level}: `);
  return `${shown.map(({ depth, level, text }) => `${'  '.repeat(depth)}${word(level)}${plainText(text)}`).join('\n')}\n`;
}
