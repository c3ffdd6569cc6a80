import { localError } from '../local-error.ts';
import { changed, notOpened, readOnly, smallBytes, type TreeEntry } from './read-tree.ts';
import { batchBytes, ReadingThread, type ReadFault } from './reading-thread.ts';

/** From this many small files on, a thread for reading them pays. */
const manyFiles = 1000;

/** An entry, and its bytes when they are at hand already; these hold until the next entry is asked for. */
export interface TreeContent {
  readonly entry: TreeEntry;
  readonly bytes: Uint8Array | undefined;
}

/** The entries in their order. Of many small files the next ones are read while those before are worked on. */
export async function* treeContents(entries: readonly TreeEntry[]): AsyncGenerator<TreeContent, void> {
  const small = entries.reduce((count, { size }) => count + (size > smallBytes ? 0 : 1), 0);
  if (small < manyFiles) {
    for (const entry of entries) yield { entry, bytes: undefined };
    return;
  }
  const thread = new ReadingThread(readOnly);
  try {
    const read = (batch: readonly TreeEntry[]) => {
      const reading = isLarge(batch) ? undefined : thread.read(batch);
      reading?.catch(() => undefined);
      return { batch, reading };
    };
    const batches = batched(entries);
    let next = batches.next();
    let ahead = next.done === true ? undefined : read(next.value);
    while (ahead !== undefined) {
      const { batch, reading } = ahead;
      next = batches.next();
      ahead = next.done === true ? undefined : read(next.value);
      yield* reading === undefined ? batch.map((entry) => ({ entry, bytes: undefined })) : split(batch, await reading);
    }
  } finally {
    await thread.close();
  }
}

function isLarge([first]: readonly TreeEntry[]): boolean {
  return first !== undefined && first.size > smallBytes;
}

/** Neighbours that fit into one batch of the thread; a large file alone. */
function* batched(entries: readonly TreeEntry[]): Generator<readonly TreeEntry[], void> {
  let batch: TreeEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch.length > 0 && (isLarge([entry]) || bytes + entry.size > batchBytes || isLarge(batch))) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += entry.size;
  }
  if (batch.length > 0) yield batch;
}

function* split(
  batch: readonly TreeEntry[],
  { bytes, fault }: { readonly bytes: Uint8Array; readonly fault: ReadFault | undefined },
): Generator<TreeContent, void> {
  let offset = 0;
  for (const [index, entry] of batch.entries()) {
    if (fault?.index === index) throw unread(entry.file, fault);
    yield { entry, bytes: bytes.subarray(offset, offset + entry.size) };
    offset += entry.size;
  }
}

function unread(file: string, { step, code }: ReadFault): unknown {
  if (code === undefined) return changed(file);
  const cause = Object.assign(new Error(`${code}: "${file}"`), { code });
  return step === 'open' ? notOpened(cause, file) : localError(cause, `could not read "${file}"`);
}
