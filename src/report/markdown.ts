import { humanBytes } from '../amounts.ts';
import type { Report, RunFacts, WaveItem } from '../core/report/report.ts';
import { plainText } from '../plain-text.ts';
import { plural } from '../plural.ts';
import {
  actionWord,
  basisWords,
  countsWords,
  differenceWords,
  endWords,
  headline,
  noWayBack,
  outcomeWord,
  refWords,
  routeWords,
  signerWords,
  stateRank,
  tilesOf,
  timeWords,
  toneOf,
  tookWords,
  whenWords,
} from './words.ts';

/** How many rows a table has: a step summary of GitHub holds 1 MiB, and a ticket less. */
const mostRows = 500;

/** What Markdown, its tables and HTML in it give a meaning. An entity has none, wherever it stands. */
const special = /[&<>|\\`*_[\]~#@!$]|:(?=\/\/)|(?<=\bwww)\./giu;

/** Text from outside, as text. */
function text(value: string): string {
  return plainText(value).replace(special, (character) => `&#${character.charCodeAt(0)};`);
}

const code = (value: string): string => `<code>${text(value)}</code>`;

/** A command line to copy: between fences that it cannot close. */
function block(command: string): string {
  const longest = Math.max(2, ...[...command.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${plainText(command)}\n${fence}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const more = rows.length - mostRows;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.slice(0, mostRows).map(line),
    ...(more > 0 ? ['', `… and ${plural(more, 'row')} more: the report as HTML or JSON has them all.`] : []),
  ].join('\n');
}

const section = (title: string, ...parts: readonly (string | undefined)[]): readonly string[] => {
  const there = parts.filter((part) => part !== undefined && part !== '');
  return there.length === 0 ? [] : [`### ${title}`, ...there.map(String)];
};

const signs = { good: '✅', warn: '⚠️', bad: '❌', calm: '🔵' };

/** The report as GitHub-flavoured Markdown, for a ticket or a step summary. */
export function renderMarkdown(report: Report): string {
  const { run, wave, error, warnings, next, tiles } = report;
  const shown = tilesOf(tiles);
  return `${[
    '<!-- migrator/report/1 -->',
    `## ${signs[toneOf(report.outcome)]} ${outcomeWord(report)}: ${text(headline(report))}`,
    table(['', ''], factsOf(report)),
    ...(error === undefined ? [] : [`> **${error.code}**: ${text(error.message)}`]),
    ...(tiles.basis === 'none'
      ? []
      : [
          table(
            shown.map(({ word }) => word),
            [shown.map(({ count }) => String(count))],
          ),
          basisWords(report) ?? '',
        ]),
    ...(wave === undefined ? [] : itemsOf(wave.items)),
    ...(run === undefined ? [] : runOf(report, run)),
    ...section('Warnings', warnings.map((warning) => `- ${text(warning)}`).join('\n')),
    ...section('What to do next', ...next.map((step) => stepOf(step.text, step.command))),
    ...section('To take it back', ...(run?.undo ?? []).map(block), noWayBack(report)),
    `migrator ${text(report.migrator)}, exit code ${report.exitCode}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

const stepOf = (words: string, command: string | undefined): string =>
  command === undefined ? `- ${text(words)}` : `- ${text(words)}\n\n${block(command)}`;

function factsOf(report: Report): readonly (readonly string[])[] {
  const { by, from, to, run, resumedFrom } = report;
  const rows: [string, string | undefined][] = [
    ['Who', text(by)],
    ['When', whenWords(report)],
    ['Resumed', resumedFrom && `the run of ${timeWords(resumedFrom)}`],
    ['From', from && text(endWords(from))],
    ['To', to && text(endWords(to))],
    ['Route', run?.route && text(routeWords(run.route))],
    ['Way', run?.via && text(`${run.via.name}: ${run.via.reason}`)],
    ['Rerouted', run?.rerouted && text(run.rerouted)],
    ['Backup', run?.backup && code(run.backup)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[`**${name}**`, value]]));
}

function runOf(report: Report, run: RunFacts): readonly string[] {
  const { changes, projects, jobs, comparison } = run;
  const each = projects.filter(({ outcome }) => outcome !== undefined);
  const words = differenceWords(report);
  return [
    ...section(
      'Projects',
      each.length === 0
        ? ''
        : table(
            ['project', 'outcome', 'note'],
            each.map(({ name, outcome = '', reason = '' }) => [code(name), text(outcome), text(reason)]),
          ),
    ),
    ...section(
      report.dryRun ? 'Plan' : 'Result',
      changes.length === 0
        ? ''
        : table(
            ['action', 'kind', 'name', 'note'],
            changes.map((change) => [
              actionWord(change),
              text(change.kind),
              code(change.name),
              text(change.reason ?? ''),
            ]),
          ),
    ),
    ...section(
      'Comparison',
      comparison && `${comparison.equal} equal, ${comparison.differences.length} different`,
      comparison === undefined || comparison.differences.length === 0
        ? ''
        : table(
            ['difference', 'kind', 'name', 'fields'],
            comparison.differences.map(({ difference, kind, name, fields = [] }) => [
              text(words[difference]),
              text(kind),
              code(name),
              text(fields.join(', ')),
            ]),
          ),
      comparison?.blind.map((sentence) => `- not compared: ${text(sentence)}`).join('\n'),
    ),
    ...section(
      'Jobs',
      jobs.length === 0
        ? ''
        : table(
            ['job', 'kind', 'state', 'took'],
            jobs.map(({ handle, kind, state, startedAt, endedAt }) => [
              code(handle),
              kind,
              state,
              startedAt === undefined || endedAt === undefined ? '' : tookWords(startedAt, endedAt),
            ]),
          ),
    ),
    ...section('Package', packageOf(run)),
  ];
}

function packageOf({ package: found }: RunFacts): string | undefined {
  if (found === undefined) return undefined;
  const { file, size, contentSha256, signer, recipients, encryption } = found;
  const rows: [string, string | undefined][] = [
    ['id', code(refWords(found))],
    ['file', file && code(file)],
    ['size', size === undefined ? undefined : humanBytes(size)],
    ['SHA-256 of the content', contentSha256 && code(contentSha256)],
    ['signed by', signer === null ? 'nobody' : signer && text(signerWords(signer))],
    ['encryption', encryption && text(encryption)],
    ['recipients', recipients?.map(({ recipient }) => code(recipient)).join('<br>')],
  ];
  return table(
    ['', ''],
    rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

function itemsOf(items: readonly WaveItem[]): readonly string[] {
  const rows = [...items]
    .sort((one, other) => stateRank(one.state) - stateRank(other.state))
    .map(({ project, state, wave = '', from, to, startedAt, endedAt, reason, error, run }) => [
      `${signs[toneOf(state)]} ${state}`,
      code(project),
      text(wave),
      text(`${from} → ${to}`),
      startedAt === undefined || endedAt === undefined ? '' : tookWords(startedAt, endedAt),
      text(
        [error && `${error.code}: ${error.message}`, reason, run && countsWords(run.tiles)].filter(Boolean).join('; '),
      ),
    ]);
  return section('Projects', table(['state', 'project', 'wave', 'way', 'took', 'note'], rows));
}
