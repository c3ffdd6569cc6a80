/**
 * The links of a document, by their names in lower case. Values that are no text are left out; some servers nest them.
 */
export type Links = ReadonlyMap<string, string>;

export function linksOf(record: Readonly<Record<string, unknown>>): Links {
  return new Map(
    Object.entries(record).flatMap(([name, href]) => (typeof href === 'string' ? [[name.toLowerCase(), href]] : [])),
  );
}

/** The links of a space, with the list of its own tasks. */
export function taskLinks({ links, prefix }: { readonly links: Links; readonly prefix: string }): Links {
  const own = links.get('tasks');
  return own?.includes(`/${prefix}/`) === true
    ? links
    : new Map([...links, ['tasks', `~/${prefix}/tasks{/id}{?skip,take,name}`]]);
}

export type TemplateValues = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The request path of a link, or the documented path when the server does not offer the link. Hrefs are relative to the
 * origin and include a virtual directory. `~/` and documented paths are relative to the base URL.
 */
export function pathOf(links: Links, name: string, documented: string, values: TemplateValues = {}): string {
  const template = links.get(name.toLowerCase()) ?? documented;
  const path = expand(template, values);
  return path.startsWith('~/') ? path.slice(2) : path;
}

/**
 * The forms of RFC 6570 that the server uses: `{id}`, `{/id}`, `{?a,b}` and `{&a,b}`. Undefined values are left out.
 */
export function expand(template: string, values: TemplateValues): string {
  return template.replaceAll(/\{([/?&]?)([^{}]*)\}/g, (_, operator: string, names: string) => {
    const given = names.split(',').flatMap((written) => {
      const name = written.replace(/\*$/, '');
      const value = values[name];
      return value === undefined ? [] : [{ name, value: encodeURIComponent(String(value)) }];
    });
    if (given.length === 0) return '';
    switch (operator) {
      case '':
        return given.map(({ value }) => value).join(',');
      case '/':
        return given.map(({ value }) => `/${value}`).join('');
      default:
        return operator + given.map(({ name, value }) => `${encodeURIComponent(name)}=${value}`).join('&');
    }
  });
}
