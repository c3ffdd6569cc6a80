import { describe, expect, test } from '@jest/globals';
import { withWorkshop } from '../support/workshop.ts';

const flags = ['--password', 'env:MOVE_PASSWORD'];

describe('a migration by package', () => {
  test('an export is inspected, verified, tried in a dry run and imported, and the target loses nothing', async () => {
    await withWorkshop({}, async ({ binary: run }) => {
      const projects = async (instance: string): Promise<string[]> => {
        const { stdout } = await run(['inventory', '--from', instance, '--json']);
        return (JSON.parse(stdout) as { items: { name: string }[] }).items.map((item) => item.name);
      };
      const before = await projects('prod');

      const exported = await run([
        'partial-export',
        '--from',
        'lab',
        '--project',
        'Web Shop',
        '--project',
        'Billing',
        ...flags,
        '-o',
        'shop.tar',
      ]);
      expect(exported).toMatchObject({ code: 0 });
      expect(await run(['package', 'inspect', 'shop.tar'])).toMatchObject({ code: 0 });
      expect(await run(['package', 'verify', 'shop.tar', '--content'])).toMatchObject({ code: 0 });

      const dryRun = await run(['import', 'shop.tar', '--to', 'prod', ...flags, '--dry-run']);
      expect(dryRun).toMatchObject({ code: 0 });
      expect(dryRun.stdout).toMatch(/create +project +Web Shop/);
      expect(dryRun.stdout).toMatch(/^planned +create\nproject +2\n/u);
      expect(dryRun.stdout).toContain('migrator job log octopus:prod:');
      expect(dryRun.stdout).not.toContain("Created Project 'Web Shop'");
      expect(await projects('prod')).toEqual(before);

      expect(await run(['import', 'shop.tar', '--to', 'prod', ...flags])).toMatchObject({ code: 0 });
      const after = await projects('prod');
      expect(after).toEqual(expect.arrayContaining([...before, 'Web Shop', 'Billing']));
      expect(after).toHaveLength(before.length + 2);
    });
  });
});
