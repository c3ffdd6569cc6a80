import { MigratorError } from '../errors.ts';

/** An empty name comes of a variable that a script has not set; some products would take it for all projects. USAGE. */
export function requireProjectNames(projects: readonly string[]): void {
  if (projects.every((name) => name.trim() !== '')) return;
  throw new MigratorError('USAGE', 'the name of a project is empty', {
    hint: 'see whether a variable on the command line is unset',
  });
}
