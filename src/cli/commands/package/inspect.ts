// Not from package/index.ts: its code for keys and ciphers takes longer to load than this command takes to run.
import { projectsOf, viaOf } from '../../../core/package-scope.ts';
import { ofPackage } from '../../../core/steps/of-package.ts';
import { inspect } from '../../../package/inspect.ts';
import { carriesSecrets } from '../../../package/format.ts';
import { parsePublicKey } from '../../../package/minisign/public-key.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyPlaces, ownRecipientTexts, readPublicKey } from '../../keys/key-files.ts';
import { listTrusted, publicKeysIn } from '../../keys/trusted-keys.ts';
import { openPackageFile } from '../../packages/open-file.ts';
import type { ByteSource } from '../../../ports/bytes.ts';
import type { IO } from '../../terminal/io.ts';
import type { PackageInspectOptions } from './flags.ts';
import { describeInspection, remainingChecks } from './inspection.ts';

/** Needs no key, and no rc file without `--from`. */
export async function runPackageInspect(
  { args: [path = ''], options }: Invocation<PackageInspectOptions>,
  context: Context,
) {
  const bytes = await bytesOf(path, options, context);
  const inspection = await ofPackage(path, inspect(bytes));
  const { manifest, signature } = inspection;
  const signerName = await nameOf(signature?.keyId, context.io);
  const yours = (await ownRecipientTexts(context.io)).filter((one) => manifest.content.recipients.includes(one));
  const facts = {
    signerName,
    projects: projectsOf(manifest.scope),
    via: viaOf(manifest.scope),
    carriesSecrets: carriesSecrets(manifest.format),
    yours,
    unchecked: remainingChecks(path, inspection, { signerName, yours, from: options.from }),
  };
  context.result(
    'package-inspect',
    { file: path, ...inspection, ...facts },
    describeInspection(path, inspection, facts),
  );
  return undefined;
}

/** Of a package in a store, only its ends are read. */
async function bytesOf(path: string, { from }: PackageInspectOptions, context: Context): Promise<ByteSource> {
  if (from === undefined || context.flagSource('from').origin !== 'command line') return openPackageFile(path, context);
  const { peekIntoStore, storeFrom } = await import('../../packages/store-package.ts');
  const store = await storeFrom(from, context);
  return store === undefined ? openPackageFile(path, context) : peekIntoStore(path, store, context);
}

/** The name that the user gave to a key id. A broken file among the trusted keys is for other commands to tell. */
async function nameOf(keyId: string | undefined, io: IO): Promise<string | undefined> {
  if (keyId === undefined) return undefined;
  const { signingPublic, old } = keyPlaces(io);
  const own = await readPublicKey(signingPublic).catch(() => '');
  if (keyIdIn(own) === keyId) return 'your own key';
  const kept = await listTrusted(io).catch(() => []);
  const before = (await publicKeysIn(old).catch(() => [])).map((one) => ({ ...one, name: 'your old key' }));
  return [...kept, ...before].find(({ text }) => keyIdIn(text) === keyId)?.name;
}

function keyIdIn(text: string): string | undefined {
  try {
    return parsePublicKey(text).keyId;
  } catch {
    return undefined;
  }
}
