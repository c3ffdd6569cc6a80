import { describe, expect, test } from '@jest/globals';
import { inspect, looksLikePackage } from '../../../../src/package/index.ts';
import { MemorySource } from '../../../support/memory-bytes.ts';
import { sealed } from '../../../support/packages.ts';

const asText = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const crlf = (text: string) => text.replaceAll(/\r?\n/g, '\r\n');

/** What shells make of bytes. */
const ways: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ['UTF-16, as > of Windows PowerShell writes', (bytes) => Buffer.from(`\ufeff${crlf(asText(bytes))}`, 'utf16le')],
  ['UTF-8 with a mark', (bytes) => Buffer.from(`\ufeff${crlf(asText(bytes))}`)],
  ['UTF-8, as > of PowerShell 7 writes', (bytes) => Buffer.from(crlf(asText(bytes)))],
  ['CR LF for each LF', (bytes) => Buffer.from(crlf(Buffer.from(bytes).toString('latin1')), 'latin1')],
];

describe.each(ways)('a package as %s', (_, rewrite) => {
  test('is taken for a package, and refused with what happened to it', async () => {
    const source = new MemorySource(rewrite(await sealed()));
    expect(await looksLikePackage(source)).toBe(true);
    await expect(inspect(source)).rejects.toMatchObject({
      code: 'PACKAGE_MALFORMED',
      message: expect.stringContaining('changed on its way'),
      hint: expect.stringContaining('-o'),
    });
  });
});

test('a package that was damaged otherwise is not blamed on a shell', async () => {
  const bytes = await sealed();
  for (const at of [3, 130, 600, bytes.length - 1]) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 0x41;
    const said = await inspect(new MemorySource(damaged)).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(said).not.toContain('on its way');
  }
});
