import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { linux, testWith } from '../../support/programs.ts';
import { isAlive, processSpace, processStart } from '../../../src/files/process-alive.ts';

test('says whether a process is alive, and on Linux when it began', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(process.platform !== 'win32');
  for (const pid of [0, -1, 1.5, 2 ** 31 - 2]) expect(isAlive(pid)).toBe(false);
  if (process.platform === 'linux') expect(processStart(process.pid)).toMatch(/^\d+$/);
  expect(processStart(2 ** 31 - 2)).toBeUndefined();
});

testWith([linux], 'a process that has ended, and whose parent has not asked for that, is not alive', async () => {
  // The shell that waits for nothing is the parent of a child that ends at once.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (text: Buffer) => resolve(Number(String(text))));
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(isAlive(pid)).toBe(false);
  } finally {
    parent.kill('SIGKILL');
  }
});

testWith([linux], 'process ids hold in one space', () => {
  expect(processSpace()).toMatch(/^[0-9a-f-]{36} pid:\[\d+\]$/u);
});
