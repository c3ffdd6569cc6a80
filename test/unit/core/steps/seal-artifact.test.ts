import { expect, test } from '@jest/globals';
import { sealArtifact } from '../../../../src/core/steps/seal-artifact.ts';
import { MigratorError } from '../../../../src/errors.ts';
import { spool } from '../../../../src/files/spool.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import { MemorySink, seededRandom } from '../../../support/memory-bytes.ts';
import { identity, never, opened, signer } from '../../../support/packages.ts';

/** A file whose download breaks off the first times, each time after other bytes. */
function cut(times: number, code: MigratorError['code'] = 'REMOTE_UNREACHABLE'): ArtifactFile & { opened: number } {
  const file = {
    path: 'native/export.zip',
    mediaType: 'application/zip',
    size: undefined,
    opened: 0,
    open: async function* () {
      file.opened += 1;
      yield await Promise.resolve(Buffer.from(`part of download ${file.opened}`));
      if (file.opened <= times) throw new MigratorError(code, 'lab broke off the connection');
      yield Buffer.from(', whole');
    },
  };
  return file;
}

async function sealedFrom(file: ArtifactFile) {
  const sink = new MemorySink();
  const waits: number[] = [];
  const told: string[] = [];
  await sealArtifact(
    { package: { id: 'acme', version: '1.0.0' }, files: [file], notes: [] },
    {
      source: { name: 'lab' },
      info: { product: 'snaplogic', version: '1', url: 'https://lab.example' } as never,
      prepared: undefined,
      options: {},
    },
    {
      settings: {
        createdBy: 'test',
        compression: 'none',
        encryption: { recipients: [identity.recipient] },
        signer,
        privateManifest: false,
      },
      name: () => 'acme.tar',
      create: () => Promise.resolve(sink),
      spool,
    },
    {
      clock: {
        now: () => new Date('2026-11-21T01:02:03Z'),
        sleep: (ms) => {
          waits.push(ms);
          return Promise.resolve();
        },
      },
      random: seededRandom('cut'),
      reporter: {
        report: (event) => {
          if (event.type === 'notice') told.push(event.message);
        },
      },
    },
    never,
  );
  const [entry] = await opened(sink.bytes);
  return { text: Buffer.from(entry!.bytes).toString(), waits, told };
}

test('a download that is cut begins again, and nothing of the first one gets into the package', async () => {
  const { text, waits, told } = await sealedFrom(cut(2));
  expect(text).toBe('part of download 3, whole');
  expect(waits).toEqual([1000, 2000]);
  expect(told).toEqual(Array(2).fill(expect.stringContaining('lab broke off the connection')));
});

test('a download that is always cut ends the run after three times, and any other failure at once', async () => {
  const always = cut(9);
  await expect(() => sealedFrom(always)).toThrowCode('REMOTE_UNREACHABLE');
  expect(always.opened).toBe(3);
  const refused = cut(9, 'AUTH_REFUSED');
  await expect(() => sealedFrom(refused)).toThrowCode('AUTH_REFUSED');
  expect(refused.opened).toBe(1);
});
