import { ThreadSlots } from '../../streams/thread-slots.ts';
import { readOnly, unread, type TreeEntry } from './read-tree.ts';
import { batchBytes, batchSlots, manyFiles, readSmallFiles, smallBytes, type ReadFault } from './small-files.ts';

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
  const thread = new ThreadSlots(readSmallFiles, batchSlots, batchBytes);
  const read = (batch: readonly TreeEntry[]): Ahead => {
    if (isLarge(batch)) return { batch };
    const bytes = thread.memory;
    const files = batch.map(({ file, size, modified }) => ({ file, size, modified }));
    return { batch, bytes, fault: thread.ask({ files, flags: readOnly }) };
  };
  try {
    const batches = batched(entries);
    let next = batches.next();
    let ahead = next.done === true ? undefined : read(next.value);
    while (ahead !== undefined) {
      const { batch, bytes, fault } = ahead;
      next = batches.next();
      ahead = next.done === true ? undefined : read(next.value);
      yield* bytes === undefined ? batch.map((entry) => ({ entry, bytes })) : split(batch, bytes, await fault);
    }
  } finally {
    await thread.close();
  }
}

/** A batch that is being read into `bytes`; a large file is not. */
interface Ahead {
  readonly batch: readonly TreeEntry[];
  readonly bytes?: Uint8Array;
  readonly fault?: Promise<ReadFault | undefined>;
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
  bytes: Uint8Array,
  fault: ReadFault | undefined,
): Generator<TreeContent, void> {
  let offset = 0;
  for (const [index, entry] of batch.entries()) {
    if (fault?.index === index) throw unread(entry.file, fault);
    yield { entry, bytes: bytes.subarray(offset, offset + entry.size) };
    offset += entry.size;
  }
}
