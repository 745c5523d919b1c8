/** Values of XML-RPC, and the ways to write them: for what must be read whichever way it was written. */
import fc from 'fast-check';

/** The values of a response that can be read in one way only. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

const text = fc
  .array(fc.oneof(fc.constantFrom('<', '&', ']]>', '"', "'", '\n', '\t', ' ', 'é', '😀', '&lt;'), fc.string()), {
    maxLength: 6,
  })
  .map((parts) => parts.join('').replace(/[^\t\n -\ud7ff\ue000-\ufffd]/g, ''));

/** Any of it. */
export const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer({ min: -2147483648, max: 2147483647 }),
    fc.boolean(),
    fc.constant(null),
    fc.integer({ min: -1000, max: 1000 }).map((thousandths) => thousandths / 8),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), tie('value'), { maxKeys: 4 }),
  ),
}));

/** A value as a server may write it, in a way that a number picks. */
export function written(value: Value, way: number): string {
  const gap = way % 2 === 0 ? '' : '\n  ';
  const inner = (one: Value, index: number) => written(one, way * 7 + index);
  if (value === null) return '<value><nil/></value>';
  if (typeof value === 'boolean') return `<value>${gap}<boolean>${Number(value)}</boolean></value>`;
  if (typeof value === 'number' && Number.isInteger(value))
    return `<value><${way % 3 ? 'int' : 'i4'}>${value}</${way % 3 ? 'int' : 'i4'}>${gap}</value>`;
  if (typeof value === 'number') return `<value><double>${value}</double></value>`;
  if (typeof value === 'string')
    return `<value>${way % 5 === 1 && value.trim() !== '' ? writtenText(value, way) : `<string>${writtenText(value, way)}</string>`}</value>`;
  if (Array.isArray(value))
    return `<value><array>${gap}<data>${value.map(inner).join(gap)}</data>${gap}</array></value>`;
  const members = Object.entries(value).map(
    ([name, one], index) => `<member>${gap}<name>${name}</name>${inner(one, index)}</member>`,
  );
  return `<value><struct>${members.join(gap)}${gap}</struct></value>`;
}

function writtenText(value: string, way: number): string {
  if (way % 4 === 0) return `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  if (way % 4 === 1)
    return value.replace(/[<&>'"]|[^\x00-\x7f]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
