import type { Secret } from '../secret.ts';

export const verbs = ['partial-export', 'import', 'migrate-project', 'compare', 'package'] as const;
export type Verb = (typeof verbs)[number];

/**
 * One command-line option of a product, as data. Help, parsing and the check whether the product knows it all read
 * this.
 */
export interface OptionSpec {
  /** Kebab case, without dashes in front: `ignore-machines`. The key in `Options` is the same in camel case. */
  readonly name: string;
  /** The name of the value in the help, `<name>`. Absent for a switch. */
  readonly value?: string;
  /** The flag may be repeated. */
  readonly many?: boolean;
  /** The value is a reference to a secret, and the secret comes in `Secrets`, not in `Options`. */
  readonly secret?: boolean;
  /** Of a `secret`: it is an http or https URL. One without a password or a query may be given in plain text. */
  readonly url?: boolean;
  /**
   * The value is the path of a text file of at most 64 MiB. Its text comes in `Options`, or in `Secrets` when it is
   * secret too.
   */
  readonly file?: boolean;
  /** Of a `file`: it may hold any bytes, at most 16 MiB. `<file name>/<bytes in base64>` comes in `Options`. */
  readonly bytes?: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
  readonly verbs: readonly Verb[];
}

/** One setting of an instance, as data: the rc file is checked before an adapter is loaded. */
export interface SettingSpec {
  readonly name: string;
  /** The value is a reference to a secret. */
  readonly secret?: boolean;
  /** Default: `text`. */
  readonly kind?: 'text' | 'number';
  readonly choices?: readonly string[];
  /** The question for a user who sets up an instance, for what most instances need: "Its space (a name or an id)". */
  readonly question?: string;
}

export interface ProductOptions {
  readonly product: string;
  /** The name of the product in texts: "Octopus Deploy". */
  readonly title: string;
  /**
   * The settings that name an account, in the order in which a user is asked for them. `secretSettings` of the
   * adapter's module tells which are secrets.
   */
  readonly account?: readonly string[];
  /** What an instance of the rc file can be set to, beside `product` and `url`. A test holds it against the adapter. */
  readonly settings?: readonly SettingSpec[];
  /** Short names for well-known servers, with their URLs. An rc file may give the name instead of the URL. */
  readonly urls?: Readonly<Record<string, string>>;
  readonly options: readonly OptionSpec[];
}

/** Plain data only: requests are written to the journal, and may be read on another machine. */
export type OptionValue = string | number | boolean | readonly string[];

export type Options = Readonly<Record<string, OptionValue>>;

export type Secrets = Readonly<Record<string, Secret>>;

/** What the user gave for one instance: `secrets` holds the names of the options that came as secrets. */
export interface GivenOptions {
  readonly verb: Exclude<Verb, 'package'>;
  readonly projects: readonly string[];
  readonly options: Options;
  readonly secrets: readonly string[];
  /** Their values. A file of secrets is checked before a server is asked. */
  readonly confided?: Secrets;
}

/** What the given options mean for a run. An absent member is false, and an absent half gets all options. */
export interface OptionRequest {
  /** The options of a move that its export, or its import, gets. */
  readonly exportOptions?: Options;
  readonly importOptions?: Options;
  /** The import replaces what the target has. The plan needs to know. */
  readonly overwrites?: boolean;
  /** The user wants what the target has to be skipped, so that is no reason for exit code 3. */
  readonly skips?: boolean;
  /** The run ends with what the target finds in the files, and imports nothing. */
  readonly preview?: boolean;
  /** How the user allows overwriting without a question, as a hint names it: `--overwrite-existing`. */
  readonly allowance?: string;
  /** A move ends as soon as it waits for an approval. */
  readonly untilApproval?: boolean;
  /** The target may be a place on the source instance, so `--to` is not needed. */
  readonly sameInstance?: boolean;
  /**
   * Where on the target the projects of the run arrive, or what of it the run writes, when that is not a project of the same
   * name. Two moves with the same text write to the same place.
   */
  readonly arrivesAt?: string;
  /** The export is the server's own file, written as it is and not sealed. */
  readonly raw?: boolean;
}
