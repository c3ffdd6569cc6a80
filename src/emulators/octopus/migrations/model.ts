// Translates between the server's own documents and the JSON files of a migration package. A file has `$type` first,
// then Id, Name and the rest; its sensitive values are encrypted with the migration password.
import { isObject, type Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { kindNamed, looksLikeId } from '../kinds.ts';
import { isSealed, type Vault } from '../vault.ts';
import { decryptValue, encryptValue, type MigrationKey } from './encryption.ts';

/** Every text in a document that has the form of an id: values, parts of comma-separated lists, and keys. */
export function* idsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    for (const part of idList(value) ?? []) yield part;
  } else if (Array.isArray(value)) {
    for (const one of value) yield* idsIn(one);
  } else if (isObject(value) && !isSealed(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (looksLikeId(name)) yield name;
      yield* idsIn(member);
    }
  }
}

/** `Accounts-1` or `LibraryVariableSets-1,LibraryVariableSets-2`; undefined for any other text. */
function idList(text: string): readonly string[] | undefined {
  if (!text.includes('-')) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  return parts.every(looksLikeId) ? parts : undefined;
}

/** The id that replaces an id; undefined removes it. */
export type IdChange = (id: string) => string | undefined;

/** A copy with changed ids. A removed id is gone from lists and keys; as a single value it becomes null. */
export function changeIds(value: unknown, change: IdChange): unknown {
  if (typeof value === 'string') {
    const ids = idList(value);
    if (ids === undefined) return value;
    const kept = ids.map(change).filter((id) => id !== undefined);
    return kept.length === 0 ? null : kept.join(',');
  }
  if (Array.isArray(value)) {
    return value.flatMap((one) => {
      const changed = changeIds(one, change);
      return changed === null && one !== null ? [] : [changed];
    });
  }
  if (!isObject(value) || isSealed(value)) return value;
  const entries = Object.entries(value).flatMap(([name, member]) => {
    const key = looksLikeId(name) ? change(name) : name;
    return key === undefined ? [] : [[key, changeIds(member, change)] as const];
  });
  return Object.fromEntries(entries);
}

function encrypted(vault: Vault, key: MigrationKey, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => encrypted(vault, key, one));
  if (!isObject(value)) return value;
  if (isSealed(value)) return { IsSensitive: true, Value: encryptValue(key, vault.reveal(value)) };
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === 'Value' && isSealed(member)
        ? [name, encryptValue(key, vault.reveal(member))]
        : [name, encrypted(vault, key, member)],
    ),
  );
}

/** A document as a package holds it. */
export function toModel(vault: Vault, key: MigrationKey, entry: Entry, body: unknown): Json {
  const { Id, Name, ...rest } = encrypted(vault, key, body) as Record<string, unknown>;
  return { $type: kindNamed(entry.kind).model, Id, ...(Name === undefined ? {} : { Name }), ...rest };
}

/** Collects what could not be decrypted. */
export interface Decryption {
  readonly vault: Vault;
  readonly key: MigrationKey;
  readonly failed: () => void;
}

function reseal({ vault, key, failed }: Decryption, text: string): unknown {
  const clear = decryptValue(key, text);
  if (clear === undefined) {
    failed();
    return null;
  }
  return vault.seal(clear);
}

const isSensitiveForm = (value: Record<string, unknown>) =>
  value['IsSensitive'] === true && typeof value['Value'] === 'string' && Object.keys(value).length === 2;

const isSensitiveVariable = (value: Record<string, unknown>) =>
  typeof value['Value'] === 'string' && (value['Type'] === 'Sensitive' || value['IsSensitive'] === true);

/** A package's document in the server's own form, with its sensitive values encrypted by the server's master key. */
export function fromModel(decryption: Decryption, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => fromModel(decryption, one));
  if (!isObject(value)) return value;
  if (isSensitiveForm(value)) return reseal(decryption, String(value['Value']));
  const sensitive = isSensitiveVariable(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith('$'))
      .map(([name, member]) => [
        name,
        sensitive && name === 'Value' ? reseal(decryption, String(member)) : fromModel(decryption, member),
      ]),
  );
}
