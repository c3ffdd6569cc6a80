import { Secret } from '../../secret.ts';

/** A part of a path that is so long is a token: the addresses of many chat services end in one. */
const tokenLength = 16;

/** True for an http or https URL that gives its reader no right: no password, no query, no token in its path. */
export function isPublicUrl(text: string): boolean {
  if (!isHttpUrl(text)) return false;
  const url = new URL(text);
  return url.search === '' && secretParts(url).length === 0;
}

export const isHttpUrl = (text: string): boolean => /^https?:\/\//iu.test(text) && URL.canParse(text);

/** What no output may show of a URL, when it is shown whole or in parts. */
export function secretParts({ username, password, pathname, searchParams }: URL): readonly Secret[] {
  const parts = [
    decodeURIComponent(password),
    ...(password === '' ? [decodeURIComponent(username)] : []),
    ...searchParams.values(),
    ...pathname.split('/').filter((part) => part.length >= tokenLength && /\d/u.test(part)),
  ];
  return parts.filter((part) => part !== '').map((part) => new Secret(part));
}
