// Reads JSON whose shape is not known, such as a client's.

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isEmpty = (value: Json): boolean => Object.keys(value).length === 0;

/** The value when it is an object, else an empty object. */
export const asObject = (value: unknown): Json => (isObject(value) ? value : {});

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

/** The objects in a list. Other items are left out. */
export const asObjects = (value: unknown): readonly Json[] => asList(value).filter(isObject);

/** The texts in a list. Other items are left out. */
export const asTexts = (value: unknown): readonly string[] => asList(value).filter((one) => typeof one === 'string');

/** A member by a path of names; undefined where the path ends early. */
export const memberAt = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((inner, name) => asObject(inner)[name], value);

/** A copy with another member at a path of names. Missing objects on the way are made. */
export function withMember(value: unknown, names: readonly string[], member: unknown): Json {
  const [first, ...rest] = names;
  if (first === undefined) return asObject(member);
  const outer = asObject(value);
  return { ...outer, [first]: rest.length === 0 ? member : withMember(outer[first], rest, member) };
}
