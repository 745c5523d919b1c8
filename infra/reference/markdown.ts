/** Writes Markdown. */

/**
 * Writes a table. A `|` in a cell is escaped.
 *
 * @example
 * table(['name', 'unit'], [['PartialLinks', 'Count']])
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** Writes a value as a block of JSON. */
export function jsonBlock(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

/** The first lines of a generated page. */
export function pageHead(title: string, purpose: string): string {
  return `# ${title}\n\n<!-- Made by \`npm run generate\`. Do not edit. -->\n\n${purpose}`;
}

/** The anchor that GitHub gives the heading of an error. */
export function errorAnchor(name: string): string {
  return `#${name.toLowerCase()}`;
}
