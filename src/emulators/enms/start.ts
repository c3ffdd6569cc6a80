import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MigratorError } from '../../errors.ts';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { stackOf } from '../shared/error-members.ts';
import { createFaults } from '../shared/faults.ts';
import { lockDirectory } from '../shared/lock.ts';
import { listen } from '../shared/server.ts';
import { openStore } from '../shared/store.ts';
import type { Instance } from './instance.ts';
import { openCustomProperties } from './model/custom-properties.ts';
import { openObjects } from './objects.ts';
import { createCipher, hashPassword } from './private-values.ts';
import { alertText } from './refusal.ts';
import { answerRest } from './rest/answer.ts';
import { customProperties, seed } from './sample/seed.ts';
import { fernetKey } from './settings.ts';
import { createPasswordCheck, type PasswordCheck } from './users.ts';
import { answerWeb } from './web/answer.ts';
import { loggedOut } from './web/sessions.ts';

/** What releases 4.7 and 4.7.1 say of themselves. */
const defaultVersion = '4.6';
const defaultPace = 150;

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(join(directory, 'files', 'migrations'), { recursive: true });
  } catch (cause) {
    throw new MigratorError('LOCAL_IO', `the emulator directory "${directory}" cannot be made`, { cause });
  }
}

/** The server's own row says what it runs now. */
function tellVersion({ objects, version }: Instance): void {
  const [server] = objects.page('server', 0, 1);
  if (server !== undefined) objects.save({ ...server, values: { ...server.values, version } });
}

/**
 * The administrator who is handed out: the given one, or `admin` with a password made once. Should an import have brought
 * another password, the account is right again after a start.
 */
function administrator(
  { objects, store, cipher }: Instance,
  check: PasswordCheck,
  given: EmulatorOptions['credentials'],
) {
  const username = given?.['username'] ?? 'admin';
  const password = given?.['password'] ?? store.setting('admin-password') ?? randomBytes(12).toString('base64url');
  if (given?.['password'] === undefined) store.keep('admin-password', password);
  const existing = objects.find('user', username);
  const values = { ...existing?.values, is_admin: true };
  if (check(username, password)?.values['is_admin'] === true) return { username, password };
  const renewed = { ...values, password: cipher.encode(hashPassword(password)) };
  if (existing !== undefined) objects.save({ ...existing, values: renewed });
  else objects.add({ model: 'user', type: 'user', family: 'user', name: username, values: renewed });
  return { username, password };
}

/** Starts an eNMS server on 127.0.0.1 whose state lies in a directory. */
export async function startEnms(options: EmulatorOptions): Promise<RunningEmulator> {
  const { directory, log = () => undefined, sample = 'source' } = options;
  await makeDirectory(directory);
  const unlock = lockDirectory(directory);
  try {
    const state = join(directory, 'state.sqlite');
    const store = openStore(state, 'enms', { caseSensitive: true });
    const objects = openObjects(state);
    const running = new Set<Promise<unknown>>();
    const ending = new AbortController();
    // Every file that arrives waits by itself to be noticed.
    setMaxListeners(0, ending.signal);
    const instance: Instance = {
      store,
      objects,
      faults: createFaults(options.faults),
      cipher: createCipher(fernetKey(directory)),
      custom: openCustomProperties(join(directory, 'setup', 'properties.json'), customProperties(sample)),
      version: options.version ?? defaultVersion,
      directory,
      pace: options.pace ?? defaultPace,
      log,
      pause: (milliseconds) => sleep(milliseconds, undefined, { signal: ending.signal }),
      background(work) {
        const settled: Promise<unknown> = work
          .catch((error: unknown) => log(`in the background: ${stackOf(error)}`))
          .finally(() => running.delete(settled));
        running.add(settled);
      },
    };
    await seed(instance, sample);
    tellVersion(instance);
    const check = createPasswordCheck(instance);
    const credentials = administrator(instance, check, options.credentials);
    const listener = await listen({
      port: options.port ?? 0,
      faults: instance.faults,
      async answer(call) {
        if (!/^\/rest(\/|$)/.test(call.path)) return answerWeb(instance, check, call);
        const reply = await answerRest(instance, check, call);
        // A REST call logs out the session it carries.
        const cookie = loggedOut(instance, call);
        return cookie === undefined ? reply : { ...reply, headers: { ...reply.headers, 'Set-Cookie': cookie } };
      },
      spellings: () => [],
      refusal: (status) => ({ alert: alertText(status) }),
      log,
    });
    const close = async () => {
      await listener.close();
      ending.abort();
      await Promise.all(running);
      objects.close();
      store.close();
      unlock();
    };
    let closing: Promise<void> | undefined;
    return {
      url: listener.url,
      credentials,
      product: 'enms',
      faults: instance.faults,
      close: () => (closing ??= close()),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
