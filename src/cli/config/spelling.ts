import { productOptions, products } from '../../adapters/index.ts';
import { nearest } from '../../nearest.ts';
import { isStore, storeNames, storeProducts } from '../../stores/index.ts';
import { embeddedSettings } from './embedded-settings.ts';
import type { ConfigProblem } from './problem.ts';
import { knownKeys } from './schema.ts';
import { type Group, isClosed, isGroup } from './settings.ts';
import { showPath } from './show-path.ts';

/** An rc file as it was probably meant. */
export interface Meant {
  readonly root: unknown;
  /** What is misspelt. */
  readonly problems: readonly ConfigProblem[];
  /** The path as the file has it, of a path in `root`. */
  readonly written: (path: string) => string;
}

const allProducts: readonly string[] = [...products, ...storeNames];
const schemes = ['embedded', 'https', 'http'];

/**
 * Reads misspelt keys, products and schemes of URLs as what they are nearest to. What stands under a misspelt word is then
 * checked with all the rest, and its faults need no second round.
 */
export function asMeant(raw: unknown): Meant {
  const problems: ConfigProblem[] = [];
  const renamed: (readonly [meant: string, written: string])[] = [];

  const respelt = (group: unknown, names: readonly string[], path: readonly string[]): unknown => {
    if (!isGroup(group)) return group;
    const entries = Object.entries(group);
    const taken = new Set(entries.map(([key]) => key));
    return Object.fromEntries(
      entries.map(([key, value]) => {
        const near = names.includes(key) || names.length === 0 ? undefined : nearest(key, names);
        if (near === undefined || taken.has(near)) return [key, value];
        taken.add(near);
        const written = showPath([...path, key]);
        problems.push({ path: written, message: 'is not a known key', suggestion: near });
        renamed.push([showPath([...path, near]), written]);
        return [near, value];
      }),
    );
  };

  const instanceAsMeant = (name: string, given: unknown, closed: boolean): unknown => {
    const path = ['instances', name];
    const instance = respelt(given, isGroup(given) ? missing(given, ['product', 'url']) : [], path);
    if (!isGroup(instance)) return instance;
    const product = closed ? productAsMeant(instance, path, problems) : instance['product'];
    const isOfStore = typeof product === 'string' && isStore(product);
    const url = isOfStore ? instance['url'] : urlAsMeant(instance, path, problems);
    const settings = [...productOptions, ...storeProducts]
      .find((entry) => entry.product === product)
      ?.settings?.map((one) => one.name);
    const fixed = {
      ...instance,
      ...('product' in instance ? { product } : {}),
      ...('url' in instance ? { url } : {}),
    };
    if (settings === undefined) return fixed;
    const embedded = typeof url === 'string' && url.startsWith('embedded:') && !isOfStore;
    return respelt(
      fixed,
      ['product', 'url', ...settings, ...embeddedSettings.filter((key) => embedded || key in fixed)],
      path,
    );
  };

  const top = respelt(raw, ['$schema', ...knownKeys([])], []);
  if (!isGroup(top)) return { root: top, problems, written: (path) => path };
  const closed = isClosed(top);
  const { instances } = top;
  const root = {
    ...top,
    ...Object.fromEntries(
      ['keys', 'http'].flatMap((key) => (key in top ? [[key, respelt(top[key], knownKeys([key]), [key])]] : [])),
    ),
    ...(isGroup(instances)
      ? {
          instances: Object.fromEntries(
            Object.entries(instances).map(([name, one]) => [name, instanceAsMeant(name, one, closed)]),
          ),
        }
      : {}),
  };
  // The names within a group come before that of the group.
  const written = (path: string): string =>
    renamed.reduceRight((shown, [meant, word]) => {
      const rest = shown.slice(meant.length);
      return shown.startsWith(meant) && /^($|[.[])/u.test(rest) ? `${word}${rest}` : shown;
    }, path);
  return { root, problems: problems.map((one) => ({ ...one, path: written(one.path) })), written };
}

const missing = (group: Group, keys: readonly string[]): readonly string[] => keys.filter((key) => !(key in group));

function productAsMeant({ product }: Group, path: readonly string[], problems: ConfigProblem[]): unknown {
  if (typeof product !== 'string' || product === '' || allProducts.includes(product)) return product;
  const suggestion = nearest(product, allProducts);
  const message = `has no adapter; there are: ${allProducts.join(', ')}`;
  problems.push({ path: showPath([...path, 'product']), message, suggestion });
  return suggestion ?? product;
}

function urlAsMeant({ url }: Group, path: readonly string[], problems: ConfigProblem[]): unknown {
  const [, scheme] = typeof url === 'string' ? (/^([a-z]+):/iu.exec(url) ?? []) : [];
  // Only "embedded" needs small letters.
  const isRight = scheme === undefined || scheme === 'embedded' || /^https?$/iu.test(scheme);
  const near = isRight ? undefined : nearest(scheme, schemes);
  if (near === undefined || typeof url !== 'string') return url;
  const suggestion = near === 'embedded' ? 'embedded:' : `${near}://`;
  const message = 'must begin with https://, http:// or embedded:';
  problems.push({ path: showPath([...path, 'url']), message, suggestion });
  return near + url.slice(url.indexOf(':'));
}
