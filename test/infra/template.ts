/** Templates as CloudFormation reads them: what it knows before a deployment is filled in. */

/** A template, or a part of it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** One resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: Json };
  readonly DeletionPolicy?: string;
}

/** The parts of a template that the tests look at. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Export?: Json }>>;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'eu-west-1',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The value of a reference; `undefined` leaves the reference unchanged. */
export type Lookup = (intrinsic: string, argument: Json) => Json | undefined;

/**
 * Fills in what is known: account and Region, what `lookup` tells, and joins of those.
 *
 * @param lookup tells what `Ref`, `Fn::GetAtt`, `Fn::ImportValue` and `Fn::GetStackOutput` stand for
 */
export function filledIn(value: Json, lookup: Lookup = () => undefined): Json {
  if (Array.isArray(value)) return value.map((entry) => filledIn(entry, lookup));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, filledIn(part, lookup)] as const);
  const [only] = entries;
  if (only === undefined || entries.length > 1) return Object.fromEntries(entries);
  const [name, argument] = only;
  if (name === 'Ref' && typeof argument === 'string' && argument in PSEUDO_PARAMETERS) {
    return PSEUDO_PARAMETERS[argument] ?? argument;
  }
  if (name === 'Fn::Sub' && typeof argument === 'string') return substituted(argument);
  if (name === 'Fn::Join') return joined(argument);
  if (name === 'Fn::Select') return selected(argument);
  if (name === 'Fn::Split') return split(argument);
  return lookup(name, argument) ?? { [name]: argument };
}

function substituted(text: string): Json {
  const known = text.replaceAll(/\$\{(AWS::\w+)\}/g, (whole, name: string) => PSEUDO_PARAMETERS[name] ?? whole);
  return known.includes('${') ? { 'Fn::Sub': known } : known;
}

function selected(argument: Json): Json {
  const [index, list]: readonly Json[] = Array.isArray(argument) ? argument : [];
  const value = Array.isArray(list) ? list[Number(index)] : undefined;
  return value ?? { 'Fn::Select': argument };
}

function split(argument: Json): Json {
  const [separator, text]: readonly Json[] = Array.isArray(argument) ? argument : [];
  if (typeof separator !== 'string' || typeof text !== 'string') return { 'Fn::Split': argument };
  return text.split(separator);
}

/** Neighbours that are known become one text, however they were cut. */
function joined(argument: Json): Json {
  const [separator, list]: readonly Json[] = Array.isArray(argument) ? argument : [];
  if (separator !== '' || !Array.isArray(list)) return { 'Fn::Join': argument };
  const parts: Json[] = [];
  for (const part of list) {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else parts.push(part);
  }
  const [only = ''] = parts;
  return parts.length <= 1 ? only : { 'Fn::Join': ['', parts] };
}

/** Every use of an intrinsic function in a value: its argument, and the way to it. */
export function usesOf(intrinsic: string, value: Json, way: readonly string[] = []): readonly Use[] {
  if (Array.isArray(value)) return value.flatMap((entry) => usesOf(intrinsic, entry, way));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === intrinsic ? [{ argument: part, way }] : usesOf(intrinsic, part, [...way, name]),
  );
}

/** A use of an intrinsic function. */
export interface Use {
  readonly argument: Json;
  /** The names of the members that lead to it. */
  readonly way: readonly string[];
}
