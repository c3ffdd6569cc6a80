import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  isReference,
  meantReference,
  resolveSecret,
  shownReference,
  type ResolveOptions,
} from '../../../../src/cli/secrets/references.ts';
import { isMigratorError, type MigratorError } from '../../../../src/errors.ts';
import { Secret } from '../../../../src/secret.ts';
import { testIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';
import { posix, testWith } from '../../../support/programs.ts';

const tempDir = tempDirs();

function options(baseDirectory: string, extra: Partial<ResolveOptions> = {}): ResolveOptions {
  return {
    io: testIO({ env: { PATH: process.env['PATH'], KEY: 'from-env', EMPTY: '' }, home: baseDirectory }),
    baseDirectory,
    purpose: 'apiKey of instance "lab"',
    interactive: false,
    ...extra,
  };
}

async function failure(reference: string, given: ResolveOptions): Promise<MigratorError> {
  const error: unknown = await resolveSecret(reference, given).catch((caught: unknown) => caught);
  if (!isMigratorError(error)) throw new Error(`expected a failure, got ${String(error)}`);
  expect(error.message).toContain('apiKey of instance "lab"');
  return error;
}

describe('env', () => {
  test('returns the value of the variable', async () => {
    expect((await resolveSecret('env:KEY', options('/'))).reveal()).toBe('from-env');
  });

  test.each([
    ['env:MISSING', 'MISSING', 'not set'],
    ['env:EMPTY', 'EMPTY', 'empty'],
    ['env:', 'environment variable', 'has no name'],
  ])('"%s" is CONFIG_INVALID when there is no value', async (reference, name, what) => {
    const error = await failure(reference, options('/'));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error.message).toContain(name);
    expect(error.message).toContain(what);
  });
});

describe('file', () => {
  test.each([
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret\n\n', 'secret\n'],
    [' secret ', ' secret '],
  ])('a file with %j gives %j', async (content, expected) => {
    const folder = await tempDir();
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub', 'key'), content, { mode: 0o600 });
    const warnings: string[] = [];
    const given = options(folder, { onWarning: (message) => warnings.push(message) });
    for (const reference of ['file:sub/key', `file:${join(folder, 'sub', 'key')}`, 'file:~/sub/key']) {
      expect((await resolveSecret(reference, given)).reveal()).toBe(expected);
    }
    expect(warnings).toEqual([]);
  });

  testWith([posix], 'a file that others can read is warned about', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'key'), 'x1y2', { mode: 0o640 });
    const warnings: string[] = [];
    await resolveSecret('file:key', options(folder, { onWarning: (message) => warnings.push(message) }));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(join(folder, 'key'));
  });

  test.each(['file:missing', 'file:.', 'file:', 'file:empty', 'file:large'])(
    '%s is CONFIG_INVALID',
    async (reference) => {
      const folder = await tempDir();
      await writeFile(join(folder, 'empty'), '\n', { mode: 0o600 });
      await writeFile(join(folder, 'large'), Buffer.alloc(70_000), { mode: 0o600 });
      expect((await failure(reference, options(folder))).code).toBe('CONFIG_INVALID');
    },
  );
});

describe('command', () => {
  test('returns the output of the command, which runs in the folder of the rc file', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'store'), 'from-store\n');
    const command = process.platform === 'win32' ? 'command:type store' : 'command:cat store';
    expect((await resolveSecret(command, options(folder))).reveal()).toBe('from-store');
  });

  test('a failure quotes stderr without control characters, and never quotes stdout', async () => {
    const script = `process.stdout.write('hunter2'); process.stderr.write('vault is \\x1b[31msealed'); process.exit(3)`;
    const folder = await tempDir();
    await writeFile(join(folder, 'fail.cjs'), script);
    const error = await failure(`command:"${process.execPath}" fail.cjs`, options(folder));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('ended with code 3: vault is \\x1b[31msealed');
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('hunter2');
  });

  test.each([
    ['command:', /has no command/, {}],
    ['command:exit 0', /is empty/, {}],
    ['command:no-such-program-here', /ended with code/, {}],
    [`command:"${process.execPath}" -e "setInterval(()=>0,1e6)"`, /did not end within 0.3 s/, { commandTimeout: 300 }],
    [`command:"${process.execPath}" -e "console.log('x'.repeat(1e6))"`, /printed more than 64 KiB/, {}],
  ])('"%s" is CONFIG_INVALID', async (reference, message, extra) => {
    const error = await failure(reference, options('/', extra));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toMatch(message);
  });

  test('the command is killed when the run is interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const reference = `command:"${process.execPath}" -e "setInterval(()=>0,1e6)"`;
    expect((await failure(reference, options('/', { signal: controller.signal }))).code).toBe('CANCELLED');
  });
});

describe('prompt and plain values', () => {
  test('the user is asked when that is allowed', async () => {
    const asked: string[] = [];
    const prompt = (question: string): Promise<Secret> => (asked.push(question), Promise.resolve(new Secret('typed')));
    expect((await resolveSecret('prompt', options('/', { interactive: true, prompt }))).reveal()).toBe('typed');
    expect(asked).toEqual(['apiKey of instance "lab"']);
  });

  test('prompt is USAGE without a terminal, and when asking is not allowed', async () => {
    expect((await failure('prompt', options('/'))).code).toBe('USAGE');
    expect((await failure('prompt', options('/', { interactive: true }))).code).toBe('USAGE');
  });

  test('a plain value is accepted and reported', async () => {
    let told = 0;
    const secret = await resolveSecret('p4ss:word', options('/', { onPlain: () => (told += 1) }));
    expect([secret.reveal(), told]).toEqual(['p4ss:word', 1]);
    expect((await failure('', options('/'))).code).toBe('CONFIG_INVALID');
  });

  test.each([
    ['env:X', true],
    ['file:x', true],
    ['command:x', true],
    ['prompt', true],
    ['hunter2', false],
    ['prompt ', false],
    ['ENV:X', false],
  ])('isReference(%s) is %s', (value, expected) => {
    expect(isReference(value)).toBe(expected);
    expect(shownReference(value)).toBe(expected ? value : '***');
  });
});

describe('a secret that Windows wrote', () => {
  const marked = '\ufeffAPI-KEY\r\n';
  test.each([
    ['UTF-8 with a mark', Buffer.from(marked)],
    ['UTF-16', Buffer.from(marked, 'utf16le')],
    ['a line end without its second half', Buffer.from('API-KEY\r')],
  ])('as %s is read from a file and a command', async (_, bytes) => {
    const folder = await tempDir();
    await writeFile(join(folder, 'key'), bytes, { mode: 0o600 });
    expect((await resolveSecret('file:key', options(folder))).reveal()).toBe('API-KEY');
    expect((await resolveSecret('command:cat key', options(folder))).reveal()).toBe('API-KEY');
  });

  test('is read from the environment', async () => {
    const io = testIO({ env: { KEY: '\ufeffAPI-KEY\r' } });
    const secret = await resolveSecret('env:KEY', { ...options('/'), io });
    expect(secret.reveal()).toBe('API-KEY');
    expect(secret.origin).toBe('apiKey of instance "lab" (env:KEY)');
  });
});

test.each([
  ['evn:X', 'env:'],
  ['flie:x', 'file:'],
  ['env:X', undefined],
  ['API-123', undefined],
  ['abc:secret', undefined],
])('%s is probably meant as %p', (text, meant) => {
  expect(meantReference(text)).toBe(meant);
});
