// Makes a folder that needs no Node.js: migrator.exe (migrator elsewhere), and the program beside it in app/.
// node scripts/release/bundle.mjs <tarball of npm pack> <folder>      with Node.js 26 or later, which goes into the program
// Dependencies are those of package-lock.json, without their install scripts.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './facts.mjs';

const [tarball, output] = process.argv.slice(2);
if (output === undefined) throw new Error('usage: bundle.mjs <tarball> <folder>');
const windows = process.platform === 'win32';
const run = (program, args, cwd) =>
  execFileSync(program, args, { cwd, stdio: 'inherit', shell: windows && program === 'npm.cmd' });
// Git brings another tar to Windows, which takes a drive letter for the name of a server.
const tar = windows ? join(process.env.SystemRoot ?? 'C:/Windows', 'System32', 'tar.exe') : 'tar';

const folder = resolve(output);
const app = join(folder, 'app');
await mkdir(folder); // Fails for a folder that is there: what is in it must not get into a release.
const work = await mkdtemp(join(tmpdir(), 'migrator-bundle-'));
try {
  await mkdir(app);
  run(tar, ['-x', '-z', '-f', resolve(tarball), '-C', app, '--strip-components=1']);
  await copyFile(new URL('package-lock.json', root), join(app, 'package-lock.json'));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  run(windows ? 'npm.cmd' : 'npm', ['ci', '--omit=dev', ...quiet], app);
  await rm(join(app, 'package-lock.json'));
  await copyFile(new URL('packaging/windows/start.cjs', root), join(app, 'start.cjs'));
  const settings = {
    main: fileURLToPath(new URL('packaging/windows/launch.cjs', root)),
    output: join(folder, windows ? 'migrator.exe' : 'migrator'),
    disableExperimentalSEAWarning: true,
    execArgvExtension: 'none',
  };
  await writeFile(join(work, 'sea.json'), JSON.stringify(settings));
  run(process.execPath, ['--build-sea', join(work, 'sea.json')]);
} finally {
  await rm(work, { recursive: true, force: true });
}
