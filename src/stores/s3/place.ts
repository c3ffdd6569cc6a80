import { MigratorError } from '../../errors.ts';
import type { Connection } from '../../ports/adapter.ts';
import { storeUrlFault } from '../urls.ts';

/** Where a URL `s3://bucket/prefix` leads. */
export interface Place {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  /** Undefined: AWS. */
  readonly endpoint: URL | undefined;
  readonly region: string | undefined;
}

export function placeOf(name: string, url: string, settings: Connection['settings']): Place {
  const fault = storeUrlFault('s3', url);
  if (fault !== undefined) throw new MigratorError('CONFIG_INVALID', `instances.${name}.url ${fault}`);
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)\/?(.*)$/su.exec(url) ?? [];
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new MigratorError('CONFIG_INVALID', `instances.${name}.url must not have "." or ".." in its path`);
  }
  const { endpoint, region } = settings;
  return {
    bucket,
    prefix: segments.length === 0 ? '' : `${segments.join('/')}/`,
    endpoint: typeof endpoint === 'string' ? endpointOf(name, endpoint) : undefined,
    region: typeof region === 'string' ? region : undefined,
  };
}

function endpointOf(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url !== undefined && isPlain && /^https?:$/u.test(url.protocol) && url.pathname === '/') return url;
  throw new MigratorError('CONFIG_INVALID', `instances.${name}.endpoint must be the address of an S3 server`, {
    hint: 'write it as https://s3.example.com:9000, without a bucket, a path, a user name or a password',
  });
}
