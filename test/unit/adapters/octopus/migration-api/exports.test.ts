import { describe, expect, test } from '@jest/globals';
import type { PreparedExport } from '../../../../../src/ports/exporter.ts';
import { Secret } from '../../../../../src/secret.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { acme, password, secrets, withOctopus, type Scripted } from '../../../../support/octopus-client.ts';
import type { Exchange } from '../../../../support/scripted-server.ts';
import { startingOnce } from '../../../../support/start-once.ts';
import { bodyOf } from '../../../../support/with-server.ts';

const request = {
  projects: ['Web Shop', 'billing'],
  packageId: acme.id,
  packageVersion: acme.version,
  options: { ignoreMachines: true, encryptPackage: true },
};
const prepared: PreparedExport = {
  package: acme,
  projects: [
    { id: 'Projects-202', name: 'Web Shop' },
    { id: 'Projects-201', name: 'Billing' },
  ],
  settled: { ignoreMachines: true, encryptPackage: true, spaceId: 'Spaces-1' },
  notes: [],
};

describe('prepare', () => {
  test('returns names, package and options as plain data', async () => {
    const refused = {
      request: { method: 'GET', path: '/api/Spaces-1/projects', query: { skip: '0', take: '100' } },
      response: { status: 403, json: {} },
    };
    const result = await withOctopus(['root', 'space', 'projects', 'package-absent', refused], ({ octopus }) =>
      octopus.exports!.prepare(request, never),
    );
    expect(result.omits).toEqual([expect.stringContaining('what does not travel could not be looked at')]);
    expect(result).toMatchObject({ package: acme, projects: prepared.projects });
    expect(result.settled).toMatchObject({ ignoreMachines: true, ignoreTenants: false, spaceId: 'Spaces-1' });
    expect(result.notes.join()).toContain('took "Billing" for "billing"');
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('names every missing project at once', async () => {
    await withOctopus(['root', 'space', 'projects'], async ({ octopus }) => {
      const projects = ['Web Shop', 'Biling', 'Nowhere'];
      await expect(octopus.exports!.prepare({ ...request, projects }, never)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        hint: expect.stringContaining('Billing'),
        details: { missing: ['Biling', 'Nowhere'] },
      });
    });
  });

  test.each([
    ['a name that fits two projects', ['WEB SHOP']],
    ['a request without a project', []],
  ])('refuses %s', async (_, projects) => {
    const script = projects.length > 0 ? ['root', 'space', 'projects'] : ['root', 'space'];
    await withOctopus(script, ({ octopus }) =>
      expect(() => octopus.exports!.prepare({ ...request, projects }, never)).toThrowCode('USAGE'),
    );
  });

  test('refuses a package name that the feed would read differently, before anything else', async () => {
    await withOctopus(['root'], ({ octopus }) =>
      expect(() =>
        octopus.exports!.prepare({ ...request, packageId: 'Acme.2', packageVersion: '1.0.0' }, never),
      ).toThrowCode('USAGE'),
    );
  });

  test('refuses a version that the feed holds', async () => {
    await withOctopus(['root', 'space', 'projects', 'package-present'], ({ octopus }) =>
      expect(() => octopus.exports!.prepare(request, never)).toThrowCode('CONFLICT'),
    );
  });

  test('is UNSUPPORTED when the server offers no export', async () => {
    const root = { Version: '3.17.0', ApiVersion: '3.0.0', Links: {} };
    await withOctopus([{ request: { method: 'GET', path: '/api' }, response: { json: root } }], ({ octopus }) =>
      expect(() => octopus.exports!.prepare(request, never)).toThrowCode('UNSUPPORTED'),
    );
  });
});

describe('start', () => {
  test("sends the documented body and shows nothing of the answer's password", async () => {
    await withOctopus(['root', 'export-start'], async ({ octopus, tools }) => {
      expect(await octopus.exports!.start(prepared, secrets, undefined, never)).toBe(
        'ServerTasks-1234/Acme.Move@1.0.0-run7',
      );
      expect(tools.lines.join('\n')).not.toContain(password);
    });
  });

  test('sends the destination of a push', async () => {
    const withCallbacks = {
      ...secrets,
      successCallback: new Secret('https://chat.example/ok'),
      failureCallback: new Secret('https://chat.example/bad'),
    };
    const destination = {
      url: 'https://target.example',
      secret: new Secret('API-DESTINATION'),
      container: 'Spaces-9',
    };
    await withOctopus(['root', 'export-start-push'], async ({ octopus, tools }) => {
      await octopus.exports!.start(prepared, withCallbacks, destination, never);
      expect(tools.lines.join('\n')).not.toContain('API-DESTINATION');
    });
  });

  test('needs the password', async () => {
    await withOctopus(['root'], ({ octopus }) =>
      expect(() => octopus.exports!.start(prepared, {}, undefined, never)).toThrowCode('USAGE'),
    );
  });

  test('quotes no refusal that repeats the password', async () => {
    await withOctopus(['root', 'export-start-refused'], async ({ octopus }) => {
      const error: unknown = await octopus.exports!.start(prepared, secrets, undefined, never).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'REMOTE_UNEXPECTED', details: { status: 400, ambiguous: false } });
      expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(password);
    });
  });

  describe('when the answer was lost', () => {
    const start = ({ octopus, tools }: Scripted) =>
      startingOnce(octopus, { tools }).exports!.start(prepared, secrets, undefined, never);

    test('finds the task', async () => {
      await withOctopus(['root', 'export-start-lost', 'find-by-arguments'], async (scripted) => {
        expect(await start(scripted)).toBe('ServerTasks-1234/Acme.Move@1.0.0-run7');
      });
    });

    test('says that nothing was begun when the server shows no task', async () => {
      await withOctopus(['root', 'export-start-lost', 'find-none'], async (scripted) => {
        await expect(start(scripted)).rejects.toMatchObject({
          code: 'REMOTE_UNREACHABLE',
          hint: expect.stringContaining('run the same command again'),
          details: { ambiguous: false },
        });
      });
    });

    test('stays ambiguous when it cannot be told which task it is', async () => {
      await withOctopus(['root', 'export-start-lost', 'find-undecidable'], async (scripted) => {
        await expect(start(scripted)).rejects.toMatchObject({
          code: 'REMOTE_UNREACHABLE',
          hint: expect.stringContaining('ServerTasks-1240'),
          details: { ambiguous: true },
        });
      });
    });

    test('says where to look when the tasks cannot be read', async () => {
      const unread: Exchange = {
        request: {
          method: 'GET',
          path: '/api/tasks',
          query: { skip: '0', name: 'MigrationPartialExport', take: '100', includeSystem: 'true' },
        },
        response: { status: 500, json: { ErrorMessage: 'no database' } },
        times: 3,
      };
      await withOctopus(['root', 'export-start-lost', unread], async (scripted) => {
        await expect(start(scripted)).rejects.toMatchObject({
          code: 'REMOTE_UNREACHABLE',
          message: expect.stringMatching(/migrator cannot tell whether it began: .*no database/),
          hint: 'look at the tasks in the web portal before you repeat it',
          details: { ambiguous: true },
        });
      });
    });
  });
});

