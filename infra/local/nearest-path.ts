import { edits } from 'rostbeef-layer';

/** A name with more edits than this is no misspelling. */
const MOST_EDITS = 3;

/** No path that is served is nearly as long, and the search takes time that grows with the length. */
const MAX_LENGTH = 100;

/**
 * The path that a caller may have meant: the last part of theirs within three edits of a known path, whatever its case and
 * whether it has hyphens or underscores; or a known path that it begins.
 *
 * @param path the path that was asked for
 * @param known the paths that are served
 * @returns `undefined` if none is near
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
