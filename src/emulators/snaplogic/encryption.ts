// Sensitive values of accounts are encrypted with AES-256. Each has its own key, which is encrypted with the
// environment's key. A value with `key` is encrypted; a plain value without it is encrypted when the account is saved.
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { asText, isObject, type Json } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { orgById, trustObstacle, type Org } from './orgs.ts';

const sensitiveName = /passw|passphrase|secret|token|private_?key|api_?key/i;

const encrypt = (key: Buffer, iv: Buffer, clear: Buffer): string => {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(clear), cipher.final()]).toString('base64');
};

const decrypt = (key: Buffer, iv: Buffer, text: string): Buffer => {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([decipher.update(text, 'base64'), decipher.final()]);
};

function masterKey(store: Store, org: string): Buffer {
  const kept = store.setting(`org-key:${org}`) ?? randomBytes(32).toString('base64');
  store.keep(`org-key:${org}`, kept);
  return Buffer.from(kept, 'base64');
}

const keyPrefix = { standard: 'account-cloud-managed', enhanced: 'account-org-managed' } as const;

function seal(store: Store, org: Org, clear: string): Json {
  const [master, own, iv] = [masterKey(store, org.id), randomBytes(32), randomBytes(16)];
  return {
    value: encrypt(own, iv, Buffer.from(clear, 'utf8')),
    key: `${keyPrefix[org.securityLevel]}-${org.id}-${Date.now()}`,
    sym_key: encrypt(master, iv, own),
    sym_iv: iv.toString('base64'),
    fp: createHash('sha256').update(master).digest('hex').slice(0, 40),
  };
}

/** Undefined for a damaged value, and for one of an environment whose key this one may not use. */
function reveal(store: Store, sealed: Json, reader: Org): string | undefined {
  const [, id = ''] = /-([0-9a-f]{24})-\d+$/.exec(asText(sealed['key'])) ?? [];
  const [kept, writer] = [store.setting(`org-key:${id}`), orgById(store, id)];
  if (kept === undefined || writer === undefined || trustObstacle(writer, reader) !== undefined) return undefined;
  try {
    const iv = Buffer.from(asText(sealed['sym_iv']), 'base64');
    const own = decrypt(Buffer.from(kept, 'base64'), iv, asText(sealed['sym_key']));
    return decrypt(own, iv, asText(sealed['value'])).toString('utf8');
  } catch {
    // A wrong length or padding: the value was not written by this control plane.
    return undefined;
  }
}

const isSealed = (value: Json): boolean => typeof value['key'] === 'string' && typeof value['value'] === 'string';

interface Encrypted {
  readonly document: Json;
  /** How many values stay as another environment has encrypted them. */
  readonly foreign: number;
}

/** The document of an account as an environment keeps it: every sensitive value that it can read is encrypted anew. */
export function encryptedFor(store: Store, org: Org, document: Json): Encrypted {
  let foreign = 0;
  const visit = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => visit(one, name));
    if (!isObject(value)) return value;
    if (isSealed(value)) {
      const clear = reveal(store, value, org);
      if (clear !== undefined) return seal(store, org, clear);
      foreign += 1;
      return value;
    }
    const plain = value['value'];
    if (sensitiveName.test(name) && typeof plain === 'string' && plain !== '') return seal(store, org, plain);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, visit(one, key)] as const));
  };
  return { document: visit(document, '') as Json, foreign };
}
