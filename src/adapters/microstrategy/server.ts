import { MigratorError } from '../../errors.ts';
import type { Adapter, AdapterTools, Peer } from '../../ports/adapter.ts';
import type { LibraryConnection } from './connection.ts';
import type { Client } from './wire/client.ts';
import type { Migration, Project, SharedFile, Storage } from './wire/schemas.ts';
import type { Session } from './wire/session.ts';

/** One Library as one connection sees it. */
export interface Library {
  readonly connection: LibraryConnection;
  readonly session: Session;
  readonly client: Client;
  readonly tools: AdapterTools;
  /** What only this process knows about the migrations that it advances, by migration id. */
  readonly memory: Memory;
}

export interface Memory {
  /** Why the target cannot read the package. */
  readonly undelivered: Map<string, string>;
  /** What the server said when this account tried to approve. */
  readonly refused: Map<string, string>;
  /** The instances that migrations go to, as their records name them. Handles of other tools do not tell it. */
  readonly ends: Map<string, string>;
  /** The migrations that their target has begun to import. From then on its record alone tells how they go. */
  readonly handedOver: Set<string>;
  /** Records that were read for the next call when none was due. The look that follows takes them, once. */
  readonly records: Map<string, { readonly record: Migration; readonly at: Date }>;
  /** The storage, when the Library has told it. */
  storage?: Storage | 'unknown';
  /** All uploads, as the last search for a package saw them. */
  uploads?: readonly SharedFile[] | undefined;
  /** What this process has uploaded, or found to be uploaded already. */
  uploaded?: SharedFile;
  /** The project of the import, as the check before the upload found it. */
  target?: { readonly project: Project; readonly notes: readonly string[] };
}

export function emptyMemory(): Memory {
  return { undelivered: new Map(), refused: new Map(), ends: new Map(), handedOver: new Set(), records: new Map() };
}

const libraries = new WeakMap<Adapter, Library>();

export function register(adapter: Adapter, library: Library): Adapter {
  libraries.set(adapter, library);
  return adapter;
}

export function libraryOf(adapter: Adapter): Library | undefined {
  return libraries.get(adapter);
}

/** The Library of a peer. UNSUPPORTED when the peer is another product. */
export function libraryOfPeer({ name, adapter }: Peer): Library {
  const library = libraryOf(adapter);
  if (library !== undefined) return library;
  throw new MigratorError('UNSUPPORTED', `${name} is ${adapter.product}, not a MicroStrategy Library`);
}
