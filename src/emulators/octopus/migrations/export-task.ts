import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { writeZip, type ZipMember } from '../../shared/zip.ts';
import { storePackage, workFile } from '../feed.ts';
import { defaultSpace, type Instance } from '../instance.ts';
import { kindOfId, kinds } from '../kinds.ts';
import { parsePackageName } from '../package-name.ts';
import { readEvents } from '../task-log.ts';
import { TaskFailure, type TaskRun } from '../task-queue.ts';
import { collect, excludedKinds } from './closure.ts';
import { deriveKey, encryptPackage, type MigrationKey } from './encryption.ts';
import { changeIds, toModel } from './model.ts';
import { documentMember, documentName, logMember, metadataMember } from './package-file.ts';
import { pushPackage } from './push.ts';
import type { ExportRequest } from './request.ts';

/**
 * An exact name comes first. Else names are compared without outer spaces and without case; ids are accepted too. The error names all that are missing.
 */
function findProjects(instance: Instance, request: ExportRequest): readonly Entry[] {
  const space = request.SpaceId ?? defaultSpace;
  const projects = instance.store.all('Projects', space);
  const find = (wanted: string) => {
    const folded = (text: string) => text.trim().toLowerCase();
    return (
      projects.find(({ name }) => name === wanted) ??
      projects.find(({ name }) => folded(name) === folded(wanted)) ??
      projects.find(({ id }) => id.toLowerCase() === folded(wanted))
    );
  };
  const missing = request.Projects.filter((name) => find(name) === undefined);
  if (missing.length > 0) {
    throw new TaskFailure(
      missing.map((name) => `Could not find the project '${name}' in the space ${space}.`).join('\n'),
    );
  }
  return request.Projects.map(find).filter((project) => project !== undefined);
}

function spaceDocument(instance: Instance, space: string): readonly Entry[] {
  const entry = instance.store.get('Spaces', space);
  if (entry === undefined) throw new TaskFailure(`Could not find the space '${space}'.`);
  const { Id, Name, Slug, Description, IsDefault } = entry.body;
  return [{ ...entry, body: { Id, Name, Slug, Description, IsDefault } }];
}

interface Selection {
  readonly entries: readonly Entry[];
  readonly model: (entry: Entry) => Json;
}

function select(run: TaskRun, request: ExportRequest, key: MigrationKey): Selection {
  const { instance } = run;
  const projects = findProjects(instance, request);
  const found = collect(instance.store, projects, request);
  const excluded = excludedKinds(request);
  const space = spaceDocument(instance, request.SpaceId ?? defaultSpace);
  const keeps = (id: string) => found.has(id) || !excluded.has(kindOfId(id)?.name ?? '');
  const order = new Map<string, number>(kinds.map(({ name }, index) => [name, index]));
  return {
    entries: [...space, ...[...found.values()].toSorted((a, b) => (order.get(a.kind) ?? 0) - (order.get(b.kind) ?? 0))],
    model: (entry) => {
      const plain = Object.fromEntries(Object.entries(entry.body).filter(([name]) => !name.startsWith('$')));
      const kept = changeIds(plain, (id) => (keeps(id) ? id : undefined));
      return toModel(instance.vault, key, entry, kept);
    },
  };
}

async function* members(
  run: TaskRun,
  selection: Selection,
  request: ExportRequest,
  key: MigrationKey,
): AsyncGenerator<ZipMember> {
  const { instance, log, pause } = run;
  yield metadataMember('EMBEDDED', instance.version, key);
  const taken = new Set<string>();
  const groups = new Map<string, Entry[]>();
  for (const entry of selection.entries) groups.set(entry.kind, [...(groups.get(entry.kind) ?? []), entry]);
  for (const [index, [kind, entries]] of [...groups].entries()) {
    log.progress(10 + Math.floor((70 * index) / groups.size), `Exporting ${kind}`);
    for (const entry of entries) {
      const name = documentName(entry, taken);
      log.write('Verbose', `Exporting ${name}`);
      yield documentMember(name, selection.model(entry));
      if (request.IncludeTaskLogs && kind === 'ServerTasks')
        yield logMember(entry.id, readEvents(instance.store, entry.id));
    }
    log.write('Info', `Exported ${entries.length} ${kind}`);
    await pause();
  }
}

async function writePackage(run: TaskRun, request: ExportRequest, file: string): Promise<void> {
  const key = deriveKey(request.Password);
  const selection = select(run, request, key);
  const zip = writeZip(members(run, selection, request, key));
  const bytes = request.EncryptPackage ? encryptPackage(key, zip) : zip;
  await pipeline(bytes, createWriteStream(file), { signal: run.signal });
  if (request.EncryptPackage) run.log.write('Info', 'Encrypted the package with the migration password');
}

async function deliver(run: TaskRun, request: ExportRequest, file: string): Promise<void> {
  const { instance, log, signal } = run;
  const fileName = `${request.PackageId}.${request.PackageVersion}.zip`;
  if (request.DestinationPackageFeed !== null) {
    log.write('Info', `Pushing package ${fileName} to ${request.DestinationPackageFeed}`);
    if (instance.faults.take('push-fails') !== undefined)
      throw new TaskFailure('Error while copying content to a stream.');
    const target = {
      server: request.DestinationPackageFeed,
      apiKey: request.DestinationApiKey,
      space: request.DestinationPackageFeedSpaceId,
    };
    await pushPackage(target, file, fileName, signal);
    log.write('Info', `Pushed package ${fileName}`);
    return;
  }
  const name = parsePackageName(fileName);
  if (name === undefined) throw new TaskFailure(`'${fileName}' is not a valid package file name.`);
  const space = request.SpaceId ?? defaultSpace;
  log.write('Info', `No destination is given; publishing ${fileName} to the built-in feed of ${space}`);
  const stored = await storePackage(instance, space, name, file, false);
  if (stored === undefined) throw new TaskFailure('A package with the same name and version already exists.');
}

/** Runs a partial export: finds the documents, writes the zip, encrypts it and delivers it. */
export async function runExport(run: TaskRun, request: ExportRequest): Promise<void> {
  const { instance, log, pause } = run;
  const fileName = `${request.PackageId}.${request.PackageVersion}.zip`;
  const file = await workFile(instance, 'export.zip');
  try {
    log.write('Info', `Exporting ${request.Projects.map((name) => `'${name}'`).join(', ')}`);
    log.progress(5, 'Finding documents');
    await pause();
    await writePackage(run, request, file);
    log.write('Verbose', `Created package ${fileName} (${(await stat(file)).size} bytes) in the Work folder`);
    log.progress(85, 'Delivering the package');
    await pause();
    await deliver(run, request, file);
  } finally {
    await rm(file, { force: true });
  }
}
