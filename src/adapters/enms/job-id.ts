import { MigratorError } from '../../errors.ts';
import { parseFolderName, timeOf } from './migration/folder-name.ts';
import { inOrder, isType, types, type Type } from './model/types-and-relations.ts';

/**
 * eNMS has no jobs: it finishes the work before it answers. The id says where the traces of the work are, so that any
 * process can look at them:
 *
 * - `export/<folder>` and `import/<folder>`: a folder of migration files on the server;
 * - `objects/<project>/<stamp>/<types>`: an export object by object, which is read when it is fetched;
 * - `upsert/<stamp>/<written>/<refused>[/<equal>]`: an import object by object, with its result. `equal` is the number
 *   of objects that were there already when a later process took the import up;
 * - `topology-export/<file>` and `topology-import/<stamp>/<end>`.
 */
export type JobId =
  | { readonly kind: 'export' | 'import'; readonly folder: string; readonly at: Date; readonly types: readonly Type[] }
  | {
      readonly kind: 'objects';
      readonly project: string;
      readonly stamp: string;
      readonly at: Date;
      readonly types: readonly Type[];
    }
  | {
      readonly kind: 'upsert';
      readonly stamp: string;
      readonly at: Date;
      readonly written: number;
      readonly refused: number;
      readonly equal: number;
    }
  | { readonly kind: 'topology-export'; readonly file: string; readonly at: Date }
  | { readonly kind: 'topology-import'; readonly at: Date; readonly end: TopologyEnd };

export type TopologyEnd = 'done' | 'partial' | 'failed';

export function objectsId(project: string, stamp: string, wanted: readonly Type[]): string {
  return `objects/${project}/${stamp}/${wanted.length === types.length ? 'all' : wanted.join('+')}`;
}

export function upsertId(
  stamp: string,
  { written, refused, equal }: { readonly written: number; readonly refused: number; readonly equal: number },
): string {
  return `upsert/${stamp}/${written}/${refused}${equal === 0 ? '' : `/${equal}`}`;
}

/** NOT_FOUND when the text cannot be a job id of this adapter. */
export function parseJobId(id: string): JobId {
  const [kind, first = '', second = '', third = '', fourth, ...more] = id.trim().split('/');
  if (more.length > 0 || (fourth !== undefined && kind !== 'upsert')) throw unknown(id);
  switch (kind) {
    case 'export':
    case 'import': {
      const folder = parseFolderName(first);
      if (folder?.work !== kind || second !== '') throw unknown(id);
      return { kind, folder: first, at: folder.at, types: folder.types };
    }
    case 'objects':
      return { kind, project: first, stamp: second, at: moment(second, id), types: typesOf(third, id) };
    case 'upsert':
      return {
        kind,
        stamp: first,
        at: moment(first, id),
        written: count(second, id),
        refused: count(third, id),
        equal: count(fourth ?? '0', id),
      };
    case 'topology-export': {
      const folder = parseFolderName(first.replace(/\.xls$/, ''));
      if (folder === undefined) throw unknown(id);
      return { kind, file: first, at: folder.at };
    }
    case 'topology-import':
      if (second !== 'done' && second !== 'partial' && second !== 'failed') throw unknown(id);
      return { kind, at: moment(first, id), end: second };
    default:
      throw unknown(id);
  }
}

function moment(stamp: string, id: string): Date {
  const at = timeOf(stamp);
  if (at === undefined) throw unknown(id);
  return at;
}

function count(text: string, id: string): number {
  if (!/^\d{1,9}$/.test(text)) throw unknown(id);
  return Number(text);
}

function typesOf(text: string, id: string): readonly Type[] {
  if (text === 'all') return types;
  const named = text.split('+').filter((type) => isType(type));
  if (named.length === 0 || named.join('+') !== text) throw unknown(id);
  return inOrder(named);
}

function unknown(id: string): MigratorError {
  return new MigratorError('NOT_FOUND', `${id} is not the id of a job on eNMS`, {
    hint: 'ids look like export/lab--export-20261121T043442123Z-ab12cd; "migrator job list" prints them',
  });
}
