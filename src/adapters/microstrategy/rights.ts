import { isMigratorError, MigratorError } from '../../errors.ts';
import type { Library } from './server.ts';
import type { Privilege } from './wire/schemas.ts';

/**
 * The privileges that migrations need, by all names that the product has given them, and by their numbers when these
 * are public.
 */
const known = {
  create: { id: '295', names: ['create package'], title: 'Create package' },
  manage: { id: '296', names: ['manage migration packages', 'apply package'], title: 'Manage Migration Packages' },
  bypass: {
    id: undefined,
    names: ['bypass all object security access checks', 'bypass all objects security check'],
    title: 'Bypass all object security access checks',
  },
  administer: {
    id: undefined,
    names: ['administer environment', 'environment administrator'],
    title: 'Administer environment',
  },
} as const;

type Right = keyof typeof known;

/** The privileges that each kind of work needs (Migration API, privileges and authorization). */
const work = {
  export: ['create', 'manage'],
  create: ['create'],
  import: ['manage', 'create', 'bypass'],
  upload: ['manage', 'administer'],
} as const satisfies Readonly<Record<string, readonly Right[]>>;

export type Work = keyof typeof work;

export const needs = (what: Work): string => `needs ${work[what].map((right) => known[right].title).join(', ')}`;

/** The privileges of the account; undefined when the Library does not tell. */
type Held = readonly Privilege[] | undefined;

const asked = new WeakMap<Library, Promise<Held>>();

/** Asked once for each Library. */
async function heldOn(library: Library, signal: AbortSignal): Promise<Held> {
  const before = asked.get(library);
  if (before !== undefined) return before;
  const held = ask(library, signal);
  asked.set(library, held);
  try {
    return await held;
  } catch (error) {
    asked.delete(library);
    throw error;
  }
}

/** A Library that does not tell is not asked again. It refuses later what the account may not do. */
async function ask({ client, connection, tools }: Library, signal: AbortSignal): Promise<Held> {
  try {
    return await client.privileges(signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    tools.debug(`${connection.name} does not tell the privileges of the account: ${error.message}`);
    return undefined;
  }
}

/** Whether the account has a privilege; undefined when the list does not name it. */
function allows(held: readonly Privilege[], right: Right, project: string | undefined): boolean | undefined {
  const { id, names } = known[right];
  const named = held.find(({ name = '' }) => names.some((one) => one === name.trim().toLowerCase()));
  const found = named ?? (id === undefined ? undefined : held.find((one) => one.id === id));
  if (found?.isUserLevelAllowed === undefined) return undefined;
  if (found.isUserLevelAllowed) return true;
  return found.projects.some(
    (one) => one.isAllowed === true && (project === undefined || one.id?.toUpperCase() === project.toUpperCase()),
  );
}

/** Whether the account may do a kind of work: false only when the server says so, undefined when it does not tell. */
export async function mayDo(library: Library, what: Work, signal: AbortSignal): Promise<boolean | undefined> {
  const held = await heldOn(library, signal);
  if (held === undefined) return undefined;
  const answers = work[what].map((right) => allows(held, right, undefined));
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

interface Wanted {
  readonly what: Work;
  /** The work as the error names it: `import packages`. */
  readonly told: string;
  readonly project: string | undefined;
  readonly hint?: string;
}

/** AUTH_REFUSED when the server says that the account lacks a privilege. Called before anything is begun. */
export async function requireRights(
  library: Library,
  { what, told, project, hint }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const held = await heldOn(library, signal);
  if (held === undefined) return;
  const lacking = work[what].filter((right) => allows(held, right, project) === false);
  if (lacking.length === 0) return;
  const titles = lacking.map((right) => known[right].title);
  throw new MigratorError(
    'AUTH_REFUSED',
    `the account of ${library.connection.name} may not ${told}: it lacks ${titles.join(' and ')}`,
    { hint: hint ?? 'let an administrator grant the privileges, or use another account', details: { lacking: titles } },
  );
}
