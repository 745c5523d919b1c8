/** A value of `ejabberd.yml`. */
type Yaml = string | number | boolean | readonly Yaml[] | { readonly [name: string]: Yaml };

/**
 * Returns a value as YAML, in block style.
 *
 * @example
 * yamlOf({ modules: { mod_admin_extra: {} } }) // 'modules:\n  mod_admin_extra: {}\n'
 */
export function yamlOf(value: Yaml): string {
  return `${linesOf(value).join('\n')}\n`;
}

function linesOf(value: Yaml): readonly string[] {
  if (isList(value)) return value.flatMap((item) => indented('- ', linesOf(item)));
  if (typeof value !== 'object') return [scalarOf(value)];
  return Object.entries(value).flatMap(([name, member]) =>
    isBlock(member)
      ? [`${scalarOf(name)}:`, ...indented('  ', linesOf(member))]
      : [`${scalarOf(name)}: ${typeof member === 'object' ? '{}' : scalarOf(member)}`],
  );
}

function indented(first: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => (index === 0 ? first : '  ') + line);
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value);
}

function isBlock(value: Yaml): boolean {
  return typeof value === 'object' && Object.keys(value).length > 0;
}

/** Quotes a string as JSON, unless it is a plain word that YAML reads as the same string. */
function scalarOf(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z/][\w ./@-]*$/.test(value) && !/^(?:true|false|yes|no|on|off|null|[yn])$|[ ]$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
