import type { ModuleSource } from '../../streams/thread-slots.ts';

/** Up to this size a file is read and written by synchronous calls: asynchronous ones take longer. */
export const smallBytes = 256 * 1024;
/** From this many small files on, a thread reads or writes them. */
export const manyFiles = 1000;
/** The thread reads or writes this many bytes at a time: files one after the other in a slot of its memory. */
export const batchBytes = 1024 * 1024;
export const batchSlots = 3;

/** A file as it was seen in its folder. */
export interface SeenFile {
  readonly file: string;
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly modified: number;
}

/** Which file of a batch failed, and the system's error. */
export interface FileFault {
  readonly index: number;
  readonly code?: string | undefined;
  readonly message?: string;
}

/** There is no code when the file has changed since it was seen. */
export interface ReadFault extends FileFault {
  readonly step: 'open' | 'read';
}

export interface ReadBatch {
  readonly files: readonly SeenFile[];
  /** The flags for opening them. */
  readonly flags: number;
}

/** Reads files one after the other, up to the first that fails. A thread is started from this text too. */
export function readSmallFiles(node: ModuleSource) {
  const { closeSync, fstatSync, openSync, readSync } = node.getBuiltinModule('node:fs');
  const beyond = new Uint8Array(1);
  const read = (
    { file, size, modified }: SeenFile,
    flags: number,
    into: Uint8Array,
  ): Omit<ReadFault, 'index'> | undefined => {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(file, flags);
      if (!fstatSync(descriptor).isFile()) return { step: 'read' };
      let filled = 0;
      for (let count = 1; count > 0 && filled < size; filled += count) {
        count = readSync(descriptor, into, filled, size - filled, null);
      }
      // A file of /proc says that it has no bytes, and has some.
      const more = readSync(descriptor, beyond, 0, 1, null);
      const after = fstatSync(descriptor);
      return filled === size && more === 0 && after.size === size && after.mtimeMs === modified
        ? undefined
        : { step: 'read' };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { step: descriptor === undefined ? 'open' : 'read', code, message };
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  };
  return ({ files, flags }: ReadBatch, memory: Uint8Array): ReadFault | undefined => {
    let offset = 0;
    for (const [index, seen] of files.entries()) {
      const fault = read(seen, flags, memory.subarray(offset, offset + seen.size));
      if (fault !== undefined) return { index, ...fault };
      offset += seen.size;
    }
    return undefined;
  };
}

export interface NewFile {
  readonly target: string;
  readonly size: number;
  /** Whether the file must survive a power cut from now on. */
  readonly sync: boolean;
}

/** Makes new files and their folders, up to the first that fails. A thread is started from this text too. */
export function writeSmallFiles(node: ModuleSource) {
  const { closeSync, fsyncSync, mkdirSync, openSync, writeSync } = node.getBuiltinModule('node:fs');
  const path = node.getBuiltinModule('node:path');
  const folders = new Set<string>();
  const write = ({ target, sync }: NewFile, bytes: Uint8Array): void => {
    const folder = path.dirname(target);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    const descriptor = openSync(target, 'wx', 0o666);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
      if (sync) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };
  return (files: readonly NewFile[], memory: Uint8Array): FileFault | undefined => {
    let offset = 0;
    for (const [index, file] of files.entries()) {
      try {
        write(file, memory.subarray(offset, offset + file.size));
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return { index, code, message };
      }
      offset += file.size;
    }
    return undefined;
  };
}

/** The error that the system call threw. */
export function systemError({ code, message }: FileFault): Error {
  return Object.assign(new Error(message), { code });
}
