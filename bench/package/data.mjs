// Makes the data for the package benchmarks: the same bytes on every machine.
import { createCipheriv } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const mebibyte = 1024 * 1024;

/**
 * A file that does not compress.
 * @param {string} path
 * @param {number} mebibytes
 */
export function makeIncompressible(path, mebibytes) {
  if (existsSync(path)) return;
  const noise = createCipheriv('aes-256-ctr', Buffer.alloc(32, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(mebibyte);
  const descriptor = openSync(path, 'w');
  for (let index = 0; index < mebibytes; index += 1) writeSync(descriptor, noise.update(zeros));
  closeSync(descriptor);
}

const words =
  'project release deployment environment tenant channel lifecycle variable script step package feed account certificate'.split(
    ' ',
  );

/**
 * 100,000 JSON documents of 1 to 4 KiB, a thousand in each folder.
 * @param {string} folder
 */
export function makeDocuments(folder) {
  if (existsSync(folder)) return;
  const noise = createCipheriv('aes-256-ctr', Buffer.alloc(32, 2), Buffer.alloc(16));
  let numbers = new Uint32Array(0);
  let used = 0;
  const next = (/** @type {number} */ below) => {
    if (used === numbers.length) {
      numbers = new Uint32Array(Uint8Array.from(noise.update(Buffer.alloc(64 * 1024))).buffer);
      used = 0;
    }
    used += 1;
    return (numbers[used - 1] ?? 0) % below;
  };
  for (let index = 0; index < 100_000; index += 1) {
    const parent = join(folder, String(Math.floor(index / 1000)).padStart(3, '0'));
    if (index % 1000 === 0) mkdirSync(parent, { recursive: true });
    const length = 1024 + next(3072);
    let text = `{"Id":"Documents-${index}"`;
    while (text.length < length) {
      const [name, value] = [words[next(words.length)], words[next(words.length)]];
      text += `,"${name}${next(50)}":{"Name":"${value} ${next(1000)}","Id":"${next(2 ** 31).toString(36)}","IsDisabled":false}`;
    }
    writeFileSync(join(parent, `document-${index}.json`), `${text}}`);
  }
}
