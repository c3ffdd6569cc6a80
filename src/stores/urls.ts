export type StoreName = 'folder' | 's3';

const urls: Readonly<Record<StoreName, { readonly pattern: RegExp; readonly form: string }>> = {
  folder: { pattern: /^(file:\/\/\/|embedded:).+/su, form: 'file:///srv/packages, or embedded:./packages' },
  s3: { pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|$)/u, form: 's3://bucket/prefix' },
};

/** Why a text is no URL of this store, as the rest of a sentence. Undefined when it is one. */
export function storeUrlFault(product: StoreName, url: string): string | undefined {
  const { pattern, form } = urls[product];
  if (!pattern.test(url) || /[?#]/u.test(url)) return `must be of the form ${form}`;
  return undefined;
}
