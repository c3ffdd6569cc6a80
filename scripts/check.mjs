// All checks but the tests, two at a time: the linter takes as long as all others together. Prints what each one printed,
// and fails when one fails.
import { spawn } from 'node:child_process';

/** @param {string} script @returns {Promise<boolean>} */
const passes = (script) =>
  new Promise((done) => {
    /** @type {Buffer[]} */
    const output = [];
    const child = spawn(`npm run ${script}`, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      done(code === 0);
    });
  });

/** @param {readonly string[]} scripts */
async function each(scripts) {
  const results = [];
  for (const script of scripts) results.push(await passes(script));
  return results;
}

const results = await Promise.all([
  each(['lint']),
  // The last ones look at what the build makes.
  each(['typecheck', 'format:check', 'build', 'unused', 'publishable']),
]);
process.exitCode = results.flat().every(Boolean) ? 0 : 1;
