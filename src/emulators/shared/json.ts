// Plain JSON whose shape a client decides.

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isEmpty = (value: Json): boolean => Object.keys(value).length === 0;

/** An object; an empty one in place of anything else. */
export const asObject = (value: unknown): Json => (isObject(value) ? value : {});

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

/** The objects of a list, without what else is in it. */
export const asObjects = (value: unknown): readonly Json[] => asList(value).filter(isObject);

/** The texts of a list, without what else is in it. */
export const asTexts = (value: unknown): readonly string[] => asList(value).filter((one) => typeof one === 'string');

/** A member by a path of names; undefined where the path ends early. */
export const memberAt = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((inner, name) => asObject(inner)[name], value);

/** A copy in which the member at the path is another one; objects on the way are made when missing. */
export function withMember(value: unknown, names: readonly string[], member: unknown): Json {
  const [first, ...rest] = names;
  if (first === undefined) return asObject(member);
  const outer = asObject(value);
  return { ...outer, [first]: rest.length === 0 ? member : withMember(outer[first], rest, member) };
}
