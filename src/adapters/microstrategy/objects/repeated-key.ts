/** A key that an object of a JSON text has twice. `JSON.parse` takes the last one and says nothing. The text is valid. */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [word, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (word === '{') open.push(new Set());
    else if (word === '}') open.pop();
    if (text === undefined || colon === undefined) continue;
    const key = JSON.parse(text) as string;
    const keys = open.at(-1);
    if (keys?.has(key) === true) return key;
    keys?.add(key);
  }
  return undefined;
}
