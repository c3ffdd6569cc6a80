// What an import does, by the product's rules: everything is matched by its name.
import type { PlanItem } from '../../../ports/plan.ts';
import type { Named } from '../../../ports/snapshot.ts';
import type { ExportContents } from './contents.ts';

/** Whether the target has a thing of this kind and name. */
export type IsThere = (thing: Named) => boolean;

/** What is kept, by its kind, and what happens to it all the same. */
const kept: Readonly<Record<string, string>> = {
  'variable-set': 'the one on the target stays; variables that it lacks are added',
  tenant: 'the one on the target stays, and is connected to the projects',
  'step-template': 'the one on the target stays, and gets a newer version if the export has one',
};

/**
 * A project that is there already is not imported. What projects share is used as it is on the target. Of a variable set
 * that is there, only variables that it lacks are added. `skips`: the user wants what is there to be kept.
 */
export function planOf(contents: ExportContents, isThere: IsThere, skips: boolean): readonly PlanItem[] {
  const asked = skips ? { asked: true } : {};
  const decide = ({ kind, name }: Named, detail: string): PlanItem => {
    return isThere({ kind, name })
      ? { kind, name, action: 'keep', detail, ...asked }
      : { kind, name, action: 'create' };
  };
  const projects = contents.projects.map((name) => ({ kind: 'project', name }));
  return [
    ...projects.map((project) => decide(project, 'a project that exists is not imported')),
    ...contents.shared.map((thing) => decide(thing, kept[thing.kind] ?? 'the one on the target is used as it is')),
    ...contents.parts.flatMap(({ of, ...part }): readonly PlanItem[] => {
      // Nothing of a project that is not imported arrives.
      if (of?.kind === 'project' && isThere(of)) return [];
      return [decide(part, 'the target keeps its value')];
    }),
  ];
}

/** The projects of an export that the target has. */
export function existing({ projects }: Pick<ExportContents, 'projects'>, isThere: IsThere): readonly string[] {
  return projects.filter((name) => isThere({ kind: 'project', name }));
}

/** Names as the product compares them: without blanks around them, and in any case. */
export function lookup(things: readonly Named[]): IsThere {
  const keys = new Set(things.map(keyOf));
  return (thing) => keys.has(keyOf(thing));
}

function keyOf({ kind, name }: Named): string {
  return JSON.stringify([kind, name.trim().toLowerCase()]);
}
