import { describe, expect, test } from '@jest/globals';
import { never } from '../../../support/adapter-tools.ts';
import { fixture, type Exchange } from '../../../support/scripted-server.ts';
import { all, withOctopus } from '../../../support/octopus-client.ts';

/** The exchanges of a fixture with some answers exchanged. */
async function changed(name: string, answers: Record<string, Exchange['response']>): Promise<Exchange[]> {
  return (await fixture(name)).map((exchange) => ({
    ...exchange,
    response: answers[exchange.request.path] ?? exchange.response,
  }));
}

describe('probe', () => {
  test('tells version, account, mode and rights', async () => {
    const info = await withOctopus(['root', 'space', 'probe'], ({ octopus }) => octopus.probe(never));
    expect(info).toMatchObject({
      product: 'octopus',
      version: '2023.1.9626',
      mode: 'normal',
      notes: [],
    });
    expect(info.rights.find(({ action }) => action === 'export')).toMatchObject({ allowed: undefined });
  });

  test('blames no account for what the server does not offer', async () => {
    const exchanges = (await fixture('root')).map((exchange) => {
      const { Links, ...root } = exchange.response.json as { Links: Readonly<Record<string, string>> };
      const others = Object.entries(Links).filter(([name]) => !name.startsWith('Migrations'));
      return { ...exchange, response: { json: { ...root, Links: Object.fromEntries(others) } } };
    });
    const info = await withOctopus([...exchanges, 'space', 'probe'], ({ octopus }) => octopus.probe(never));
    expect(info.notes).toHaveLength(2);
    expect(info.rights.filter(({ action }) => ['export', 'import'].includes(action))).toEqual([]);
  });

  test('leaves the name of the account to those who want it', async () => {
    const user: Exchange = {
      request: { method: 'GET', path: '/api/users/me' },
      response: { json: { Id: 'Users-1', Username: 'night', DisplayName: 'Night Shift' } },
    };
    expect(await withOctopus(['root', user], ({ octopus }) => octopus.account!(never))).toBe('Night Shift');
  });

  test('the mode alone is one request', async () => {
    const [maintenance] = await fixture('probe');
    expect(await withOctopus(['root', maintenance!], ({ octopus }) => octopus.mode!(never))).toBe('normal');
  });

  test('reports maintenance, a stopped queue and Linux', async () => {
    const exchanges = await changed('probe', {
      '/api/maintenanceconfiguration': { json: { IsInMaintenanceMode: true } },
      '/api/serverstatus/system-info': { json: { OSVersion: 'Unix 5.15 (Ubuntu 22.04)' } },
    });
    const stopped = { Id: 'Spaces-1', Name: 'Default', IsDefault: true, TaskQueueStopped: true };
    const spaces = await changed('space', { '/api/spaces': { json: { Items: [stopped], TotalResults: 1 } } });
    const info = await withOctopus(['root', ...spaces, ...exchanges], ({ octopus }) => octopus.probe(never));
    expect(info.mode).toBe('maintenance');
    expect(info.notes.join('\n')).toMatch(/Default is stopped[^]*Linux/);
  });

  test('leaves out what the account may not read', async () => {
    const exchanges = await changed('probe', {
      '/api/maintenanceconfiguration': { status: 403, json: { ErrorMessage: 'no' } },
      '/api/serverstatus/system-info': { status: 404, json: { ErrorMessage: 'no' } },
    });
    const info = await withOctopus(['root', 'space', ...exchanges], ({ octopus }) => octopus.probe(never));
    expect(info.mode).toBe('normal');
    expect(info.notes).toHaveLength(1);
  });

  test('waits for a server that is starting', async () => {
    const starting: Exchange = { request: { method: 'GET', path: '/api' }, response: { status: 503 }, times: 2 };
    await withOctopus([starting, 'root', 'space', 'probe'], async ({ octopus, tools }) => {
      await octopus.probe(never);
      expect(tools.waits).toHaveLength(2);
    });
  });

  test('a wrong key is AUTH_REFUSED, in the words of the server', async () => {
    const refused: Exchange = {
      request: { method: 'GET', path: '/api/spaces', query: { skip: '0', take: '100' } },
      response: { status: 401, json: { ErrorMessage: 'You must be logged in to perform this action.' } },
    };
    await withOctopus(['root', refused, 'probe'], async ({ octopus }) => {
      await expect(octopus.probe(never)).rejects.toMatchObject({
        code: 'AUTH_REFUSED',
        message: expect.stringContaining('You must be logged in'),
        details: { status: 401 },
      });
    });
  });

  test('another program at that address is REMOTE_UNEXPECTED', async () => {
    const other = (response: Exchange['response']): Exchange => ({
      request: { method: 'GET', path: '/api' },
      response,
    });
    for (const response of [
      { json: { hello: 'world' } },
      { text: '<!DOCTYPE html><title>Login</title>' },
      { json: [] },
    ]) {
      await withOctopus([other(response)], ({ octopus }) =>
        expect(() => octopus.probe(never)).toThrowCode('REMOTE_UNEXPECTED'),
      );
    }
    // Another address has to be written into the rc file.
    const elsewhere = other({ status: 302, headers: { location: 'https://login.example/' } });
    await withOctopus([elsewhere], ({ octopus }) => expect(() => octopus.probe(never)).toThrowCode('CONFIG_INVALID'));
  });

  test('another API version is UNSUPPORTED', async () => {
    const root = { Version: '9.9.9', ApiVersion: '4.0.0', Links: {} };
    const newer: Exchange = { request: { method: 'GET', path: '/api' }, response: { json: root } };
    await withOctopus([newer], ({ octopus }) => expect(() => octopus.probe(never)).toThrowCode('UNSUPPORTED'));
  });

  test('finds a space by its name in any case, and names an unknown one', async () => {
    await withOctopus(
      ['root', 'space-retail'],
      async ({ octopus }) => {
        const destination = await octopus.feed!.destination!(never);
        expect(destination).toMatchObject({ container: 'Spaces-2' });
        expect(destination.secret.reveal()).toBe('API-TESTKEY');
      },
      { settings: { space: 'retail' } },
    );
    const [list] = await fixture('space');
    await withOctopus(
      ['root', list!],
      async ({ octopus }) => {
        const listing = all(octopus.inventory.list('project', never));
        await expect(listing).rejects.toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('Retail') });
      },
      { settings: { space: 'Retial' } },
    );
  });
});

describe('inventory', () => {
  test('reads all pages', async () => {
    const items = await withOctopus(['root', 'space', 'projects'], ({ octopus }) =>
      all(octopus.inventory.list('project', never)),
    );
    expect(items).toHaveLength(104);
    expect(items.at(-1)).toEqual({ kind: 'project', id: 'Projects-204', name: 'Ledger', container: 'Default' });
  });

  test('works below a virtual directory', async () => {
    const items = await withOctopus(
      ['virtual-directory'],
      ({ octopus }) => all(octopus.inventory.list('project', never)),
      { path: '/octopus' },
    );
    expect(items).toHaveLength(4);
  });

  test('does not know other kinds', async () => {
    await withOctopus([], async ({ octopus }) => {
      await expect(() => octopus.inventory.list('dossier', never)).toThrowCode('USAGE');
    });
  });
});

test('versions must be the same', async () => {
  await withOctopus([], ({ octopus }) => {
    const target = { version: '2023.1.9626' } as Awaited<ReturnType<typeof octopus.probe>>;
    expect(octopus.versionObstacle('2023.1.9626', target)).toBeUndefined();
    expect(octopus.versionObstacle('2023.1.9625', target)).toContain('2023.1.9625');
    return Promise.resolve();
  });
});
