import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { keyPlaces } from '../../keys/key-files.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { listOwnKeys, type OwnKeys } from '../../keys/own-keys.ts';
import type { RecipientGroup } from '../../keys/recipients.ts';
import { lines, table } from '../../terminal/table.ts';

export async function runKeyList(_: Invocation, context: Context) {
  const ring = await keyRing(context);
  const places = keyPlaces(context.io);
  const { folder } = places;
  const own = await listOwnKeys(places, context.io);
  const mine = new Set(own.signing.map(({ publicKey }) => publicKey));
  const trusted = (await ring.trusted([]))
    .filter(({ key }) => !mine.has(key.toString()))
    .map(({ key, name, trustedBy }) => ({
      name: name ?? null,
      keyId: key.keyId,
      publicKey: key.toString(),
      trustedBy,
    }));
  const groups = await ring.groups();
  const readers = await ring.readers(groups.flatMap(({ recipients }) => recipients));
  const yours = new Set(readers.flatMap(({ you, recipient }) => (you ? [recipient] : [])));
  const rows = trusted.map((one) => [one.name ?? '-', one.keyId, below(folder, one.trustedBy)]);
  context.result(
    'key-list',
    { folder, ...own, trusted, groups },
    lines(
      `your keys, in ${folder}:`,
      ...ownWords(own),
      rows.length === 0 ? 'you trust no other signers yet' : 'you trust packages that are signed by:',
      rows.length === 0 ? undefined : table(['name', 'key id', 'trusted by'], rows).replace(/^/gmu, '  '),
      groups.length === 0 ? 'the rc file has no groups of recipients' : 'groups of recipients in the rc file:',
      ...groups.flatMap((group) => groupWords(group, yours)),
    ),
  );
  return undefined;
}

function ownWords({ signing, identities }: OwnKeys): readonly string[] {
  if (signing.length + identities.length === 0)
    return ['  none yet; they are created with the first package,', '  or with: migrator key generate'];
  return [
    ...signing.flatMap((key) =>
      key.current
        ? [
            `  signing key  ${key.keyId}${locked(key)}`,
            `               ${key.publicKey ?? 'not known without its passphrase'}`,
          ]
        : [`  old          ${key.keyId}, no longer signs; ${key.trusted ? 'you trust what it signed' : 'not trusted'}`],
    ),
    ...identities.flatMap((key) => [
      key.current
        ? `  identity     opens your packages${locked(key)}`
        : `  old          opens old packages${locked(key)}`,
      ...(key.recipients.length === 0 ? ['the public key is not known without the passphrase'] : key.recipients).map(
        (one) => `               ${one}`,
      ),
    ]),
  ];
}

const locked = (key: { readonly protected: boolean }): string => (key.protected ? ', with a passphrase' : '');

const below = (folder: string, place: string): string =>
  place.startsWith(folder) ? place.slice(folder.length + 1) : place;

function groupWords({ name, recipients, fault }: RecipientGroup, yours: ReadonlySet<string>): readonly string[] {
  return [
    `  ${name}: ${fault ?? `${recipients.length} ${recipients.length === 1 ? 'key' : 'keys'}`}`,
    ...recipients.map((one) => `    ${one}${yours.has(one) ? ' (you)' : ''}`),
  ];
}
