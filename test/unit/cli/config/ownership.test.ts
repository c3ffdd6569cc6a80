import { chmod, chown, lchown, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkOwner } from '../../../../src/cli/config/ownership.ts';
import { posix, root, testWith } from '../../../support/programs.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();
const other = 12_345;
const me = process.getuid?.() ?? 0;

async function rcFile(mode = 0o600): Promise<string> {
  const file = join(await tempDir(), '.migratorrc');
  await writeFile(file, '');
  await chmod(file, mode);
  return file;
}

describe('the owner of a configuration', () => {
  testWith([posix], 'may be the user', async () => {
    expect(await checkOwner(await rcFile(), me)).toBeUndefined();
    expect(await checkOwner(await rcFile(0o644), me)).toBeUndefined();
  });

  testWith([posix], 'must not share it with every user', async () => {
    const file = await rcFile(0o646);
    await expect(() => checkOwner(file, me)).toThrowCode('CONFIG_UNTRUSTED');
    await expect(checkOwner(file, me)).rejects.toMatchObject({ hint: expect.stringContaining('chmod o-w') });
  });

  testWith([root], 'may be root, and no other user', async () => {
    expect(await checkOwner(await rcFile(), other)).toBeUndefined();
    const file = await rcFile();
    await chown(file, other, other);
    expect(await checkOwner(file, other)).toBeUndefined();
    await expect(() => checkOwner(file, me)).toThrowCode('CONFIG_UNTRUSTED');
    await expect(checkOwner(file, other + 1)).rejects.toMatchObject({ hint: expect.stringContaining('--config') });
  });

  testWith([root], 'of a link counts as well, also in the middle of a chain', async () => {
    const file = await rcFile();
    const [first, second] = [`${file}.first`, `${file}.second`];
    await symlink(file, second);
    await symlink(second, first);
    expect(await checkOwner(first, me)).toBeUndefined();
    await lchown(second, other, other);
    await expect(() => checkOwner(first, me)).toThrowCode('CONFIG_UNTRUSTED');
    expect(await checkOwner(first, other)).toBeUndefined();
  });

  testWith([root], 'is warned of a group that may write it, unless the group is his own', async () => {
    const file = await rcFile(0o660);
    await chown(file, other, other + 1);
    expect(await checkOwner(file, other)).toContain('can be written by its group');
    await chown(file, other, other);
    expect(await checkOwner(file, other)).toBeUndefined();
  });

  test('does not matter on a system without such owners', async () => {
    expect(await checkOwner('absent', undefined)).toBeUndefined();
  });
});
