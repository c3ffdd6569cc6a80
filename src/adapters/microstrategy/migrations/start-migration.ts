import type { Options } from '../../../ports/options.ts';
import { withHint } from '../../shared/answers.ts';
import { textOf } from '../../shared/option-values.ts';
import type { Library } from '../server.ts';
import type { Migration } from '../wire/schemas.ts';
import { stateWord } from './state-word.ts';

/** What `prepare` decided for a migration: the request to send, and the name by which it is found. */
export interface SettledMigration {
  readonly name: string;
  readonly body: object;
  /** The source project's id, for the header. */
  readonly project: string | undefined;
}

/** The same as plain data for the journal. The request is a text, because options hold no objects. */
export function settledMigration({ name, body, project }: SettledMigration): Options {
  return { name, body: JSON.stringify(body), ...(project === undefined ? {} : { project }) };
}

/** Sends the request that makes a package. */
export async function startMigration({ client }: Library, settled: Options, signal: AbortSignal): Promise<string> {
  const body = JSON.parse(textOf(settled, 'body') ?? '{}') as object;
  return (await client.createMigration(body, textOf(settled, 'project'), signal)).id;
}

/** The migration of that request, by the name of its package: no other package has it. */
export function findMigration({ client }: Library, settled: Options, signal: AbortSignal): Promise<string | undefined> {
  const name = textOf(settled, 'name');
  return looked(async () => {
    for await (const { id, packageInfo } of client.migrations(signal)) if (packageInfo.name === name) return id;
    return undefined;
  });
}

/** Looks for what a call whose answer was lost has begun. */
export const looked = <Found>(look: () => Promise<Found>): Promise<Found> =>
  withHint('look at the migrations in Workstation before you repeat it', look);

/** Whether the package is complete, so that it can be downloaded and its import requested. */
export function isMade({ packageInfo: { status } }: Migration): boolean {
  return ['created', 'locked'].includes(stateWord(status));
}
