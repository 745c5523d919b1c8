/** Describes the type of a member in words. */
import type { Schema } from '../schemas.ts';

/**
 * Describes a type with its limits.
 *
 * @example
 * typeText({ type: 'integer', minimum: 1, maximum: 1000 }) // 'integer, 1 to 1000'
 */
export function typeText(schema: Schema): string {
  const { $ref, type = '', items, minimum, maximum, pattern } = schema;
  if ($ref !== undefined) return `[contact](#contact)`;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (items !== undefined) return `list of ${items.$ref === undefined ? `${items.type}s` : '[contacts](#contact)'}`;
  if (minimum !== undefined && maximum !== undefined) return `${type}, ${minimum} to ${maximum}`;
  if (pattern !== undefined) return `${type} of the form \`${pattern}\``;
  return type;
}
