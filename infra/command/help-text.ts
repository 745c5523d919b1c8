import type { Command, Options } from './command.ts';

/** The longest line of the help. */
const WIDTH = 110;

/**
 * Returns the help of a command: the usage, its purpose, its options with their defaults, and an example.
 *
 * @example
 * helpText(command) // 'Usage: npm run site [-- [<folder>]]\n\n…'
 */
export function helpText<T extends Options>({ name, summary, options, argument, notes, example }: Command<T>): string {
  const given = argument === undefined ? [] : [`<${argument.name}>`];
  const rows = [
    ...given.map((label) => [label, argument?.help ?? ''] as const),
    ...Object.entries(options).map(([option, { help, default: value }]) => {
      return [label(option, options), value === undefined ? help : `${help} (default: ${value})`] as const;
    }),
    ['--help', 'print this'] as const,
  ];
  const column = Math.max(...rows.map(([text]) => text.length)) + 5;
  return [
    `Usage: ${name}${usage({ options, argument })}`,
    wrapped(summary, 0),
    rows.map(([text, help]) => `  ${text}`.padEnd(column) + wrapped(help, column)).join('\n'),
    ...(notes === undefined ? [] : [wrapped(notes, 0)]),
    `Example: ${name}${example === '' ? '' : ` -- ${example}`}`,
  ].join('\n\n');
}

function usage<T extends Options>({ options, argument }: Pick<Command<T>, 'options' | 'argument'>): string {
  const parts = Object.keys(options).map((option) => {
    const text = label(option, options);
    return options[option]?.required ? text : `[${text}]`;
  });
  if (argument !== undefined) parts.unshift(`[<${argument.name}>${argument.many ? ' …' : ''}]`);
  if (parts.length === 0) return '';
  const text = `-- ${parts.join(' ')}`;
  return Object.values(options).some(({ required }) => required) ? ` ${text}` : ` [${text}]`;
}

function label(option: string, options: Options): string {
  const value = options[option]?.value;
  return value === undefined ? `--${option}` : `--${option} <${value}>`;
}

/** Breaks a text between words, and indents all lines but the first. */
function wrapped(text: string, indent: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
