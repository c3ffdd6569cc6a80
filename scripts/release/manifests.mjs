// Fills the templates of packaging/ with the version, the repository and the checksums, and writes the release notes.
// node scripts/release/manifests.mjs <folder with the artefacts> <folder to write>
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { manifest, notesOf, root, webAddress } from './facts.mjs';

const [artefacts, output] = process.argv.slice(2);
if (output === undefined) throw new Error('usage: manifests.mjs <folder with the artefacts> <folder to write>');
const own = await manifest();
const repository = webAddress(own);
if (repository === undefined) throw new Error('package.json names no "repository" on github.com');

const sha256 = async (name) =>
  createHash('sha256')
    .update(await readFile(join(artefacts, name)))
    .digest('hex');
const [owner] = new URL(repository).pathname.slice(1).split('/');
const npmSha256 = await sha256(`migrator-cli-${own.version}.tgz`);
const windowsSha256 = await sha256('migrator-cli-win-x64.zip');
const values = {
  VERSION: own.version,
  DESCRIPTION: own.description,
  REPOSITORY: repository,
  HOMEPAGE: own.homepage ?? repository,
  OWNER: owner,
  NPM_SHA256: npmSha256,
  WINDOWS_SHA256: windowsSha256,
  WINDOWS_SHA256_UPPER: windowsSha256.toUpperCase(),
};

/** Fails for a placeholder that has no value: a manifest with one in it must not be published. */
const filled = (text, file) =>
  text.replace(/@([A-Z0-9_]+)@/gu, (whole, name) => {
    if (!Object.hasOwn(values, name)) throw new Error(`${file}: nothing is known for ${whole}`);
    return values[name];
  });

await mkdir(output, { recursive: true });
for (const folder of ['homebrew', 'scoop', 'winget']) {
  const templates = new URL(`packaging/${folder}/`, root);
  for (const name of await readdir(templates)) {
    const file = new URL(name, templates);
    await writeFile(join(output, basename(name)), filled(await readFile(file, 'utf8'), name));
  }
}
const changelog = await readFile(new URL('CHANGELOG.md', root), 'utf8');
await writeFile(join(output, 'NOTES.md'), `${notesOf(changelog, own.version) ?? own.version}\n`);
