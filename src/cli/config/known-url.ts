import { productOptions } from '../../adapters/options.ts';

/** The URL that a product's short name stands for. */
export function knownUrl(product: string, name: string): string | undefined {
  const urls = productOptions.find((entry) => entry.product === product)?.urls;
  return urls !== undefined && Object.hasOwn(urls, name) ? urls[name] : undefined;
}

/** Empty for products whose servers nobody knows beforehand. */
export function shortNames(product: string): readonly string[] {
  return Object.keys(productOptions.find((entry) => entry.product === product)?.urls ?? {});
}
