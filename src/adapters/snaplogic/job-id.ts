import { MigratorError } from '../../errors.ts';
import { readWish, wishText, type TaskWish } from './tasks/wish.ts';
import type { Tally } from './wire/asset-results.ts';
import { formatPath, readPath, type ProjectPath } from './wire/paths.ts';

/** The control plane keeps little about its work, so a job id holds what is needed to look for its result. */
export type Job =
  | {
      readonly kind: 'move';
      /** Undefined when the answer was lost, or the migration was synchronous. */
      readonly token: string | undefined;
      readonly startedAt: Date;
      /** The name of the instance whose account reads the target. */
      readonly peer: string;
      readonly source: ProjectPath;
      readonly destination: ProjectPath;
      readonly types: readonly string[];
      readonly tasks?: TaskWish | undefined;
    }
  /** Only a token, as the product itself shows it. */
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'export';
      readonly startedAt: Date;
      readonly package: { readonly id: string; readonly version: string };
      readonly source: ProjectPath;
      readonly types: readonly string[];
      readonly force: boolean;
    }
  | {
      readonly kind: 'import';
      readonly startedAt: Date;
      /** The project that was imported; the asked one when the answer does not say. */
      readonly destination: ProjectPath;
      readonly duplicates: string;
      /** The counts in the control plane's answer; undefined when the answer was lost. */
      readonly told: Tally | undefined;
      readonly tasks?: TaskWish | undefined;
    };

const none = '-';

/** One word: parts with commas between them, and no letter that a shell treats specially. */
export function formatJobId(job: Job): string {
  if (job.kind === 'token') return job.token;
  return partsOf(job).map(escaped).join(',');
}

function partsOf(job: Exclude<Job, { kind: 'token' }>): readonly string[] {
  const startedAt = job.startedAt.toISOString().replaceAll(/[-:.]/gu, '');
  switch (job.kind) {
    case 'move':
      return [
        'move',
        job.token ?? none,
        startedAt,
        job.peer,
        formatPath(job.source),
        formatPath(job.destination),
        listed(job.types),
        ...wished(job.tasks),
      ];
    case 'export': {
      const { id, version } = job.package;
      return ['export', startedAt, `${id}@${version}`, formatPath(job.source), listed(job.types), flag(job.force)];
    }
    case 'import':
      return [
        'import',
        startedAt,
        formatPath(job.destination),
        job.duplicates,
        tallied(job.told),
        ...wished(job.tasks),
      ];
  }
}

/** NOT_FOUND when it cannot be the id of a job. */
export function parseJobId(id: string): Job {
  const job = read(id.trim());
  if (job !== undefined) return job;
  throw new MigratorError('NOT_FOUND', `${id} is not the id of a SnapLogic job`, {
    hint: 'use the whole handle that the run printed, or the status token of a migration',
  });
}

function read(id: string): Job | undefined {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(id)) return { kind: 'token', token: id };
  const [kind, ...parts] = id.split(',').map(unescaped);
  switch (kind) {
    case 'move': {
      const [token, at, peer, from, to, types, tasks] = parts;
      const [startedAt, source, destination] = [timeOf(at), pathOf(from), pathOf(to)];
      if (!token || !peer || types === undefined || !startedAt || !source || !destination) return undefined;
      const known = token === none ? undefined : token;
      return { kind, token: known, startedAt, peer, source, destination, types: listOf(types), tasks: wishIn(tasks) };
    }
    case 'export': {
      const [at, ref, from, types, force] = parts;
      const [, name, version] = /^([^@]+)@([^@]+)$/u.exec(ref ?? '') ?? [];
      const [startedAt, source] = [timeOf(at), pathOf(from)];
      if (!startedAt || !source || !name || !version || types === undefined) return undefined;
      const found = { id: name, version };
      return { kind, startedAt, package: found, source, types: listOf(types), force: force === flag(true) };
    }
    case 'import': {
      const [at, to, duplicates, tally = none, tasks] = parts;
      const [startedAt, destination] = [timeOf(at), pathOf(to)];
      if (!startedAt || !destination || !duplicates) return undefined;
      return { kind, startedAt, destination, duplicates, told: tallyIn(tally), tasks: wishIn(tasks) };
    }
    default:
      return undefined;
  }
}

function wished(tasks: TaskWish | undefined): readonly string[] {
  const text = tasks === undefined ? '' : wishText(tasks);
  return text === '' ? [] : [text];
}

const wishIn = (text: string | undefined): TaskWish | undefined => (text === undefined ? undefined : readWish(text));

const flag = (on: boolean): string => (on ? 'force' : none);
const listed = (types: readonly string[]): string => (types.length === 0 ? none : types.join('+'));
const listOf = (text: string): readonly string[] => (text === none ? [] : text.split('+'));

/** `9+0+2+1`: done, failed, skipped, warned. */
const tallied = (told: Tally | undefined): string =>
  told === undefined ? none : [told.done, told.failed, told.skipped, told.warned].join('+');

function tallyIn(text: string): Tally | undefined {
  const [done, failed, skipped, warned] = /^\d+(?:\+\d+){3}$/u.test(text) ? text.split('+').map(Number) : [];
  if (done === undefined || failed === undefined || skipped === undefined || warned === undefined) return undefined;
  return { done, failed, skipped, warned };
}

const pathOf = (text: string | undefined): ProjectPath | undefined => readPath(text ?? '');

function timeOf(text: string | undefined): Date | undefined {
  const [, year, month, day, hour, minute, second, fraction] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/u.exec(text ?? '') ?? [];
  if (year === undefined) return undefined;
  const time = new Date(
    `${year}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.${fraction ?? ''}Z`,
  );
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function escaped(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*~]/gu, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%2B', '+')
    .replaceAll('%40', '@');
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
