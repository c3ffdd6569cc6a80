import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { createHttpFactory } from '../../http/client.ts';
import type { HttpSettings } from '../../http/settings.ts';
import type { AdapterTools } from '../../ports/adapter.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { systemClock, systemRandom } from '../runtime.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { isReference } from '../secrets/references.ts';
import { version } from '../version.ts';

/** HTTP as the rc file wants it, for adapters and callbacks. */
export const httpOf = (context: Context): Promise<AdapterTools['http']> => context.once(createHttp);

async function createHttp(context: Context): Promise<AdapterTools['http']> {
  const reporter = await context.reporter();
  return createHttpFactory(await httpSettings(await context.config(), context), {
    clock: systemClock,
    random: systemRandom,
    debug: (message) => reporter.report({ type: 'debug', message }),
    redact: (text) => context.redactor.redact(text),
  });
}

/** The rc file's `http` section with its files read and its secrets resolved. */
async function httpSettings({ http, directory }: Config, context: Context): Promise<HttpSettings> {
  const passphrase = http.keyPassphrase;
  return {
    userAgent: `migrator-cli/${version()}`,
    timeoutMs: http.timeout,
    retries: http.retries,
    ...(await proxyOf(http.proxy, directory, context)),
    ca: await pem('http.ca', http.ca, directory),
    cert: await pem('http.cert', http.cert, directory),
    key: await pem('http.key', http.key, directory),
    passphrase:
      passphrase === undefined
        ? undefined
        : await secretFrom(passphrase, { context, directory, purpose: 'http.keyPassphrase', origin: 'rc file' }),
  };
}

/** The rc file's proxy, or what the usual environment variables name. */
async function proxyOf(
  configured: string | undefined,
  directory: string,
  context: Context,
): Promise<Pick<HttpSettings, 'proxy' | 'noProxy'>> {
  const { env } = context.io;
  const variable = (name: string) => env[name] ?? env[name.toLowerCase()];
  const url = configured ?? variable('HTTPS_PROXY') ?? variable('HTTP_PROXY');
  const noProxy = (variable('NO_PROXY') ?? '').split(',').flatMap((host) => (host.trim() === '' ? [] : [host.trim()]));
  if (url === undefined || url === '') return {};
  if (!isReference(url)) return { proxy: url, noProxy };
  return { proxy: await secretFrom(url, { context, directory, purpose: 'http.proxy', origin: 'rc file' }), noProxy };
}

async function pem(key: string, path: string | undefined, directory: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(resolve(directory, path), 'utf8');
  } catch (cause) {
    throw new MigratorError('CONFIG_INVALID', `${key}: cannot read "${path}"`, { cause });
  }
}
