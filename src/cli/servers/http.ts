import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { decodeText } from '../../files/text.ts';
import { createHttpFactory } from '../../http/client.ts';
import { type ForeignWires, foreignWires } from '../../http/wires.ts';
import type { HttpSettings } from '../../http/settings.ts';
import type { AdapterTools } from '../../ports/adapter.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { systemRandom, tellingClock, tellingWait } from '../runtime.ts';
import { proxyVariables } from '../config/proxy-variables.ts';
import { secretFrom } from '../secrets/read-secret.ts';
import { isReference } from '../secrets/references.ts';
import { version } from '../version.ts';

/** HTTP with the settings of the rc file, for adapters and callbacks. */
export const httpOf = (context: Context): Promise<AdapterTools['http']> => context.once(createHttp);

/** The same settings for a client that is not ours. */
export async function wiresOf(context: Context): Promise<(server: URL) => ForeignWires> {
  const settings = await httpSettings(await context.config(), context);
  return (server) => foreignWires(server, settings);
}

/** The certificates of `http.ca`, for a client that is not ours (PEM). */
export async function authoritiesOf(context: Context): Promise<string | undefined> {
  const { http, directory } = await context.config();
  return pem('http.ca', http.ca, directory);
}

async function createHttp(context: Context): Promise<AdapterTools['http']> {
  const reporter = await context.reporter();
  return createHttpFactory(await httpSettings(await context.config(), context), {
    clock: tellingClock(reporter),
    random: systemRandom,
    debug: (message) => reporter.report({ type: 'debug', message }),
    during: (what, work) => tellingWait(what, work, reporter),
    redact: (text) => context.redactor.redact(text),
  });
}

/** With a patience, a server is asked again until that time is over, unless `http.retries` ends it earlier. */
function patienceOf({ http, builtIn }: Config, context: Context): Pick<HttpSettings, 'retries' | 'budgetMs'> {
  const budgetMs = context.globals.patience ?? http.patience;
  if (budgetMs === undefined) return { retries: http.retries };
  return { retries: builtIn.includes('http.retries') ? Infinity : http.retries, budgetMs };
}

/** The `http` section of the rc file. Its files are read and its secrets are resolved. */
async function httpSettings(config: Config, context: Context): Promise<HttpSettings> {
  const { http, directory } = config;
  const passphrase = http.keyPassphrase;
  return {
    userAgent: `migrator-cli/${version()}`,
    timeoutMs: http.timeout,
    ...patienceOf(config, context),
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

/** The proxy of the rc file for all targets, or those of the environment for the targets of their scheme. */
async function proxyOf(
  configured: string | undefined,
  directory: string,
  context: Context,
): Promise<Pick<HttpSettings, 'proxy' | 'noProxy'>> {
  const { https, http, noProxy } = proxyVariables(context.io.env);
  if (configured === undefined) return { proxy: { https, http }, noProxy };
  if (!isReference(configured)) return { proxy: configured, noProxy };
  const proxy = await secretFrom(configured, { context, directory, purpose: 'http.proxy', origin: 'rc file' });
  return { proxy, noProxy };
}

async function pem(key: string, path: string | undefined, directory: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return decodeText(await readFile(resolve(directory, path)));
  } catch (cause) {
    throw new MigratorError('CONFIG_INVALID', `${key}: cannot read "${path}"`, { cause });
  }
}
