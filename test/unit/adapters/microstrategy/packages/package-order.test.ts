import { expect, test } from '@jest/globals';
import { adapter } from '../../../../../src/adapters/microstrategy/index.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { withLibraries, type Call } from '../../../../support/library-script.ts';

const options = { packageType: 'configuration', object: [`${'A'.repeat(32)}:schedule`] };
const found: Call = {
  on: 'source',
  line: `GET /api/objects/${'A'.repeat(32)}?type=51`,
  answer: { id: 'A'.repeat(32), name: 'Nightly Load', type: 51, version: 'V' },
};

test('a configuration package goes into no project: another one that is named is refused', () => {
  const given = { ...options, targetProject: 'Tutorial' };
  expect(() => adapter.request?.({ verb: 'migrate-project', projects: [], options: given, secrets: [] })).toThrow(
    'goes into no project',
  );
});

test('a move of the configuration is not told as the move of the project that was named with it', async () => {
  const there: Call = { ...found, on: 'target' };
  await withLibraries([found, there], async ({ open }) => {
    const target = { name: 'prod', adapter: open('target') };
    const { project, notes } = await open().moves!.prepare(
      { project: 'Tutorial', dryRun: false, options },
      target,
      never,
    );
    expect(project).toBe('configuration objects');
    expect(notes).toContain('a configuration package belongs to no project: nothing of Tutorial goes into it');
  });
});
