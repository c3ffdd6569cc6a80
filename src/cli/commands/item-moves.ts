import type { Command, Option } from 'commander';
import { sharedTargets } from '../../core/waves/plan-file.ts';
import type { Fault, Plan, PlannedFlag, WaveItem } from '../../core/waves/plan.ts';
import { canonical } from '../../canonical.ts';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { OptionValue } from '../../ports/options.ts';
import { nearest } from '../../nearest.ts';
import type { Context } from '../context.ts';
import { type ProductFlags, productFlags, secretFlags } from '../flags/product-values.ts';
import { isReference } from '../secrets/references.ts';
import { isPublicUrl } from '../secrets/secret-url.ts';
import { fillLists, settle, settledValue, valueFault } from '../flags/flag-values.ts';
import { instancesOf } from '../servers/instances.ts';
import { type AskedMove, askedMove, type MoveOptions } from './asked-move.ts';

/** Flags of `migrate-project` that the plan says in another way, or that belong to the wave as a whole. */
const elsewhere: Readonly<Record<string, string>> = {
  from: 'write from: beside options',
  to: 'write to: beside options',
  'dry-run': 'give --dry-run to "wave run"',
  yes: 'give --yes to "wave run"',
  fresh: 'an item that is done is not done again; run "migrate-project --fresh" for one',
  wait: 'a wave waits for its items',
  'no-wait': 'a wave waits for its items',
  backup: 'each item gets a backup file of its own',
  log: 'see the log of one job with "migrator job log"',
  names: 'the result of a wave counts',
};

const commandOf = async (context: Context): Promise<Command> => {
  const program = await context.commandTree(['migrate-project']);
  const command = program.commands.find((one) => one.name() === 'migrate-project');
  if (command === undefined) throw new Error('there is no command migrate-project');
  return command;
};

const flagOf = (command: Command, name: string): Option | undefined =>
  command.options.find(({ long, hidden }) => long === `--${name}` && !hidden);

/** The flags of `migrate-project` that a plan may set. */
export async function flagNames(context: Context): Promise<readonly string[]> {
  const { options } = await commandOf(context);
  return options
    .filter(({ hidden }) => !hidden)
    .map(({ long }) => (long ?? '').slice(2))
    .filter((name) => elsewhere[name] === undefined);
}

/** Reads the flags of items as `migrate-project` would. Items with the same flags share the work. Opens no instance. */
export class ItemMoves {
  readonly #context: Context;
  readonly #asked = new Map<string, Promise<AskedMove>>();
  readonly #commands = new Map<string, Promise<Command>>();
  readonly #products = new Map<string, Promise<ProductFlags>>();
  #template: Promise<Command> | undefined;

  readonly #settles: boolean;

  /** `settles`: flags that an item does not set have the values of the environment and of the rc file. */
  constructor(context: Context, settles = true) {
    this.#context = context;
    this.#settles = settles;
  }

  /**
   * All flags of an item that have a value, whoever gave it: another machine needs no environment and no defaults for it.
   * USAGE for a secret that is no reference, and for one that would run a command there.
   */
  async settledFlags(item: WaveItem): Promise<Readonly<Record<string, OptionValue>>> {
    const command = await this.#command(item);
    const secrets = secretFlags(await this.#context.productOptions());
    const flags: Record<string, OptionValue> = {};
    for (const option of command.options) {
      const name = option.attributeName();
      const flag = (option.long ?? '').slice(2);
      const source = command.getOptionValueSource(name);
      if (source === undefined || source === 'default' || option.hidden || elsewhere[flag] !== undefined) continue;
      const value = command.getOptionValue(name) as OptionValue;
      if (secrets.includes(name)) requirePortable(flag, value);
      flags[flag] = option.negate ? value !== true : value;
    }
    return flags;
  }

  /**
   * The move of an item, as the command line for it would ask for it. `readBy`: the instance whose product reads the flags,
   * which this machine must know. Default: the source.
   */
  async of(item: WaveItem, readBy = item.from): Promise<AskedMove> {
    const key = canonical([item.project, item.from, item.to, plain(item.flags)]);
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = this.#command(item).then(async (command) => {
      const given = await this.#product(readBy, item, command);
      const options = { ...command.opts<MoveOptions>(), from: item.from, to: item.to };
      return askedMove({ projects: [item.project], command, options, given, readBy }, this.#context);
    });
    this.#asked.set(key, asked);
    return asked;
  }

