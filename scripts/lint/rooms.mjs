import { dirname, relative, resolve, sep } from 'node:path';
import { fault } from './house.mjs';

/** ESLint rule: an import goes only where house.mjs lets it go. Resolves paths, so it does not matter how they are spelled. */
export const rooms = {
  meta: { type: 'problem', schema: [], messages: { wall: '{{why}}: see docs/architecture.md' } },
  create(context) {
    const root = context.cwd;
    const file = relative(root, context.filename).split(sep).join('/');
    const check = (source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const specifier = source.value;
      const target = specifier.startsWith('.')
        ? relative(root, resolve(dirname(context.filename), specifier))
            .split(sep)
            .join('/')
        : undefined;
      const why = fault(file, specifier, target);
      if (why !== undefined) context.report({ node: source, messageId: 'wall', data: { why } });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source, argument }) => check(source ?? argument?.literal),
    };
  },
};
