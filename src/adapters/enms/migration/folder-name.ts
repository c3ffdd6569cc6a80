import { MigratorError } from '../../../errors.ts';
import type { Clock, Random } from '../../../ports/runtime.ts';
import { types, type Type } from '../model/types-and-relations.ts';

/**
 * The folder of one run on a server: `lab--export-20261121T043442123Z-ab12cd`. Each run has a new one, because files of
 * earlier calls stay in a folder and would be imported again. An export of fewer than all types says at its end which
 * ones: any process can then tell whether a file is missing.
 */
export interface FolderName {
  readonly project: string;
  readonly work: 'export' | 'import';
  readonly at: Date;
  /** What an export was asked for. */
  readonly types: readonly Type[];
}

const projectPattern = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const longestProject = 60;

/**
 * Whether a project may have this name. The server uses it as a path, and would follow one that leads out of its
 * folder.
 */
export function isProjectName(name: string): boolean {
  return projectPattern.test(name) && name.length <= longestProject && !name.includes('..');
}

/** The name of a project that is made of any text. */
export function projectNameFrom(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .slice(0, longestProject)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return name === '' ? 'enms' : name;
}

/** A word of the time and a random part: `20261121T043442123Z-ab12cd`. */
export function newStamp({ clock, random }: { readonly clock: Clock; readonly random: Random }): string {
  const time = clock.now().toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${Buffer.from(random.bytes(3)).toString('hex')}`;
}

export function folderName(
  project: string,
  work: FolderName['work'],
  stamp: string,
  wanted: readonly Type[] = types,
): string {
  return `${project}--${work}-${stamp}${wanted.length === types.length ? '' : `-t${maskOf(wanted).toString(16)}`}`;
}

/** One bit for each type, in the order of the server. */
function maskOf(wanted: readonly Type[]): number {
  return wanted.reduce((mask, type) => mask + 2 ** types.indexOf(type), 0);
}

/** Undefined for a folder that somebody else made. */
export function parseFolderName(folder: string): FolderName | undefined {
  const [, project, work, stamp, mask] =
    /^(.+)--(export|import)-(\d{8}T\d{9}Z)-[0-9a-f]{6}(?:-t([0-9a-f]{1,3}))?$/.exec(folder) ?? [];
  const at = stamp === undefined ? undefined : timeOf(stamp);
  if (project === undefined || at === undefined || !isProjectName(project)) return undefined;
  const bits = mask === undefined ? maskOf(types) : Number.parseInt(mask, 16);
  const wanted = types.filter((_, at) => (bits >> at) % 2 === 1);
  return { project, work: work === 'export' ? 'export' : 'import', at, types: wanted };
}

/**
 * Whether a file object is in the folder of a migration. Such objects come and go with every migration, so they do not
 * count.
 */
export function isOfMigrations(name: string): boolean {
  return name.startsWith('>migrations');
}

/** The time in a stamp; undefined when the text is no stamp. */
export function timeOf(stamp: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(stamp)?.slice(1) ?? [];
  const [year, month, day, hour, minute, second, ms] = parts;
  const date = new Date(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.${ms ?? ''}Z`,
  );
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * The name of the one project. NOT_FOUND for names that no project can have (`details.missing`); USAGE for none, or
 * several.
 */
export function oneProject(wanted: readonly string[], fallback: string | undefined): string {
  const missing = wanted.filter((name) => !isProjectName(name));
  if (missing.length > 0) {
    throw new MigratorError('NOT_FOUND', `eNMS can have no project ${missing.join(', ')}`, {
      hint: `a project is named with letters, digits, ".", "_" and "-", at most ${longestProject} of them; any such name works`,
      details: { missing },
    });
  }
  const [name, other] = wanted;
  if (other !== undefined) {
    throw new MigratorError('USAGE', 'eNMS exports into one project, and more than one is named', {
      hint: 'a project is only a name here: what it holds is said with --type; one service or workflow alone cannot be taken',
    });
  }
  if (name === undefined && fallback === undefined) {
    throw new MigratorError('USAGE', 'no project is named', {
      hint: 'any name works: partial-export --project <name>, migrate-project <name>',
    });
  }
  return name ?? fallback ?? '';
}
