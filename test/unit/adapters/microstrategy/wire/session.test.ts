import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../../src/secret.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { all, password, tokens, withLibraries, type Call } from '../../../../support/library-script.ts';

const projects: Call = { on: 'source', line: 'GET /api/projects', answer: [{ id: 'P', name: 'Sales', status: 0 }] };
const gone: Partial<Call> = {
  status: 401,
  answer: {
    code: 'ERR009',
    message: "The user's session has expired, please reauthenticate",
    ticketId: 'b'.repeat(32),
  },
};
const login: Call = {
  on: 'source',
  line: 'POST /api/auth/login',
  headers: { 'x-mstr-authtoken': null, cookie: null },
  status: 204,
  answerHeaders: { 'x-mstr-authtoken': 'first', 'set-cookie': 'JSESSIONID=one; Path=/; HttpOnly' },
};
const session: Call = { on: 'source', line: 'GET /api/sessions', answer: { timeout: 1800, fullName: 'Ann' } };
const logout: Call = { on: 'source', line: 'POST /api/auth/logout', status: 204 };

describe('a login', () => {
  test.each([
    ['standard', { username: 'ann' }, { username: 'ann', password, loginMode: 1, applicationType: 35 }],
    [
      'LDAP',
      { username: 'ann', loginMode: 'ldap', applicationType: 76 },
      { username: 'ann', password, loginMode: 16, applicationType: 76 },
    ],
  ])('%s sends the documented body, once, and is ended', async (_, settings, body) => {
    await withLibraries([projects, projects], async ({ open, logins, sessions }) => {
      const adapter = open('source', { settings });
      await Promise.all([1, 2].map(() => all(adapter.inventory.list('project', never))));
      expect(logins).toEqual([body]);
      await adapter.close!();
      expect(sessions.source).toEqual({ logins: 1, logouts: 1 });
    });
  });

  test('sends an API token in the place of the user', async () => {
    await withLibraries([projects], async ({ open, logins }) => {
      const apiToken = new Secret('the api token');
      await all(open('source', { settings: {}, secrets: { apiToken } }).inventory.list('project', never));
      expect(logins).toEqual([{ loginMode: 4096, applicationType: 35, username: 'the api token' }]);
    });
  });

  test('that is refused says so and shows no password, also when the server repeats it', async () => {
    const answer = { code: 'ERR003', message: `Login failure for ${password}`, ticketId: 'c'.repeat(32) };
    await withLibraries(
      [{ ...login, status: 401, answer }],
      async ({ open, tools }) => {
        const error = await open()
          .probe(never)
          .then(
            () => undefined,
            (thrown: unknown) => thrown as Error,
          );
        expect(error).toMatchObject({ code: 'AUTH_REFUSED', details: { errorCode: 'ERR003' } });
        expect(error?.message).toContain('ERR003');
        expect(JSON.stringify([error, error?.message, error?.stack, tools.lines])).not.toContain(password);
      },
      { ownSessions: true },
    );
  });

  test('that gives no token shows that the server is no Library', async () => {
    await withLibraries(
      [{ ...login, answerHeaders: {} }],
      async ({ open }) => {
        await expect(() => all(open().inventory.list('project', never))).toThrowCode('REMOTE_UNEXPECTED');
      },
      { ownSessions: true },
    );
  });

  test('is ended also when its session does not work', async () => {
    await withLibraries(
      [login, { ...session, ...gone }, logout],
      async ({ open }) => {
        await expect(() => all(open().inventory.list('project', never))).toThrowCode('AUTH_REFUSED');
      },
      { ownSessions: true },
    );
  });
});

describe('a session', () => {
  const own = { 'x-mstr-authtoken': 'first', cookie: 'JSESSIONID=one' };

  test('that was lost is opened again once, and the refused call is repeated', async () => {
    const second = {
      ...login,
      answerHeaders: { 'x-mstr-authtoken': 'second', 'set-cookie': 'JSESSIONID=two; Path=/' },
    };
    const renewed = { 'x-mstr-authtoken': 'second', cookie: 'JSESSIONID=two' };
    const calls: Call[] = [
      login,
      { ...session, headers: own },
      { ...projects, headers: own, ...gone },
      second,
      { ...session, headers: renewed },
      { ...projects, headers: renewed },
      { ...logout, headers: renewed },
    ];
    await withLibraries(
      calls,
      async ({ open }) => {
        expect(await all(open().inventory.list('project', never))).toHaveLength(1);
      },
      { ownSessions: true },
    );
  });

  test('that is refused twice is an error with what to look at', async () => {
    const lost = { ...projects, ...gone };
    await withLibraries(
      [login, session, lost, login, session, lost, logout],
      async ({ open }) => {
        await expect(() => all(open().inventory.list('project', never))).toThrowCode('AUTH_REFUSED');
      },
      { ownSessions: true },
    );
  });

  const renewal: Call = { on: 'source', line: 'PUT /api/sessions', status: 204 };

  test('is renewed when half of its time is over, and goes on when the renewal fails', async () => {
    await withLibraries(
      [
        login,
        session,
        projects,
        renewal,
        projects,
        projects,
        { ...renewal, status: 400, answer: {} },
        projects,
        logout,
      ],
      async ({ open, later }) => {
        const adapter = open();
        for (const passed of [0, 900_000, 899_000, 1_001]) {
          later(passed);
          expect(await all(adapter.inventory.list('project', never))).not.toEqual([]);
        }
      },
      { ownSessions: true },
    );
  });

  test('that was lost before its renewal is opened again', async () => {
    await withLibraries(
      [login, session, projects, { ...renewal, ...gone }, login, session, projects, logout],
      async ({ open, later }) => {
        const adapter = open();
        expect(await all(adapter.inventory.list('project', never))).not.toEqual([]);
        later(3_600_000);
        expect(await all(adapter.inventory.list('project', never))).not.toEqual([]);
      },
      { ownSessions: true },
    );
  });

  test.each([
    ['is dead already', gone],
    ['cannot be ended', { status: 500, text: '<html><title>Oops</title></html>' }],
    ['hangs up', { fault: 'reset' }],
  ] as const)('%s at the logout, which fails nothing', async (_, fault) => {
    await withLibraries(
      [login, session, projects, { ...logout, ...fault }],
      async ({ open }) => {
        const adapter = open();
        await all(adapter.inventory.list('project', never));
        await expect(adapter.close!()).resolves.toBeUndefined();
        await expect(adapter.close!()).resolves.toBeUndefined();
      },
      { ownSessions: true },
    );
  });

  test('is ended after a failure and after an interruption, and is not opened without need', async () => {
    const stop = new AbortController();
    await withLibraries([{ ...projects, status: 400, answer: {} }], async ({ open, sessions }) => {
      const adapter = open();
      await expect(() => all(adapter.inventory.list('project', never))).toThrowCode('REMOTE_UNEXPECTED');
      stop.abort();
      await expect(() => all(adapter.inventory.list('project', stop.signal))).toThrowCode('CANCELLED');
      await adapter.close!();
      expect(sessions).toEqual({ source: { logins: 1, logouts: 1 }, target: { logins: 0, logouts: 0 } });
    });
    await withLibraries([], async ({ open }) => open().close!());
  });

  test('leaves its token in no debug line', async () => {
    await withLibraries([projects], async ({ open, tools }) => {
      await all(open().inventory.list('project', never));
      expect(tools.lines.length).toBeGreaterThan(0);
      for (const token of [...tokens, password, 'cookie-of']) expect(tools.lines.join('\n')).not.toContain(token);
    });
  });
});
