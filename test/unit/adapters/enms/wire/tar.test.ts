import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { filesIn } from '../../../../../src/adapters/enms/wire/tar.ts';
import { tarOf } from '../../../../support/tar.ts';

const files = { 'user.yaml': '[]\n', 'device.yaml': `- name: ${'x'.repeat(600)}\n`, 'empty.yaml': '' };
const tar = Buffer.from(tarOf(files));
const read = (bytes: Buffer) => {
  const found = filesIn(bytes);
  return found === undefined
    ? undefined
    : Object.fromEntries([...found].map(([name, held]) => [name, held.toString()]));
};

test('the files of a folder are read from its archive, compressed or not', () => {
  expect(read(tar)).toEqual(files);
  expect(read(gzipSync(tar))).toEqual(files);
});

test('a file in a folder below is left out, and so is one that leads out of the folder', () => {
  expect(read(Buffer.from(tarOf({ 'a.yaml': 'a', 'sub/b.yaml': 'b', '../c.yaml': 'c' })))).toEqual({ 'a.yaml': 'a' });
});

test.each([
  ['cut off within a file', tar.subarray(0, 2048 + 700)],
  ['without its end', tar.subarray(0, tar.length - 1024)],
  ['compressed and cut off', gzipSync(tar).subarray(0, 60)],
  ['a web page', Buffer.from('<!doctype html>'.padEnd(2048))],
  ['empty', Buffer.alloc(0)],
])('an archive that is no whole one is none: %s', (_, bytes) => {
  expect(filesIn(bytes)).toBeUndefined();
});
