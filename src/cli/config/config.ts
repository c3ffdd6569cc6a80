/** One server of the rc file. */
export interface InstanceConfig {
  readonly name: string;
  readonly product: string;
  /** `https://…`, or `embedded:<folder>`. */
  readonly url: string;
  /** The settings of the adapter. Secrets are still references. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export type DefaultValue = string | number | boolean | readonly string[];

/** Paths as the file gives them, relative to `Config.directory`. Secrets are references. */
export interface KeysConfig {
  readonly signing: string | undefined;
  readonly identities: readonly string[];
  /** One list, or lists by name. Public keys (`age1…`), or `file:path`. */
  readonly recipients: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** Public keys (`RW…`) or files. */
  readonly trust: readonly string[];
  readonly passphrase: string | undefined;
  readonly identityPassphrase: string | undefined;
}

export interface HttpConfig {
  /** Milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  /** Milliseconds. */
  readonly patience: number | undefined;
  /** A URL without credentials, or a secret reference. */
  readonly proxy: string | undefined;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly keyPassphrase: string | undefined;
}

export interface Config {
  /** Undefined when there is no rc file. Then all values below are the built-in ones. */
  readonly file: string | undefined;
  /** Permission bits of the file; undefined without a file and on Windows. */
  readonly mode: number | undefined;
  /** Relative paths start here: the folder of the file, or the working directory. */
  readonly directory: string;
  readonly instances: Readonly<Record<string, InstanceConfig>>;
  /** Values for flags, by camel-case name. */
  readonly defaults: Readonly<Record<string, DefaultValue>>;
  readonly keys: KeysConfig;
  readonly http: HttpConfig;
  /** Files (`./acme.mjs`) or package names. */
  readonly adapters: readonly string[];
  /** What is unwise about the file itself. */
  readonly warnings: readonly string[];
  /** Called before code of the file runs. `what` names the code. CONFIG_UNTRUSTED when the user has not allowed it. */
  readonly allowCode: (what: string) => Promise<void>;
  /** The paths of the keys whose values are built in and not from the file. */
  readonly builtIn: readonly string[];
}
