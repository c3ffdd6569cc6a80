import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import { everyCommand, program } from '../support/commands.ts';
import { commandLine, words, type Ended } from '../support/command-line.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';
import { type WrongInput, wrongInputs } from '../support/wrong-inputs.ts';

const { here, run } = sharedWorkshop();
const values = new Map<string, string>();
const secrets: string[] = [];
const servers: RunningEmulator[] = [];
const commands = new Set<string>();

/** Runs a line that prepares the machine. It must work. */
async function prepare(line: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const ended = await run(words(filledIn(line)), { env: { ...here().env, ...env } });
  if (ended.code !== 0) throw new Error(`${line}\n${ended.stderr}`);
  return ended.stdout;
}

const filledIn = (line: string): string => line.replace(/\$([A-Z_]+)/gu, (_, name: string) => values.get(name) ?? '');

async function keysIn(folder: string): Promise<{ readonly signer: string; readonly recipient: string }> {
  const signer = (await readFile(here().path(`${folder}/keys/migrator.pub`), 'utf8')).trim().split('\n').at(-1) ?? '';
  const identity = await readFile(here().path(`${folder}/keys/identity.txt`), 'utf8');
  secrets.push(...(identity.match(/AGE-SECRET-KEY-\S+/gu) ?? []));
  return { signer, recipient: /age1\w+/u.exec(identity)?.[0] ?? '' };
}

beforeAll(async () => {
  const { path, env } = here();
  for (const [words, command] of everyCommand(await program()))
    if (command.commands.length === 0) commands.add(words.join(' '));
  const started: Record<string, string> = {};
  const start = async (name: string, product: string, more: string) => {
    const server = await startEmulator(product, {
      directory: path(`servers/${name}`),
      pace: 1,
      sample: 'source',
      ...(product === 'microstrategy' ? { storage: path('servers/storage') } : {}),
    });
    servers.push(server);
    const { username = '', password = '' } = server.credentials;
    const variable = `${name.toUpperCase()}_PASSWORD`;
    started[variable] = password;
    return `  ${name}: { product: ${product}, url: "${server.url}", username: "${username}", password: "env:${variable}"${more} }\n`;
  };
  await mkdir(path('servers'));
  const rc = await readFile(path('.migratorrc.yaml'), 'utf8');
  const octopus = (name: string, url: string, key: string, space = 'Default') =>
    `  ${name}: { product: octopus, url: "${url}", apiKey: "env:${key}", space: ${space} }\n`;
  await prepare('key generate', { MIGRATOR_CONFIG_DIR: path('stranger') });
  const stranger = await keysIn('stranger');
  await writeFile(
    path('.migratorrc.yaml'),
    [
      rc,
      octopus('dead', 'http://127.0.0.1:1', 'LAB_KEY'),
      octopus('badkey', here().lab.url, 'WRONG_KEY'),
      octopus('nospace', here().lab.url, 'LAB_KEY', 'Marketing'),
      octopus('unset', here().lab.url, 'NOT_SET'),
      await start('net', 'enms', ''),
      await start('lib', 'microstrategy', ''),
      await start('noorg', 'snaplogic', ', org: Acme-Nowhere'),
      'http: { retries: 0 }\n',
      `keys: { recipients: { night-team: [${stranger.recipient}] } }\n`,
    ].join(''),
  );
  Object.assign(env, started, {
    WRONG_KEY: 'API-WRONGWRONGWRONGWRONGWRONG',
    WEAK: 'password1',
    OTHER_PASSWORD: 'another horse battery staple 8',
  });
  secrets.push(
    ...['LAB_KEY', 'PROD_KEY', 'MOVE_PASSWORD', 'WRONG_KEY', 'OTHER_PASSWORD'].map((name) => env[name] ?? ''),
  );
  secrets.push('Secret-In-Url', ...Object.values(started).filter((value) => value.length > 5));
  await prepare('key generate');
  const own = await keysIn('config');
  values.set('STRANGER_PUB', stranger.signer).set('RECIPIENT', own.recipient);
  await mkdir(path('drawer'));
  await mkdir(path('bare'));
  await writeFile(path('drawer/letter.txt'), 'a letter\n');
  await writeFile(path('notes.txt'), 'call Ben about the window on Tuesday\n');
  await writeFile(path('empty.tar'), '');
  await writeFile(path('server.zip'), 'PK\u0003\u0004 this was a zip once');
  await symlink('loop.tar', path('loop.tar'));
  await prepare('partial-export --from lab --project Billing -o shop.tar');
  await prepare('partial-export --from net --project window -o net.tar');
  await prepare('package seal drawer -o handover.tar');
  await prepare('package seal drawer -o unsigned.tar --unsigned --unencrypted');
  await prepare('package seal drawer -o locked.tar --recipient night-team');
  await prepare('package seal drawer -o stranger.tar --unencrypted', { MIGRATOR_CONFIG_DIR: path('stranger') });
  const whole = await readFile(path('shop.tar'));
  await writeFile(path('cut.tar'), whole.subarray(0, Math.floor(whole.length / 2)));
}, 60_000);
afterAll(async () => {
  for (const server of servers) await server.close();
});

