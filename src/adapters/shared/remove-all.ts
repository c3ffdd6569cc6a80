import { isMigratorError } from '../../errors.ts';
import type { Named } from '../../ports/snapshot.ts';

export interface Removable {
  readonly item: Named;
  /** Deletes it. It is no failure when it is gone already. Returns the reason why the server keeps it, if it says one. */
  remove(): Promise<string | undefined>;
}

/**
 * Deletes things one after the other. A server may refuse what another thing uses, so what was refused is tried again
 * after others are gone. Returns a sentence for each thing that stays.
 */
export async function removeAll(things: readonly Removable[]): Promise<readonly string[]> {
  const refused: { readonly thing: Removable; readonly reason: string }[] = [];
  for (const thing of things) {
    const reason = await refusalOf(thing);
    if (reason !== undefined) refused.push({ thing, reason });
  }
  if (refused.length > 0 && refused.length < things.length) return removeAll(refused.map(({ thing }) => thing));
  return refused.map(({ thing: { item }, reason }) => `${item.kind} "${item.name}" stays: ${reason}`);
}

async function refusalOf(thing: Removable): Promise<string | undefined> {
  try {
    return await thing.remove();
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'CONFLICT', 'NOT_FOUND', 'REMOTE_UNEXPECTED')) throw error;
    return error.message;
  }
}
