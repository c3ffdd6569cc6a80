import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageFolder } from '../../core/steps/trust-package.ts';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { openFileSource } from '../../files/file-source.ts';
import { partialName, removeStalePartials } from '../../files/partial-name.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { createTreeWriter } from '../../files/tree/write-tree.ts';
import type { ArtifactFile, ByteStream } from '../../ports/artifact.ts';
import type { Context } from '../context.ts';
import { stateDirectory } from '../state/directories.ts';
import type { IO } from '../terminal/io.ts';

/** Where packages and their files lie while a run uses them. */
export function stagingDirectory(io: IO): string {
  return join(stateDirectory(io), 'staging');
}

/** Removes the folders of opened packages that killed runs left. */
export function removeOpened(directory: string): Promise<void> {
  return removeStalePartials(join(directory, 'opened'));
}

/**
 * A folder for the files of one package, which only the user may enter. It is removed when the run ends; one that a
 * killed run left is removed here. LOCAL_IO when it cannot be made or written.
 */
export async function packageFolder(context: Context): Promise<PackageFolder> {
  const directory = stagingDirectory(context.io);
  const folder = partialName(join(directory, 'opened'));
  const files = join(folder, 'files');
  const tree = await hinted(async () => {
    await makePrivateFolder(directory);
    await removeOpened(directory);
    await makePrivateFolder(folder);
    context.onWorkEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    return createTreeWriter(files, { overwrite: false });
  });
  return {
    write: (path, content) => hinted(() => tree.write(path, content)),
    commit: () => hinted(() => tree.commit()),
    discard: () => tree.discard(),
    file: (path, size) => fileOver(path, size, (start, end) => partOfFile(join(files, path), start, end)),
  };
}

/** A file that can be read in parts. `stream` gives the bytes from `start` up to and without `end`. */
export function fileOver(path: string, size: number, stream: (start: number, end: number) => ByteStream): ArtifactFile {
  return {
    path,
    size,
    mediaType: 'application/octet-stream',
    open: () => stream(0, size),
    range: (start, length) => stream(start, start + length),
  };
}

/** The file is open only while it is read, because a package may hold many. */
export async function* partOfFile(path: string, start: number, end: number): ByteStream {
  const source = await openFileSource(path);
  try {
    yield* source.stream(start, end);
  } finally {
    await source.close();
  }
}

async function hinted<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isMigratorError(error, 'LOCAL_IO')) throw error;
    throw new MigratorError('LOCAL_IO', error.message, {
      hint: 'the files of a package need space in the state folder; MIGRATOR_STATE_DIR names another one',
      details: error.details,
      cause: error,
    });
  }
}