/** What a user has below the folder: all but what the servers and the journal keep. */
async function belongings(): Promise<readonly string[]> {
  const found = await readdir(here().folder, { recursive: true, withFileTypes: true });
  return found
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(here().folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter(
      (name) =>
        !/^(?:lab|prod|servers|state\/(?:runs|locks))\//u.test(name) &&
        !/^state(?:\/runs|\/locks|\/staging|\/digest\.key)?$/u.test(name),
    )
    .sort();
}

/** The commands that a text tells a person to run: their words up to the first flag or name. */
function commandsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:`|")migrator ([a-z][a-z -]*?)(?= *(?:[`"<]| -|$| [^a-z]))/gu)].map(([, command = '']) =>
    command.trim(),
  );
}

/** Whether the words begin with a command. */
const beginsWithCommand = (text: string): boolean =>
  commands.has(text) || [...commands].some((one) => text.startsWith(`${one} `));

async function typed({ line, more }: WrongInput): Promise<Ended> {
  const { folder, env, path } = here();
  return commandLine(words(filledIn(line)), {
    cwd: more.in === undefined ? folder : path(more.in),
    env: { ...env, ...more.env, ...(more.rc === undefined ? {} : { MIGRATOR_CONFIG: path('servers/wrong.yaml') }) },
  });
}

describe('a wrong input is refused with a sentence, a hint and an exit code', () => {
  const title = ({ line, more }: WrongInput, place: number) => {
    const env = Object.entries(more.env ?? {}).map(([name, value]) => `${name}=${value} `);
    return `${place + 1}: ${env.join('')}${line}${more.rc === undefined ? '' : ' (with a wrong rc file)'}`;
  };
  test.each(wrongInputs.map((input, place) => [title(input, place), input] as const))('%s', async (_, input) => {
    const { line, code, says, hint, more } = input;
    if (more.rc !== undefined) await writeFile(here().path('servers/wrong.yaml'), more.rc);
    const before = await belongings();
    const ended = await typed(input);
    const { stdout, stderr } = ended;
    const errors = stderr.match(/^migrator: error: /gmu)?.length ?? 0;
    expect({ code: ended.code, errors, stderr }).toEqual({ code, errors: 1, stderr });
    const [sentence = '', advice = ''] = stderr.slice(stderr.indexOf('migrator: error: ')).split('migrator: hint: ', 2);
    for (const part of says) expect(sentence).toContain(part);
    for (const part of hint) expect(advice).toContain(part);
    expect(stdout).toEqual(line.endsWith('--json') ? expect.stringContaining(`"exitCode": ${code}`) : '');
    expect(stderr).not.toMatch(/^ {4}at |\bbug\b|undefined|\[object|NaN/mu);
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
    expect(await belongings()).toEqual(before);
    expect(commandsIn(advice).filter((words) => !beginsWithCommand(words))).toEqual([]);
    if (more.then !== undefined) {
      const followed = await run(words(filledIn(more.then)));
      expect({ code: followed.code, stderr: followed.stderr }).toEqual({ code: 0, stderr: followed.stderr });
    }
  });
});
