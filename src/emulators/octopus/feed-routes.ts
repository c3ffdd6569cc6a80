import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { asList } from '../shared/json.ts';
import type { Reply } from '../shared/server.ts';
import { buildInformationOf } from './build-information.ts';
import { collection, readList } from './collection.ts';
import { compareVersions } from './compare-versions.ts';
import {
  allPackages,
  fileNameOf,
  fileOf,
  findPackage,
  findPackageById,
  packageResource,
  removePackage,
  storePackage,
  type FeedPackage,
  readOverwriteMode,
} from './feed.ts';
import { longestPackageId, packageExtension, parsePackageName } from './package-name.ts';
import { paged } from './query.ts';
import { absent, invalid, json, Refusal } from './refusal.ts';
import { resource } from './resource.ts';
import { members } from './tolerant-json.ts';
import { receiveFile, type ReceivedFile } from './upload.ts';
import { authorize } from './users.ts';
import { route, type Route, type Visit } from './visit.ts';

const collator = new Intl.Collator('en');

function find(visit: Visit): FeedPackage {
  const found = findPackageById(visit.instance, visit.space, visit.param('id'));
  if (found === undefined) throw absent(visit.param('id'));
  return found;
}

/** A package with its build information. */
function shown({ instance, space }: Visit, one: FeedPackage): unknown {
  const build = buildInformationOf(instance.store, space, one.id, one.version);
  return { ...packageResource(one), PackageVersionBuildInformation: build === undefined ? null : resource(build) };
}

// The notes of a package are always shown: it has none.
const listFilters = ['nuGetPackageId', 'filter', 'latest', 'includeNotes'];

function list(visit: Visit): Reply {
  const { query } = visit.call;
  const [id, filter] = [query('nuGetPackageId'), query('filter')];
  if (id !== undefined && filter !== undefined) {
    throw invalid('The parameters nuGetPackageId and filter cannot be used together.');
  }
  let packages = allPackages(visit.instance, visit.space)
    .filter((one) => id === undefined || one.id.toLowerCase() === id.toLowerCase())
    .filter((one) => filter === undefined || one.id.toLowerCase().includes(filter.toLowerCase()))
    .toSorted((a, b) => collator.compare(a.id, b.id) || compareVersions(b.version, a.version));
  if (query('latest')?.toLowerCase() === 'true') {
    const seen = new Set<string>();
    packages = packages.filter((one) => !seen.has(one.id.toLowerCase()) && seen.add(one.id.toLowerCase()));
  }
  return collection(visit, packages, {
    itemType: 'PackageFromBuiltInFeed',
    present: (one) => shown(visit, one),
    filters: listFilters,
  });
}

/** The one range of a Range header. Undefined: send the whole file. `none`: the range is outside of the file. */
function readRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'none' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start > end || start >= size ? 'none' : { start, end };
}

/** Opens the file only when it is read: not for HEAD, and not when the connection is broken. */
async function* fileBytes(file: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { start, end }) as AsyncIterable<Uint8Array>;
}

async function download(visit: Visit): Promise<Reply> {
  const { instance, space } = visit;
  const one = findPackageById(instance, space, visit.param('id'));
  if (one === undefined) throw invalid(`The package '${visit.param('id')}' was not found in the index.`);
  const file = fileOf(instance, one);
  const size = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw invalid(`The package '${visit.param('id')}' was not found on disk.`);
  const etag = `"${one.hash}"`;
  const { range: wanted, 'if-range': unchanged = etag, 'if-none-match': known } = visit.call.headers;
  if (known?.split(',').some((tag) => tag.trim() === etag) === true) return { status: 304, headers: { ETag: etag } };
  const range = unchanged === etag ? readRange(wanted, size) : undefined;
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename="${fileNameOf(one)}"`,
    'Accept-Ranges': 'bytes',
    ETag: etag,
  };
  if (range === 'none') return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${size}` } };
  if (range === undefined) {
    return {
      status: 200,
      headers: { ...headers, 'Content-Length': String(size) },
      body: size === 0 ? '' : fileBytes(file, 0, size - 1),
    };
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Range': `bytes ${start}-${end}/${size}`,
      'Content-Length': String(end - start + 1),
    },
    body: fileBytes(file, start, end),
  };
}

