/** Validates an input by a method's schema. Each issue says how to correct it. */
import * as z from 'zod/mini';
import { InvalidInputError, type Issue } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';

/** The most unknown members that are named, because a response and the `Cause` of a workflow have a limited size. */
const MAX_UNKNOWN = 20;

interface Schema<Input> {
  readonly name: string;
  readonly schema: z.ZodMiniType<Input>;
}

/**
 * Returns the input if it matches the schema of the method.
 *
 * @throws InvalidInputError that lists every issue by the name of its member, without values
 * @example
 * parseInput({ name: 'get_presence', schema: getPresence.input() }, { user: 'bob', server: 'example.com' })
 */
export function parseInput<Input>({ name, schema }: Schema<Input>, input: unknown): Input {
  const result = z.safeParse(schema, input);
  if (result.success) return result.data;
  throw new InvalidInputError({ issues: result.error.issues.flatMap((issue) => issuesOf(issue, input, name, schema)) });
}

/**
 * Lists the names of the members that a method's input may have.
 *
 * @param schema the schema of the input
 * @example
 * membersOf(getPresence.input()) // ['user', 'server']
 */
export function membersOf(schema: z.ZodMiniType): readonly string[] {
  return schema instanceof z.ZodMiniObject ? Object.keys(schema.shape) : [];
}

function issuesOf(issue: z.core.$ZodIssue, input: unknown, method: string, schema: z.ZodMiniType): readonly Issue[] {
  const path = issue.path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const members = membersOf(schema).join(', ');
      return [
        ...issue.keys.slice(0, MAX_UNKNOWN).map((key) => ({
          path: nameable(key),
          message: `is not a member of ${method}, which has ${members}`,
        })),
        ...(issue.keys.length > MAX_UNKNOWN
          ? [{ path: '', message: `the input has ${issue.keys.length} unknown members` }]
          : []),
      ];
    }
    case 'invalid_type':
      if (path === '') return [{ path, message: 'the input must be a JSON object' }];
      return [{ path, message: isMissing(input, path) ? 'is required' : `must be ${withArticle(issue.expected)}` }];
    case 'too_small':
      return [{ path, message: `must be at least ${issue.minimum}` }];
    case 'too_big':
      return [{ path, message: issue.origin === 'string' ? issue.message : `must be at most ${issue.maximum}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** Returns the name of an unknown member if it is short and plain, because a name can hold any text. */
function nameable(key: string): string {
  return /^[\w.-]{1,64}$/.test(key) ? key : '(a member with an odd name)';
}

function isMissing(input: unknown, member: string): boolean {
  return isObject(input) && !Object.hasOwn(input, member);
}

function withArticle(type: string): string {
  return type === 'int' || type === 'number' ? 'a whole number' : `a ${type}`;
}
