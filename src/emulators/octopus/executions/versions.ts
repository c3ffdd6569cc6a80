/** Numbers of a release version: `1.2.3-beta` is 1, 2, 3, 0. */
const numbersOf = (version: string): readonly number[] =>
  (version.replace(/^v/i, '').split(/[-+]/)[0] ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);

const names = ['Major', 'Minor', 'Patch', 'Revision'] as const;

/**
 * The version a template gives after the last release: `#{Octopus.Version.LastMajor}`, `NextPatch` and so on, counted
 * from 0.0.0 when there is none. Other expressions count as 0.
 */
export function nextVersion(template: string, last: string | undefined): string {
  const numbers = numbersOf(last ?? '0.0.0');
  return template.replaceAll(/#\{\s*([^}]*)\}/g, (_, expression: string) => {
    const [, when = '', name = ''] = /^Octopus\.Version\.(Last|Next)(\w+)\s*$/.exec(expression) ?? [];
    const index = names.findIndex((one) => one === (name === 'Build' ? 'Patch' : name));
    return String((numbers[index] ?? 0) + (when === 'Next' ? 1 : 0));
  });
}
