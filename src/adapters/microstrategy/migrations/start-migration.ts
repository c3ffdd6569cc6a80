import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import { textOf } from '../../shared/option-values.ts';
import type { Library } from '../server.ts';
import { isAmbiguous } from '../wire/errors.ts';
import type { Migration } from '../wire/schemas.ts';

const looks = 3;
const pauseMs = 2_000;

/** What `prepare` settled for a migration: the request as it will be sent, and the name that is found again. */
export interface SettledMigration {
  readonly name: string;
  readonly body: object;
  /** The source project's id, for the header. */
  readonly project: string | undefined;
}

/** Plain data for the journal; the request is text, because options hold no objects. */
export function settledMigration({ name, body, project }: SettledMigration): Options {
  return { name, body: JSON.stringify(body), ...(project === undefined ? {} : { project }) };
}

/** Sends the request that makes a package, once. A lost answer is settled by looking for the name, which is its own. */
export async function startMigration(library: Library, settled: Options, signal: AbortSignal): Promise<string> {
  const body = JSON.parse(textOf(settled, 'body') ?? '{}') as object;
  const create = async (): Promise<string> =>
    (await library.client.createMigration(body, textOf(settled, 'project'), signal)).id;
  return startedOrFound(create, () => findMigration(library, settled, signal), library, signal);
}

export async function findMigration(
  { client }: Library,
  settled: Options,
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = textOf(settled, 'name');
  for await (const migration of client.migrations(signal)) {
    if (migration.packageInfo.name === name) return migration.id;
  }
  return undefined;
}

/** A call that begins something, once; when its answer is lost the server is asked whether it did. */
export async function startedOrFound(
  call: () => Promise<string>,
  find: () => Promise<string | undefined>,
  library: Library,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await call();
  } catch (error) {
    if (!isAmbiguous(error)) throw error;
    return await settle(error, find, library, signal);
  }
}

async function settle(
  lost: MigratorError,
  find: () => Promise<string | undefined>,
  { tools: { clock } }: Library,
  signal: AbortSignal,
): Promise<string> {
  // The request may still be on its way, so one empty look is not enough.
  for (let look = 1; look <= looks; look += 1) {
    const id = await asked(lost, find);
    if (id !== undefined) return id;
    if (look < looks) await clock.sleep(pauseMs, signal);
  }
  const explained = lost.details['errorCode'] !== undefined && lost.hint !== undefined;
  throw new MigratorError(lost.code, lost.message, {
    // A refusal with a reason of its own knows better what to do.
    hint: explained ? lost.hint : 'the server shows that nothing was begun; run the same command again',
    details: { ...lost.details, ambiguous: false },
    cause: lost,
  });
}

async function asked(lost: MigratorError, find: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await find();
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    throw new MigratorError(lost.code, `${lost.message}; whether it was begun is not known: ${error.message}`, {
      hint: error.hint ?? 'look at the migrations in Workstation before you repeat it',
      details: { ...error.details, ...lost.details, ambiguous: true },
      cause: error,
    });
  }
}

/** Whether the package is complete: it may then be downloaded, and requested for import. */
export function isMade({ packageInfo: { status } }: Migration): boolean {
  return status === 'created' || status === 'locked';
}
