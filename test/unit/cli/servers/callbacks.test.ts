import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { createContext } from '../../../../src/cli/context.ts';
import { calledBack, readCallbacks } from '../../../../src/cli/servers/callbacks.ts';
import { MigratorError } from '../../../../src/errors.ts';
import { Secret } from '../../../../src/secret.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

/** A server that answers every request with one status, and records the requests. */
async function listening(status: number, work: (url: string) => Promise<unknown>): Promise<string[]> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push([request.method, request.url, request.headers.authorization].filter(Boolean).join(' '));
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return asked;
}

const done = { outcome: 'done', package: { id: 'Acme', version: '1.0.0-a' }, warnings: ['an earlier one'] };

async function ended(
  url: string,
  work: () => Promise<typeof done>,
): Promise<{ err: string; code: string | undefined; warnings: readonly string[] }> {
  return withTempDir(async (cwd) => {
    const io = testIO({ cwd, home: cwd });
    const context = createContext(io, []);
    const callbacks = readCallbacks(
      { successCallback: new Secret(`${url}/good?run=7&run=8`), failureCallback: new Secret(`${url}/bad`) },
      { wait: true },
    );
    let code: string | undefined;
    let warnings: readonly string[] = [];
    try {
      ({ warnings } = await calledBack(callbacks, context, work));
    } catch (error) {
      code = (error as MigratorError).code;
    }
    (await context.reporter()).report({ type: 'notice', message: 'over' });
    return { err: io.err, code, warnings };
  });
}

describe('a callback', () => {
  test('for success gets the package as query parameters, in addition to those of its URL', async () => {
    const asked = await listening(200, (url) => ended(url, () => Promise.resolve(done)));
    expect(asked).toEqual(['GET /good?run=7&run=8&packageId=Acme&packageVersion=1.0.0-a']);
  });

  test('is made with the user name and password of its URL', async () => {
    const asked = await listening(200, (url) =>
      ended(url.replace('://', '://hook:p%40ss@'), () => Promise.resolve(done)),
    );
    expect(asked).toEqual([`GET /good?run=7&run=8&packageId=Acme&packageVersion=1.0.0-a Basic ${btoa('hook:p@ss')}`]);
  });

  test('for success is not called when only a part was done; that for failure is', async () => {
    const partial = { ...done, outcome: 'partial' };
    const asked = await listening(200, (url) => ended(url, () => Promise.resolve(partial)));
    expect(asked).toEqual(['GET /bad']);
  });

  test('for failure is called after the work has failed, and the error is passed on', async () => {
    let code: string | undefined;
    const asked = await listening(204, async (url) => {
      ({ code } = await ended(url, () => Promise.reject(new MigratorError('JOB_FAILED', 'no room'))));
    });
    expect(asked).toEqual(['GET /bad']);
    expect(code).toBe('JOB_FAILED');
  });

  test.each(['CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE'] as const)(
    'for failure is not called after %s, because the job may still be running',
    async (code) => {
      const asked = await listening(200, (url) => ended(url, () => Promise.reject(new MigratorError(code, 'later'))));
      expect(asked).toEqual([]);
    },
  );

  test('for a job that was only started is not called', async () => {
    expect(await listening(200, (url) => ended(url, () => Promise.resolve({ ...done, outcome: 'started' })))).toEqual(
      [],
    );
  });

  test('that is refused is only a warning of the report, which --quiet keeps, and the work counts as done', async () => {
    let told: Awaited<ReturnType<typeof ended>> | undefined;
    await listening(404, async (url) => {
      told = await ended(url, () => Promise.resolve(done));
    });
    expect(told).toMatchObject({
      code: undefined,
      warnings: ['an earlier one', expect.stringMatching(/^the callback failed: .*404/u)],
    });
  });

  test('that is refused after a failure is told beside the error', async () => {
    let told: Awaited<ReturnType<typeof ended>> | undefined;
    await listening(404, async (url) => {
      told = await ended(url, () => Promise.reject(new MigratorError('JOB_FAILED', 'no room')));
    });
    expect(told).toMatchObject({ code: 'JOB_FAILED', err: expect.stringContaining('the callback failed') });
  });

  test.each([['ftp://x'], ['nowhere'], ['/path']])('to the URL "%s" is USAGE', async (address) => {
    await expect(() => readCallbacks({ successCallback: new Secret(address) }, { wait: true })).toThrowCode('USAGE');
  });

  test('is refused with --no-wait', async () => {
    await expect(() =>
      readCallbacks({ failureCallback: new Secret('https://x.example') }, { wait: false }),
    ).toThrowCode('USAGE');
    expect(readCallbacks({}, { wait: false })).toEqual({ success: undefined, failure: undefined });
  });
});
