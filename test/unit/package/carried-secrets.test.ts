import { describe, expect, test } from '@jest/globals';
import { isMigratorError } from '../../../src/errors.ts';
import { encryptAge } from '../../../src/package/age/encrypt.ts';
import { encodeCanonical } from '../../../src/package/canonical-json.ts';
import { defaultLimits, generateIdentity, inspect, open, verify } from '../../../src/package/index.ts';
import type { Json } from '../../../src/ports/journal.ts';
import { Secret } from '../../../src/secret.ts';
import { aFile, forged, part, sha256, tarOf, type Forgery, type Part } from '../../support/forgery.ts';
import { MemorySource, seededRandom } from '../../support/memory-bytes.ts';
import {
  carried,
  collect,
  entriesOf,
  files,
  identity,
  keys,
  never,
  once,
  opened,
  plain,
  sealed,
  secretsIn,
  trust,
} from '../../support/packages.ts';

const random = seededRandom('carried');
const format = 'migrator-package/2';
const file = part(aFile.path, aFile.bytes);
const own = (value: Json) => part('secrets.json', encodeCanonical(value));
const good = own({ password: 'pass word' });

/** An encrypted, signed package with this payload. */
async function carrying(payload: readonly Part[], change: Forgery = {}): Promise<Buffer> {
  return forged({
    ...change,
    payload: await collect(encryptAge(once(tarOf(payload)), { recipients: [identity.recipient] }, random)),
    manifest: { format, ...change.manifest },
    content: {
      member: 'content.tar.age',
      encryption: 'recipients',
      recipients: [identity.recipient.toString()],
      ...change.content,
    },
  });
}

const letters = (count: number) => Array.from({ length: count }, (_, n) => String.fromCharCode(97 + n));

async function refusal(bytes: Uint8Array): Promise<{ readonly check: unknown; readonly text: string }> {
  try {
    await opened(bytes);
  } catch (error) {
    if (!isMigratorError(error, 'PACKAGE_MALFORMED')) throw error;
    const { message, stack, cause } = error;
    return { check: error.details['check'], text: `${message} ${String(stack)} ${String(cause)}` };
  }
  throw new Error('the package was accepted');
}

test('the forged package without a fault opens, and is no different from a sealed one', async () => {
  const bytes = await carrying([good, file]);
  expect(plain(await opened(bytes))).toEqual(plain([aFile]));
  expect(await secretsIn(bytes)).toEqual({ password: 'pass word' });
});

describe('secrets that a package carries', () => {
  test.each([
    ['a list of files', { privateManifest: false }],
    ['a private manifest', { privateManifest: true }],
    ['a passphrase', { encryption: { passphrase: new Secret('open sesame') } }],
  ])('come out as they went in, beside %s', async (_, change) => {
    const secrets = { password: new Secret('ünï "quoted" \\ \n 日本'), apiKey2: new Secret('x'.repeat(4096)) };
    const bytes = await sealed({ ...change, secrets });
    const opening = { keys: { ...keys, passphrase: () => Promise.resolve(new Secret('open sesame')) } };
    expect(await secretsIn(bytes, opening)).toEqual({
      password: secrets.password.reveal(),
      apiKey2: secrets.apiKey2.reveal(),
    });
    expect(plain(await opened(bytes, opening))).toEqual(plain(files));
  });

  test('come out for each of several recipients', async () => {
    const other = generateIdentity(seededRandom('other'));
    const bytes = await sealed({
      secrets: carried,
      encryption: { recipients: [other.recipient, identity.recipient] },
    });
    for (const one of [other, identity]) {
      expect(await secretsIn(bytes, { keys: { identities: [one] } })).toEqual({ password: 'golden password' });
    }
  });

  test('are neither in the manifest nor counted nor among the files', async () => {
    const { manifest } = await inspect(new MemorySource(await sealed({ secrets: carried })));
    const without = await inspect(new MemorySource(await sealed()));
    expect(manifest).toEqual({ ...without.manifest, format });
  });

  test('are handed out at the end only, when everything has been compared', async () => {
    const source = new MemorySource(await sealed({ secrets: carried }));
    const verified = await verify(source, trust, never);
    const order: string[] = [];
    const onSecrets = () => order.push('secrets');
    for await (const { path } of open(source, verified, keys, defaultLimits, never, { onSecrets })) order.push(path);
    expect(order).toEqual([...files.map(({ path }) => path), 'secrets']);
  });

  test('are not handed out of a package whose content is not the signed one', async () => {
    const bytes = await sealed({ secrets: carried, compression: 'none' });
    const verified = await verify(new MemorySource(bytes), trust, never);
    const other = new MemorySource(await sealed({ secrets: { password: new Secret('evil') }, compression: 'none' }));
    let handed = false;
    const reading = async () => {
      const onSecrets = () => (handed = true);
      for await (const { content } of open(other, verified, keys, defaultLimits, never, { onSecrets }))
        await collect(content);
    };
    await expect(reading).toThrowCode('PACKAGE_MALFORMED');
    expect(handed).toBe(false);
  });
});

