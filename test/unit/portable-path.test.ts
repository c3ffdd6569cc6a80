import { describe, expect, test } from '@jest/globals';
import { pathFault, PathSet } from '../../src/portable-path.ts';

test.each([
  'native/Export 2026-11-21 (final).zip',
  'objects/project.ndjson',
  'files/größe/日本語/🚀.txt',
  'files/.hidden',
  'files/con-sole.txt',
  'files/com10',
  'files/a..b',
  'private.json',
])('the path %j is fine', (path) => {
  expect(pathFault(path)).toBeUndefined();
});

test.each([
  ['', 'is empty'],
  ['/a', 'is absolute'],
  ['a/../b', 'has the segment ".."'],
  ['..', 'has the segment ".."'],
  ['a/./b', 'has the segment "."'],
  ['a//b', 'has an empty segment'],
  ['a/', 'has an empty segment'],
  ['C:/x', 'begins with a drive letter'],
  ['a\\b', 'has a backslash'],
  ['a\nb', 'has control characters'],
  ['a\u0000', 'has control characters'],
  ['a\u0085b', 'has control characters'],
  ['a\u2028b', 'has control characters'],
  ['a\ud800b', 'has control characters'],
  ['CON', 'has the segment "CON", which Windows reserves'],
  ['a/lpt¹.txt', 'has the segment "lpt¹.txt", which Windows reserves'],
  ['a/x:y', 'has a character that Windows does not allow in names: < > : " | ? *'],
  ['a/b.', 'has a segment that ends in a dot or a space'],
  ['é'.repeat(128), 'has a segment of more than 255 bytes'],
])('the path %j is refused: it %s', (path, fault) => {
  expect(pathFault(path)).toBe(fault);
});

describe('PathSet', () => {
  test.each([[['a/b', 'a/c', 'a/d/e', 'b']], [['a', 'ab', 'a.b', 'b/a']]])('takes %j together', (paths) => {
    const set = new PathSet();
    for (const path of paths) expect(set.add(path)).toBeUndefined();
  });

  test.each([
    ['a', 'a', 'comes twice'],
    ['a', 'A', 'differs from "a" only in case or Unicode form'],
    ['\ufb01le', 'file', 'differs from "\ufb01le" only in case or Unicode form'],
    ['a/b', 'A/c', 'lies in a folder that differs from "a" only in case or Unicode form'],
    ['a/b/c', 'A/b/d', 'lies in a folder that differs from "a/b" only in case or Unicode form'],
    ['a', 'a/b', 'lies below "a", which is a file'],
    ['a', 'A/b/c', 'lies below "A", which is a file'],
    ['a/b', 'a', 'is a folder of another file'],
    ['a/b', 'A', 'is a folder of another file'],
  ])('knows that after %j the path %j %s', (first, second, fault) => {
    const set = new PathSet();
    expect(set.add(first)).toBeUndefined();
    expect(set.add(second)).toBe(fault);
  });
});

test('PathSet ends before the names of folders fill the memory', () => {
  const paths = new PathSet();
  const deep = (n: number) => `${n}/${'a/'.repeat(500)}f`;
  let taken = 0;
  while (taken < 10_000 && paths.add(deep(taken)) === undefined) taken += 1;
  expect(taken).toBeGreaterThan(100);
  expect(taken).toBeLessThan(1000);
  expect(paths.add(deep(taken + 1))).toMatch(/folders/);
});

test('PathSet takes a hundred thousand files in folders of their own', () => {
  const paths = new PathSet();
  const faults = Array.from({ length: 100_000 }, (_, n) => paths.add(`projects/part-${n}/file.json`));
  expect(faults.every((fault) => fault === undefined)).toBe(true);
});