  /** All that is wrong with the flags of a plan, and the items that would write to one place. */
  async faults({ items }: Plan): Promise<readonly Fault[]> {
    const faults: Fault[] = [];
    const places = new Map<string, string>();
    const byServer = await (await instancesOf(this.#context)).places();
    const told = new Set<string>();
    for (const item of items) {
      const wrong = await this.flagFaults(item);
      // A flag of the defaults is told once.
      faults.push(...wrong.filter(({ line, message }) => !told.has(`${String(line)} ${message}`)));
      for (const { line, message } of wrong) told.add(`${String(line)} ${message}`);
      if (wrong.length > 0 || !byServer.has(item.from) || !byServer.has(item.to)) continue;
      try {
        const { asked } = await this.of(item);
        places.set(item.id, canonical([byServer.get(item.to), asked.arrivesAt ?? item.project]));
      } catch (error) {
        if (!isMigratorError(error, 'USAGE', 'CONFIG_INVALID')) throw error;
        faults.push({ line: item.line, message: `"${item.id}": ${error.message}`, hint: error.hint });
      }
    }
    return [...faults, ...sharedTargets(items, ({ id }) => places.get(id))];
  }

  /** What is wrong with the flags of one item, each for itself. */
  async flagFaults({ flags }: Pick<WaveItem, 'flags'>): Promise<readonly Fault[]> {
    this.#template ??= commandOf(this.#context);
    const command = await this.#template;
    const names = await flagNames(this.#context);
    const secrets = secretFlags(await this.#context.productOptions());
    return flags.flatMap(({ name, value, line }): readonly Fault[] => {
      const other = elsewhere[name];
      if (other !== undefined) return [{ line, message: `--${name} has no place in a plan`, hint: other }];
      const option = flagOf(command, name);
      if (option === undefined) {
        const near = nearest(name, names);
        const hint = near === undefined ? 'see migrate-project --help' : `did you mean "${near}"?`;
        return [{ line, message: `"${name}" is not a flag of migrate-project`, hint }];
      }
      const fault = valueFault(option, value);
      if (fault !== undefined) return [{ line, message: `"${name}" ${fault.message}` }];
      if (!secrets.includes(option.attributeName()) || typeof value !== 'string') return [];
      return secretFault(name, value, line);
    });
  }

  /** The flags of the product. A secret of many items is read once. */
  async #product(readBy: string, { flags }: WaveItem, command: Command): Promise<ProductFlags> {
    const { product } = (await instancesOf(this.#context)).config(readBy);
    const key = canonical([product, plain(flags)]);
    const known = this.#products.get(key) ?? productFlags(command, 'migrate-project', product, this.#context);
    this.#products.set(key, known);
    return known;
  }

  /** The command with the values of an item, of the environment and of the rc file. */
  #command({ flags }: WaveItem): Promise<Command> {
    const key = canonical(plain(flags));
    const known = this.#commands.get(key);
    if (known !== undefined) return known;
    const made = this.#settled(flags);
    this.#commands.set(key, made);
    return made;
  }

  async #settled(flags: readonly PlannedFlag[]): Promise<Command> {
    const command = await commandOf(this.#context);
    const set = (name: string, value: unknown) => command.setOptionValueWithSource(name, value, 'cli');
    for (const { name, value } of flags) {
      const option = flagOf(command, name);
      if (option === undefined) continue;
      const settled = settledValue(option, value);
      set(option.attributeName(), option.negate ? settled !== true : settled);
    }
    // A default of the rc file, or a variable, for single commands must not change what a wave is.
    for (const [name, value] of Object.entries({ wait: true, dryRun: false, fresh: false, yes: false }))
      set(name, value);
    if (this.#settles) await settle(command, this.#context, ['from', 'to', 'backup', 'log', 'names']);
    fillLists(command);
    return command;
  }
}

/** What a worker reads of its own machine: a variable or a file there. */
function requirePortable(flag: string, value: OptionValue): void {
  const text = String(value);
  if (isPublicUrl(text) || /^(env|file):./su.test(text)) return;
  throw new MigratorError('USAGE', `--${flag} must be env:NAME or file:path for a wave that goes through a queue`, {
    hint: 'a queue holds no secret, and runs no command on the machines of the workers: each worker reads the variable or the file there',
  });
}

/** A plan is shared, so it refers to secrets. */
function secretFault(name: string, value: string, line: number): readonly Fault[] {
  if (isReference(value) && value !== 'prompt') return [];
  if (isPublicUrl(value)) return [];
  const hint = 'write env:NAME, file:path or command:…';
  return [{ line, message: `"${name}" must be a reference to a secret that nobody has to type in`, hint }];
}

const plain = (flags: readonly PlannedFlag[]) => flags.map(({ name, value }) => [name, value]).sort();
