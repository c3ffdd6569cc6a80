import type { Change, Report, WaveItem } from '../core/report/report.ts';
import { plainLines, plainText } from '../plain-text.ts';
import { actionWord, differenceWords, headline, isFault, outcomeWord } from './words.ts';

/** What XML 1.0 cannot hold even as a reference: half of a pair, and two characters that are none. */
const unwritable = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

const escaped = (value: string): string =>
  value.replace(unwritable, '\ufffd').replace(/[&<>"']/gu, (character) => entities[character] ?? character);

const attribute = (value: string): string => escaped(plainText(value));
const content = (value: string): string => escaped(plainLines(value));

interface Case {
  readonly group: string;
  readonly name: string;
  readonly seconds?: number | undefined;
  readonly failure?:
    { readonly type: string; readonly message: string; readonly text?: string | undefined } | undefined;
  readonly skipped?: string | undefined;
  readonly out?: string | undefined;
}

/** The report as JUnit XML: a test case for each thing, or each project of a wave. What is not as wanted is a failure. */
export function renderJunit(report: Report): string {
  const suites = report.wave === undefined ? [suiteOfRun(report)] : suitesOfWave(report);
  const cases = suites.flatMap((suite) => suite.cases);
  const name = attribute(`migrator ${report.verb}`);
  const time = seconds(report.startedAt, report.endedAt);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!-- migrator/report/1 -->',
    `<testsuites name="${name}" ${totals(cases)} time="${time}">`,
    ...suites.map(
      (
        suite,
      ) => `  <testsuite name="${attribute(suite.name)}" ${totals(suite.cases)} timestamp="${attribute(report.startedAt)}">
${suite.cases.map(caseXml).join('\n')}
  </testsuite>`,
    ),
    '</testsuites>',
    '',
  ].join('\n');
}

function totals(cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.failure === undefined && one.skipped !== undefined).length;
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function caseXml({ group, name, seconds: time, failure, skipped, out }: Case): string {
  const parts = [
    failure &&
      `      <failure type="${attribute(failure.type)}" message="${attribute(failure.message)}">${content(failure.text ?? failure.message)}</failure>`,
    failure === undefined && skipped !== undefined ? `      <skipped message="${attribute(skipped)}"/>` : undefined,
    out === undefined || out === '' ? undefined : `      <system-out>${content(out)}</system-out>`,
  ].filter((part) => part !== undefined);
  const open = `    <testcase classname="${attribute(group)}" name="${attribute(name)}"${time === undefined ? '' : ` time="${time}"`}`;
  return parts.length === 0 ? `${open}/>` : `${open}>\n${parts.join('\n')}\n    </testcase>`;
}

function suiteOfRun(report: Report) {
  const { run, error, verb, warnings, startedAt, endedAt } = report;
  const way = [report.from?.name, report.to?.name].filter((name) => name !== undefined).join(' to ');
  const words = differenceWords(report);
  const itself: Case = {
    group: verb,
    name: headline(report),
    seconds: seconds(startedAt, endedAt),
    failure: error && { type: error.code, message: error.message, text: withHint(error.message, error.hint) },
    out: [outcomeWord(report), ...warnings.map((warning) => `warning: ${warning}`)].join('\n'),
  };
  const each = (run?.projects ?? []).flatMap(({ name, outcome, reason }): readonly Case[] => {
    if (outcome === undefined) return [];
    const isOver = outcome === 'failed' || outcome === 'partial';
    const skipped = outcome === 'not-started' ? 'not started' : undefined;
    const failure = isOver ? { type: outcome, message: reason ?? outcome } : undefined;
    return [{ group: `${verb}.project`, name, failure, skipped }];
  });
  const differences = (run?.comparison?.differences ?? []).map(({ kind, name, difference, fields }): Case => {
    const message = [words[difference], ...(fields ?? [])].join(': ');
    return { group: `comparison.${kind}`, name, failure: { type: difference, message } };
  });
  const cases = [itself, ...each, ...(run?.changes ?? []).map((change) => caseOf(change, verb)), ...differences];
  return { name: way === '' ? verb : `${verb} ${way}`, cases };
}

function caseOf(change: Change, verb: string): Case {
  const { kind, name, reason } = change;
  const word = actionWord(change);
  const message = reason === undefined ? word : `${word}: ${reason}`;
  const isKept = ['skipped', 'keep', 'beside'].includes(change.became ?? change.planned ?? '');
  return {
    group: `${verb}.${kind}`,
    name,
    failure: isFault(change) ? { type: change.became ?? 'failed', message } : undefined,
    skipped: isKept ? message : undefined,
    out: message,
  };
}

function suitesOfWave({ wave, error, verb }: Report) {
  const { name, items } = wave ?? { name: verb, items: [] };
  const names = [...new Set(items.map((item) => item.wave ?? name))];
  const failure = error && { type: error.code, message: error.message, text: withHint(error.message, error.hint) };
  const itself = failure === undefined ? [] : [{ name, cases: [{ group: verb, name, failure }] }];
  return [
    ...itself,
    ...names.map((suite) => ({
      name: suite,
      cases: items.filter((item) => (item.wave ?? name) === suite).map(caseOfItem),
    })),
  ];
}

function caseOfItem(item: WaveItem): Case {
  const { id, project, from, to, state, error, reason = '', startedAt, endedAt, run } = item;
  const isOver = state === 'failed' || state === 'partial' || state === 'interrupted';
  const faults =
    run?.changes.filter(isFault).map((change) => `${actionWord(change)} ${change.kind} ${change.name}`) ?? [];
  const message = error?.message ?? (reason === '' ? [state, ...faults].join(': ') : reason);
  return {
    group: `${from} to ${to}`,
    name: id === project ? project : `${project} (${id})`,
    seconds: startedAt === undefined || endedAt === undefined ? undefined : seconds(startedAt, endedAt),
    failure: isOver
      ? { type: error?.code ?? state, message, text: [withHint(message, error?.hint), ...faults].join('\n') }
      : undefined,
    skipped: state === 'done' ? undefined : reason === '' ? state : `${state}: ${reason}`,
    out: run?.warnings.map((warning) => `warning: ${warning}`).join('\n'),
  };
}

const withHint = (message: string, hint: string | undefined): string =>
  hint === undefined ? message : `${message}\n${hint}`;

const seconds = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
