import { countIn } from '../shared/query.ts';
import type { Reply } from '../shared/server.ts';
import { invalid, json } from './refusal.ts';
import type { Visit } from './visit.ts';

const everything = 2_147_483_647;

function readCount({ call }: Visit, name: string, otherwise: number): number {
  const number = countIn(call, name) ?? otherwise;
  if (number > everything) throw invalid(`The value '${number}' is not valid for '${name}'.`);
  return number;
}

/** The parts of a comma-separated query parameter, which may be repeated. Undefined when the parameter is absent. */
export function readList(visit: Visit, name: string): readonly string[] | undefined {
  const given = [...visit.call.search].filter(([key]) => key.toLowerCase() === name.toLowerCase());
  if (given.length === 0) return undefined;
  return given
    .flatMap(([, value]) => value.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export interface CollectionOptions<Item> {
  readonly itemType: string;
  readonly present: (item: Item) => unknown;
  /** Query parameters that narrow the list, repeated in the page links. */
  readonly filters: readonly string[];
  /** Additional members. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** One page of a list. Page numbers begin at 0; a page has 30 items unless `take` says otherwise. */
export function collection<Item>(visit: Visit, items: readonly Item[], options: CollectionOptions<Item>): Reply {
  const skip = readCount(visit, 'skip', 0);
  const take = readCount(visit, 'take', 30);
  const path = decodeURI(visit.call.path);
  const filters = options.filters
    .map((name) => [name, visit.call.query(name)] as const)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  const href = (from: number, count: number) => `${path}?${[`skip=${from}`, `take=${count}`, ...filters].join('&')}`;
  const pages = take === 0 ? 1 : Math.max(1, Math.ceil(items.length / take));
  const onLast = skip + take >= items.length || take === 0;
  return json(200, {
    ItemType: options.itemType,
    TotalResults: items.length,
    ItemsPerPage: take,
    NumberOfPages: pages,
    LastPageNumber: pages - 1,
    Items: items.slice(skip, skip + take).map(options.present),
    ...options.extra,
    Links: {
      Self: href(skip, take),
      Template: `${path}{?skip,take${options.filters.map((name) => `,${name}`).join('')}}`,
      'Page.All': href(0, everything),
      ...(onLast ? {} : { 'Page.Next': href(skip + take, take) }),
      'Page.Current': href(skip, take),
      'Page.Last': href((pages - 1) * take, take),
    },
  });
}
