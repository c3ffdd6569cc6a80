import { describe, expect, test } from '@jest/globals';
import { checkPackageOf, packageShownBy } from '../../../../src/adapters/octopus/task-package.ts';
import { never } from '../../../support/adapter-tools.ts';
import { acme, all, withOctopus } from '../../../support/octopus-client.ts';
import type { Exchange } from '../../../support/scripted-server.ts';

const task = (given: object) => ({
  Id: 'ServerTasks-8',
  Name: 'MigrationImport' as string | undefined,
  Description: undefined as string | undefined,
  Arguments: {},
  ...given,
});

describe('a task of another package', () => {
  test.each([
    ['another id in its arguments', { Arguments: { PackageId: 'Acme.Other', PackageVersion: '1.0.0-run7' } }],
    ['another version in its arguments', { Arguments: { PackageId: 'Acme.Move', PackageVersion: '1.0.0-run8' } }],
    ['only another version in its arguments', { Arguments: { packageVersion: '9.0.0' } }],
    ['another file in its description', { Description: 'Import Acme.Other.1.0.0-run7.zip' }],
    ['the name of a task that migrates nothing', { Name: 'Deploy', Description: 'Deploy Web Shop release 1.2.0' }],
  ])('is refused by %s', async (_, given) => {
    await expect(() => checkPackageOf(task(given), acme)).toThrowCode('CONFLICT');
  });

  test('is named together with the wanted package', () => {
    const other = task({ Arguments: { PackageId: 'Acme.Other', PackageVersion: '2.0.0' } });
    expect(() => checkPackageOf(other, acme)).toThrow(
      'ServerTasks-8 is of Acme.Other 2.0.0, not of Acme.Move 1.0.0-run7',
    );
  });
});

describe('a task is not refused', () => {
  test.each([
    ['when it shows the package', { Arguments: { PackageId: 'acme.move', PackageVersion: '1.0.0-run7' } }],
    ['when it shows nothing', { Name: undefined }],
    ['for a version of a server in its description', { Description: 'Import on 2023.1.9626 of shop1.acme.example' }],
  ])('%s', (_, given) => {
    expect(() => checkPackageOf(task(given), acme)).not.toThrow();
  });

  test('when the handle names no package', () => {
    expect(() => checkPackageOf(task({ Arguments: { PackageVersion: '9' } }), undefined)).not.toThrow();
  });
});

test('the package is read from the description when the arguments do not show it', () => {
  expect(packageShownBy(task({ Description: 'Partial export of "Acme.Move.1.0.0-run7.zip"' }))).toEqual(acme);
  expect(packageShownBy(task({}))).toEqual({});
});

test('status, log and cancel refuse the task of another package', async () => {
  const other = {
    Id: 'ServerTasks-8',
    Name: 'MigrationImport',
    State: 'Success',
    Arguments: { PackageId: 'Acme.Move', PackageVersion: '1.0.0-run7' },
    Links: {},
  };
  const path = '/api/tasks/ServerTasks-8';
  const shown: Exchange = { request: { method: 'GET', path }, response: { json: other }, times: 2 };
  const look: Exchange = {
    request: { method: 'GET', path: `${path}/details`, query: { verbose: 'false', tail: '10' } },
    response: { json: { Task: other } },
  };
  const id = 'ServerTasks-8/Some.Other@1.0.0';
  await withOctopus(['root', shown, look], async ({ octopus: { jobs } }) => {
    await expect(() => jobs.status(id, never)).toThrowCode('CONFLICT');
    await expect(() => all(jobs.log(id, never))).toThrowCode('CONFLICT');
    await expect(() => jobs.cancel!(id, never)).toThrowCode('CONFLICT');
  });
});