describe('a package is refused, and nothing of its secrets is shown, when', () => {
  const listOf = (...parts: readonly Part[]) =>
    parts.map(({ name, bytes }) => ({ path: name, sha256: sha256(bytes), size: bytes.length }));
  test.each<[string, readonly Part[], string]>([
    ['it has none', [file], 'payload'],
    ['it is empty', [], 'payload'],
    ['they are not the first entry', [file, good], 'payload'],
    ['they come twice', [good, good, file], 'path'],
    ['they come twice, the second time after the files', [good, file, good], 'path'],
    ['they come again in other letters', [good, part('Secrets.json', good.bytes), file], 'path'],
    ['they are too large', [part('secrets.json', Buffer.alloc(64 * 1024 + 1, 32)), file], 'limit'],
    ['they are not JSON', [part('secrets.json', 'password: pass word\n'), file], 'payload'],
    [
      'they are not in UTF-8',
      [part('secrets.json', Buffer.from('{"password":"pass word\xff"}\n', 'latin1'))],
      'payload',
    ],
    ['they are not canonical', [part('secrets.json', '{ "password":"pass word"}\n'), file], 'payload'],
    ['they end without a line feed', [part('secrets.json', '{"password":"pass word"}'), file], 'payload'],
    ['a name is there twice', [part('secrets.json', '{"password":"a","password":"pass word"}\n'), file], 'payload'],
    ['names are in another order', [part('secrets.json', '{"z":"pass word","a":"b"}\n'), file], 'payload'],
    ['they are a list', [own(['pass word']), file], 'payload'],
    ['they are a text', [own('pass word'), file], 'payload'],
    ['they are nothing', [own({}), file], 'payload'],
    ['they are more than 16', [own(Object.fromEntries(letters(17).map((name) => [name, 'x']))), file], 'payload'],
    ['they are nested', [own({ password: { a: 'pass word' } }), file], 'payload'],
    ['a value is a number', [own({ password: 7 }), file], 'payload'],
    ['a value is empty', [own({ password: '' }), file], 'payload'],
    ['a value is too long', [own({ password: 'pass word'.repeat(500) }), file], 'payload'],
    ['a value is half a character', [own({ password: 'pass word\ud800' }), file], 'payload'],
    ['a name is no name of an option', [own({ 'pass word': 'x' }), file], 'payload'],
    ['a name is one of JavaScript itself', [part('secrets.json', '{"__proto__":"pass word"}\n'), file], 'payload'],
    ['they are a folder', [part('secrets.json/a', 'pass word'), file], 'payload'],
  ])('%s', async (_, payload, check) => {
    const found = await refusal(await carrying(payload));
    expect(found.check).toBe(check);
    expect(found.text).not.toContain('pass word');
    expect(found.text).not.toContain('password":');
  });

  test('it is not encrypted', async () => {
    const payload = tarOf([good, file]);
    const found = await refusal(forged({ payload, manifest: { format } }));
    expect(found).toMatchObject({ check: 'manifest' });
    expect(found.text).toContain('needs an encrypted content');
  });

  test('it lists or counts them as a file', async () => {
    const listed = [{ path: 'secrets.json', bytes: good.bytes }, aFile];
    expect((await refusal(await carrying([good, file], { listed }))).check).toBe('manifest');
    const counts = { files: 2, bytes: good.bytes.length + aFile.bytes.length };
    expect((await refusal(await carrying([good, file], { content: { counts } }))).check).toBe('manifest');
  });

  test('its private list counts them as a file', async () => {
    const list = listOf(good, file);
    const inside = part('private.json', encodeCanonical({ files: list, notes: [], scope: {} }));
    const hidden = { manifest: { private: true, scope: undefined }, content: { files: undefined } };
    expect((await refusal(await carrying([good, file, inside], hidden))).check).toBe('payload');
    const right = part('private.json', encodeCanonical({ files: list.slice(1), notes: [], scope: {} }));
    expect(await secretsIn(await carrying([good, file, right], hidden))).toEqual({ password: 'pass word' });
    expect((await refusal(await carrying([file, good, right], hidden))).check).toBe('payload');
    expect((await refusal(await carrying([file, right, good], hidden))).check).toBe('payload');
  });

  test('its manifest says format 1, in which nothing is carried', async () => {
    const one = { manifest: { format: 'migrator-package/1' } };
    // The entry is more than the list of files announces.
    expect((await refusal(await carrying([good, file], one))).check).toBe('limit');
    const inside = part('private.json', encodeCanonical({ files: listOf(file), notes: [], scope: {} }));
    const hidden = {
      manifest: { ...one.manifest, private: true, scope: undefined },
      content: { files: undefined, counts: { files: 2, bytes: good.bytes.length + file.bytes.length } },
    };
    expect((await refusal(await carrying([good, file, inside], hidden))).check).toBe('payload');
  });

  test('its format is newer than 2', async () => {
    const found = await refusal(await carrying([good, file], { manifest: { format: 'migrator-package/3' } }));
    expect(found.text).toContain('"migrator-package/3", and this migrator reads "migrator-package/1" and');
  });
});

