import { rootMessageOf } from '../../shared/error-members.ts';
import type { Instance } from '../instance.ts';

export interface CallbackFacts {
  readonly packageId: string;
  readonly packageVersion: string;
}

const patience = 10_000;

/** The success URL gets the package's id and version appended; the failure URL is called as it is. */
function callbackUrl(uri: string, facts: CallbackFacts | undefined): string {
  if (facts === undefined) return uri;
  const [address = '', fragment] = uri.split('#', 2);
  const query = new URLSearchParams({ packageId: facts.packageId, packageVersion: facts.packageVersion }).toString();
  return `${address}${address.includes('?') ? '&' : '?'}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** Calls a webhook once. What it answers changes nothing: it goes to the server's own log. */
export async function callBack(instance: Instance, uri: string, facts: CallbackFacts | undefined): Promise<void> {
  try {
    const response = await fetch(callbackUrl(uri, facts), { signal: AbortSignal.timeout(patience) });
    await response.arrayBuffer();
    instance.log(`callback answered HTTP ${response.status}`);
  } catch (error) {
    instance.log(`callback failed: ${rootMessageOf(error)}`);
  }
}
