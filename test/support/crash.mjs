// Loaded into the binary with --import. Writes the name of each step that has an effect outside the process (a request,
// its answer, a file that gets its name) to CRASH_TRACE. At the step in CRASH_AT the process dies as in a power cut: no
// handler runs.
import { appendFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const { CRASH_AT: at, CRASH_TRACE: trace } = process.env;
const seen = new Map();

/** Replaces ids, times and random parts, so that a step has the same name in every run. */
const steady = (text) =>
  text
    .replace(/127\.0\.0\.1:\d+/g, 'server')
    .replace(/\d{8}T\d+Z?-[0-9a-f]{8}/g, 'TIME')
    .replace(/\d{8}T\d{9}Z-[0-9a-f]{6}\b/g, 'STAMP')
    .replace(/\d{8}T\d{6}Z\b/g, 'TIME')
    .replace(/ServerTasks-\d+/g, 'TASK')
    .replace(/\b[0-9A-F]{32}\b/g, 'GUID')
    .replace(/\b[0-9a-f]{12,}\b/g, 'HEX')
    .replace(/\.\d+-HEX\.partial/g, '.partial')
    .replace(/\.\d+\.lock/g, '.lock');

function step(name) {
  const steadied = steady(name);
  const count = (seen.get(steadied) ?? 0) + 1;
  seen.set(steadied, count);
  const label = `${steadied} #${count}`;
  if (trace !== undefined) appendFileSync(trace, `${label}\n`);
  if (label === at) process.kill(process.pid, 'SIGKILL');
}

for (const name of ['rename', 'link', 'unlink', 'rm']) {
  const original = promises[name];
  promises[name] = async (...args) => {
    step(`before ${name} ${basename(String(args.at(name === 'rename' || name === 'link' ? 1 : 0)))}`);
    const result = await original(...args);
    step(`after ${name} ${basename(String(args.at(name === 'rename' || name === 'link' ? 1 : 0)))}`);
    return result;
  };
}
const { request } = http;
http.request = (...args) => {
  const made = request(...args);
  const url = `${made.method} ${made.path}`;
  step(`before ${url}`);
  made.prependListener('response', () => step(`answer ${url}`));
  return made;
};
syncBuiltinESMExports();