describe('find', () => {
  const find = (script: string) =>
    withOctopus(['root', script], ({ octopus }) => octopus.exports!.find(prepared, new Date(), never));

  test('by the arguments of the task', async () => {
    expect(await find('find-by-arguments')).toBe('ServerTasks-1234/Acme.Move@1.0.0-run7');
  });

  test('by its log, also when another version begins with the same letters', async () => {
    expect(await find('find-by-log')).toBe('ServerTasks-1234/Acme.Move@1.0.0-run7');
  });

  test('nothing when there is no task, or only an older one', async () => {
    expect(await find('find-none')).toBeUndefined();
  });

  test('fails with CONFLICT when a task does not name its package', async () => {
    await expect(() => find('find-undecidable')).toThrowCode('CONFLICT');
  });
});

const taskOf = (given: object): Exchange => ({
  request: { method: 'GET', path: '/api/tasks/ServerTasks-1234' },
  response: { json: { Id: 'ServerTasks-1234', State: 'Success', Name: 'MigrationPartialExport', Links: {}, ...given } },
});

describe('fetch', () => {
  test('needs nothing but the handle', async () => {
    const script = ['root', 'space', taskOf({}), 'package-present', 'package-raw'];
    await withOctopus(script, async ({ octopus }) => {
      const { files } = await octopus.exports!.fetch('ServerTasks-1234/Acme.Move@1.0.0-run7', undefined, never);
      expect(files).toHaveLength(1);
      expect(files[0]).toMatchObject({ path: 'native/Acme.Move.1.0.0-run7.zip', digest: { algorithm: 'sha1' } });
      // The feed's size and digest fit what it sends, and yet that is no whole zip.
      await expect(() => bodyOf(files[0]!.open(never))).toThrowCode('JOB_FAILED');
    });
  });

  test('refuses the task of another package with CONFLICT', async () => {
    const task = taskOf({ Arguments: { PackageId: 'Acme.Other', PackageVersion: '2.0.0' } });
    const id = 'ServerTasks-1234/Acme.Move@1.0.0-run7';
    await withOctopus(['root', task], ({ octopus }) =>
      expect(() => octopus.exports!.fetch(id, undefined, never)).toThrowCode('CONFLICT'),
    );
  });

  test('gets the package of a task that the server no longer keeps', async () => {
    const gone = {
      request: { method: 'GET', path: '/api/tasks/ServerTasks-1234' },
      response: { status: 404, json: { ErrorMessage: 'no' } },
    };
    await withOctopus(['root', gone, 'space', 'package-present'], async ({ octopus }) => {
      const { files } = await octopus.exports!.fetch('ServerTasks-1234/Acme.Move@1.0.0-run7', undefined, never);
      expect(files).toHaveLength(1);
    });
  });

  test('reads the package from the log when the id has only the task', async () => {
    const task = { Id: 'ServerTasks-1234', State: 'Success', Links: {} };
    const script = [
      'root',
      'space',
      { request: { method: 'GET', path: '/api/tasks/ServerTasks-1234' }, response: { json: task } },
      {
        request: { method: 'GET', path: '/api/tasks/ServerTasks-1234/raw' },
        response: { text: 'Created C:\\Work\\Acme.Move.1.0.0-run7.zip' },
      },
      'package-present',
    ] as const;
    await withOctopus(script, async ({ octopus }) => {
      const { files } = await octopus.exports!.fetch('ServerTasks-1234', undefined, never);
      expect(files[0]!.path).toBe('native/Acme.Move.1.0.0-run7.zip');
    });
  });

  test('looks also in the default space before it fails with NOT_FOUND', async () => {
    const elsewhere = {
      request: { method: 'GET', path: '/api/Spaces-2/packages/packages-Acme.Move.1.0.0-run7' },
      response: { status: 404, json: { ErrorMessage: 'no' } },
    };
    const id = 'ServerTasks-1234/Acme.Move@1.0.0-run7';
    const settings = { space: 'Retail' };
    await withOctopus(
      ['root', 'space-retail', taskOf({}), elsewhere, 'package-present'],
      async ({ octopus }) => {
        expect((await octopus.exports!.fetch(id, undefined, never)).files).toHaveLength(1);
      },
      { settings },
    );
    await withOctopus(
      ['root', 'space-retail', taskOf({}), elsewhere, 'package-absent'],
      ({ octopus }) => expect(() => octopus.exports!.fetch(id, undefined, never)).toThrowCode('NOT_FOUND'),
      { settings },
    );
  });
});
