// Measures sealing, verifying and opening with the real binary, and compares with stock tools.
// Needs GNU time, tar, zstd, age, minisign and gpg.
// node bench/package/speed.mjs [runs] [Node 22.15 or newer, for zstd] [--memory for the 4 GiB runs]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makeDocuments, makeIncompressible } from './data.mjs';
import { compare } from './measure.mjs';

const args = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const runs = Number(args[0] ?? 3);
const newer = args[1] ?? process.execPath;
const isMemory = process.argv.includes('--memory');

const folder = mkdtempSync(join(tmpdir(), 'migrator-bench-'));
const file = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const binary = file('../../bin/migrator.mjs');
const env = {
  PATH: process.env['PATH'],
  HOME: folder,
  GNUPGHOME: folder,
  MIGRATOR_CONFIG_DIR: join(folder, 'config'),
  MIGRATOR_STATE_DIR: join(folder, 'state'),
};
const migrator = `${process.execPath} ${binary} --progress none`;
const migratorZstd = `${newer} ${binary} --progress none`;
const keys = join(folder, 'config/keys');

try {
  execFileSync(process.execPath, [binary, 'key', 'generate'], { cwd: folder, env, stdio: 'ignore' });
  const recipient = /age1[a-z0-9]+/.exec(readFileSync(join(keys, 'identity.txt'), 'utf8'))?.[0] ?? '';
  const age = `age -r ${recipient}`;
  const unage = `age -d -i ${keys}/identity.txt`;
  const gpg = 'gpg --batch --yes --quiet --pinentry-mode loopback --passphrase words -c --compress-algo none';
  const table = (/** @type {string} */ title, /** @type {import('./measure.mjs').Case[]} */ cases, times = runs) =>
    compare(title, cases, times, folder, env);

  const version = execFileSync(newer, ['--version'], { encoding: 'utf8' }).trim();
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}; Node ${process.version}, ${version} for zstd; ${runs} runs in turn`,
  );

  if (isMemory) {
    makeIncompressible(join(folder, 'huge.bin'), 4096);
    const peaks = [
      { name: 'seal', command: `${migrator} package seal huge.bin -o huge.tar` },
      { name: 'verify', command: `${migrator} package verify huge.tar` },
      { name: 'inspect', command: `${migrator} package inspect huge.tar` },
      { name: 'open', before: 'rm -f huge.bin', command: `${migrator} package open huge.tar -o out.$$` },
    ];
    table('One file of 4 GiB', peaks, 1);
  } else {
    makeIncompressible(join(folder, 'big.bin'), 1024);
    const pipe = 'tar | zstd | age';
    table('Seal one incompressible file of 1 GiB', [
      { name: pipe, command: `tar cf - big.bin | zstd -q -3 | ${age} -o peer.age` },
      { name: 'migrator', command: `${migrator} package seal big.bin -o big.tar --force`, base: pipe, most: 1 },
    ]);
    table(
      'The same, other peers',
      [
        { name: pipe, command: `tar cf - big.bin | zstd -q -3 | ${age} -o peer.age` },
        { name: 'tar czf', command: 'tar czf peer.tgz big.bin', base: pipe },
        { name: 'tar | gpg -c', command: `tar cf - big.bin | ${gpg} -o peer.gpg`, base: pipe },
        {
          name: 'age-encryption (npm), the file alone',
          command: `${process.execPath} ${file('./age-encryption.mjs')} ${recipient} big.bin peer.js.age`,
          base: pipe,
        },
      ],
      1,
    );
    execFileSync('rm', ['-f', 'peer.tgz', 'peer.gpg', 'peer.js.age'], { cwd: folder });
    execFileSync('minisign', ['-S', '-s', `${keys}/migrator.key`, '-m', 'big.tar', '-x', 'big.sig'], {
      cwd: folder,
      input: '\n',
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    table('Verify and open it', [
      { name: 'minisign -V', command: `minisign -V -q -p ${keys}/migrator.pub -m big.tar -x big.sig` },
      { name: 'verify', command: `${migrator} package verify big.tar`, base: 'minisign -V', most: 1.2 },
      {
        name: 'age -d | zstd -d | tar x',

        command: `${unage} peer.age | zstd -q -d | tar x -C $(mktemp -d out.XXXXXX)`,
      },
      {
        name: 'open',

        command: `${migrator} package open big.tar -o out.$$`,
        base: 'age -d | zstd -d | tar x',
        most: 1,
      },
    ]);
    table(
      'Look at it',
      [
        { name: 'migrator --version', command: `${migrator} --version` },
        { name: 'inspect', command: `${migrator} package inspect big.tar`, base: 'migrator --version', most: 1.5 },
      ],
      9,
    );
    execFileSync('sh', ['-c', 'rm -rf out.* big.bin big.tar peer.age'], { cwd: folder });

    makeDocuments(join(folder, 'docs'));
    table('Seal 100,000 JSON documents of 1 to 4 KiB', [
      { name: 'tar czf', command: 'tar czf docs.tgz docs' },
      {
        name: 'migrator, gzip',
        command: `${migrator} package seal docs -o docs.tar --force`,
        base: 'tar czf',
        most: 0.5,
      },
      { name: pipe, command: `tar cf - docs | zstd -q -3 | ${age} -o docs.age` },
      {
        name: 'migrator, zstd',
        command: `${migratorZstd} package seal docs -o docs-zstd.tar --force --compression zstd`,
        base: pipe,
        most: 1,
      },
      { name: 'tar | gzip | gpg -c', command: `tar cf - docs | gzip | ${gpg} -o docs.gpg`, base: 'tar czf' },
    ]);
    execFileSync(
      'sh',
      ['-c', 'ls -l docs.tgz docs.tar docs.age docs-zstd.tar | awk \'{ print $9 ": " $5 " bytes" }\''],
      {
        cwd: folder,
        stdio: 'inherit',
      },
    );
    // Use a new folder each time: a file system that has just deleted many files creates new ones slowly.
    const peer = 'age -d | zstd -d | tar x';
    table('Open them', [
      { name: peer, command: `${unage} docs.age | zstd -q -d | tar x -C $(mktemp -d out.XXXXXX)` },
      {
        name: 'open, gzip',

        command: `${migrator} package open docs.tar -o out.$$`,
        base: peer,
        most: 1,
      },
      {
        name: 'open, zstd',

        command: `${migratorZstd} package open docs-zstd.tar -o out.$$`,
        base: peer,
        most: 1,
      },
    ]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
