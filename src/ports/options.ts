import type { Secret } from '../secret.ts';

export type Verb = 'partial-export' | 'import' | 'migrate-project' | 'package';

/**
 * One command-line option of a product, as data. It is used for help, for parsing, and to check whether a product has
 * it.
 */
export interface OptionSpec {
  /** In kebab case, without the leading dashes: `ignore-machines`. The key in `Options` is in camel case. */
  readonly name: string;
  /** The name of the value in the help, `<name>`. Absent for a switch. */
  readonly value?: string;
  /** The flag may be repeated. */
  readonly many?: boolean;
  /** The value is a secret reference. Its secret is in `Secrets`, not in `Options`. */
  readonly secret?: boolean;
  /**
   * The value is the path of a text file of at most 64 MiB. Its text is in `Options`, or in `Secrets` if `secret` is
   * set.
   */
  readonly file?: boolean;
  /**
   * The value is the path of a file of at most 16 MiB that need not be text. `<name>/<bytes in base64>` is in
   * `Options`.
   */
  readonly bytes?: boolean;
  /** The option sets the destination of one project. It is refused when several projects are named. */
  readonly oneProject?: boolean;
  /** For products that do not have this option, migrator carries it out by itself. */
  readonly byMigrator?: boolean;
  /** A switch that makes an import replace existing objects on the target. The plan needs it. */
  readonly overwrites?: boolean;
  /** A switch that makes migrator stop when a move waits for an approval. */
  readonly untilApproval?: boolean;
  /** A switch that makes an export write the server's own file instead of a package. */
  readonly raw?: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
  readonly verbs: readonly Verb[];
}

export interface ProductOptions {
  readonly product: string;
  /** The name of the product in texts: "Octopus Deploy". */
  readonly title: string;
  /**
   * The settings of an account, in the order of the questions of `init`. The adapter's module says which are secrets.
   */
  readonly account?: readonly string[];
  /** The URLs of public servers, by the short names that an rc file may use instead of the URL. */
  readonly urls?: Readonly<Record<string, string>>;
  readonly options: readonly OptionSpec[];
}

/** Only plain data, because a request is written to the journal. */
export type OptionValue = string | number | boolean | readonly string[];

export type Options = Readonly<Record<string, OptionValue>>;

export type Secrets = Readonly<Record<string, Secret>>;
