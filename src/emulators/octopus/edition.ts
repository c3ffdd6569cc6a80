// What a server offers depends on its version and on where it runs.
import { MigratorError } from '../../errors.ts';
import type { Flavor } from '../shared/emulator.ts';
import { compareVersions } from './compare-versions.ts';

export interface Edition {
  readonly version: string;
  /** Where it runs: on the user's Windows, on the user's Linux or container, or in Octopus Cloud. */
  readonly flavor: Flavor;
}

export const defaultEdition: Edition = { version: '2023.1.9626', flavor: 'windows' };

const flavors: readonly string[] = ['windows', 'linux', 'cloud'] satisfies readonly Flavor[];

const core = (version: string) => version.split(/[-+]/)[0] ?? '';

export const isAtLeast = (version: string, limit: string): boolean => compareVersions(core(version), limit) >= 0;

/** Negative, zero or positive, by the numbers of two versions: 2025.10 is newer than 2025.9. */
export const compareCores = (a: string, b: string): number => compareVersions(core(a), core(b));

/** USAGE for a version or a flavor that this emulator does not serve. */
export function checkEdition({ version, flavor }: Edition): void {
  const known = /^\d{4}(?:\.\d+){1,3}(?:[-+].*)?$/.test(version);
  if (!known || !isAtLeast(version, '2018.6') || isAtLeast(version, '2027')) {
    throw new MigratorError('USAGE', `an embedded Octopus Deploy cannot be version "${version}"`, {
      hint: 'choose a version from 2018.6 to 2026.x, such as 2023.1.9626',
    });
  }
  if (flavors.includes(flavor)) return;
  throw new MigratorError('USAGE', `an embedded Octopus Deploy cannot run on "${flavor as string}"`, {
    hint: `choose one of: ${flavors.join(', ')}`,
  });
}

export interface Offers {
  /** The two calls of the Migration API, which Octopus Cloud does not have. */
  readonly migrations: boolean;
  /** Projects Export/Import. */
  readonly importExport: boolean;
}

export const offersOf = ({ version, flavor }: Edition): Offers => ({
  migrations: flavor !== 'cloud',
  importExport: isAtLeast(version, '2021.1'),
});

/** The Migrator is a Windows program. */
export const hasMigrator = ({ flavor }: Edition): boolean => flavor === 'windows';
