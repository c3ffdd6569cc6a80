import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../../src/cli/config/load.ts';
import { knownKeys } from '../../../../src/cli/config/schema.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

describe('docs/configuration.md', () => {
  test('has an example that is a valid configuration', async () => {
    const page = await readFile('docs/configuration.md', 'utf8');
    const example = /```yaml\n([^]*?)```/.exec(page)?.[1];
    await withTempDir(async (folder) => {
      await mkdir(join(folder, 'home'));
      await writeFile(join(folder, '.migratorrc'), example!);
      const config = await loadConfig(testIO({ cwd: folder, home: join(folder, 'home') }), undefined);
      expect(Object.keys(config.instances)).toEqual(['lab', 'rehearsal', 'vault']);
    });
  });

  test('names every key', async () => {
    const page = await readFile('docs/configuration.md', 'utf8');
    for (const key of knownKeys([])) expect(page).toContain(`\`${key}`);
    for (const section of ['keys', 'http']) {
      for (const key of knownKeys([section])) expect(page).toContain(`\`${section}.${key}\``);
    }
  });
});
