import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { adapter as enms } from '../../../../../src/adapters/enms/index.ts';
import { adapter as microstrategy } from '../../../../../src/adapters/microstrategy/index.ts';
import { adapter as octopus } from '../../../../../src/adapters/octopus/index.ts';
import {
  requireLikelyPackage,
  requirePackage,
} from '../../../../../src/adapters/octopus/migration-api/package-file.ts';
import { adapter as snaplogic } from '../../../../../src/adapters/snaplogic/index.ts';
import type { ArtifactFile } from '../../../../../src/ports/artifact.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { exportZip, shop } from '../../../../support/export-zip.ts';
import { acme, withOctopus } from '../../../../support/octopus-client.ts';
import { zipOf } from '../../../../support/zip.ts';

const fileOf = (bytes: Buffer, path = 'native/Acme.Move.1.0.0.zip'): ArtifactFile => {
  const part = async function* (start: number, end: number) {
    yield await Promise.resolve(bytes.subarray(start, end));
  };
  return {
    path,
    size: bytes.length,
    mediaType: 'application/zip',
    open: () => part(0, bytes.length),
    range: (start, length) => part(start, start + length),
  };
};

const whole = zipOf({ 'metadata.json': '\uFEFF{"Hello":"x"}', 'Environments/Test.json': '{}' });
const encrypted = Buffer.concat([Buffer.from('IV__'), randomBytes(200)]);
const rubbish: readonly (readonly [string, Buffer])[] = [
  ['an empty file', Buffer.alloc(0)],
  ['a text', Buffer.from('hi\n')],
  ['a long text', Buffer.from('no zip, but a text of some length, '.repeat(9))],
  ['a zip that is cut off', whole.subarray(0, -30)],
  ['an empty zip', zipOf({})],
  ['a zip without metadata.json', zipOf({ 'Environments/Test.json': '{}' })],
  ['a zip whose metadata.json lies in a folder', zipOf({ 'x/metadata.json': '{}' })],
  ['a zip whose metadata.json is no JSON', zipOf({ 'metadata.json': 'x' })],
  ['an export of projects', zipOf({ 'manifest.json': '{}', 'server-version': '2024.1' })],
  ['a gzip', gzipSync('x')],
  ['a tar', Buffer.concat([Buffer.from('content.tar.age'), Buffer.alloc(1000)])],
];

describe('a file that is brought as a package', () => {
  test.each(rubbish)('is refused when it is %s', async (_, bytes) => {
    await expect(() => requirePackage(fileOf(bytes), { encrypted: false }, never)).toThrowCode('PACKAGE_MALFORMED');
    await expect(() => requireLikelyPackage(fileOf(bytes), never)).toThrowCode('PACKAGE_MALFORMED');
  });

  test('is taken when it is whole, or encrypted as a whole', async () => {
    await requirePackage(fileOf(whole), { encrypted: false }, never);
    await requireLikelyPackage(fileOf(whole), never);
    await requireLikelyPackage(fileOf(encrypted), never);
    await expect(() => requirePackage(fileOf(encrypted), { encrypted: false }, never)).toThrowCode('PACKAGE_MALFORMED');
  });

  test('is looked at before an import and an upload, without a request', async () => {
    await withOctopus([], async ({ octopus: { imports, feed } }) => {
      const request = { source: acme, dryRun: true, options: {}, files: [fileOf(Buffer.from('hi\n'))] };
      await expect(() => imports!.check!(never, request)).toThrowCode('PACKAGE_MALFORMED');
      const secret = { ...request, files: [fileOf(encrypted)] };
      await expect(() => imports!.check!(never, secret)).toThrowCode('PACKAGE_MALFORMED');
      await imports!.check!(never, { ...secret, options: { encryptedPackage: true } });
      await imports!.check!(never, { ...secret, exportedWith: { encryptPackage: true } });
      await expect(() => feed!.inspect!(fileOf(Buffer.from('hi\n')), undefined, never)).toThrowCode(
        'PACKAGE_MALFORMED',
      );
      await feed!.inspect!(fileOf(encrypted), { encryptPackage: true }, never);
    });
  });
});

describe('the files of a server', () => {
  const yaml = (name: string) => fileOf(Buffer.from('- name: x\n'), `native/${name}`);
  const made: readonly (readonly [string, readonly ArtifactFile[]])[] = [
    ['octopus', [fileOf(whole)]],
    ['octopus', [fileOf(exportZip(shop))]],
    ['snaplogic', [fileOf(zipOf({ 'export.json': '{"entries":[]}' }))]],
    ['enms', [yaml('device.yaml'), yaml('metadata.yaml')]],
    ['microstrategy', [fileOf(encrypted, 'native/Tutorial.mmp')]],
    ['none', [fileOf(Buffer.from('hi\n'))]],
    ['none', [fileOf(whole), fileOf(whole, 'native/other.zip')]],
    ['none', [yaml('device.yaml')]],
  ];
  test.each(made)('are recognised by their product alone: %s', async (product, files) => {
    const known: string[] = [];
    for (const module of [octopus, enms, microstrategy, snaplogic])
      if ((await module.recognises!(files, never)) !== undefined) known.push(module.product);
    expect(known).toEqual(product === 'none' ? [] : [product]);
  });

  test('that are clearly an export, and a damaged one, are refused before their journey', async () => {
    const damaged = fileOf(exportZip(shop, { damaged: 'Environments-1' }));
    await expect(() => octopus.recognises!([damaged], never)).toThrowCode('PACKAGE_MALFORMED');
    const cut = fileOf(exportZip(shop).subarray(0, 2000), 'native/Octopus-Export-20261128-152230 (1).zip');
    await expect(() => octopus.recognises!([cut], never)).toThrowCode('PACKAGE_MALFORMED');
  });
});
