import { productOptions } from '../../adapters/index.ts';
import { isStore, storeProducts } from '../../stores/index.ts';
import { nearest } from '../../nearest.ts';
import type { ProductOptions, SettingSpec } from '../../ports/options.ts';
import { looksSecret, referenceFault } from '../secrets/references.ts';
import { embeddedFault, embeddedSettings, isOfEmulator } from './embedded-settings.ts';
import { kindOf, type ConfigProblem } from './problem.ts';
import { knownKeys } from './schema.ts';
import { showPath } from './show-path.ts';

/** The settings that a product's instances can have. */
type Declared = Pick<ProductOptions, 'product' | 'settings'>;

const builtIn: readonly Declared[] = [...productOptions, ...storeProducts];

/** All that is wrong with the settings of the instances of some products, as far as data tells it. */
export function settingProblems(root: unknown, declared: readonly Declared[] = builtIn): ConfigProblem[] {
  const { instances } = groupOf(root);
  return Object.entries(groupOf(instances)).flatMap(([name, instance]) => {
    const path = ['instances', name];
    const { product, url, ...settings } = groupOf(instance);
    if (typeof product !== 'string' || product === '') return [];
    const known = declared.find((entry) => entry.product === product)?.settings;
    if (known === undefined) return [];
    const embedded = typeof url === 'string' && url.startsWith('embedded:') && !isStore(product);
    return Object.entries(settings).flatMap(([key, value]) =>
      problemOf(key, value, { product, known, embedded, path }),
    );
  });
}

interface Place {
  readonly product: string;
  readonly known: readonly SettingSpec[];
  readonly embedded: boolean;
  readonly path: readonly string[];
}

function problemOf(key: string, value: unknown, { product, known, embedded, path }: Place): ConfigProblem[] {
  const at = showPath([...path, key]);
  if (isOfEmulator(key)) {
    const fault = embedded ? embeddedFault(product, key, value) : { message: 'is for embedded instances only' };
    return fault === undefined ? [] : [{ path: at, ...fault }];
  }
  const spec = known.find(({ name }) => name === key);
  if (spec === undefined) {
    const names = ['product', 'url', ...known.map(({ name }) => name), ...(embedded ? embeddedSettings : [])];
    return [{ path: at, ...unknownKey(key, names, product) }];
  }
  const fault = faultOf(spec, value);
  return fault === undefined ? [] : [{ path: at, ...fault }];
}

/** The nearest key. Where no key of an instance is near, one that holds for all servers, else all keys that there are. */
function unknownKey(key: string, names: readonly string[], product: string): Omit<ConfigProblem, 'path'> {
  const suggestion = nearest(key, names);
  if (suggestion !== undefined) return { message: 'is not a known key', suggestion };
  const ofHttp = nearest(key, knownKeys(['http']));
  return ofHttp === undefined
    ? { message: `is not a known key; an instance of ${product} has ${names.join(', ')}` }
    : { message: `is not a key of an instance; http.${ofHttp} is set once, for all instances` };
}

function faultOf(
  { kind = 'text', choices, secret = false }: SettingSpec,
  value: unknown,
): Omit<ConfigProblem, 'path'> | undefined {
  if (kind === 'number') {
    return typeof value === 'number' ? undefined : { message: `must be a number, not ${kindOf(value)}` };
  }
  if (typeof value !== 'string') {
    const quotes = typeof value === 'number' || typeof value === 'boolean' ? ' (put it in quotes)' : '';
    return { message: `must be text, not ${kindOf(value)}${quotes}` };
  }
  if (value.trim() === '') return { message: 'must not be empty' };
  if (choices?.includes(value) === false) {
    return { message: `must be ${choices.join(' or ')}`, suggestion: nearest(value, choices) };
  }
  if (!secret && /^(env|file|command):/u.test(value))
    return { message: 'is no secret, and only secrets can be references; write the value itself' };
  const fault = secret ? referenceFault(value) : undefined;
  return fault === undefined ? undefined : { message: fault };
}

/** References that are none, wherever the file has a secret outside of its instances. */
export function referenceProblems(root: unknown): ConfigProblem[] {
  const { keys, http, defaults } = groupOf(root);
  return Object.entries({ keys, http, defaults }).flatMap(([section, group]) =>
    Object.entries(groupOf(group)).flatMap(([key, value]) => {
      const fault = looksSecret(key) && typeof value === 'string' ? referenceFault(value) : undefined;
      return fault === undefined ? [] : [{ path: showPath([section, key]), message: fault }];
    }),
  );
}

/** True unless an adapter is named: until it is read, an instance may have any product, and a default any flag. */
export function isClosed(root: unknown): boolean {
  const { adapters } = groupOf(root);
  return !Array.isArray(adapters) || adapters.length === 0;
}

export type Group = Readonly<Record<string, unknown>>;

/** No list, and nothing that a module may export besides, such as a Map. */
export function isGroup(value: unknown): value is Group {
  return Object.prototype.toString.call(value) === '[object Object]';
}

const groupOf = (value: unknown): Group => (isGroup(value) ? value : {});
