import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { AdapterTools } from '../../../ports/adapter.ts';
import type { Http } from '../../../ports/http.ts';
import { Secret } from '../../../secret.ts';
import type { Credentials, LibraryConnection } from '../connection.ts';
import { explain, isSessionGone } from './errors.ts';
import { sessionSchema } from './schemas.ts';

/**
 * HTTP within a session of the Library. The first request logs in. The session is kept alive, and opened again once
 * when it is lost.
 */
export interface Session extends Http {
  /** The name of the account that is logged in, as the server gives it. */
  account(signal: AbortSignal): Promise<string>;
  /** Logs out. Never fails; a problem is written to the debug log. */
  close(): Promise<void>;
}

interface Open {
  readonly http: Http;
  readonly account: string;
  /** Milliseconds for which the server keeps an idle session. */
  readonly timeoutMs: number;
  renewedAt: number;
  dead: boolean;
}

const apiTokenMode = 4096;
const defaultTimeoutMs = 30 * 60_000;
const logoutMs = 5_000;

export function createSession(connection: LibraryConnection, tools: AdapterTools): Session {
  const { clock, debug } = tools;
  let current: Promise<Open> | undefined;

  /** All callers at the same time share one login. */
  const opened = async (signal: AbortSignal): Promise<Open> => {
    for (;;) {
      const login = (current ??= logIn(connection, tools, signal));
      try {
        const session = await login;
        if (!session.dead) return session;
        if (current === login) current = undefined;
      } catch (error) {
        if (current === login) current = undefined;
        // Only another caller that shared the login was interrupted.
        if (!isMigratorError(error, 'CANCELLED') || signal.aborted) throw error;
      }
    }
  };

  /** The server's timer may not count every call, so a session in use is renewed too. */
  const alive = async (signal: AbortSignal): Promise<Open> => {
    const session = await opened(signal);
    const now = clock.now().getTime();
    if (now - session.renewedAt < session.timeoutMs / 2) return session;
    session.renewedAt = now;
    try {
      await session.http.text({ method: 'PUT', path: 'api/sessions', safety: 'idempotent' }, signal);
      return session;
    } catch (error) {
      if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
      if (!isSessionGone(error)) {
        debug(`${connection.name}: the session could not be renewed: ${error.message}`);
        return session;
      }
      session.dead = true;
      return opened(signal);
    }
  };

  const within = async <Result>(signal: AbortSignal, call: (http: Http) => Promise<Result>): Promise<Result> => {
    const session = await alive(signal);
    try {
      return await call(session.http);
    } catch (error) {
      if (!isSessionGone(error)) throw error;
      // The server refused the call without processing it, so it may be made again.
      debug(`${connection.name}: the session was lost, logging in again`);
      session.dead = true;
      return call((await opened(signal)).http);
    }
  };

  return {
    json: (request, signal) => within(signal, (http) => http.json(request, signal)),
    text: (request, signal) => within(signal, (http) => http.text(request, signal)),
    stream: (request, signal) => within(signal, (http) => http.stream(request, signal)),
    account: async (signal) => (await alive(signal)).account,
    close: async () => {
      const login = current;
      current = undefined;
      if (login === undefined) return;
      try {
        const session = await login;
        if (!session.dead) await logOut(session.http);
      } catch (error) {
        if (!isMigratorError(error)) throw error;
        debug(`${connection.name}: the session was not ended properly: ${error.message}`);
      }
    },
  };
}

async function logIn(connection: LibraryConnection, tools: AdapterTools, signal: AbortSignal): Promise<Open> {
  const given: { token?: Secret } = {};
  // Each session has its own client, so that no cookie of an old session is sent.
  const http = tools.http({
    baseUrl: connection.url,
    headers: () => (given.token === undefined ? {} : { 'x-mstr-authtoken': given.token }),
    cookies: true,
    explain,
  });
  const json = bodyOf(connection.credentials, connection.applicationType);
  const login = { method: 'POST', path: 'api/auth/login', json, secretBodies: true, safety: 'idempotent' } as const;
  const { headers } = await http.text(login, signal);
  const token = headers['x-mstr-authtoken'];
  if (token === undefined || token === '') {
    throw new MigratorError(
      'REMOTE_UNEXPECTED',
      `${connection.url} accepted the login but gave no token, so it is not a Library`,
      {
        hint: 'check that the URL is that of the Library, such as https://host/MicroStrategyLibrary',
      },
    );
  }
  given.token = new Secret(token);
  tools.guard(given.token);
  const read = sessionSchema.safeParse(await sessionOf(http, signal));
  const { timeout, fullName } = read.success ? read.data : { timeout: undefined, fullName: undefined };
  return {
    http,
    account: fullName ?? (connection.credentials.kind === 'user' ? connection.credentials.username : 'API token'),
    timeoutMs: timeout === undefined || timeout <= 0 ? defaultTimeoutMs : timeout * 1000,
    renewedAt: tools.clock.now().getTime(),
    dead: false,
  };
}

/** What the server says about the session. When it fails, the session is ended, because the server counts sessions. */
async function sessionOf(http: Http, signal: AbortSignal): Promise<unknown> {
  try {
    return (await http.json({ method: 'GET', path: 'api/sessions' }, signal)).body;
  } catch (error) {
    await logOut(http).catch((failed: unknown) => {
      if (!isMigratorError(failed)) throw failed;
    });
    throw error;
  }
}

/** The run may have been interrupted, so its signal cannot be used here. */
async function logOut(http: Http): Promise<void> {
  await http.text({ method: 'POST', path: 'api/auth/logout' }, AbortSignal.timeout(logoutMs));
}

function bodyOf(credentials: Credentials, applicationType: number): object {
  return credentials.kind === 'token'
    ? { loginMode: apiTokenMode, applicationType, username: credentials.apiToken.reveal() }
    : {
        username: credentials.username,
        password: credentials.password.reveal(),
        loginMode: credentials.loginMode,
        applicationType,
      };
}
