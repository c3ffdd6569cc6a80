/**
 * The line, from 1, where a YAML or JSON text written in blocks has the key of a path such as `instances.lab.url`.
 * Undefined where it is not found, as in a group that is written on one line.
 */
export function lineOf(path: string, text: string): number | undefined {
  const keys = [...path.replace(/\[\d+\]/gu, '').matchAll(/\["((?:[^"\\]|\\.)*)"\]|([\w$-]+)/gu)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
  const lines = text.split(/\r?\n/u);
  let next = 0;
  let indent = -1;
  let found: number | undefined;
  for (const key of keys) {
    const escaped = key.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
    const pattern = new RegExp(`^(\\s*)(?:"${escaped}"|'${escaped}'|${escaped})\\s*:`, 'u');
    found = undefined;
    for (let index = next; index < lines.length; index += 1) {
      const line = lines[index] ?? '';
      const depth = /^\s*/u.exec(line)?.[0].length ?? 0;
      // The group has ended.
      if (line.trim() !== '' && !/^\s*[#}\]]/u.test(line) && depth <= indent) break;
      if (depth <= indent || !pattern.test(line)) continue;
      found = index;
      indent = depth;
      next = index + 1;
      break;
    }
    if (found === undefined) return undefined;
  }
  return found === undefined ? undefined : found + 1;
}
