import { MigratorError } from '../../errors.ts';

/** Names that Windows gives to devices, with or without an extension. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

const windowsForbidden = /[<>:"\\|?*\u0000-\u001f]|[. ]$/;

/** The parts of an entry's path, once it is sure that it stays below its folder. PACKAGE_MALFORMED otherwise. */
export function entryParts(path: string, platform: NodeJS.Platform): readonly string[] {
  const parts = path.split('/');
  const fault = parts.map((part) => faultOf(part, platform)).find((found) => found !== undefined);
  if (fault !== undefined) {
    throw new MigratorError(
      'PACKAGE_MALFORMED',
      `the package holds a file with a path that ${fault}: ${JSON.stringify(path)}`,
    );
  }
  return parts;
}

function faultOf(part: string, platform: NodeJS.Platform): string | undefined {
  if (part === '') return 'is absolute or has an empty part';
  if (part === '.' || part === '..') return 'leaves its folder';
  if (part.includes('\0')) return 'holds a NUL';
  if (platform === 'win32' && (device.test(part) || windowsForbidden.test(part))) return 'Windows cannot keep';
  return undefined;
}
