import { createHash } from 'node:crypto';
import type { Scope, Snapshots } from '../../ports/snapshot.ts';
import type { Door } from './feed.ts';

/** The projects of an import or of a comparison: their names. */
export function scopeOf(projects: readonly string[]): Scope {
  return { projects };
}

/** A project is one item. Its mark is a hash of its content and counts the writes, so each write changes it. */
export function createSnapshots(door: Door): Snapshots {
  return {
    blind: { listing: ['the content of a project is not looked at'], content: [] },
    scopeOf: (projects) => Promise.resolve(scopeOf(projects)),
    take: async function* (scope, depth, signal) {
      const names = scope['projects'];
      for (const { id, name, content, writes } of (await door(signal)).projects.values()) {
        if (!Array.isArray(names) || !(names.includes(name) || names.includes(id))) continue;
        const mark = `${writes}-${createHash('sha256').update(content).digest('hex')}`;
        yield { kind: 'project', name, mark, ...(depth === 'content' ? { fields: { content } } : {}) };
      }
    },
  };
}
