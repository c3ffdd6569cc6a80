import { MigratorError } from '../../../errors.ts';
import type { Clock, Random } from '../../../ports/runtime.ts';

/**
 * Where one run keeps its files on a server: `lab--export-20261121T043442123Z-ab12cd`. Fresh each time, because files of
 * earlier calls stay in a project's folder and would be imported as if they were new.
 */
export interface FolderName {
  readonly project: string;
  readonly work: 'export' | 'import';
  readonly at: Date;
}

const projectPattern = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const longestProject = 60;

/** The server takes a name for a path, also one that leads out of its folder. */
export function isProjectName(name: string): boolean {
  return projectPattern.test(name) && name.length <= longestProject && !name.includes('..');
}

/** What is left of any text as the name of a project. */
export function projectNameFrom(text: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .slice(0, longestProject)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return name === '' ? 'enms' : name;
}

/** A moment and chance, as a word: `20261121T043442123Z-ab12cd`. */
export function newStamp({ clock, random }: { readonly clock: Clock; readonly random: Random }): string {
  const time = clock.now().toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${Buffer.from(random.bytes(3)).toString('hex')}`;
}

export function folderName(project: string, work: FolderName['work'], stamp: string): string {
  return `${project}--${work}-${stamp}`;
}

/** Undefined for a folder that somebody else made. */
export function parseFolderName(folder: string): FolderName | undefined {
  const [, project, work, stamp] = /^(.+)--(export|import)-(\d{8}T\d{9}Z)-[0-9a-f]{6}$/.exec(folder) ?? [];
  const at = stamp === undefined ? undefined : timeOf(stamp);
  if (project === undefined || at === undefined || !isProjectName(project)) return undefined;
  return { project, work: work === 'export' ? 'export' : 'import', at };
}

/** Rows of files that lie in the folders of migrations: they come and go with each of them, and mean nothing. */
export function isOfMigrations(name: string): boolean {
  return name.startsWith('>migrations');
}

/** The moment of a stamp. */
export function timeOf(stamp: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(stamp)?.slice(1) ?? [];
  const [year, month, day, hour, minute, second, ms] = parts;
  const date = new Date(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.${ms ?? ''}Z`,
  );
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** One project's name; NOT_FOUND names all that cannot be one (details.missing). */
export function oneProject(wanted: readonly string[], fallback: string | undefined): string {
  const missing = wanted.filter((name) => !isProjectName(name));
  if (missing.length > 0) {
    throw new MigratorError('NOT_FOUND', `eNMS can have no project ${missing.join(', ')}`, {
      hint: `a project is named with letters, digits, ".", "_" and "-", at most ${longestProject} of them; any such name will do`,
      details: { missing },
    });
  }
  const [name, other] = wanted;
  if (other !== undefined) {
    throw new MigratorError('USAGE', 'eNMS exports into one project, and more than one is named', {
      hint: 'a project is only a name here: what it holds is said with --type',
    });
  }
  if (name === undefined && fallback === undefined) {
    throw new MigratorError('USAGE', 'no project is named', { hint: 'give --project <name>; any name will do' });
  }
  return name ?? fallback ?? '';
}
