import { basename, resolve } from 'node:path';
import { type EmulatorOptions, faultNames, parseFault, refuseFlavor, startEmulator } from '../../../emulators/index.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { durationFlag, portFlag } from '../../flags/duration-and-size.ts';
import { secretFrom } from '../../secrets/read-secret.ts';
import { isReference } from '../../secrets/references.ts';
import { lines } from '../../terminal/table.ts';
import { isProduct } from '../../../adapters/index.ts';
import { makePrivateFolder } from '../../../files/private-folder.ts';
import type { EmulateOptions } from './flags.ts';

export async function runEmulate({ args: [product = ''], options }: Invocation<EmulateOptions>, context: Context) {
  if (options.fault?.includes('list') === true) {
    context.result('fault-list', { faults: faultNames(product) }, faultNames(product).join('\n'));
    return undefined;
  }
  const reporter = await context.reporter();
  const data = options.data ?? `${product}-instance`;
  const directory = resolve(context.io.cwd, data);
  const settings: EmulatorOptions = {
    directory,
    port: options.port === undefined ? 0 : portFlag(options.port, context.flagSource('port')),
    sample: options.sample === 'none' ? false : options.sample,
    version: options.serverVersion,
    flavor: options.flavor,
    pace: options.pace === undefined ? undefined : durationFlag(options.pace, context.flagSource('pace')),
    faults: (options.fault ?? []).map((text) => parseFault(text)),
    credentials: await credentialsOf(options, context),
    storage: options.storage === undefined ? undefined : resolve(context.io.cwd, options.storage),
    log: context.globals.debug ? (line) => reporter.report({ type: 'debug', message: line }) : undefined,
  };
  refuseFlavor(product, settings);
  // Not before all settings are read: a wrong one leaves no folder behind.
  if (isProduct(product)) await makePrivateFolder(directory, 'name another folder with --data');
  const running = await startEmulator(product, settings);
  context.onClose(() => running.close());
  const { credentials } = running;
  // The credentials are shown: they are valid for this instance only, and the user needs them.
  context.result(
    'emulate',
    { product, url: running.url, credentials, data },
    lines(
      `an embedded ${product} instance runs at ${running.url}`,
      ...Object.entries({ ...credentials, ...references(options) }).map(([name, value]) => `${name}: ${value}`),
      `data: ${data}`,
      '',
      'In the rc file:',
      '  instances:',
      `    ${nameOf(directory)}: { ${Object.entries({
        product,
        url: running.url,
        ...credentials,
        ...references(options),
      })
        .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
        .join(', ')} }`,
      '',
      'Ctrl-C stops the instance. Its data is kept.',
    ),
  );
  await untilAborted(context.signal);
  reporter.report({ type: 'notice', message: 'stopped' });
  return undefined;
}

/** An instance has the name of its folder, so that two of them do not have one name. */
function nameOf(directory: string): string {
  const name = basename(directory);
  return /^[A-Za-z][\w-]*$/u.test(name) ? name : 'emulated';
}

async function credentialsOf(options: EmulateOptions, context: Context): Promise<Record<string, string> | undefined> {
  const given: Record<string, string> = {};
  if (options.username !== undefined) given['username'] = options.username;
  for (const name of ['apiKey', 'password'] as const) {
    const reference = options[name];
    if (reference === undefined) continue;
    const secret = await secretFrom(reference, {
      context,
      directory: context.io.cwd,
      purpose: `${name} of the embedded instance`,
      origin: 'environment',
    });
    given[name] = secret.reveal();
  }
  return Object.keys(given).length === 0 ? undefined : given;
}

/** A secret that was given as a reference is shown as that reference. The secret itself would be masked as `***`. */
function references({ apiKey, password }: EmulateOptions): Readonly<Record<string, string>> {
  const given = Object.entries({ apiKey, password });
  return Object.fromEntries(
    given.filter((one): one is [string, string] => one[1] !== undefined && isReference(one[1])),
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
