import type { ByteStream } from '../ports/artifact.ts';
import { carriesSecrets, maxManifestBytes, maxSecretsBytes } from './format.ts';
import type { Manifest } from './manifest/manifest.ts';
import { malformed } from './refusal.ts';
import { blockBytes, HeaderForm, padding } from './tar/header.ts';
import { entryHeader } from './tar/payload-writer.ts';

/** How large a package may be when it is opened. §6 */
export interface OpenLimits {
  readonly maxExpandedBytes: number;
  /** Expanded bytes for each stored byte; checked only above `ratioFromBytes`. */
  readonly maxRatio: number;
  readonly ratioFromBytes: number;
  readonly maxEntries: number;
}

export const defaultLimits: OpenLimits = {
  maxExpandedBytes: 64 * 1024 ** 3,
  maxRatio: 200,
  ratioFromBytes: 256 * 1024 ** 2,
  maxEntries: 250_000,
};

/**
 * Compares what the manifest announces with the limits, before a byte of the content is read. The ratio says nothing
 * about a package of a trusted signer: empty images and logs shrink more than a thousandfold.
 */
export function checkLimits(
  { content }: Manifest,
  storedBytes: number,
  { isTrusted }: { readonly isTrusted: boolean },
  limits: OpenLimits,
): void {
  const { files, bytes } = content.counts;
  if (files > limits.maxEntries) throw exceeded(`${files} files`, `at most ${limits.maxEntries} are allowed`);
  if (bytes > limits.maxExpandedBytes) {
    throw exceeded(
      `${bytes} bytes when opened`,
      `at most ${limits.maxExpandedBytes} are allowed`,
      `if that is right, give --max-expanded-size ${bytes}`,
    );
  }
  if (!isTrusted && isDense(bytes, storedBytes, limits)) {
    const ratio = Math.ceil(bytes / storedBytes);
    throw exceeded(
      `${ratio} bytes for each byte stored`,
      `at most ${limits.maxRatio} are allowed, because its signer is not trusted`,
      `trust its signer, or give --max-ratio ${ratio}`,
    );
  }
}

function isDense(bytes: number, storedBytes: number, { maxRatio, ratioFromBytes }: OpenLimits): boolean {
  return bytes > ratioFromBytes && bytes > storedBytes * maxRatio;
}

/** What a receiver of this package must know: the usual limits refuse it. */
export function limitWarnings({ content }: Manifest, packageBytes: number): readonly string[] {
  const { bytes } = content.counts;
  return [
    ...(bytes > defaultLimits.maxExpandedBytes
      ? [`the package holds ${bytes} bytes: whoever opens it must give --max-expanded-size ${bytes}`]
      : []),
    ...(isDense(bytes, packageBytes, defaultLimits)
      ? [
          `the package expands to ${Math.ceil(bytes / packageBytes)} times its size: whoever does not trust your signing key must give --max-ratio to open it`,
        ]
      : []),
  ];
}

/** Ends the payload with an error as soon as it is longer than announced: a bomb cannot exceed the checked limits. */
export async function* boundPayload(payload: ByteStream, manifest: Manifest): AsyncGenerator<Uint8Array, void> {
  const most = payloadBytes(manifest);
  let seen = 0;
  for await (const chunk of payload) {
    seen += chunk.length;
    if (seen > most)
      throw malformed('limit', `the content expands to more than the ${most} bytes that the manifest announces`);
    yield chunk;
  }
}

/** The length of the payload tar; when the names are private or secrets are carried, the greatest possible length. */
function payloadBytes({ format, content }: Manifest): number {
  const end = 2 * blockBytes + (carriesSecrets(format) ? blockBytes + maxSecretsBytes : 0);
  if (content.files === undefined) {
    const longest = 7 * blockBytes;
    return content.counts.bytes + content.counts.files * longest + maxManifestBytes + end;
  }
  const form = new HeaderForm(0);
  return content.files.reduce(
    (sum, { path, size }) => sum + entryHeader(form, path, size).length + size + padding(size),
    end,
  );
}

function exceeded(found: string, allowed: string, hint?: string): Error {
  return malformed('limit', `the package has ${found}, but ${allowed}`, hint === undefined ? {} : { hint });
}
