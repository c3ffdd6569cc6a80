import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile, ByteStream } from '../../../ports/artifact.ts';
import type { Http, HttpRequest, HttpResponse } from '../../../ports/http.ts';
import { Secret } from '../../../secret.ts';
import { jsonOf } from '../../shared/answers.ts';
import type { Account } from '../connection.ts';
import { alertOf, isPage, notAllowed } from './errors.ts';
import { errorSchema, foldersSchema } from './schemas.ts';

export interface OpenedFile {
  readonly size: number | undefined;
  readonly body: ByteStream;
}

/** The routes of the web interface for the server's files. It uses its own session, and never HTTP Basic. */
export interface Web {
  /** Names of the migration projects on the server's disk. */
  folders(signal: AbortSignal): Promise<readonly string[]>;
  /**
   * A file below the server's files folder; undefined when it is not there. A folder comes as a tar archive, and the
   * database of the server forgets the folder and what is in it. On the disk they stay.
   */
  open(path: string, signal: AbortSignal, what?: 'file' | 'folder'): Promise<OpenedFile | undefined>;
  /** Uploads a file into an existing folder such as `/migrations/x`. Replaces a file of that name. */
  upload(
    folder: string,
    file: Pick<ArtifactFile, 'size' | 'open'>,
    fileName: string,
    signal: AbortSignal,
  ): Promise<void>;
}

const uploadMs = 10 * 60_000;

interface Session {
  readonly http: Http;
  /** The token in the forms and calls of the session. */
  readonly csrf: Secret;
}

/** `connect` makes a client without cookies, because a new session must not send those of the old one. */
export function createWeb(connect: () => Http, url: string, account: Account, guard: (secret: Secret) => void): Web {
  // Over https, the server's protection of forms checks the referer of a request.
  const referer = { referer: url.endsWith('/') ? url : `${url}/` };
  let session: Session | undefined;

  const login = async (signal: AbortSignal): Promise<Session> => {
    for (let attempt = 1; ; attempt += 1) {
      const http = connect();
      const page = await http.text({ method: 'GET', path: 'login', accept: [302] }, signal);
      const token = csrfToken(page.body);
      if (token === undefined) {
        throw new MigratorError('REMOTE_UNEXPECTED', 'the login page of eNMS holds no form token', {
          hint: 'check that the URL is the web interface of an eNMS server, or use --via rest',
        });
      }
      const csrf = new Secret(token);
      guard(csrf);
      const { status, headers } = await http.text(loginRequest(account, token, referer), signal);
      const location = headers['location'] ?? '';
      if (status === 302 && !/\/login(\?|$)/.test(location)) return { http, csrf };
      // The server does not know the token of its own page, as after a restart in between.
      if (status === 400 && attempt === 1) continue;
      if (status === 400) {
        throw new MigratorError('REMOTE_UNEXPECTED', 'eNMS does not take the token of its own login page', {
          hint: 'a proxy may drop cookies; use --via rest',
        });
      }
      throw new MigratorError('AUTH_REFUSED', `the web login of eNMS does not accept ${account.username}`, {
        hint: 'check `username`, `password` and `authentication` of this instance, or use --via rest',
        details: { status },
      });
    }
  };

  let entering: Promise<Session> | undefined;
  /** Calls that need a session at the same time get the same one. */
  const enter = (signal: AbortSignal): Promise<Session> => {
    entering ??= login(signal).finally(() => (entering = undefined));
    return entering;
  };

  /**
   * Sessions and their tokens end after a while. Then it logs in once more and tries once more. When the address of
   * this machine changes, the server keeps the token but allows the session nothing.
   */
  const within = async <Result extends { readonly status: number }>(
    call: (session: Session) => Promise<Result>,
    over: readonly number[],
    signal: AbortSignal,
  ): Promise<Result> => {
    if (session !== undefined) {
      const result = await call(session);
      if (!over.includes(result.status) && result.status !== 403) return result;
    }
    session = await enter(signal);
    const result = await call(session);
    if (result.status === 403) throw notAllowed();
    if (!over.includes(result.status)) return result;
    session = undefined;
    throw new MigratorError(
      'REMOTE_UNEXPECTED',
      'the web interface of eNMS asks for a login again right after a login',
      { hint: 'a proxy may drop cookies or change its address; use --via rest' },
    );
  };

  const post = async (request: Omit<HttpRequest, 'method'>, signal: AbortSignal): Promise<unknown> => {
    const answer = await within(
      ({ http, csrf }) =>
        http.text(
          {
            ...request,
            method: 'POST',
            headers: { ...referer, 'x-csrftoken': csrf.reveal() },
            accept: [302, 400, 403],
          },
          signal,
        ),
      [302, 400],
      signal,
    );
    return parsed(answer, request.path);
  };

  return {
    folders: async (signal) => {
      const body = await post({ path: 'get_migration_folders', safety: 'read' }, signal);
      const folders = foldersSchema.safeParse(body);
      if (folders.success) return folders.data;
      throw new MigratorError('REMOTE_UNEXPECTED', 'the answer to get_migration_folders is not a list of names');
    },
    open: async (path, signal, what = 'file') => {
      const get = async () => {
        const request = {
          method: 'GET',
          path: `download/${what}/${path}`,
          headers: referer,
          accept: [302, 403, 500],
          takesCompressed: what === 'folder',
        } as const;
        const answer = await within(
          async ({ http }) => {
            const file = await http.stream(request, signal);
            if (file.status === 302 || file.status === 403) await drained(file.body);
            return file;
          },
          [302],
          signal,
        );
        return asFile(answer);
      };
      const first = await get();
      if (first !== 'unknown') return first;
      // Newer builds give out only what their database knows. A scan of the folder in which it lies adds what is new, but
      // enters no folder that the database knows already.
      const above = path.split('/').slice(0, -1);
      await post({ path: `scan_folder/${encodeURIComponent(`>${above.join('>')}`)}`, safety: 'idempotent' }, signal);
      const second = await get();
      return second === 'unknown' ? undefined : second;
    },
    upload: async (folder, { size, open }, fileName, signal) => {
      const form = [
        { field: 'form_type', value: 'upload_files' },
        { field: 'folder', value: folder },
        { field: 'file', fileName, contentType: 'application/octet-stream', size, open },
      ];
      const answer = await post({ path: 'upload_files', form, safety: 'idempotent', answerWithinMs: uploadMs }, signal);
      if (answer === null || answer === undefined) return;
      throw new MigratorError('REMOTE_UNEXPECTED', `eNMS did not take ${fileName} into ${folder}: ${wordsOf(answer)}`);
    },
  };
}

