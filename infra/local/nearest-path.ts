import { edits } from 'rostbeef-layer';

/** A name with more edits is not a misspelling. */
const MOST_EDITS = 3;

/** Longer names are not searched, because the time grows with the length. All paths are much shorter. */
const MAX_LENGTH = 100;

/**
 * Finds the path that a caller probably meant. The last part of their path is within three edits of it, or is its beginning.
 * Case, hyphens and underscores do not matter.
 *
 * @param path the requested path
 * @param known the paths that are served
 * @returns `undefined` if no path is similar
 * @example
 * nearestPath('/prod/get-presense', ['/get_presence', '/get_roster']) // '/get_presence'
 */
export function nearestPath(path: string, known: readonly string[]): string | undefined {
  const last = path.split('/').findLast((part) => part !== '') ?? '';
  if (last === '' || last.length > MAX_LENGTH) return undefined;
  const name = plain(last);
  const candidates = known.filter((one) => one !== '/').map((one) => ({ path: one, name: plain(one.slice(1)) }));
  const ranked = candidates
    .map((candidate) => ({ ...candidate, distance: edits(name, candidate.name) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  if (nearest !== undefined && nearest.distance <= MOST_EDITS && nearest.distance < name.length) return nearest.path;
  return name.length > MOST_EDITS ? ranked.find((one) => one.name.startsWith(name))?.path : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}
