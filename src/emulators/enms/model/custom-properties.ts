// Sites add their own properties in setup/properties.json. A property that is not listed there does not exist.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import { codeOf } from '../../shared/error-members.ts';
import { bulkyProperties, privateProperties, type Kind } from './kinds.ts';
import type { Properties, Property } from './property.ts';

interface Custom {
  readonly properties: Properties;
  readonly privates: ReadonlySet<string>;
}

/** What is needed to read a property. */
interface Column {
  readonly name: string;
  readonly default: unknown;
  /** REST shows it. */
  readonly shown: boolean;
}

export interface CustomProperties {
  /** Built-in and custom properties together. */
  readonly of: (kind: Kind) => Properties;
  readonly columns: (kind: Kind) => readonly Column[];
  readonly isPrivate: (model: string, name: string) => boolean;
}

export type Declarations = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly type?: string; readonly default?: unknown; readonly private?: boolean }>>
  >
>;

const types: Readonly<Record<string, Property['type']>> = {
  str: 'str',
  string: 'str',
  int: 'int',
  integer: 'int',
  float: 'float',
  bool: 'bool',
  boolean: 'bool',
  dict: 'dict',
  json: 'dict',
  list: 'list',
};

function customOf(declared: Declarations[string]): Custom {
  const entries = Object.entries(declared);
  return {
    properties: Object.fromEntries(
      entries.map(([name, one]): [string, Property] => {
        const type = types[one.type ?? 'str'] ?? 'str';
        return [name, { type, default: one.default ?? null }];
      }),
    ),
    privates: new Set(entries.filter(([, one]) => one.private === true).map(([name]) => name)),
  };
}

function read(file: string, initial: Declarations): Declarations {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { custom?: Declarations }).custom ?? {};
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') {
      throw new MigratorError('LOCAL_IO', `the emulator's file "${file}" cannot be read`, {
        hint: 'write it as {"custom": {"device": {"rack": {"type": "str", "default": ""}}}}',
        cause,
      });
    }
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ custom: initial }, null, 2)}\n`);
  return initial;
}

/** Reads the file, or writes it with the given content when it is missing. LOCAL_IO when it is not JSON. */
export function openCustomProperties(file: string, initial: Declarations): CustomProperties {
  const byModel = new Map(Object.entries(read(file, initial)).map(([model, one]) => [model, customOf(one)]));
  const merged = new Map<Kind, Properties>();
  const columns = new Map<Kind, readonly Column[]>();
  const of = (kind: Kind) => {
    const found = merged.get(kind) ?? { ...kind.properties, ...byModel.get(kind.model)?.properties };
    merged.set(kind, found);
    return found;
  };
  const isPrivate = (model: string, name: string) =>
    privateProperties.has(name) || byModel.get(model)?.privates.has(name) === true;
  const isShown = (model: string, name: string) =>
    name !== 'positions' && !isPrivate(model, name) && !(model === 'device' && bulkyProperties.has(name));
  return {
    of,
    isPrivate,
    columns(kind) {
      const found =
        columns.get(kind) ??
        Object.entries(of(kind)).map(([name, one]) => ({
          name,
          default: one.default,
          shown: isShown(kind.model, name),
        }));
      columns.set(kind, found);
      return found;
    },
  };
}
