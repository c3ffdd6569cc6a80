import type { Secret } from '../secret.ts';

export type Verb = 'partial-export' | 'import' | 'migrate-project' | 'package';

/** One command-line option of a product, as data: help, parsing and the check "does this product know it" read it. */
export interface OptionSpec {
  /** Kebab case, without dashes: `ignore-machines`. The key in `Options` is its camel case. */
  readonly name: string;
  /** Shown after the flag, `<name>`; absent for a switch. */
  readonly value?: string;
  /** The flag may be repeated. */
  readonly many?: boolean;
  /** The value is a secret reference and travels in `Secrets`, not in `Options`. */
  readonly secret?: boolean;
  /** The value is the path of a text file; its text travels, in `Secrets` when it is a secret too. At most 64 MiB. */
  readonly file?: boolean;
  /** Of a `file`: it need not be text, and `<its name>/<its bytes in base64>` travels in `Options`. At most 16 MiB. */
  readonly bytes?: boolean;
  /** It says where one project goes, and is refused beside several. */
  readonly oneProject?: boolean;
  /** Where a product does not know it, migrator does it itself. */
  readonly byMigrator?: boolean;
  /** A switch that makes an import replace what the target has: the plan needs to know. */
  readonly overwrites?: boolean;
  /** A switch that ends a move once it waits for somebody's approval. */
  readonly untilApproval?: boolean;
  /** A switch with which an export is a plain file of the server's own kind, written as it is. */
  readonly raw?: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
  readonly verbs: readonly Verb[];
}

export interface ProductOptions {
  readonly product: string;
  /** As people write it: "Octopus Deploy". */
  readonly title: string;
  /** The settings that name an account, in the order in which one asks for them; which are secrets, the adapter's module tells. */
  readonly account?: readonly string[];
  /** Short names of servers that everybody knows, by what an rc file may say instead of the URL. */
  readonly urls?: Readonly<Record<string, string>>;
  readonly options: readonly OptionSpec[];
}

/** Plain data only: a request is written to the journal and may be carried to another machine. */
export type OptionValue = string | number | boolean | readonly string[];

export type Options = Readonly<Record<string, OptionValue>>;

export type Secrets = Readonly<Record<string, Secret>>;
