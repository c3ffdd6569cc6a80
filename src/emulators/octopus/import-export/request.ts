// The bodies of the calls of Projects Export/Import. Their members are read in any letter case, the values of `Type` are
// not. A member that does nothing here is refused.
import { isObject, type Json } from '../../shared/json.ts';
import { invalid } from '../refusal.ts';
import { members, readText } from '../tolerant-json.ts';
import type { Visit } from '../visit.ts';

export interface ExportRequest {
  /** The ids of all projects that travel, those included that others deploy. */
  readonly projects: readonly string[];
  readonly password: string;
}

export type ImportSource =
  | { readonly type: 'space'; readonly space: string; readonly task: string }
  | { readonly type: 'upload'; readonly file: string };

export interface ImportRequest {
  readonly source: ImportSource;
  readonly password: string;
}

type Get = (name: string) => unknown;

function fields(value: unknown, name: string, known: readonly string[]): Get {
  if (!isObject(value)) throw invalid(name === '' ? 'No request body was supplied.' : `Please provide ${name}.`);
  const names = new Set(known.map((one) => one.toLowerCase()));
  const unknown = Object.keys(value).filter((one) => !names.has(one.toLowerCase()));
  if (unknown.length > 0) {
    throw invalid(...unknown.map((one) => `The member '${one}'${name === '' ? '' : ` of ${name}`} is not supported.`));
  }
  return members(value);
}

/** `{ HasValue: true, NewValue: "…" }`. The server does not need HasValue, and never reads Hint. */
function readPassword(value: unknown): string {
  const get = fields(value, 'Password', ['HasValue', 'NewValue', 'Hint']);
  const text = readText(get('NewValue'), 'NewValue') ?? '';
  if (text === '') throw invalid('Please provide a password.');
  return text;
}

/** The ids of projects of a space. 400 names all that are not there. */
export function readExport(visit: Visit, body: unknown): ExportRequest {
  const get = fields(body, '', ['IncludedProjectIds', 'Password']);
  const given = get('IncludedProjectIds');
  const ids = Array.isArray(given) ? given.map((id) => readText(id, 'IncludedProjectIds') ?? '') : [];
  if (ids.length === 0) throw invalid('Please select at least one project to export.');
  const find = (id: string) => {
    const entry = visit.instance.store.get('Projects', id);
    return entry?.container === visit.space ? entry : undefined;
  };
  const missing = ids.filter((id) => find(id) === undefined);
  if (missing.length > 0) throw invalid(...missing.map((id) => `The project '${id}' does not exist in this space.`));
  return {
    projects: [...new Set(ids.map((id) => find(id)?.id ?? id))],
    password: readPassword(get('Password')),
  };
}

const text = (get: Get, name: string): string => {
  const value = readText(get(name), name) ?? '';
  if (value === '') throw invalid(`Please provide a value for ${name}.`);
  return value;
};

function readSource(value: unknown): ImportSource {
  const type = isObject(value) ? members(value)('Type') : undefined;
  if (type === 'space') {
    const get = fields(value, 'ImportSource', ['Type', 'SpaceId', 'TaskId']);
    return { type, space: text(get, 'SpaceId'), task: text(get, 'TaskId') };
  }
  if (type === 'upload') {
    const get = fields(value, 'ImportSource', ['Type', 'UploadedFileId']);
    return { type, file: text(get, 'UploadedFileId') };
  }
  throw invalid(`The Type of ImportSource must be 'space' or 'upload'.`);
}

export function readImport(body: unknown): ImportRequest {
  const get = fields(body, '', ['ImportSource', 'Password']);
  return { source: readSource(get('ImportSource')), password: readPassword(get('Password')) };
}

/** What the task shows of its request: never the password. */
export const shownArguments = (request: ExportRequest | ImportRequest): Json =>
  'projects' in request
    ? { ProjectIds: request.projects }
    : {
        ImportSource:
          request.source.type === 'space'
            ? { Type: 'space', SpaceId: request.source.space, TaskId: request.source.task }
            : { Type: 'upload', UploadedFileId: request.source.file },
      };
