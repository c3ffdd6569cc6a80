// Downloads, uploads and the list of migration projects, with which projects move between servers.
import { createReadStream, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Reply } from '../../shared/server.ts';
import { forgetFolder, scanFolder, scanSoon } from '../file-rows.ts';
import { filePath, isInsideFiles } from '../file-tree.ts';
import { json, ServerError } from '../refusal.ts';
import { tarEnd, tarMember } from './tar.ts';
import { type Page, type WebVisit, webPage } from './visit.ts';

const lastOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** First the folder itself, as `/`, then what is in it. */
function* archived(folder: string, prefix = ''): Generator<Buffer> {
  if (prefix === '') yield tarMember({ name: '/', type: 'folder', content: Buffer.alloc(0) });
  const entries = readdirSync(folder, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));
  for (const entry of entries) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      yield tarMember({ name: `${name}/`, type: 'folder', content: Buffer.alloc(0) });
      yield* archived(join(folder, entry.name), `${name}/`);
    } else if (entry.isFile()) {
      yield tarMember({ name, type: 'file', content: readFileSync(join(folder, entry.name)) });
    }
  }
}

export function archive(members: Iterable<Buffer>): Readable {
  function* all() {
    yield* members;
    yield tarEnd();
  }
  const source = Readable.from(all());
  const zipped = createGzip();
  source.on('error', (error) => zipped.destroy(error));
  return source.pipe(zipped);
}

function existing(path: string, isFolder: boolean): string {
  if (!existsSync(path) || statSync(path).isDirectory() !== isFolder) throw new ServerError(`there is no "${path}"`);
  return path;
}

function downloadFolder({ instance, rest }: WebVisit): Reply {
  const folder = existing(filePath(instance, rest), true);
  forgetFolder(instance, `/${rest}`);
  const encoded = instance.faults.take('no-gzip-header') === undefined;
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/x-tar',
      ...(encoded ? { 'Content-Encoding': 'gzip' } : {}),
      'Content-Disposition': `inline; filename=${lastOf(rest)}.tgz`,
    },
    body: archive(archived(folder)),
  };
}

function downloadFile({ instance, rest }: WebVisit): Reply {
  const file = existing(filePath(instance, rest), false);
  return {
    status: 200,
    headers: {
      'Content-Type': rest.endsWith('.xls') ? 'application/vnd.ms-excel' : 'application/octet-stream',
      'Content-Disposition': `inline; filename=${lastOf(rest)}`,
      'Content-Length': String(statSync(file).size),
    },
    body: createReadStream(file),
  };
}

function download(visit: WebVisit): Reply {
  const [, kind, path] = /^(folder|file)\/(.+)$/.exec(visit.rest) ?? [];
  if (path === undefined) throw new ServerError(`nothing to download: "${visit.rest}"`);
  return kind === 'folder' ? downloadFolder({ ...visit, rest: path }) : downloadFile({ ...visit, rest: path });
}

async function upload({ instance, body }: WebVisit): Promise<Reply> {
  const { form_type: form, folder } = body.fields;
  if (form !== 'upload_files') throw new ServerError("KeyError: 'form_type'");
  const file = body.files.get('file');
  if (typeof folder !== 'string' || file === undefined) throw new ServerError("KeyError: 'folder' or 'file'");
  const path = `${folder}/${file.fileName}`;
  if (!isInsideFiles(path)) return json({ error: 'The path resolves outside of the files folder.' });
  writeFileSync(join(existing(filePath(instance, folder), true), file.fileName), file.content);
  await scanSoon(instance, folder);
  return json(null);
}

function migrationFolders({ instance }: WebVisit): Reply {
  const path = filePath(instance, 'migrations');
  return json(existsSync(path) ? readdirSync(path).sort() : []);
}

function scan({ instance, rest }: WebVisit): Reply {
  const path = rest.replaceAll('>', '/');
  if (!isInsideFiles(path)) return json({ error: 'The path resolves outside of the files folder.' });
  scanFolder(instance, path === '' ? '/' : path);
  return json(null);
}

export const filePages: readonly Page[] = [
  webPage('GET', 'download', 'access', download),
  webPage('POST', 'upload_files', 'access', upload),
  webPage('POST', 'get_migration_folders', 'access', migrationFolders),
  webPage('POST', 'scan_folder', 'access', scan),
];
