import { describe, expect, test } from '@jest/globals';
import type { Archive } from '../../../../src/adapters/snaplogic/archives/archive.ts';
import type { Asset } from '../../../../src/adapters/snaplogic/projects/asset-plan.ts';
import type { Destination } from '../../../../src/adapters/snaplogic/projects/destination.ts';
import { restoringOf } from '../../../../src/adapters/snaplogic/restoring.ts';
import type { SnapshotItem } from '../../../../src/ports/snapshot.ts';

const asset = (text: string): Asset => ({ type: text.split(' ')[0]!, name: text.split(' ')[1]! });
const item = (text: string, fields = {}): SnapshotItem => ({ kind: asset(text).type, name: asset(text).name, fields });
const task = (name: string, enabled: boolean | undefined) => ({ name, enabled, scheduled: false, snaplex: undefined });

const all: readonly string[] = ['Pipeline a', 'Pipeline b', 'Account c', 'Job d'];

function restoring(
  only: readonly SnapshotItem[] | undefined,
  {
    held = all,
    there = held,
    tasks = [task('d', true)],
  }: Partial<Record<'held' | 'there', readonly string[]>> & { readonly tasks?: Archive['tasks'] } = {},
) {
  const archive: Archive = { assets: held.map(asset), origin: undefined, tasks, accounts: undefined };
  const destination = { assets: there.map(asset) } as unknown as Destination;
  return restoringOf({ only }, archive, destination)!;
}

describe('the import of a backup', () => {
  test('names the types that the job wrote, and sends the archive as it is when no other asset would be written', () => {
    const { types, leaveOut } = restoring([item('Pipeline a'), item('Pipeline b')]);
    expect(types).toEqual(['Pipeline']);
    expect(leaveOut).toEqual([]);
  });

  test('leaves out another asset of such a type', () => {
    expect(restoring([item('Pipeline a')]).leaveOut).toEqual([asset('Pipeline b')]);
  });

  test('leaves out what the job did not write and somebody deleted since', () => {
    const there = ['Pipeline a', 'Pipeline b'];
    const { leaveOut } = restoring([item('Pipeline a'), item('Pipeline b')], { there });
    expect(leaveOut).toEqual([asset('Account c'), asset('Job d')]);
  });

  test('goes by the name where the entry of an asset does not tell its type', () => {
    const held = ['Asset a', 'Asset b'];
    const { types, leaveOut } = restoring([item('File a')], { held, there: ['File a', 'File b'] });
    expect(types).toEqual(['File']);
    expect(leaveOut).toEqual([asset('Asset b')]);
  });

  test('enables the tasks that were enabled, as the target showed them, else as the archive says', () => {
    expect([...restoring([item('Job d')]).enabled]).toEqual(['d']);
    expect([...restoring([item('Job d', { enabled: false })]).enabled]).toEqual([]);
    expect([...restoring([item('Job d', { enabled: true })], { tasks: [task('d', undefined)] }).enabled]).toEqual([
      'd',
    ]);
  });

  test('brings back everything when nobody knows what the job wrote', () => {
    const { types, leaveOut } = restoring(undefined);
    expect(types).toEqual(expect.arrayContaining(['Account', 'Job', 'Pipeline']));
    expect(leaveOut).toEqual([]);
  });

  test('any other import is not touched', () => {
    const archive: Archive = { assets: [], origin: undefined, tasks: [], accounts: undefined };
    expect(restoringOf(undefined, archive, {} as unknown as Destination)).toBeUndefined();
  });
});
