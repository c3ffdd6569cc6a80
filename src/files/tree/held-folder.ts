import { closeSync, constants, existsSync, lstatSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder that is held open, so that nobody can replace it by a link between a check and a use: names are resolved
 * from the open folder. Node can do that on Linux, through /proc. Elsewhere the path is checked just before it is used.
 */
export interface HeldFolder {
  /** The path of something directly in the folder. */
  at(name: string): string;
  /** A folder directly in it. ENOTDIR or ELOOP when that is a link. */
  enter(name: string): HeldFolder;
  release(): void;
}

/** `follow`: whether the path itself may be a link, as a path that the user typed may be. */
export function holdFolder(path: string, follow: boolean): HeldFolder {
  const base = hold(path, follow);
  return {
    at: (name) => join(base.path, name),
    enter: (name) => holdFolder(join(base.path, name), false),
    release: base.release,
  };
}

const descriptors = '/proc/self/fd';

function hold(path: string, follow: boolean): { readonly path: string; readonly release: () => void } {
  if (!existsSync(descriptors)) {
    if (!follow && !lstatSync(path).isDirectory()) {
      throw Object.assign(new Error(`"${path}" is not a folder`), { code: 'ENOTDIR' });
    }
    return { path, release: () => undefined };
  }
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | (follow ? 0 : constants.O_NOFOLLOW));
  let isOpen = true;
  return {
    path: `${descriptors}/${String(descriptor)}`,
    release: () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}
