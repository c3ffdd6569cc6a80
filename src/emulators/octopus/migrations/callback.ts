import { rootMessageOf } from '../../shared/error-members.ts';
import type { Instance } from '../instance.ts';

export interface CallbackFacts {
  readonly packageId: string;
  readonly packageVersion: string;
}

const patience = 10_000;

/** The success URL with the package's id and version in its query. The failure URL stays as it is. */
function callbackUrl(uri: string, facts: CallbackFacts | undefined): string {
  if (facts === undefined) return uri;
  const [address = '', fragment] = uri.split('#', 2);
  const query = new URLSearchParams({ packageId: facts.packageId, packageVersion: facts.packageVersion }).toString();
  return `${address}${address.includes('?') ? '&' : '?'}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** Calls a webhook once. Its answer, or its failure, is only logged. */
export async function callBack(instance: Instance, uri: string, facts: CallbackFacts | undefined): Promise<void> {
  try {
    const response = await fetch(callbackUrl(uri, facts), { signal: AbortSignal.timeout(patience) });
    await response.arrayBuffer();
    instance.log(`callback answered HTTP ${response.status}`);
  } catch (error) {
    instance.log(`callback failed: ${rootMessageOf(error)}`);
  }
}
