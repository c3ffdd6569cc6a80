import { describe, expect, test } from '@jest/globals';
import type { Archive } from '../../../../src/adapters/snaplogic/archives/archive.ts';
import type { Asset } from '../../../../src/adapters/snaplogic/projects/asset-plan.ts';
import { restoringOf } from '../../../../src/adapters/snaplogic/restoring.ts';
import type { SnapshotItem } from '../../../../src/ports/snapshot.ts';

const asset = (text: string): Asset => ({ type: text.split(' ')[0]!, name: text.split(' ')[1]! });
const item = (text: string, fields = {}): SnapshotItem => ({ kind: asset(text).type, name: asset(text).name, fields });
const task = (name: string, enabled: boolean | undefined) => ({ name, enabled, scheduled: false, snaplex: undefined });

const assets = ['Pipeline a', 'Pipeline b', 'Account c', 'Job d'].map(asset);

function restoring(only: readonly SnapshotItem[] | undefined, tasks: Archive['tasks'] = [task('d', true)]) {
  return restoringOf({ only }, { assets, origin: undefined, tasks, accounts: undefined })!;
}

describe('the import of a backup', () => {
  test('overwrites only the types that the job wrote', () => {
    expect(restoring([item('Pipeline a'), item('Pipeline b')]).types).toEqual(['Pipeline']);
  });

  test('enables the tasks that were enabled, as the target showed them, else as the archive says', () => {
    expect([...restoring([item('Job d')]).enabled]).toEqual(['d']);
    expect([...restoring([item('Job d', { enabled: false })]).enabled]).toEqual([]);
    expect([...restoring([item('Job d', { enabled: true })], [task('d', undefined)]).enabled]).toEqual(['d']);
  });

  test('brings back everything when nobody knows what the job wrote', () => {
    const { types } = restoring(undefined);
    expect(types).toEqual(expect.arrayContaining(['Account', 'Job', 'Pipeline']));
  });

  test('any other import is not touched', () => {
    const archive: Archive = { assets: [], origin: undefined, tasks: [], accounts: undefined };
    expect(restoringOf(undefined, archive)).toBeUndefined();
  });
});
