import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';
import { rooms } from './scripts/lint/rooms.mjs';

const dynamicImport = {
  selector: 'ImportExpression',
  message:
    'import() belongs to cli, stores, queue, adapters/index.ts, emulators/index.ts and package/manifest/parse.ts, where laziness is wanted.',
};

/** Makes a test, or a skipped one that says why. */
const skippable = ['testWith'];

/** What lets a test pass that has looked at nothing. */
const passedOver = [
  {
    selector:
      'CatchClause CallExpression[callee.name="expect"], CallExpression[callee.property.name="catch"] CallExpression[callee.name="expect"]',
    message: 'Nobody expects anything here when nothing fails: use rejects, toThrow or toThrowCode.',
  },
  {
    selector:
      'IfStatement:matches([consequent.type="ReturnStatement"], [consequent.body.0.type="ReturnStatement"]) > .test MemberExpression[object.name="process"]',
    message: 'Skip the test with testWith, so that it is counted.',
  },
];

export default tseslint.config(
  { ignores: ['build/**', 'dist/**', 'coverage/**', 'node_modules/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // An import of types alone must not load the file when the program starts.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
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
    ignores: [
      'src/cli/**',
      'src/files/**',
      'src/adapters/index.ts',
      'src/stores/index.ts',
      'src/stores/s3/sdk.ts',
      'src/queue/*.ts',
      'src/emulators/index.ts',
      'src/package/manifest/parse.ts',
    ],
    rules: {
      'no-restricted-syntax': ['error', dynamicImport],
      'no-restricted-globals': ['error', { name: 'process', message: 'Only cli knows the process.' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { house: { rules: { rooms } } },
    rules: { 'house/rooms': 'error' },
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
      'jest/expect-expect': [
        'error',
        { assertFunctionNames: ['expect', 'expect*'], additionalTestBlockFunctions: skippable },
      ],
      // What fails in a hook fails the tests.
      'jest/no-standalone-expect': ['error', { additionalTestBlockFunctions: [...skippable, 'beforeAll', 'deed'] }],
      // Tables of cases say what holds for each, and some of it holds on some systems only. What the rule is good for, an
      // expectation that is passed over where nothing fails, is forbidden below.
      'jest/no-conditional-expect': 'off',
      'no-restricted-syntax': ['error', ...passedOver],
      'no-restricted-properties': [
        'error',
        { object: 'jest', property: 'mock', message: 'Tests use real things.' },
        { object: 'jest', property: 'unstable_mockModule', message: 'Tests use real things.' },
      ],
    },
  },
  {
    files: ['test/unit/emulators/**/*.test.ts', 'test/unit/enms-yaml/**/*.test.ts'],
    rules: { 'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }] },
  },
);
