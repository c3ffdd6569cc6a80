// Seals two small files in memory and opens them again. This is the package library, without the command line.
import { randomBytes } from 'node:crypto';
import { defaultLimits, generateIdentity, generateSigningKey, open, seal, verify } from 'migrator-cli';

const random = { bytes: (length) => randomBytes(length) };
const signer = generateSigningKey(random);
const identity = generateIdentity(random);
const never = new AbortController().signal;

/** The package, kept in memory instead of in a file. */
const pieces = [];
let whole = Buffer.alloc(0);
const sink = {
  write: async (chunk) => void pieces.push(Buffer.from(chunk)),
  patch: async (position, bytes) => {
    whole = Buffer.concat(pieces.splice(0));
    whole.set(bytes, position);
    pieces.push(whole);
  },
  commit: async () => void (whole = Buffer.concat(pieces)),
  discard: async () => void pieces.splice(0),
};
const source = {
  get size() {
    return whole.length;
  },
  read: async (position, length) => whole.subarray(position, position + length),
  stream: async function* (start, end) {
    yield whole.subarray(start, end);
  },
};

async function* entries() {
  for (const [path, text] of Object.entries({ 'files/a.txt': 'first', 'files/b.txt': 'second' })) {
    const bytes = Buffer.from(text);
    const content = async function* () {
      yield bytes;
    };
    yield { path, size: bytes.length, content };
  }
}

await seal(
  {
    id: 'library-example',
    version: '1.0.0',
    createdAt: new Date(),
    createdBy: 'the library example',
    source: undefined,
    scope: {},
    notes: [],
    entries: entries(),
    compression: 'auto',
    encryption: { recipients: [identity.recipient] },
    signer,
    privateManifest: false,
  },
  sink,
  { random },
  never,
);

const verified = await verify(source, { trusted: [signer.publicKey], allowUnsigned: false }, never);
console.log(`signed by ${verified.signer.keyId}, ${source.size} bytes`);
for await (const entry of open(source, verified, { identities: [identity] }, defaultLimits, never)) {
  const chunks = [];
  for await (const chunk of entry.content) chunks.push(chunk);
  console.log(`${entry.path}: ${Buffer.concat(chunks).toString()}`);
}
