// The layers of docs/architecture.md, enforced. A flat config replaces a rule's options instead of merging them,
// so each layer's whole list is built here by one function.
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const npm = { regex: '^(?!node:|\\.)', message: 'This layer imports no npm package: docs/architecture.md.' };
const files = {
  regex: '^node:(fs|http|https|net|tty|readline|child_process|process)',
  message: 'This layer touches no file, socket or terminal.',
};
const above = (...layers) => ({
  regex: `^(\\.\\./)+(${layers.join('|')})(/|$)`,
  message: `The arrows run cli -> core -> ports; this layer must not know: ${layers.join(', ')}.`,
});
const only = (...packages) => ({
  regex: `^(?!node:|\\.|(${packages.join('|')})(/|$))`,
  message: `Of npm packages this layer imports only: ${packages.join(', ')}. Each dependency has one home.`,
});
const restrict = (...patterns) => ['error', { patterns }];
const products = ['octopus', 'enms', 'microstrategy', 'snaplogic', 'memory'];
const dynamicImport = {
  selector: 'ImportExpression',
  message:
    'import() belongs to cli, adapters/index.ts, emulators/index.ts and package/manifest.ts, where laziness is wanted.',
};

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/adapters/index.ts', 'src/emulators/index.ts', 'src/package/manifest.ts'],
    rules: {
      'no-restricted-syntax': ['error', dynamicImport],
      'no-restricted-globals': ['error', { name: 'process', message: 'Only cli knows the process.' }],
    },
  },
  {
    files: ['src/errors.ts', 'src/secret.ts', 'src/ports/**/*.ts'],
    rules: {
      'no-restricted-imports': restrict(npm, files, above('cli', 'core', 'package', 'http', 'adapters', 'emulators')),
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: { 'no-restricted-imports': restrict(npm, files, above('cli', 'http', 'adapters', 'emulators')) },
  },
  {
    files: ['src/package/**/*.ts'],
    rules: {
      'no-restricted-imports': restrict(
        only('tar', 'libsodium-wrappers', 'zod'),
        files,
        above('cli', 'core', 'http', 'adapters', 'emulators'),
      ),
    },
  },
  {
    files: ['src/spreadsheet/**/*.ts'],
    rules: {
      'no-restricted-imports': restrict(
        npm,
        files,
        above('cli', 'core', 'package', 'http', 'ports', 'adapters', 'emulators'),
      ),
    },
  },
  {
    files: ['src/yaml/**/*.ts'],
    rules: {
      'no-restricted-imports': restrict(
        only('js-yaml'),
        files,
        above('cli', 'core', 'package', 'http', 'ports', 'adapters', 'emulators'),
      ),
    },
  },
  {
    files: ['src/http/**/*.ts'],
    rules: {
      'no-restricted-imports': restrict(
        only('got', 'cookie'),
        above('cli', 'core', 'package', 'adapters', 'emulators'),
      ),
    },
  },
  ...products.map((product) => ({
    files: [`src/adapters/${product}/**/*.ts`],
    rules: {
      'no-restricted-imports': restrict(
        only('zod'),
        files,
        above('cli', 'core', 'package', 'http', 'emulators', ...products.filter((other) => other !== product)),
      ),
    },
  })),
  {
    files: ['src/emulators/**/*.ts'],
    rules: {
      'no-restricted-imports': restrict(
        only('libsql', 'find-my-way', 'busboy'),
        above('cli', 'core', 'package', 'http', 'adapters'),
      ),
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    rules: { 'no-restricted-imports': restrict(only('commander', 'chalk', 'ora', 'cosmiconfig', 'zod')) },
  },
  {
    files: ['src/cli/commands/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./)+(core|http|package|emulators)/',
              allowTypeImports: true,
              message: 'Commands load their work with await import(), so that --help stays quick.',
            },
            {
              regex: '^(\\.\\./)+adapters/(?!(index|options)\\.ts$)',
              allowTypeImports: true,
              message: 'Adapters are reached through adapters/index.ts, lazily.',
            },
            { ...only('commander') },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/no-unnecessary-condition': 'off' },
  },
  {
    files: ['test/**/*.test.ts'],
    ...jest.configs['flat/recommended'],
    rules: {
      ...jest.configs['flat/recommended'].rules,
      'jest/no-conditional-expect': 'off',
      'jest/expect-expect': 'off',
      'jest/no-standalone-expect': 'off',
      'jest/valid-title': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'jest', property: 'mock', message: 'Tests use real things.' },
        { object: 'jest', property: 'unstable_mockModule', message: 'Tests use real things.' },
      ],
    },
  },
);
