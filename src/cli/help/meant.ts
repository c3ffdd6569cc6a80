import { nearest } from '../../nearest.ts';

/** What the search needs of the table of commands. */
export interface CommandWords {
  readonly name: string;
  readonly commands?: readonly CommandWords[];
}

/**
 * Words that people type for a command, with the words of that command. A word before a colon is the group in which the
 * synonym counts. Second words of real commands are found without this table.
 */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  export: ['partial-export'],
  'full-export': ['partial-export'],
  'export-project': ['partial-export'],
  backup: ['partial-export'],
  dump: ['partial-export'],
  partial: ['partial-export'],
  move: ['migrate-project'],
  migrate: ['migrate-project'],
  migration: ['migrate-project'],
  copy: ['migrate-project'],
  clone: ['migrate-project'],
  transfer: ['migrate-project'],
  promote: ['migrate-project'],
  sync: ['migrate-project'],
  relay: ['migrate-project'],
  send: ['migrate-project'],
  ship: ['migrate-project'],
  forward: ['migrate-project'],
  deploy: ['migrate-project'],
  release: ['migrate-project'],
  replicate: ['migrate-project'],
  mirror: ['migrate-project'],
  port: ['migrate-project'],
  moov: ['migrate-project'],
  mv: ['migrate-project'],
  cp: ['migrate-project'],
  load: ['import'],
  restore: ['import', 'job undo'],
  diff: ['compare'],
  projects: ['inventory'],
  environments: ['inventory'],
  spaces: ['inventory'],
  instances: ['config show', 'doctor'],
  list: ['inventory', 'job list', 'package list'],
  ls: ['inventory', 'job list', 'package list'],
  push: ['package upload'],
  publish: ['package upload'],
  pull: ['package download'],
  fetch: ['package download'],
  sign: ['package seal'],
  encrypt: ['package seal'],
  pack: ['package seal'],
  decrypt: ['package open'],
  unpack: ['package open'],
  extract: ['package open'],
  validate: ['package verify', 'config check'],
  remove: ['package delete'],
  task: ['job'],
  run: ['job'],
  runs: ['job list'],
  history: ['job list'],
  status: ['job show', 'doctor'],
  resume: ['job wait'],
  watch: ['job wait'],
  follow: ['job wait'],
  logs: ['job log'],
  stop: ['job cancel'],
  abort: ['job cancel'],
  kill: ['job cancel'],
  rollback: ['job undo'],
  revert: ['job undo'],
  keygen: ['key generate'],
  health: ['doctor'],
  ping: ['doctor'],
  test: ['doctor'],
  setup: ['init'],
  configure: ['init', 'config show'],
  settings: ['config show'],
  schema: ['config schema'],
  serve: ['emulate'],
  server: ['emulate'],
  start: ['emulate', 'demo'],
  example: ['demo'],
  tutorial: ['demo'],
  man: ['help'],
  docs: ['help'],
  topics: ['help'],
  update: ['version'],
  upgrade: ['version'],
  'package: push': ['package upload'],
  'package: publish': ['package upload'],
  'package: add': ['package upload', 'package seal'],
  'package: put': ['package upload'],
  'package: pull': ['package download'],
  'package: get': ['package download'],
  'package: fetch': ['package download'],
  'package: export': ['partial-export'],
  'package: create': ['package seal', 'partial-export'],
  'package: pack': ['package seal'],
  'package: sign': ['package seal'],
  'package: encrypt': ['package seal'],
  'package: unpack': ['package open'],
  'package: extract': ['package open'],
  'package: decrypt': ['package open'],
  'package: show': ['package inspect'],
  'package: info': ['package inspect'],
  'package: check': ['package verify'],
  'package: validate': ['package verify'],
  'package: remove': ['package delete'],
  'package: rm': ['package delete'],
  'package: ls': ['package list'],
  'package: rename': ['package edit'],
  'package: approve': ['package certify'],
  'job: status': ['job show'],
  'job: get': ['job show'],
  'job: inspect': ['job show'],
  'job: ls': ['job list'],
  'job: info': ['job show'],
  'job: view': ['job show'],
  'job: describe': ['job show'],
  'job: tail': ['job wait', 'job log'],
  // A job stays in the lists of its server. It can be stopped, and what it did can be undone.
  'job: delete': ['job cancel', 'job undo'],
  'job: remove': ['job cancel', 'job undo'],
  'job: rm': ['job cancel', 'job undo'],
  'job: resume': ['job wait'],
  'job: watch': ['job wait'],
  'job: follow': ['job wait'],
  'job: continue': ['job wait'],
  'job: logs': ['job log'],
  'job: output': ['job log'],
  'job: stop': ['job cancel'],
  'job: abort': ['job cancel'],
  'job: kill': ['job cancel'],
  'job: accept': ['job approve'],
  'job: confirm': ['job approve'],
  'job: deny': ['job reject'],
  'job: decline': ['job reject'],
  'job: rollback': ['job undo'],
  'job: revert': ['job undo'],
  'job: restore': ['job undo'],
  'key: create': ['key generate'],
  'key: new': ['key generate'],
  'key: make': ['key generate'],
  'key: list': ['key show'],
  'key: ls': ['key show'],
  'key: print': ['key show'],
  'key: export': ['key show'],
  'key: add': ['key trust'],
  'key: import': ['key trust'],
  'key: remove': ['key untrust'],
  'key: delete': ['key untrust'],
  'key: rm': ['key untrust'],
  'key: distrust': ['key untrust'],
  'key: revoke': ['key untrust'],
  'key: renew': ['key rotate'],
  'key: replace': ['key rotate'],
  'adapter: create': ['adapter new'],
  'adapter: add': ['adapter new'],
  'adapter: make': ['adapter new'],
  'adapter: init': ['adapter new'],
  'adapter: generate': ['adapter new'],
  'adapter: scaffold': ['adapter new'],
  'config: list': ['config show'],
  'config: get': ['config show'],
  'config: print': ['config show'],
  'config: validate': ['config check'],
  'config: verify': ['config check'],
  'config: test': ['config check'],
  'config: lint': ['config check'],
  'config: allow': ['config trust'],
  'config: init': ['init'],
  'config: create': ['init'],
};

