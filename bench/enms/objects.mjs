// Measures objects per second over an eNMS REST API, and the peak of memory. Compares them with a script that makes one
// request after the other. The server is an embedded instance in its own process. Needs GNU time.
// node bench/enms/objects.mjs [objects, default 100000]
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const count = Number(process.argv[2] ?? 100_000);
const asked = Math.min(count, 5000);
const folder = mkdtempSync(join(tmpdir(), 'migrator-bench-'));
const binary = fileURLToPath(new URL('../../bin/migrator.mjs', import.meta.url));
const env = { ...process.env, MIGRATOR_CONFIG_DIR: join(folder, 'config'), MIGRATOR_STATE_DIR: join(folder, 'state') };

/** @param {string} name @returns {Promise<{ child: import('node:child_process').ChildProcess, url: string, headers: Record<string, string>, account: Record<string, string> }>} */
async function serve(name) {
  const args = [binary, 'emulate', 'enms', '--data', join(folder, name), '--sample', 'none', '--json', '--quiet'];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.trimEnd().endsWith('}')) break;
  }
  const { url, credentials } = JSON.parse(text);
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/json' };
  return { child, url, headers, account: credentials };
}

/** @param {string[]} args @returns {{ seconds: number, mebibytes: number }} */
function timed(args) {
  const report = join(folder, 'time.txt');
  const line = ['-f', '%e %M', '-o', report, process.execPath, binary, ...args, '--progress', 'none', '--quiet'];
  const { status, stderr } = spawnSync('/usr/bin/time', line, { cwd: folder, env, encoding: 'utf8' });
  // Exit code 3 is expected: the server refuses rows that it keeps for itself.
  if (status !== 0 && status !== 3) throw new Error(`${args.join(' ')}: exit ${String(status)}\n${stderr}`);
  const [seconds, kibibytes] = readFileSync(report, 'utf8').trim().split('\n').at(-1)?.split(' ') ?? [];
  return { seconds: Number(seconds), mebibytes: Math.round(Number(kibibytes) / 1024) };
}

const source = await serve('source');
const target = await serve('target');
try {
  for (let first = 0; first < count; first += 1000) {
    const batch = Array.from({ length: Math.min(1000, count - first) }, (_, index) => ({
      name: `router-${String(first + index).padStart(6, '0')}`,
      ip_address: `10.${(first + index) >> 16}.${((first + index) >> 8) & 255}.${(first + index) & 255}`,
      vendor: 'Cisco',
      description: 'measured',
    }));
    const body = JSON.stringify(batch);
    await fetch(`${source.url}/rest/instance/device`, { method: 'POST', headers: source.headers, body });
  }
  const instance = (/** @type {string} */ name, /** @type {{ url: string, account: Record<string, string> }} */ of) =>
    `  ${name}: { product: enms, url: '${of.url}', username: ${of.account['username']}, password: '${of.account['password']}' }\n`;
  writeFileSync(join(folder, '.migratorrc.yaml'), `instances:\n${instance('lab', source)}${instance('dr', target)}`);

  const began = performance.now();
  for (let index = 0; index < asked; index += 1) {
    const name = `router-${String(index).padStart(6, '0')}`;
    await (await fetch(`${source.url}/rest/instance/device/${name}`, { headers: source.headers })).json();
  }
  const reading = asked / ((performance.now() - began) / 1000);
  const written = performance.now();
  for (let index = 0; index < asked; index += 1) {
    const body = JSON.stringify({ name: `other-${index}`, ip_address: '10.0.0.1' });
    await fetch(`${target.url}/rest/instance/device`, { method: 'POST', headers: target.headers, body });
  }
  const writing = asked / ((performance.now() - written) / 1000);

  const out = timed([
    'partial-export',
    '--from',
    'lab',
    '--project',
    'all',
    '--via',
    'rest',
    '--type',
    'device',
    '-o',
    'all.tar',
  ]);
  const back = timed(['import', 'all.tar', '--to', 'dr', '--via', 'rest']);
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? '?'}; Node ${process.version}; ${count} devices`);
  const row = (
    /** @type {string} */ what,
    /** @type {{ seconds: number, mebibytes: number }} */ of,
    /** @type {number} */ beside,
  ) => {
    const rate = count / of.seconds;
    console.log(
      `${what}: ${Math.round(rate)} objects/s, ${(rate / beside).toFixed(2)} times a sequential script; peak ${of.mebibytes} MiB`,
    );
  };
  row('partial-export --via rest', out, reading);
  row('import --via rest', back, writing);
} finally {
  for (const { child } of [source, target]) child.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
