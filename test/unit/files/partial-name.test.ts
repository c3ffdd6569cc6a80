import { execFileSync } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { partialName, stalePartials } from '../../../src/files/partial-name.ts';
import { createFileSink } from '../../../src/files/whole-file.ts';
import { tempDirs } from '../../support/with-temp-dir.ts';

const tempDir = tempDirs();

/** The id of a process that has ended. */
const deadProcess = (): number => Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));

test('finds the partial files of dead runs and nothing else', async () => {
  const folder = await tempDir();
  const dead = deadProcess();
  const name = basename(partialName('a.tar', dead));
  await writeFile(join(folder, name), 'xyz');
  await writeFile(join(folder, '.note.partial'), '');
  const sink = await createFileSink(join(folder, 'live'), { overwrite: false });
  expect(await stalePartials(folder)).toMatchObject([{ path: join(folder, name), size: 3 }]);
  expect(await stalePartials(join(folder, 'missing'))).toEqual([]);
  await sink.discard();
});

test('a new file removes what killed runs left of the same file, and nothing else', async () => {
  const folder = await tempDir();
  const dead = deadProcess();
  const elsewhere = basename(partialName('a.tar', dead)).replace(/-[0-9a-f]{4}/, '-zzzz');
  const others = [basename(partialName('b.tar', dead)), basename(partialName('a.tar', process.pid)), elsewhere];
  for (const name of [basename(partialName('a.tar', dead)), ...others]) await writeFile(join(folder, name), 'xyz');
  const sink = await createFileSink(join(folder, 'a.tar'), { overwrite: false });
  await sink.commit();
  expect((await readdir(folder)).sort()).toEqual(['a.tar', ...others].sort());
});
