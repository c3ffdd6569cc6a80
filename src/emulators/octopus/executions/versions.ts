/** The numbers of a release version: 1, 2, 3 for `1.2.3-beta`. */
const numbersOf = (version: string): readonly number[] =>
  (version.replace(/^v/i, '').split(/[-+]/)[0] ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);

const names = ['Major', 'Minor', 'Patch', 'Revision'] as const;

/**
 * The version that a template like `#{Octopus.Version.LastMajor}.#{Octopus.Version.NextMinor}.0` gives after the last
 * release, or after 0.0.0 when there is none. Other expressions become 0.
 */
export function nextVersion(template: string, last: string | undefined): string {
  const numbers = numbersOf(last ?? '0.0.0');
  return template.replaceAll(/#\{\s*([^}]*)\}/g, (_, expression: string) => {
    const [, when = '', name = ''] = /^Octopus\.Version\.(Last|Next)(\w+)\s*$/.exec(expression) ?? [];
    const index = names.findIndex((one) => one === (name === 'Build' ? 'Patch' : name));
    return String((numbers[index] ?? 0) + (when === 'Next' ? 1 : 0));
  });
}
