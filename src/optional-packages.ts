import { MigratorError } from './errors.ts';

type Loaders = Readonly<Record<string, () => Promise<unknown>>>;
type Loaded<L extends Loaders> = { readonly [Name in keyof L]: Awaited<ReturnType<L[Name]>> };

/**
 * Loads npm packages that an installation may lack, by their names. CONFIG_INVALID names all that are missing, and the
 * command that installs them. `what` needs them: `the product s3`.
 */
export async function optionalPackages<L extends Loaders>(what: string, loaders: L): Promise<Loaded<L>> {
  const missing: string[] = [];
  const loaded: Record<string, unknown> = {};
  for (const [name, load] of Object.entries(loaders)) {
    try {
      loaded[name] = await load();
    } catch (error) {
      // Another absent module is a fault of the package itself, which installing it again may repair.
      if (!isAbsent(error)) throw error;
      missing.push(name);
    }
  }
  if (missing.length === 0) return loaded as Loaded<L>;
  const many = missing.length > 1;
  throw new MigratorError(
    'CONFIG_INVALID',
    `${what} needs ${many ? 'npm packages that are' : 'an npm package that is'} not installed: ${missing.join(', ')}`,
    {
      hint: `install ${many ? 'them' : 'it'} where migrator is installed: npm install ${missing.join(' ')} (with -g where migrator was installed with it)`,
      details: { missing },
    },
  );
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
