import { createHash } from 'node:crypto';
import { isMigratorError } from '../../errors.ts';
import type { ArtifactFile } from '../../ports/artifact.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import type { OperationPorts } from '../operation.ts';
import { count } from './upload.ts';

type DownloadPorts = Pick<OperationPorts, 'clock' | 'reporter'>;

/** Of a download that breaks off: each server makes the whole file again. */
const mostDownloads = 3;

/**
 * Downloads a file as a whole. Nothing of it is used before all of it has come, so a download that was cut is begun
 * again.
 */
export async function downloadWhole<T>(
  download: () => Promise<T>,
  { clock, reporter }: DownloadPorts,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await download();
    } catch (error) {
      if (attempt === mostDownloads || !isMigratorError(error, 'REMOTE_UNREACHABLE')) throw error;
      reporter.report({ type: 'notice', message: `the download was cut and begins again: ${error.message}` });
      await clock.sleep(1000 * attempt, signal, 'the next try of the download');
    }
  }
}

/**
 * Writes one file unchanged. A failure leaves no file. `whole` is called with the SHA-256 before the file gets its
 * name.
 */
export async function downloadTo(
  create: () => Promise<ByteSink>,
  file: ArtifactFile,
  ports: DownloadPorts,
  signal: AbortSignal,
  whole?: (sha256: string) => Promise<void>,
): Promise<void> {
  const { sink, sha256 } = await downloadWhole(() => write(create, file, ports, signal), ports, signal);
  try {
    await whole?.(sha256);
    await sink.commit();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function write(
  create: () => Promise<ByteSink>,
  file: ArtifactFile,
  { reporter }: DownloadPorts,
  signal: AbortSignal,
): Promise<{ readonly sink: ByteSink; readonly sha256: string }> {
  const sink = await create();
  try {
    const name = file.path.replace(/^.*\//u, '');
    const hash = createHash('sha256');
    for await (const chunk of count(file.open(signal), file.size, name, reporter)) {
      hash.update(chunk);
      await sink.write(chunk);
    }
    return { sink, sha256: hash.digest('hex') };
  } catch (error) {
    await sink.discard();
    throw error;
  }
}
