import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { posix, testWith } from '../support/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the picture in the README', () => {
  testWith([posix], 'it shows what the program shows now, as text, in light and dark, and is small', async () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/picture.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const picture = await readFile(new URL('../../docs/run.svg', import.meta.url), 'utf8');
    expect(picture).toContain('>$ migrator partial-export ');
    expect(picture).toContain('prefers-color-scheme: dark');
    expect(Buffer.byteLength(picture)).toBeLessThan(60_000);
    expect(await readFile(new URL('../../README.md', import.meta.url), 'utf8')).toContain('](docs/run.svg)');
  });
});

test('the picture of a report is small, is in the README, and is not shipped', async () => {
  const text = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
  const picture = await readFile(new URL('../../docs/report.webp', import.meta.url));
  expect(picture.subarray(8, 12).toString()).toBe('WEBP');
  expect(picture.length).toBeLessThan(60_000);
  expect(await text('README.md')).toContain('](docs/report.webp)');
  expect((JSON.parse(await text('package.json')) as { files: string[] }).files).toContain('!docs/report.webp');
});
