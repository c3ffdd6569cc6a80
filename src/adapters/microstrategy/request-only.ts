import { MigratorError } from '../../errors.ts';
import type { Options } from '../../ports/options.ts';
import { flagOf } from '../shared/option-values.ts';

/** UNSUPPORTED: a package that was uploaded is imported at once, past whoever was to approve it. */
export function refuseRequestOnly(options: Options): void {
  if (!flagOf(options, 'requestOnly')) return;
  throw new MigratorError('UNSUPPORTED', 'a package that is carried over is imported at once, without approval', {
    hint: 'leave --request-only out, or migrate between Libraries that share one storage',
  });
}
