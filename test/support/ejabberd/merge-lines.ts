/**
 * Merges lines into `ejabberd.yml` as an operator does by hand: what is indented below an option goes below the option
 * of that name, or with it at the end where there is none. No line that is there is touched.
 *
 * @example
 * mergeLines('modules:\n  mod_roster: {}\n', 'modules:\n  mod_admin_extra: {}\n')
 * // 'modules:\n  mod_admin_extra: {}\n  mod_roster: {}\n'
 */
export function mergeLines(config: string, lines: string): string {
  return sectionsOf(lines).reduce((merged, [option, below]) => {
    const there = new RegExp(`^${option}:\n`, 'm');
    return there.test(merged) ? merged.replace(there, (line) => line + below) : `${merged}${option}:\n${below}`;
  }, config);
}

/** Each option of the first level, and the lines below it. */
function sectionsOf(lines: string): readonly (readonly [string, string])[] {
  return [...lines.matchAll(/^(\w+):\n((?:[ #].*\n)+)/gm)].map(([, option = '', below = '']) => [option, below]);
}
