import { readdir, readFile } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import ts from 'typescript';

/** The TypeScript files below a folder, each with the files that it imports. All paths are relative to the folder. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads all imports: of values and of types, re-exports, `import()` as an expression and as a type. */
export async function importsIn(folder: string): Promise<Imports> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(sep).join('/'));
  const imports = new Map<string, ReadonlySet<string>>();
  for (const name of names.filter((one) => one.endsWith('.ts')).sort()) {
    const specifiers = specifiersOf(await readFile(join(folder, name), 'utf8'));
    const relative = specifiers.filter((specifier) => specifier.startsWith('.'));
    imports.set(name, new Set(relative.map((specifier) => posix.join(posix.dirname(name), specifier))));
  }
  return imports;
}

function specifiersOf(text: string): readonly string[] {
  const found: string[] = [];
  const add = (node: ts.Node | undefined) => {
    if (node !== undefined && ts.isStringLiteralLike(node)) found.push(node.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest));
  return found;
}

/** Groups of files that import each other, directly or through others. */
export function circlesIn(imports: Imports): readonly (readonly string[])[] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(file, imports)]));
  const circles = [...reached.keys()].flatMap((file) => {
    const circle = [...reached.keys()].filter(
      (other) => reached.get(file)!.has(other) && reached.get(other)!.has(file),
    );
    return circle[0] === file ? [circle] : [];
  });
  return circles;
}

function reachedFrom(file: string, imports: Imports): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [...(imports.get(file) ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...(imports.get(next) ?? []));
  }
  return reached;
}
