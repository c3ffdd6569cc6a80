// The plan of the house: which room may import which. docs/architecture.md explains it; rooms.mjs enforces it.
// A file belongs to the room with the longest path. A room may import itself and what its row names; `packages` are
// npm packages. A folder that is neither a room nor named in `folders` is a fault, so a new folder needs a line here.

const leaves = [
  'src/canonical.ts',
  'src/errors.ts',
  'src/secret.ts',
  'src/nearest.ts',
  'src/portable-path.ts',
  'src/json-text.ts',
  'src/plural.ts',
  'src/optional-packages.ts',
  'src/plain-text.ts',
  'src/amounts.ts',
];
const products = ['octopus', 'enms', 'microstrategy', 'snaplogic'];

/** The folders below an adapter and an emulator of each product. */
const adapterFolders = {
  octopus: ['export-import', 'migration-api', 'snapshots', 'wire'],
  enms: ['migration', 'model', 'objects', 'topology', 'wire'],
  microstrategy: ['migrations', 'objects', 'packages', 'wire'],
  snaplogic: ['archives', 'projects', 'snapshots', 'tasks', 'wire'],
};
const emulatorFolders = {
  octopus: ['executions', 'import-export', 'migrations', 'sample'],
  enms: ['migrate', 'model', 'rest', 'sample', 'topology', 'topology/workbook', 'web', 'yaml'],
  microstrategy: ['file-store', 'metadata', 'migrations', 'sample'],
  snaplogic: ['sample'],
};

/** What no room outside of cli, files, http and emulators may touch. */
const machine = /^node:(fs|http|https|net|tls|tty|readline|child_process|process)(\/|$)/u;

const below = ['ports', 'leaves'];

/** @type {Record<string, { paths: string[], folders?: string[], may?: string[], packages?: string[], machine?: boolean }>} */
export const rooms = {
  leaves: { paths: leaves },
  ports: { paths: ['src/ports/'], may: ['leaves'] },
  streams: { paths: ['src/streams/'], may: below },
  'enms-yaml': { paths: ['src/enms-yaml/'], packages: ['js-yaml'] },
  package: {
    paths: ['src/package/'],
    folders: ['age', 'compression', 'manifest', 'minisign', 'tar'],
    may: [...below, 'streams'],
    packages: ['tar', 'libsodium-wrappers', 'zod'],
  },
  http: { paths: ['src/http/'], may: below, packages: ['got', 'cookie'], machine: true },
  files: { paths: ['src/files/'], may: [...below, 'streams'], machine: true },
  'files/tree': { paths: ['src/files/tree/'], may: [...below, 'streams', 'files'], machine: true },

  'adapters/shared': { paths: ['src/adapters/shared/'], may: [...below, 'streams'], packages: ['zod', 'yauzl'] },
  ...Object.fromEntries(
    products.map((product) => [
      `adapters/${product}`,
      {
        paths: [`src/adapters/${product}/`],
        folders: adapterFolders[/** @type {keyof typeof adapterFolders} */ (product)],
        may: [...below, 'streams', 'adapters/shared', ...(product === 'enms' ? ['enms-yaml'] : [])],
        packages: [
          'zod',
          ...(product === 'snaplogic' ? ['yauzl', 'yazl'] : []),
          ...(product === 'enms' ? ['tar'] : []),
        ],
      },
    ]),
  ),
  adapters: { paths: ['src/adapters/index.ts'], may: [...below, ...products.map((product) => `adapters/${product}`)] },

  stores: {
    paths: ['src/stores/'],
    folders: ['s3'],
    may: [...below, 'streams', 'files', 'package'],
    packages: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
    machine: true,
  },

  journal: { paths: ['src/journal/'], may: below },
  queue: {
    paths: ['src/queue/'],
    may: [...below, 'streams', 'journal', 'core/waves'],
    packages: ['ioredis', 'bullmq'],
    machine: true,
  },

  'emulators/shared': {
    paths: ['src/emulators/shared/'],
    may: ['leaves'],
    packages: ['libsql', 'busboy', 'yauzl', 'yazl'],
    machine: true,
  },
  ...Object.fromEntries(
    products.map((product) => [
      `emulators/${product}`,
      {
        paths: [`src/emulators/${product}/`],
        folders: emulatorFolders[/** @type {keyof typeof emulatorFolders} */ (product)],
        may: ['leaves', 'emulators/shared', ...(product === 'enms' ? ['enms-yaml'] : [])],
        machine: true,
      },
    ]),
  ),
  emulators: {
    paths: ['src/emulators/index.ts'],
    may: ['leaves', 'emulators/shared', ...products.map((product) => `emulators/${product}`)],
    machine: true,
  },

  core: { paths: ['src/core/'], may: below },
  'core/snapshots': { paths: ['src/core/snapshots/'], may: [...below, 'core', 'streams'] },
  'core/steps': { paths: ['src/core/steps/'], may: [...below, 'core', 'core/snapshots', 'package', 'streams'] },
  'core/waves': { paths: ['src/core/waves/'], may: below },
  'core/operations': {
    paths: ['src/core/operations/'],
    folders: ['migrate-project', 'wave'],
    may: [...below, 'core', 'core/snapshots', 'core/steps', 'core/waves', 'core/report', 'package', 'streams'],
  },

  'core/report': {
    paths: ['src/core/report/'],
    may: [...below, 'core', 'core/snapshots', 'core/steps', 'core/waves', 'package'],
  },
  report: { paths: ['src/report/'], folders: ['html'], may: [...below, 'core/report'] },

  testing: { paths: ['src/testing/'], may: [...below, 'http', 'testing/memory'] },
  'testing/memory': { paths: ['src/testing/memory/'], may: below },

  library: {
    paths: ['src/index.ts'],
    may: [...below, 'emulators', 'package', 'core', 'core/operations'],
  },

  ...cli(),
};

