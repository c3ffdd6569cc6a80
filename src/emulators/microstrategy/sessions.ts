// Sessions are kept in memory. Like the product's, they end with the server.
import { randomBytes } from 'node:crypto';
import { newGuid } from './identifiers.ts';

export interface Session {
  readonly token: string;
  /** The value of JSESSIONID. */
  readonly cookie: string;
  /** The value of iSession. A delegated session has the same one as its parent, and the same I-Server session. */
  readonly shared: string;
  readonly userId: string;
  readonly settings: { readonly locale: number; readonly maxSearch: number; readonly workingSet: number };
  /** The projects in which it was used. It counts as an interactive session in each of them. */
  readonly projects: Set<string>;
}

interface Kept extends Session {
  lastUsed: number;
}

export interface NewSession {
  readonly userId: string;
  readonly settings: Session['settings'];
  /** The iSession of the parent, when the session is delegated. */
  readonly shared?: string;
}

export interface Sessions {
  open(wanted: NewSession): Session;
  /** The session of a token; its idle time begins again. Undefined when it is unknown or was idle for `idleSeconds`. */
  find(token: string, idleSeconds: number): Session | undefined;
  byShared(shared: string, idleSeconds: number): Session | undefined;
  /** Ends all sessions with the same I-Server session. */
  close(session: Session): void;
  /** The number of sessions of one user in a project. */
  inProject(userId: string, project: string, idleSeconds: number): number;
  /** A token that opens another session of a user once. */
  identityToken(session: Session): string;
  identified(token: string): Session | undefined;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const newToken = () => Array.from(randomBytes(26), (byte) => alphabet[byte % alphabet.length]).join('');

export function createSessions(): Sessions {
  const live = new Map<string, Kept>();
  const identities = new Map<string, string>();
  const usable = (session: Kept | undefined, idleSeconds: number): Kept | undefined => {
    if (session === undefined || Date.now() - session.lastUsed < idleSeconds * 1000) return session;
    live.delete(session.token);
    return undefined;
  };
  const touch = (session: Kept | undefined) => {
    if (session !== undefined) session.lastUsed = Date.now();
    return session;
  };
  return {
    open({ userId, settings, shared }) {
      const session: Kept = {
        token: newToken(),
        cookie: newGuid(),
        shared: shared ?? newGuid(),
        userId,
        settings,
        projects: new Set(),
        lastUsed: Date.now(),
      };
      live.set(session.token, session);
      return session;
    },
    find: (token, idleSeconds) => touch(usable(live.get(token), idleSeconds)),
    byShared: (shared, idleSeconds) =>
      touch([...live.values()].find((one) => one.shared === shared && usable(one, idleSeconds) !== undefined)),
    close({ shared }) {
      for (const one of [...live.values()].filter((other) => other.shared === shared)) live.delete(one.token);
    },
    inProject: (userId, project, idleSeconds) =>
      [...live.values()].filter(
        (one) => one.userId === userId && one.projects.has(project) && usable(one, idleSeconds) !== undefined,
      ).length,
    identityToken({ token }) {
      const identity = newToken() + newToken();
      identities.set(identity, token);
      return identity;
    },
    identified: (identity) => live.get(identities.get(identity) ?? ''),
  };
}
