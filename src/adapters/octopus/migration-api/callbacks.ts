import type { Secrets } from '../../../ports/options.ts';
import { wrongOption } from '../../shared/option-values.ts';

/** The address that the server calls when the task has ended. USAGE when it is not http or https. */
export function callbackOf(secrets: Secrets, name: 'successCallback' | 'failureCallback'): string | undefined {
  const url = secrets[name]?.reveal();
  if (url !== undefined && (!/^https?:\/\//i.test(url) || !URL.canParse(url)))
    throw wrongOption(name, 'an http or https URL');
  return url;
}
