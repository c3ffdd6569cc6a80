import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readZip, ZipDamage } from '../../shared/zip.ts';
import { fileOf, findPackage, forgetPackage, workFile, type FeedPackage } from '../feed.ts';
import { defaultSpace } from '../instance.ts';
import { TaskFailure, type TaskRun } from '../task-queue.ts';
import { decryptPackage, deriveKey, isEncryptedPackage, WrongKey, type MigrationKey } from './encryption.ts';
import { applyImport, type ImportLine, type ImportOutcome } from './import-apply.ts';
import { databaseVersion, readContent, type PackageContent } from './package-file.ts';
import type { ImportRequest } from './request.ts';

function findImported(run: TaskRun, request: ImportRequest): FeedPackage {
  const space = request.PackageFeedSpaceId ?? defaultSpace;
  const found = findPackage(run.instance, space, request.PackageId, request.PackageVersion);
  if (found !== undefined) return found;
  throw new TaskFailure(
    `The package ${request.PackageId} version ${request.PackageVersion} could not be found in the built-in feed of ${space}.`,
  );
}

async function isEncrypted(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const start = Buffer.alloc(4);
    await handle.read(start, 0, 4, 0);
    return isEncryptedPackage(start);
  } finally {
    await handle.close();
  }
}

async function decrypt(file: string, clear: string, key: MigrationKey): Promise<void> {
  try {
    await pipeline(decryptPackage(key, createReadStream(file)), createWriteStream(clear));
  } catch (error) {
    if (!(error instanceof WrongKey)) throw error;
    throw new TaskFailure('The package could not be decrypted. Is the password correct?');
  }
}

async function extract(file: string, hint: string): Promise<PackageContent> {
  try {
    return await readContent(readZip(file));
  } catch (error) {
    if (!(error instanceof ZipDamage)) throw error;
    throw new TaskFailure(`The package could not be extracted: ${error.message}${hint}`);
  }
}

async function unpack(run: TaskRun, request: ImportRequest, one: FeedPackage, key: MigrationKey) {
  const file = fileOf(run.instance, one);
  const encrypted = await isEncrypted(file);
  if (!request.IsEncryptedPackage) {
    return extract(file, encrypted ? '\nThe package seems to be encrypted: set IsEncryptedPackage.' : '');
  }
  if (!encrypted) throw new TaskFailure('The package is not encrypted, but IsEncryptedPackage was set.');
  const clear = await workFile(run.instance, 'import.zip');
  try {
    await decrypt(file, clear, key);
    // A wrong password can decrypt the file to random bytes without an error.
    return await extract(clear, '\nIs the password correct?');
  } finally {
    await rm(clear, { force: true });
  }
}

function check(run: TaskRun, content: PackageContent, key: MigrationKey): void {
  const here = databaseVersion(run.instance.version);
  if (content.databaseVersion !== here) {
    throw new TaskFailure(
      `The package was exported from version ${content.databaseVersion}, but this server is version ${here}. Both servers must run the same version.`,
    );
  }
  if (!content.knows(key)) {
    throw new TaskFailure('The password is not the one the package was exported with.');
  }
}

/** Logs what was done or would be done, one line per document, with a pause between the parts. */
async function tell({ log, pause }: TaskRun, lines: readonly ImportLine[]): Promise<void> {
  const steps = 5;
  const size = Math.max(1, Math.ceil(lines.length / steps));
  for (let start = 0; start < lines.length; start += size) {
    for (const { category, text } of lines.slice(start, start + size)) log.write(category, text);
    log.progress(30 + Math.floor((60 * Math.min(lines.length, start + size)) / lines.length), 'Importing documents');
    await pause();
  }
}

function refuse(run: TaskRun, outcome: ImportOutcome): void {
  if (outcome.errors === 0) return;
  run.log.write('Error', `${outcome.errors} errors were encountered`);
  throw new TaskFailure('The transaction will be rolled back');
}

const count = (lines: readonly ImportLine[], verb: string) => lines.filter(({ text }) => text.startsWith(verb)).length;

/**
 * Runs an import. First comes a trial, whose writes are undone. The real import follows in one transaction,
 * together with the end of the task: a crash or a cancellation at any time leaves all of it or nothing.
 */
export async function runImport(run: TaskRun, request: ImportRequest, finish: () => void): Promise<void> {
  const { instance, log, pause } = run;
  const key = deriveKey(request.Password);
  log.write(
    'Info',
    `Importing package ${request.PackageId} version ${request.PackageVersion}${request.IsDryRun ? ' (dry run)' : ''}`,
  );
  log.progress(5, 'Extracting the package');
  await pause();
  const one = findImported(run, request);
  const content = await unpack(run, request, one, key);
  log.write('Info', `Extracted ${[...content.documents.values()].flat().length} documents`);
  log.progress(20, 'Checking the package');
  await pause();
  check(run, content, key);
  const options = { overwrite: request.OverwriteExisting, decryption: { vault: instance.vault, key } };
  const outcome = instance.store.tryAndUndo(() => applyImport(instance.store, content, options));
  await tell(run, outcome.lines);
  refuse(run, outcome);
  const { lines } = outcome;
  const summary = `${count(lines, 'Created')} created, ${count(lines, 'Overwrote')} overwritten, ${count(lines, 'Merged')} merged, ${count(lines, 'Skipped')} skipped`;
  if (request.IsDryRun) {
    log.write('Info', `Dry run: ${summary}. No changes were committed`);
    return;
  }
  instance.store.atomically(() => {
    const real = applyImport(instance.store, content, options);
    if (real.errors > 0) throw new TaskFailure('The transaction will be rolled back');
    log.write('Info', `Committed: ${summary}`);
    log.progress(100, 'Imported');
    if (request.DeletePackageOnCompletion) forgetPackage(instance, one);
    finish();
  });
  if (request.DeletePackageOnCompletion) await rm(fileOf(instance, one), { force: true });
}
