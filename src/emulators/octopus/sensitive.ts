// Sensitive values can be written but not read. On the wire they are `{ HasValue, NewValue }`, in the state they are
// encrypted. In variable sets they are variables of type Sensitive, whose Value is null when it is read.
import { isObject } from '../shared/json.ts';
import { isSealed, type Vault } from './vault.ts';

const isWireForm = (value: Record<string, unknown>) =>
  'HasValue' in value && Object.keys(value).every((key) => ['HasValue', 'NewValue', 'Hint'].includes(key));

const isSensitiveVariable = (value: Record<string, unknown>) =>
  value['Type'] === 'Sensitive' || value['IsSensitive'] === true;

/** A stored value without what readers must not see. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (!isObject(value)) return value;
  if (isSealed(value)) return { HasValue: true, NewValue: null };
  const shown: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (name.startsWith('$')) continue;
    shown[name] = name === 'Value' && isSealed(member) ? null : masked(member);
  }
  return shown;
}

function twin(before: unknown, after: Record<string, unknown>, index: number): unknown {
  if (!Array.isArray(before)) return undefined;
  const id = after['Id'];
  return id === undefined ? (before[index] as unknown) : before.find((one) => isObject(one) && one['Id'] === id);
}

/** A received document in its stored form. Sensitive values that it does not set are taken from `before`. */
export function sealed(vault: Vault, value: unknown, before: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((one, index) => sealed(vault, one, isObject(one) ? twin(before, one, index) : undefined));
  }
  if (!isObject(value)) return value;
  if (isWireForm(value)) {
    if (typeof value['NewValue'] === 'string') return vault.seal(value['NewValue']);
    return value['HasValue'] === true && isSealed(before) ? before : { HasValue: false, NewValue: null };
  }
  const old = isObject(before) ? before : {};
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (name.startsWith('$')) continue;
    kept[name] = sealed(vault, member, old[name]);
  }
  if (isSensitiveVariable(value) && 'Value' in value) {
    const text = value['Value'];
    kept['Value'] = typeof text === 'string' ? vault.seal(text) : isSealed(old['Value']) ? old['Value'] : null;
  }
  return kept;
}
