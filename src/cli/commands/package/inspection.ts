import type { Inspection } from '../../../package/inspect.ts';
import type { Manifest } from '../../../package/manifest/manifest.ts';
import { humanBytes } from '../../../amounts.ts';
import { plainText } from '../../../plain-text.ts';
import { lines, table } from '../../terminal/table.ts';
import { wrapped } from '../../terminal/wrapped.ts';
import { signerWords } from '../readers.ts';

const longestList = 40;
const mostRecipients = 10;
const indent = 12;

export interface InspectionFacts {
  /** The name that the user gave to the key id of the signature. */
  readonly signerName: string | undefined;
  readonly projects: readonly string[];
  readonly via: string | undefined;
  readonly carriesSecrets: boolean;
  /** The recipients that are the user's own. */
  readonly yours: readonly string[];
  readonly unchecked: readonly RemainingCheck[];
}

/** What an inspection has not checked, and the command that does. */
export interface RemainingCheck {
  readonly what: string;
  readonly command: string;
}

/** The flags are those that this person needs: a key that is known already needs none. */
export function remainingChecks(
  path: string,
  { manifest, signature }: Inspection,
  { signerName, yours }: Pick<InspectionFacts, 'signerName' | 'yours'>,
): readonly RemainingCheck[] {
  const verify = `migrator package verify ${/^[\w./:@%+=,-]+$/u.test(path) ? path : `"${path}"`}`;
  const accept = signature === undefined ? ' --allow-unsigned' : signerName === undefined ? ' --trust <key>' : '';
  const opens = manifest.content.encryption === 'recipients' && yours.length === 0 ? ' --identity <file>' : '';
  return [
    {
      what:
        signature === undefined
          ? 'nobody has signed it, so nothing can show who made it; that the content is the one in SHA256SUMS'
          : 'that its signer is one whom you trust, that the signature matches, and that the content is the one that was signed',
      command: `${verify}${accept}`,
    },
    {
      what: `${manifest.content.encryption === 'none' ? 'that' : 'that a key opens it, and that'} every file is as the manifest says`,
      command: `${verify} --content${accept}${opens}`,
    },
    ...(manifest.source === undefined
      ? []
      : [
          {
            what: 'what an import would change',
            command: `migrator import ${path} --to <instance> --dry-run`,
          },
        ]),
  ];
}

const field = (label: string, text: string): string => `${label.padEnd(indent)}${wrapped(plainText(text), indent)}`;
const more = (text: string): string => field('', text);

/** For a person who received the package. Fits 80 columns, except for names and paths that are longer. */
export function describeInspection(path: string, inspection: Inspection, facts: InspectionFacts): string {
  const { manifest, signature, size } = inspection;
  const { format, id, version, createdAt, createdBy, source, content, notes } = manifest;
  return lines(
    field('package:', `${path} (${humanBytes(size)}, ${format})`),
    field('id:', `${id}@${version}`),
    field('created:', `${createdAt} by ${createdBy}`),
    source === undefined
      ? field('source:', 'none named: it was made from files')
      : field('source:', `${source.product} ${source.version}, instance ${source.instance}`),
    source?.url === undefined ? undefined : more(source.url),
    projectsField(manifest, facts.projects),
    facts.via === undefined ? undefined : field('via:', facts.via),
    field(
      'content:',
      `${count(content.counts.files, 'file')}, ${humanBytes(content.counts.bytes)}, ${content.compression === 'none' ? 'not compressed' : content.compression}`,
    ),
    ...encryptionFields(inspection, facts.yours),
    facts.carriesSecrets
      ? field('carries:', 'the secrets of its import, in the encrypted content: whoever can open it can import it')
      : field('carries:', 'no secrets of its import'),
    signature === undefined
      ? field('signed:', 'no')
      : field('signed:', `by ${signerWords(signature.keyId, facts.signerName)} (not verified yet)`),
    signature !== undefined && facts.signerName === undefined
      ? more('you do not know this key yet: get it from its owner, and not with the package')
      : undefined,
    ...notes.map((note) => field('note:', note)),
    ...fileLines(manifest),
    '',
    wrapped(
      'Checked: the form of the container, and that the manifest is the one in SHA256SUMS. Nothing shows yet who made it. Not checked:',
      0,
    ),
    ...facts.unchecked.flatMap(({ what, command }) => [`- ${wrapped(what, 2)}`, `    ${plainText(command)}`]),
  );
}

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

function projectsField(manifest: Manifest, projects: readonly string[]): string | undefined {
  if (manifest.private) return field('projects:', 'in the encrypted content, with the URL and the names of the files');
  return projects.length === 0 ? undefined : field('projects:', projects.join(', '));
}

function encryptionFields({ manifest, locks, lockFault }: Inspection, yours: readonly string[]): readonly string[] {
  const { encryption, recipients } = manifest.content;
  if (encryption === 'none') return [field('encrypted:', 'no: everybody can read it')];
  if (lockFault !== undefined) return [field('encrypted:', `nobody can open it: ${lockFault}`)];
  if (encryption === 'passphrase') {
    const isSo = locks.length === 1 && locks[0] === 'scrypt';
    return [field('encrypted:', isSo ? 'with a passphrase' : `with a passphrase, it says, but ${locksWords(locks)}`)];
  }
  const shown = recipients.slice(0, mostRecipients);
  const hidden = recipients.length - shown.length;
  return [
    field('encrypted:', `for ${count(recipients.length, 'recipient')}, as its manifest says:`),
    ...shown.map((one) => more(`${one}${yours.includes(one) ? ' (you)' : ''}`)),
    ...(hidden > 0 ? [more(`and ${hidden} more; --json lists all of them`)] : []),
    more(
      locks.length === recipients.length
        ? 'the encrypted content has as many locks; a lock does not say whose it is, only its key shows that'
        : `but ${locksWords(locks)}: ${locks.length > recipients.length ? 'others can open it too' : 'not all of them can open it'}`,
    ),
  ];
}

const locksWords = (locks: readonly string[]): string =>
  `its age header has ${count(locks.length, 'lock')} (${[...new Set(locks)].join(', ')})`;

function fileLines({ content: { files = [] } }: Manifest): readonly string[] {
  if (files.length === 0) return [];
  const rows = files.slice(0, longestList).map((file) => [humanBytes(file.size), plainText(file.path)]);
  const left = files.length - rows.length;
  return ['', table(['size', 'path'], rows), ...(left > 0 ? [`… and ${left} more; --json lists all of them`] : [])];
}
