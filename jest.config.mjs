const typescript = [
  '@swc/jest',
  { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' }, sourceMaps: 'inline' },
];

/** It starts a jest of its own for each thing that a test can leave open. `npm run prove` runs it. */
const onlyProved = process.env['MIGRATOR_TEST_ALL'] === undefined ? ['<rootDir>/test/support/environment.test.ts'] : [];

/** @param {string} name @param {string[]} folders */
const project = (name, folders) => ({
  displayName: name,
  testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
  testPathIgnorePatterns: ['/node_modules/', ...onlyProved],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': typescript },
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/matchers.ts'],
});

export default {
  projects: [
    project('unit', ['unit']),
    project('contract', ['contract']),
    project('cli', ['cli']),
    project('e2e', ['e2e']),
    project('proof', ['proof']),
    project('house', ['house', 'support']),
  ],
  // The other way puts counters into functions, and the text of some starts a thread (src/streams/thread-slots.ts).
  coverageProvider: 'v8',
  reporters: ['default', '<rootDir>/test/support/skipped-reporter.mjs'],
  // Generous, because a build machine may be busy: it ends what hangs, and says nothing of speed.
  testTimeout: 180_000,
  // One for each core: most of the time goes by in processes and servers that the tests wait for.
  maxWorkers: '100%',
};