/** Inside cli a row imports only from rows below it. */
function cli() {
  const rows = [
    ['main.ts'],
    ['run.ts'],
    ['program.ts'],
    ['version-flag.ts'],
    ['commands/'],
    ['packages/'],
    ['build-command.ts'],
    ['help/', 'reporting/'],
    ['flags/', 'servers/', 'keys/'],
    ['context.ts'],
    ['config/'],
    ['reporters/', 'state/', 'secrets/', 'explain.ts'],
    ['terminal/', 'closers.ts', 'exit-codes.ts', 'runtime.ts', 'version.ts'],
  ];
  const outside = [
    ...below,
    'streams',
    'package',
    'http',
    'files',
    'files/tree',
    'adapters',
    'stores',
    'journal',
    'queue',
    'emulators',
    'core',
    'core/snapshots',
    'core/steps',
    'core/waves',
    'core/operations',
    'core/report',
    'report',
  ];
  const name = (/** @type {string} */ place) => `cli/${place.replace(/\/$|\.ts$/gu, '')}`;
  return Object.fromEntries(
    rows.flatMap((row, floor) =>
      row.map((place) => [
        name(place),
        {
          paths: [`src/cli/${place}`],
          // A folder for each first word.
          ...(place === 'commands/' ? { folders: ['*'] } : {}),
          may: [
            ...outside,
            ...rows
              .slice(floor + 1)
              .flat()
              .map(name),
          ],
          packages: ['commander', 'chalk', 'ora', 'cosmiconfig', 'zod', 'fast-string-width', 'yaml'],
          machine: true,
        },
      ]),
    ),
  );
}

/** The room of a file, by its path from the project's root. Undefined for a file in a folder that nobody named. */
export function roomOf(/** @type {string} */ file) {
  let found;
  let length = 0;
  for (const [name, room] of Object.entries(rooms)) {
    for (const path of room.paths) {
      if (path.length <= length || !(path.endsWith('/') ? file.startsWith(path) : file === path)) continue;
      found = name;
      length = path.length;
    }
  }
  if (found === undefined) return undefined;
  const folder = file.slice(length).split('/').slice(0, -1).join('/');
  const { folders = [] } = rooms[found] ?? {};
  return folder === '' || folders.includes(folder) || (folders.includes('*') && !folder.includes('/'))
    ? found
    : undefined;
}

/** Why `file` may not import `specifier`; undefined when it may. `target` is the imported file, for a relative import. */
export function fault(
  /** @type {string} */ file,
  /** @type {string} */ specifier,
  /** @type {string | undefined} */ target,
) {
  const from = roomOf(file);
  if (from === undefined) return `"${file}" is in no room of scripts/lint/house.mjs`;
  const { may = [], packages = [], machine: mayTouch = false } = rooms[from];
  if (target !== undefined) {
    const to = roomOf(target);
    if (to === undefined) return `"${target}" is in no room of scripts/lint/house.mjs`;
    return to === from || may.includes(to) ? commandFault(file, target) : `${from} must not import ${to}`;
  }
  if (specifier.startsWith('node:')) {
    return machine.test(specifier) && !mayTouch ? `${from} touches no file, socket or terminal` : undefined;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return packages.includes(name) ? undefined : `${from} does not import the package ${name}`;
}

/** A command is a folder: only the table reaches into it, and its flags stay light, because every `--help` loads them. */
function commandFault(/** @type {string} */ file, /** @type {string} */ target) {
  const [word, part] = commandOf(file);
  const [otherWord] = commandOf(target);
  if (otherWord !== undefined && otherWord !== word && file !== 'src/cli/commands/index.ts') {
    return `only src/cli/commands/index.ts imports from the command "${otherWord}"`;
  }
  if (part?.endsWith('flags') !== true) return undefined;
  return target.startsWith('src/cli/flags/') || target === 'src/adapters/index.ts'
    ? undefined
    : 'flags of a command import commander, src/cli/flags and the table of products';
}

/** The first word of the command that a file belongs to, and which part of it the file is. */
function commandOf(/** @type {string} */ file) {
  return /^src\/cli\/commands\/([^/]+)\/(.+)\.ts$/u.exec(file)?.slice(1) ?? [];
}
