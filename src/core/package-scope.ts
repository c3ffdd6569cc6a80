import type { Json } from '../ports/journal.ts';
import type { Options, OptionValue } from '../ports/options.ts';

/** What the scope of an export says, as `seal-artifact.ts` writes it. Scopes of other programs may say less. */

export function exportOptionsOf(scope: Json): Options {
  const options = isRecord(scope) ? scope['options'] : undefined;
  if (!isRecord(options)) return {};
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, OptionValue] => isOptionValue(entry[1])),
  );
}

/** The way of the export, for products that have several. */
export function viaOf(scope: Json | undefined): string | undefined {
  const via = isRecord(scope) ? scope['via'] : undefined;
  return typeof via === 'string' ? via : undefined;
}

/** The names of the projects. */
export function projectsOf(scope: Json | undefined): readonly string[] {
  const projects = isRecord(scope) ? scope['projects'] : undefined;
  if (!Array.isArray(projects)) return [];
  return projects.flatMap((project: Json) =>
    isRecord(project) && typeof project['name'] === 'string' ? [project['name']] : [],
  );
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionValue(value: Json): value is OptionValue {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
