// The table of the stores, light to import: the code of a store is loaded when it is opened.
import type { StoreModule, StoreProduct } from './module.ts';
import type { StoreName } from './urls.ts';

export type { StoreModule, StoreTools } from './module.ts';
export { storeUrlFault } from './urls.ts';

export const storeNames = ['folder', 's3'] as const satisfies readonly StoreName[];

export const storeModules = {
  folder: async () => (await import('./folder.ts')).folder,
  s3: async () => (await import('./s3/index.ts')).s3,
} satisfies Record<StoreName, () => Promise<StoreModule>>;

export function isStore(product: string): product is StoreName {
  return (storeNames as readonly string[]).includes(product);
}

/** What an instance of the rc file can be set to, beside `product` and `url`. */
export const storeProducts: readonly StoreProduct[] = [
  { product: 'folder', title: 'Folder', settings: [] },
  {
    product: 's3',
    title: 'S3',
    settings: [
      { name: 'endpoint' },
      { name: 'region' },
      { name: 'addressing', choices: ['path', 'host'] },
      { name: 'accessKeyId', secret: true },
      { name: 'secretAccessKey', secret: true },
      { name: 'sessionToken', secret: true },
    ],
  },
];
