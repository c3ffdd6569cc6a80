// Says everything that is in the way of a release, at once.
// node scripts/release/check.mjs v<version>
import { readFile } from 'node:fs/promises';
import { manifest, notesOf, root, webAddress } from './facts.mjs';

const [tag] = process.argv.slice(2);
const own = await manifest();
const changelog = await readFile(new URL('CHANGELOG.md', root), 'utf8');
const faults = [
  tag === `v${own.version}` ? '' : `the tag is ${tag ?? 'missing'}, and package.json has version ${own.version}`,
  notesOf(changelog, own.version) === undefined ? `CHANGELOG.md has no text below "## ${own.version}"` : '',
  webAddress(own) === undefined
    ? 'package.json names no "repository" on github.com: npm asks for it with --provenance'
    : '',
  ...['homepage', 'bugs'].map((field) => (own[field] === undefined ? `package.json has no "${field}"` : '')),
].filter((fault) => fault !== '');
for (const fault of faults) console.error(`not ready: ${fault}`);
if (faults.length > 0) console.error('docs/publishing.md says what the owner of the project has to do');
process.exitCode = faults.length === 0 ? 0 : 1;
