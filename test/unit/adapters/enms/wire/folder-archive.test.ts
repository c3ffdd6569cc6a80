import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { filesIn } from '../../../../../src/adapters/enms/wire/folder-archive.ts';
import { tarOf } from '../../../../support/tar.ts';

const files = { 'user.yaml': '[]\n', 'device.yaml': `- name: ${'x'.repeat(600)}\n`, 'empty.yaml': '' };
const tar = Buffer.from(tarOf(files));
/** Sent in pieces, as over a network. */
async function* sent(bytes: Buffer) {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}
const read = async (bytes: Buffer, most?: number) => {
  const found = await filesIn(sent(bytes), most);
  return found === undefined
    ? undefined
    : Object.fromEntries([...found].map(([name, held]) => [name, held.toString()]));
};

test('the files of a folder are read from its archive, compressed or not', async () => {
  expect(await read(tar)).toEqual(files);
  expect(await read(gzipSync(tar))).toEqual(files);
});

test('a file in a folder below is left out, and so is one that leads out of the folder', async () => {
  expect(await read(Buffer.from(tarOf({ 'a.yaml': 'a', 'sub/b.yaml': 'b', '../c.yaml': 'c' })))).toEqual({
    'a.yaml': 'a',
  });
});

test.each([
  ['cut off within a file', tar.subarray(0, 2048 + 700)],
  ['without its end', tar.subarray(0, tar.length - 1024)],
  ['compressed and cut off', gzipSync(tar).subarray(0, 60)],
  ['a web page', Buffer.from('<!doctype html>'.padEnd(2048))],
  ['empty', Buffer.alloc(0)],
])('an archive that is no whole one is none: %s', async (_, bytes) => {
  expect(await read(bytes)).toBeUndefined();
});

test('an archive that is larger than the limit is left, so that its files are read one by one', async () => {
  expect(await read(tar, 100)).toBeUndefined();
  expect(await read(tar, 10_000)).toEqual(files);
});
