// Makes dist, which is what the npm package has, from build, where tsc writes: the JavaScript without comments and blanks,
// and the declarations that a user of the library can reach.
// node scripts/compact.mjs      after tsc -p tsconfig.build.json; npm run build does both
// Names of functions and classes stay, for stack traces. dist/docs belongs to generate-docs.mjs, and is left alone.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minifySync } from '@swc/core';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const [built, packed] = [join(root, 'build'), join(root, 'dist')];

/** @param {string} folder @returns {string[]} the paths of its files */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => normalize(join(entry.parentPath, entry.name)));
}

/** @param {string} file @param {Set<string>} found collects this declaration file, and what it imports */
function reach(file, found) {
  if (found.has(file)) return;
  found.add(file);
  for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles) {
    if (fileName.startsWith('.')) reach(resolve(dirname(file), fileName.replace(/\.[jt]s$/u, '.d.ts')), found);
  }
}

/** @param {string} file */
function compact(file) {
  const code = readFileSync(file, 'utf8');
  if (!file.endsWith('.js')) return code;
  return minifySync(code, {
    module: true,
    compress: false,
    // With toplevel, a function in a constant of a module would lose its name in a stack trace.
    mangle: { keep_classnames: true, keep_fnames: true, toplevel: false },
    format: { comments: false },
  }).code;
}

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** @type {Set<string>} */
const declarations = new Set();
for (const { types } of Object.values(exports)) {
  if (types !== undefined) reach(resolve(built, types.replace(/^\.\/dist\//u, '')), declarations);
}
// tsc leaves what it made of a source that is gone.
const sources = new Set(filesIn(join(root, 'src')).map((file) => file.slice(root.length)));
const wanted = filesIn(built).filter((file) => {
  const source = join('src', file.slice(built.length).replace(/(\.d\.ts|\.js)$/u, '.ts'));
  return sources.has(source) && (!file.endsWith('.d.ts') || declarations.has(file));
});
const kept = new Set(wanted.map((file) => join(packed, file.slice(built.length))));

mkdirSync(packed, { recursive: true });
for (const file of wanted) {
  const target = join(packed, file.slice(built.length));
  const text = compact(file);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  // By a rename, because a program may be running from dist.
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.part`, text);
  renameSync(`${target}.part`, target);
}
for (const file of filesIn(packed)) {
  if (!kept.has(file) && !file.startsWith(join(packed, 'docs', '/'))) rmSync(file);
}
