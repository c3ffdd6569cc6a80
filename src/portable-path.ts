/**
 * The rules for the path of a file in a package (§2.3). They are the same on every system: a package opens
 * everywhere, and no path leads out of the folder that it is opened into.
 */
const maxPathBytes = 1024;
const maxSegmentBytes = 255;
/** Of one package. Deep paths would otherwise name thousands of folders for each file. */
const maxFolders = 250_000;
const maxFolderNameBytes = 64 * 1024 * 1024;

/** Characters that control, break lines or change the direction of text, and half surrogate pairs. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
/** Most paths have only these characters; then only their segments are checked. */
const ordinary = /^[A-Za-z0-9_-][A-Za-z0-9_./-]*$/;
const reservedOnWindows = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])[ ]*(\..*)?$/i;

/** Why a path is refused, as the rest of the sentence "the path … <why>"; undefined when it is fine. */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (Buffer.byteLength(path) > maxPathBytes) return `is longer than ${maxPathBytes} bytes`;
  return (ordinary.test(path) ? undefined : characterFault(path)) ?? segmentsFault(path);
}

function characterFault(path: string): string | undefined {
  if (unprintable.test(path)) return 'has control characters';
  if (/^[a-z]:/i.test(path)) return 'begins with a drive letter';
  if (path.startsWith('/')) return 'is absolute';
  if (path.includes('\\')) return 'has a backslash';
  if (/[<>:"|?*]/.test(path)) return 'has a character that Windows does not allow in names: < > : " | ? *';
  return undefined;
}

function segmentsFault(path: string): string | undefined {
  for (const segment of path.split('/')) {
    const fault = segmentFault(segment);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function segmentFault(segment: string): string | undefined {
  if (segment === '') return 'has an empty segment';
  if (segment === '.' || segment === '..') return `has the segment "${segment}"`;
  if (Buffer.byteLength(segment) > maxSegmentBytes) return `has a segment of more than ${maxSegmentBytes} bytes`;
  if (/[. ]$/.test(segment)) return 'has a segment that ends in a dot or a space';
  if (reservedOnWindows.test(segment)) return `has the segment "${segment}", which Windows reserves`;
  return undefined;
}

/** The same spelling for all names that some file system takes for the same name. */
function folded(name: string): string {
  if (ordinary.test(name)) return name.toLowerCase();
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** Remembers the paths of one package, and finds those that not every file system can keep side by side. */
export class PathSet {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();
  #folderNames = 0;

  /** Adds the path and returns undefined, or says why it cannot be added. */
  add(path: string): string | undefined {
    const fault = pathFault(path);
    if (fault !== undefined) return fault;
    const key = folded(path);
    const same = this.#files.get(key);
    if (same === path) return 'comes twice';
    if (same !== undefined) return `differs from "${same}" only in case or Unicode form`;
    if (this.#folders.has(key)) return 'is a folder of another file';
    this.#files.set(key, path);
    return this.#addFolders(path);
  }

  #addFolders(path: string): string | undefined {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      const key = folded(folder);
      const same = this.#folders.get(key);
      if (same === folder) return undefined;
      if (same !== undefined) return `lies in a folder that differs from "${same}" only in case or Unicode form`;
      if (this.#files.has(key)) return `lies below "${folder}", which is a file`;
      this.#folders.set(key, folder);
      this.#folderNames += folder.length;
      if (this.#folders.size > maxFolders) return `lies below more than ${maxFolders} folders of this package`;
      if (this.#folderNames > maxFolderNameBytes) return 'makes the names of all folders longer than 64 MiB';
    }
    return undefined;
  }
}