test('a file of this name in a package of format 1 is an ordinary file: such packages were made before', async () => {
  const listed = [{ path: 'secrets.json', bytes: good.bytes }];
  const bytes = forged({ listed });
  expect(plain(await opened(bytes))).toEqual(plain(listed));
  expect(await secretsIn(bytes)).toBeUndefined();
});

describe('nothing is sealed that a reader would refuse:', () => {
  test.each<[string, Parameters<typeof sealed>[0]]>([
    ['secrets without encryption', { secrets: carried, encryption: undefined }],
    ['an empty secret', { secrets: { password: new Secret('') } }],
    ['a long secret', { secrets: { password: new Secret('x'.repeat(4097)) } }],
    ['half a character', { secrets: { password: new Secret('\ud800') } }],
    ['a name with a dash', { secrets: { 'pass-word': new Secret('x') } }],
    ['a file of that name, in format 1', { entries: entriesOf([{ path: 'secrets.json', bytes: aFile.bytes }]) }],
    [
      'a file of that name in other letters',
      { secrets: carried, entries: entriesOf([{ path: 'SECRETS.json', bytes: aFile.bytes }]) },
    ],
  ])('%s', async (_, change) => {
    await expect(() => sealed(change)).toThrowCode('USAGE');
  });

  test('more bytes than the entry may have', async () => {
    const secrets = Object.fromEntries(letters(16).map((name) => [name, new Secret('日'.repeat(4096))]));
    await expect(() => sealed({ secrets })).toThrowCode('USAGE');
  });
});
