import { describe, expect, test } from '@jest/globals';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import type { OnConflict } from '../../../../src/ports/feed.ts';
import { never } from '../../../support/adapter-tools.ts';
import { acme, all, withOctopus } from '../../../support/octopus-client.ts';
import { fixture, type Exchange } from '../../../support/scripted-server.ts';
import { bodyOf } from '../../../support/with-server.ts';

const content = 'PK\u0003\u0004 not really a zip, but bytes are bytes\n';
const other = 'another';

function file(text = content): ArtifactFile {
  return {
    path: 'native/x.zip',
    size: text.length,
    mediaType: 'application/zip',
    // eslint-disable-next-line @typescript-eslint/require-await
    open: async function* () {
      yield Buffer.from(text.slice(0, 10));
      yield Buffer.from(text.slice(10));
    },
  };
}

const upload = (script: readonly (string | Exchange)[], onConflict: OnConflict, text = content) =>
  withOctopus(['root', 'space', ...script], ({ octopus }) => octopus.feed!.upload(file(text), acme, onConflict, never));

describe('upload', () => {
  test('sends one multipart file and compares what arrived', async () => {
    const result = await upload(['package-absent', 'package-upload', 'package-present'], 'fail');
    expect(result).toMatchObject({ outcome: 'created', stored: { ...acme, size: content.length } });
  });

  test('overwrites when it is told to', async () => {
    const script = ['package-other-content', 'package-upload-overwrite', 'package-present'];
    expect(await upload(script, 'overwrite')).toMatchObject({ outcome: 'overwritten' });
  });

  test('keeps the same package, refuses a different one, and refuses both with `fail`', async () => {
    expect(await upload(['package-present'], 'keep')).toMatchObject({ outcome: 'kept' });
    await expect(upload(['package-present'], 'keep', other)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { identical: false },
    });
    await expect(upload(['package-present'], 'fail')).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { identical: true },
    });
  });

  test('compares the package that somebody else has just uploaded', async () => {
    const script = ['package-absent', 'package-upload-conflict', 'package-present'];
    expect(await upload(script, 'keep')).toMatchObject({ outcome: 'kept' });
    await expect(() => upload(script, 'fail')).toThrowCode('CONFLICT');
  });

  test('a package that was cut off on arrival is REMOTE_UNEXPECTED', async () => {
    const script = ['package-absent', 'package-upload', 'package-other-content'];
    await expect(() => upload(script, 'fail')).toThrowCode('REMOTE_UNEXPECTED');
  });

  describe('when the answer is lost', () => {
    const lost = async (): Promise<Exchange> => ({
      request: (await fixture('package-upload'))[0]!.request,
      response: { fault: 'reset' },
    });

    test('a package that arrived is a success', async () => {
      expect(await upload(['package-absent', await lost(), 'package-present'], 'fail')).toMatchObject({
        outcome: 'created',
      });
    });

    test('a package that did not arrive is not ambiguous', async () => {
      const attempt = [await lost(), 'package-absent'];
      await expect(upload(['package-absent', ...attempt, ...attempt, ...attempt], 'fail')).rejects.toMatchObject({
        code: 'REMOTE_UNREACHABLE',
        details: { ambiguous: false },
      });
    });

    test('a package that did not arrive is sent again', async () => {
      const script = ['package-absent', await lost(), 'package-absent', 'package-upload', 'package-present'];
      expect(await upload(script, 'fail')).toMatchObject({ outcome: 'created' });
    });

    test('a package that arrived in part is REMOTE_UNEXPECTED', async () => {
      const script = ['package-absent', await lost(), 'package-other-content'];
      await expect(() => upload(script, 'fail')).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  test('sends `replace` to old servers', async () => {
    await withOctopus(['old-server'], async ({ octopus }) => {
      expect(await octopus.feed!.upload(file(), acme, 'fail', never)).toMatchObject({ outcome: 'created' });
    });
  });

  test('a name that the feed would misread is USAGE', async () => {
    await withOctopus([], ({ octopus }) =>
      expect(() => octopus.feed!.upload(file(), { id: 'A.1', version: '2.0.0' }, 'fail', never)).toThrowCode('USAGE'),
    );
  });
});

describe('download', () => {
  const path = '/api/Spaces-1/packages/packages-Acme.Move.1.0.0-run7/raw';
  const raw = (response: Exchange['response'], range?: string): Exchange => ({
    request: { method: 'GET', path, ...(range === undefined ? {} : { headers: { range } }) },
    response,
  });
  const read = (...script: readonly (string | Exchange)[]) =>
    withOctopus(['root', 'space', 'package-present', ...script], async ({ octopus }) => {
      const found = await octopus.feed!.download(acme, never);
      return (await bodyOf(found.open(never))).toString();
    });

  test('gives the bytes in the feed', async () => {
    expect(await read('package-raw')).toBe(content);
  });

  test('resumes with a range after a break', async () => {
    const part = {
      status: 206,
      headers: { 'content-range': `bytes 12-${content.length - 1}/${content.length}` },
      text: content.slice(12),
    };
    expect(await read(raw({ text: content, fault: 12 }), raw(part, 'bytes=12-'))).toBe(content);
  });

  test('resumes by skipping when the server ignores the range', async () => {
    expect(await read(raw({ text: content, fault: 12 }), raw({ text: content }, 'bytes=12-'))).toBe(content);
  });

  test('notices a short body that has no length', async () => {
    const short: Exchange['response'] = {
      text: content.slice(0, 20),
      headers: { 'content-length': '20' },
    };
    expect(await read(raw(short), raw({ text: content }, 'bytes=20-'))).toBe(content);
  });

  test('gives up when nothing comes any more', async () => {
    await expect(() => read({ ...raw({ text: content, fault: 0 }), times: 5 })).toThrowCode('REMOTE_UNREACHABLE');
  });

  test.each([
    ['other bytes', content.toUpperCase()],
    ['too many bytes', `${content}!`],
  ])('%s are REMOTE_UNEXPECTED', async (_, text) => {
    await expect(() => read(raw({ text }))).toThrowCode('REMOTE_UNEXPECTED');
  });

  test('of an absent package is NOT_FOUND', async () => {
    await withOctopus(['root', 'space', 'package-absent'], ({ octopus }) =>
      expect(() => octopus.feed!.download(acme, never)).toThrowCode('NOT_FOUND'),
    );
  });
});

test('list reads all pages and compares the filter with the whole id', async () => {
  const list = await withOctopus(['root', 'space', 'package-list'], ({ octopus }) =>
    all(octopus.feed!.list('Acme.Move', never)),
  );
  expect(list).toHaveLength(101);
  expect(new Set(list.map(({ id }) => id))).toEqual(new Set(['Acme.Move']));
});

test('delete may be repeated', async () => {
  await withOctopus(['root', 'space', 'package-delete'], async ({ octopus }) => {
    expect(await octopus.feed!.delete(acme, never)).toBe('deleted');
  });
  const path = '/api/Spaces-1/packages/packages-Acme.Move.1.0.0-run7';
  const gone: Exchange = { request: { method: 'DELETE', path }, response: { status: 404, json: {} } };
  await withOctopus(['root', 'space', gone], async ({ octopus }) => {
    expect(await octopus.feed!.delete(acme, never)).toBe('absent');
  });
});
