export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asText = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

export const asObject = (value: unknown): Json => (isObject(value) ? value : {});

/** The objects of an array; whatever else stands there is not looked at. */
export const asObjects = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const asTexts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** A member by a path of names; undefined where the path ends early. */
export const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((inner, name) => asObject(inner)[name], value);

/** A copy in which the member at the path is another one; objects on the way are made when missing. */
export function withMember(value: unknown, names: readonly string[], member: unknown): Json {
  const [first, ...rest] = names;
  if (first === undefined) return asObject(member);
  const outer = asObject(value);
  return { ...outer, [first]: rest.length === 0 ? member : withMember(outer[first], rest, member) };
}
