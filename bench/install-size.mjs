// Packs the project, installs the tarball into an empty folder, and prints the size of what was installed.
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32';

/** @param {string} folder @returns {{ bytes: number, blocks: number, files: number }} */
function measure(folder) {
  const total = { bytes: 0, blocks: 0, files: 0 };
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const stats = lstatSync(path);
    total.blocks += (stats.blocks ?? 0) * 512;
    if (entry.isDirectory()) {
      const inner = measure(path);
      total.bytes += inner.bytes;
      total.blocks += inner.blocks;
      total.files += inner.files;
    } else {
      total.bytes += stats.size;
      total.files += 1;
    }
  }
  return total;
}

/** @param {string} modules */
function installScripts(modules) {
  const folders = readdirSync(modules).flatMap((name) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => join(name, inner)) : [name];
  });
  return folders.filter((name) => {
    const { scripts = {} } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'));
    return ['preinstall', 'install', 'postinstall'].some((script) => script in scripts);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'migrator-size-'));
/** @param {readonly string[]} args @param {string} cwd */
const npm = (args, cwd) =>
  execFileSync('npm', [...args], { cwd, encoding: 'utf8', shell, stdio: ['ignore', 'pipe', 'ignore'] });
try {
  const tarball = npm(['pack', '--silent', '--pack-destination', folder], root).trim().split('\n').at(-1) ?? '';
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  npm(['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, tarball)], folder);
  const modules = join(folder, 'node_modules');
  const { bytes, blocks, files } = measure(modules);
  const scripts = installScripts(modules);
  const binary = join(modules, 'migrator-cli', 'bin', 'migrator.mjs');
  const version = execFileSync(process.execPath, [binary, '--version'], { encoding: 'utf8' }).trim();
  console.log(`installed size of migrator ${version} on ${process.platform} ${process.arch}`);
  console.log(`  ${(bytes / 1e6).toFixed(1)} MB in ${files} files, ${(blocks / 1e6).toFixed(1)} MB on disk (limit 40)`);
  console.log(`  packages with an install script: ${scripts.length === 0 ? 'none' : scripts.join(', ')}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
