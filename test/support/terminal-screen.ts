/**
 * What a terminal shows after these bytes. It knows the part of ECMA-48 that rewrites a line. An unknown control
 * sequence throws, so that no sequence is ignored by mistake.
 */
export function terminalScreen(written: string): string[] {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  const control = (parameter: string, final: string): void => {
    const amount = parameter === '' ? 1 : Number(parameter);
    if (final === 'm' || (parameter.startsWith('?') && (final === 'h' || final === 'l'))) return;
    if (final === 'G') column = amount - 1;
    else if (final === 'A') row = Math.max(0, row - amount);
    else if (final === 'K') rows[row] = parameter === '0' || parameter === '' ? rows[row]!.slice(0, column) : [];
    else throw new Error(`unexpected control sequence ${JSON.stringify(parameter + final)}`);
  };
  for (const [text, parameter, final] of written.matchAll(/\u001b\[([0-9;?]*)([A-Za-z])|[^]/gu)) {
    if (final !== undefined) control(parameter ?? '', final);
    else if (text === '\n') {
      row += 1;
      column = 0;
      rows[row] ??= [];
    } else if (text === '\r') column = 0;
    else if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) throw new Error(`unexpected control ${JSON.stringify(text)}`);
    else {
      while (rows[row]!.length < column) rows[row]!.push(' ');
      rows[row]![column] = text;
      column += 1;
    }
  }
  return rows.map((cells) => cells.join('').trimEnd());
}
