/** A value as Python's `str()` writes it, for the cells of a topology. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : represented(value);
}

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll('\r', String.raw`\r`);
  return `${mark}${mark === "'" ? inner.replaceAll("'", String.raw`\'`) : inner}${mark}`;
}

function represented(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(represented).join(', ')}]`;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([key, one]) => `${quoted(key)}: ${represented(one)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** The text of a scalar, for comparing. Empty for null. */
export const plainText = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'boolean' ? String(value) : pythonText(value);
