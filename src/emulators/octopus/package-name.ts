export interface PackageName {
  readonly id: string;
  readonly version: string;
  /** As it is written, with its dot: `.zip`, `.tar.gz`. */
  readonly extension: string;
}

/** The longest id the built-in feed takes. */
export const longestPackageId = 100;

const extensions =
  /\.(?:nupkg|zip|jar|war|ear|rar|tar|tgz|tbz|tbz2|tar\.gz|tar\.z|tar\.bz|tar\.bz2|tar\.tbz|tar\.tbz2)$/i;

// The id takes as few words as possible, the version up to four numbers. `\w` includes the underscore, so only dots and
// hyphens join words: with the underscore among them a text could match in many ways, and matching would be slow.
const identity =
  /^(\w+(?:[.-]\w+)*?)\.(\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)$/;

/** The extension of a file the feed accepts; undefined for other files. */
export const packageExtension = (fileName: string): string | undefined => extensions.exec(fileName)?.[0];

/** Splits `<id>.<version>`; undefined when the text is not of that form. */
export function parseIdentity(text: string): { readonly id: string; readonly version: string } | undefined {
  const [, id, version] = identity.exec(text) ?? [];
  return id === undefined || version === undefined ? undefined : { id, version };
}

/** Reads a package's file name; undefined when it has no known extension or no id and version. */
export function parsePackageName(fileName: string): PackageName | undefined {
  const extension = packageExtension(fileName);
  if (extension === undefined) return undefined;
  const found = parseIdentity(fileName.slice(0, -extension.length));
  return found === undefined ? undefined : { ...found, extension };
}