/** What people look for and migrator does not have, and how it goes here. */
const otherwise: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['login', 'logon', 'signin', 'auth', 'logout', 'connect'].map((word) => [
      word,
      'migrator has no session: the rc file names the account of each instance; see migrator help secrets, and try it with migrator doctor',
    ]),
  ),
  ...Object.fromEntries(
    ['quit', 'exit', 'q', 'bye'].map((word) => [
      word,
      'there is nothing to leave: each command ends by itself, and Ctrl-C interrupts one',
    ]),
  ),
};

export const insteadOf = (word: string): string | undefined =>
  Object.hasOwn(otherwise, word.toLowerCase()) ? otherwise[word.toLowerCase()] : undefined;

/** Nobody who types such a word about one thing is led to destroy another. */
const destructive: readonly string[] = ['delete', 'untrust', 'cancel', 'reject', 'undo'];

/**
 * The commands that were probably meant by a word that is none, each as all its words without `migrator`. `group` holds
 * the words before it. Synonyms count before likeness: "export" is like "import", and must not lead there.
 */
export function meantBy(word: string, group: readonly string[], table: readonly CommandWords[]): readonly string[] {
  const all = pathsOf(table);
  const typed = word.toLowerCase();
  const above = group.join(' ');
  const prefix = above === '' ? '' : `${above}: `;
  const siblings = all.filter((path) => path.split(' ').slice(0, -1).join(' ') === above);
  const here = Object.keys(synonyms).flatMap((key) =>
    key.startsWith(prefix) && !key.slice(prefix.length).includes(' ') ? [key.slice(prefix.length)] : [],
  );
  const known = (paths: readonly string[]) => paths.filter((path) => all.includes(path));
  const named = (name: string | undefined) => [
    ...siblings.filter((path) => lastWord(path) === name),
    ...known(synonyms[`${prefix}${name ?? ''}`] ?? []),
  ];
  const tries: readonly (() => readonly string[])[] = [
    () => (siblings.some((path) => lastWord(path) === typed) || here.includes(typed) ? named(typed) : []),
    // "job list" is written as one word, or a word of another group.
    () => all.filter((path) => [path, lastWord(path)].some((one) => one.replaceAll(' ', '-') === typed)),
    () => (here.includes(typed) || !Object.hasOwn(synonyms, typed) ? [] : known(synonyms[typed] ?? [])),
    () => named(nearest(typed, [...siblings.map(lastWord), ...here])),
    () => {
      const name = nearest(typed, all.map(lastWord));
      return all.filter((path) => lastWord(path) === name);
    },
  ];
  for (const attempt of tries) {
    const found = [...new Set(attempt())].filter((path) => isSafe(path, group));
    if (found.length > 0) return found.slice(0, 3);
  }
  return [];
}

const isSafe = (path: string, [first]: readonly string[]): boolean =>
  first === undefined || path.startsWith(`${first} `) || !destructive.includes(lastWord(path));

const lastWord = (path: string): string => path.split(' ').at(-1) ?? '';

/** Every command and every group, by its words. */
function pathsOf(table: readonly CommandWords[], above: readonly string[] = []): readonly string[] {
  return table.flatMap(({ name, commands = [] }) => [
    [...above, name].join(' '),
    ...pathsOf(commands, [...above, name]),
  ]);
}

/** Commands that people mix up. */
const glosses: Readonly<Record<string, string>> = {
  'job cancel': 'stops a job that runs',
  'job undo': 'takes back what a finished one did',
};

/** "migrator job show, migrator key show or migrator config show". */
export function namesOf(paths: readonly string[]): string {
  const isChoice = paths.length > 1 && paths.every((path) => Object.hasOwn(glosses, path));
  const names = paths.map((path) => `migrator ${path}${isChoice ? ` (${glosses[path] ?? ''})` : ''}`);
  return names.length <= 1 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