async function accept(visit: Visit, file: ReceivedFile): Promise<Reply> {
  const { instance, space } = visit;
  if (file.size === 0) throw invalid('The package file is empty (zero length).');
  const name = parsePackageName(file.fileName);
  if (name === undefined) {
    throw invalid(
      packageExtension(file.fileName) === undefined
        ? `The file extension of '${file.fileName}' is not supported.`
        : `The package id and version could not be read from the file name '${file.fileName}'.`,
    );
  }
  if (name.id.length > longestPackageId) throw invalid('Package Name is too long.');
  const mode = readOverwriteMode(visit);
  const existing = findPackage(instance, space, name.id, name.version);
  if (existing !== undefined && mode === 'IgnoreIfExists') return json(200, packageResource(existing));
  if (existing !== undefined && mode === 'OverwriteExisting') authorize(visit.user, 'BuiltInFeedAdminister');
  const one = await storePackage(instance, space, name, file.path, mode === 'OverwriteExisting');
  if (one === undefined) {
    throw new Refusal(
      409,
      'A package with the same name and version already exists. To proceed anyway, specify an overwriteMode of OverwriteExisting or IgnoreIfExists.',
    );
  }
  const stored = packageResource(one);
  return json(201, stored, { Location: (stored['Links'] as { Self: string }).Self });
}

async function upload(visit: Visit): Promise<Reply> {
  const file = await receiveFile(visit.instance, visit.call.request);
  try {
    return await accept(visit, file);
  } finally {
    await rm(file.path, { force: true });
  }
}

async function validate(visit: Visit): Promise<Reply> {
  const file = await receiveFile(visit.instance, visit.call.request);
  await rm(file.path, { force: true });
  const name = parsePackageName(file.fileName);
  const issue = () => {
    if (file.size === 0) return 'EmptyFile';
    if (/[<>:"|?*]/.test(file.fileName)) return 'InvalidCharactersInFileName';
    if (packageExtension(file.fileName) === undefined) return 'UnsupportedFileExtension';
    if (name === undefined) return 'InvalidPackageId';
    if (name.id.length > longestPackageId) return 'FileNameTooLong';
    return findPackage(visit.instance, visit.space, name.id, name.version) === undefined
      ? null
      : 'PackageAlreadyExists';
  };
  return json(200, { Issue: issue() });
}

async function bulkDelete(visit: Visit): Promise<Reply> {
  const fromBody = members(await visit.body())('Ids');
  const ids = readList(visit, 'ids') ?? asList(fromBody).map(String);
  for (const id of ids) {
    const one = findPackageById(visit.instance, visit.space, id);
    if (one !== undefined) await removePackage(visit.instance, one);
  }
  return json(200, {});
}

async function remove(visit: Visit): Promise<Reply> {
  await removePackage(visit.instance, find(visit));
  return json(200, {});
}

const reading = { scoped: true, permission: 'BuiltInFeedDownload' };
const pushing = { scoped: true, permission: 'BuiltInFeedPush' };
const administering = { scoped: true, permission: 'BuiltInFeedAdminister' };

export const feedRoutes: readonly Route[] = [
  route('GET', '/packages', { ...reading, query: paged(...listFilters) }, list),
  route('GET', '/packages/notes', { ...reading, query: ['packageIds'] }, (visit) =>
    json(200, {
      Packages: (readList(visit, 'packageIds') ?? []).map((PackageId) => ({
        PackageId,
        Notes: { Succeeded: true, Notes: null },
      })),
    }),
  ),
  route('GET', '/packages/:id', { ...reading, query: ['includeNotes'] }, (visit) =>
    json(200, shown(visit, find(visit))),
  ),
  route('GET', '/packages/:id/raw', reading, download),
  route('POST', '/packages/raw', { ...pushing, query: ['replace', 'overwriteMode'] }, upload),
  route('POST', '/packages/raw/validate', { ...pushing, harmless: true }, validate),
  route('DELETE', '/packages/bulk', { ...administering, query: ['ids'] }, bulkDelete),
  route('DELETE', '/packages/:id', administering, remove),
  route('DELETE', '/packages/:id/v1', administering, remove),
  route('GET', '/packages/:id/:version/delta-signature', reading, (visit) => {
    // No signatures are computed. Clients then send the whole file, as they do for a first version.
    throw absent(`${visit.param('id')}.${visit.param('version')}`);
  }),
  route('POST', '/packages/:id/:version/delta', { ...pushing, query: ['replace', 'overwriteMode'] }, () => {
    throw invalid('A delta file must be provided');
  }),
  route('GET', '/feeds/stats', { scoped: true, permission: 'FeedView' }, (visit) => {
    const packages = allPackages(visit.instance, visit.space);
    return json(200, {
      TotalPackages: packages.length,
      TotalBytes: packages.reduce((sum, { size }) => sum + size, 0),
      Links: {},
    });
  }),
];

/** For the path outside `/api` to which nuget.exe pushes. */
export const nugetUpload = upload;
