import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../../support/command-line.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

// There is no plan: what is told of --watch is told before the plan is read.
const folder = tempDirs();
const line = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const cwd = await folder();
  return commandLine(['wave', 'run', 'plan.yaml', ...args], { cwd, env: { HOME: cwd, ...env } });
};

describe('--watch', () => {
  test.each(['65536', 'x', '-1', '8080x', '1e4', ' '])('%p is no port, and nothing begins', async (port) => {
    const { code, stderr } = await line([`--watch=${port}`]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--watch: "${port}" is not a port from 0 to 65535`);
    expect(stderr).toContain('write 0 for a port that is free');
  });

  test('of a port that somebody has is refused before anything begins', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    const { code, stderr, stdout } = await line(['--watch', String(port), '--json']);
    await new Promise((closed) => other.close(closed));
    expect(code).toBe(7);
    expect(stderr).toContain(`port ${String(port)} of 127.0.0.1 is in use`);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'CONFLICT', details: { port } });
  });

  test('contradicts a dry run where both are typed, and gives way to it as a mere wish', async () => {
    const typed = await line(['--watch', '0', '--dry-run']);
    expect(typed.code).toBe(2);
    expect(typed.stderr).toContain('--watch and --dry-run contradict each other');
    const wished = await line(['--dry-run'], { MIGRATOR_WATCH: '0' });
    expect(wished.stderr).toContain('MIGRATOR_WATCH does not count for a dry run');
    expect(wished.stderr).not.toContain('watch it at');
  });

  test('says where, once, and a run that fails early ends as ever', async () => {
    const { code, stderr } = await line(['--watch', '0']);
    expect(code).toBe(2);
    expect(stderr.match(/^migrator: watch it at http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/gmu)).toHaveLength(1);
  });
});
