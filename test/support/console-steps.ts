export interface Step {
  readonly command: string;
  /** What the document says that it prints. */
  readonly output: string;
}

/** The `$` lines of a document's console blocks, each with what it says it prints. */
export function consoleSteps(document: string): Step[] {
  return [...document.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...output] = text.trimEnd().split('\n');
        return { command, output: output.join('\n') };
      }),
  );
}
