import type { Call } from '../shared/server.ts';
import type { Instance } from './instance.ts';
import { findProject, statusOf } from './metadata/project.ts';
import { missing, Refusal } from './refusal.ts';
import { idleTimeout } from './session-check.ts';
import type { Session } from './sessions.ts';

const notLoaded = -2_147_209_151;
const tooManySessions = -2_147_072_486;
const usualCap = 100;

/** The header X-MSTR-ProjectID. 400 ERR005 when it is required but missing. */
export function projectHeader(call: Call, required: boolean): string | undefined {
  const header = call.headers['x-mstr-projectid'];
  if (typeof header === 'string' && header !== '') return header;
  if (required) throw missing('The header X-MSTR-ProjectID is missing.');
  return undefined;
}

/**
 * Lets a session use a project. 404 with iServerCode -2147209151 when the project does not exist or is not loaded. 500
 * with -2147072486 when the user has too many sessions in the project; a login does not fail because of this.
 */
export function openProject(instance: Instance, session: Session, id: string): string {
  const project = findProject(instance.store, id);
  const fault = instance.faults.take('project-not-loaded');
  if (fault !== undefined || project === undefined || statusOf(project) !== 0) {
    throw new Refusal(404, 'ERR004', `The project with ID '${id}' is not loaded.`, { iServerCode: notLoaded });
  }
  if (session.projects.has(id)) return id;
  const cap = instance.faults.named('session-cap')?.values['limit'];
  const others = instance.sessions.inProject(session.userId, id, idleTimeout(instance));
  if (others >= (cap ?? (instance.faults.named('session-cap') === undefined ? usualCap : 0))) {
    instance.faults.take('session-cap');
    throw new Refusal(
      500,
      'ERR001',
      'The maximum number of interactive sessions per user and project has been reached.',
      { iServerCode: tooManySessions },
    );
  }
  session.projects.add(id);
  return id;
}
