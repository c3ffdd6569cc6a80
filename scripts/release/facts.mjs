// What the release scripts read off the repository.
import { readFile } from 'node:fs/promises';

export const root = new URL('../../', import.meta.url);

export const manifest = async () => JSON.parse(await readFile(new URL('package.json', root), 'utf8'));

/** The web address of the repository that package.json names: https://github.com/owner/name. Undefined without one. */
export function webAddress({ repository }) {
  const text = typeof repository === 'string' ? repository : (repository?.url ?? '');
  const [, owner, name] =
    /^(?:github:|(?:git\+)?https:\/\/github\.com\/)([\w.-]+)\/([\w.-]+?)(?:\.git)?$/u.exec(text) ?? [];
  return owner === undefined ? undefined : `https://github.com/${owner}/${name}`;
}

/** The text below the heading of a version in the changelog. Undefined when there is none. */
export function notesOf(changelog, version) {
  const [, after] = changelog.split(new RegExp(`^## ${version.replaceAll('.', '\\.')}(?: .*)?$`, 'mu'));
  const text = after?.split(/^## /mu)[0].trim();
  return text === '' ? undefined : text;
}
