import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmulatorOptions, RunningEmulator } from '../shared/emulator.ts';
import { onDisk, startEmulated } from '../shared/start-emulated.ts';
import { pythonTime, type Instance } from './instance.ts';
import { openCustomProperties } from './model/custom-properties.ts';
import { openObjects } from './objects.ts';
import { createCipher, hashPassword, fernetKey } from './private-values.ts';
import { alertText } from './refusal.ts';
import { answerRest } from './rest/answer.ts';
import { customProperties, seed } from './sample/seed.ts';
import { createPasswordCheck, type PasswordCheck } from './users.ts';
import { answerWeb } from './web/answer.ts';
import { loggedOut } from './web/sessions.ts';

/** The version that the releases 4.7 and 4.7.1 report. */
const defaultVersion = '4.6';

/** Writes the version and the time of this start into the row of the server. */
function tellStart({ objects, version }: Instance): void {
  const [server] = objects.page('server', 0, 1);
  if (server !== undefined)
    objects.save({ ...server, values: { ...server.values, version, last_restart: pythonTime() } });
}

/**
 * The administrator whose credentials are returned: the given one, or `admin` with a password that is made once. A
 * start sets the password again, because an import may have changed it.
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
export const startEnms = (options: EmulatorOptions): Promise<RunningEmulator> =>
  startEmulated(options, {
    name: 'enms',
    caseSensitive: true,
    async furnish(server, atEnd) {
      const { directory } = server;
      const { sample = 'source', version = defaultVersion } = options;
      await onDisk(directory, () => mkdir(join(directory, 'files', 'migrations'), { recursive: true }));
      const objects = openObjects(join(directory, 'state.sqlite'));
      atEnd(() => objects.close());
      const cipher = createCipher(fernetKey(directory));
      const custom = openCustomProperties(join(directory, 'setup', 'properties.json'), customProperties(sample));
      const instance: Instance = { ...server, objects, cipher, custom, version };
      await seed(instance, sample);
      tellStart(instance);
      const check = createPasswordCheck(instance);
      const [rest, web] = [answerRest(instance, check), answerWeb(instance, check)];
      return {
        credentials: administrator(instance, check, options.credentials),
        async answer(call) {
          if (!/^\/rest(\/|$)/.test(call.path)) return web(call);
          const reply = await rest(call);
          // A REST call logs out the session it carries.
          const cookie = loggedOut(instance, call);
          return cookie === undefined ? reply : { ...reply, headers: { ...reply.headers, 'Set-Cookie': cookie } };
        },
        refusal: (status) => ({ alert: alertText(status) }),
      };
    },
  });