function loginRequest(account: Account, csrf: string, referer: Readonly<Record<string, string>>): HttpRequest {
  const form = new URLSearchParams({
    csrf_token: csrf,
    username: account.username,
    password: account.password().reveal(),
    ...(account.authentication === undefined ? {} : { authentication_method: account.authentication }),
  });
  const bytes = Buffer.from(form.toString());
  return {
    method: 'POST',
    path: 'login',
    headers: referer,
    body: {
      contentType: 'application/x-www-form-urlencoded',
      size: bytes.length,
      open: async function* () {
        await Promise.resolve();
        yield bytes;
      },
    },
    safety: 'idempotent',
    secretBodies: true,
    accept: [302, 400, 403],
  };
}

/** The value of the hidden input; its attributes may come in any order. */
function csrfToken(page: string): string | undefined {
  const input = /<input\b[^>]*\bname=["']csrf_token["'][^>]*>/i.exec(page)?.[0] ?? '';
  return /\bvalue=["']([^"']+)["']/i.exec(input)?.[1];
}

async function asFile(
  answer: HttpResponse<ByteStream> & { readonly size: number | undefined },
): Promise<OpenedFile | undefined | 'unknown'> {
  if (answer.status === 500) {
    await drained(answer.body);
    return undefined;
  }
  if (!/\bjson\b/.test(answer.headers['content-type'] ?? '')) return { size: answer.size, body: answer.body };
  await drained(answer.body);
  return 'unknown';
}

async function drained(body: ByteStream): Promise<void> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > 1024 * 1024) return;
  }
}

function parsed({ body }: HttpResponse<string>, path: string): unknown {
  if (body.trim() === '') return undefined;
  const value = jsonOf(body);
  if (value !== undefined) return value;
  const what = isPage(body) ? 'a web page' : 'something that is not JSON';
  throw new MigratorError('REMOTE_UNEXPECTED', `the web interface of eNMS answers ${path} with ${what}`, {
    hint: 'check that the URL is the server itself and not a proxy',
  });
}

function wordsOf(answer: unknown): string {
  const error = errorSchema.safeParse(answer);
  const text = error.success ? error.data.error : (alertOf(JSON.stringify(answer)) ?? answer);
  return (typeof text === 'string' ? text : JSON.stringify(text)).slice(0, 400);
}
