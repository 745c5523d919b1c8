/** mod_rostbeef 1.0.0: it tells no subscription, and the best session flat. */
import type { Members, Methods } from '../../../infra/local/embedded/classic/handler.ts';
import { rostbeefMethods } from '../../../infra/local/embedded/classic/rostbeef.ts';
import type { Value } from '../../../infra/local/embedded/reply.ts';
import type { ServerState } from '../../../infra/local/embedded/state.ts';

type Struct = Readonly<Record<string, Value>>;
type Method = (members: Members, state: ServerState) => Value;

export const rostbeefMethods100: Methods = new Map<string, Method>([
  ...rostbeefMethods,
  ['get_roster', rowsOf('get_roster')],
  ['get_roster_with_presence', rowsOf('get_roster_with_presence')],
]);

function rowsOf(name: string): Method {
  return (members, state) => structsIn(rostbeefMethods.get(name)?.(members, state)).map(older);
}

function older({ subscription: _, pending: __, presence, ...row }: Struct): Struct {
  if (presence === undefined) return row;
  const [best = { resource: '', show: 'unavailable', status: '' }] = structsIn(presence)
    .filter(({ priority }) => Number(priority) >= 0)
    .sort((a, b) => Number(b['priority']) - Number(a['priority']));
  const { priority: ___, ...flat }: Struct = best;
  return { ...row, ...flat };
}

function structsIn(value: Value | undefined): readonly Struct[] {
  return Array.isArray(value) ? value.filter((item): item is Struct => typeof item === 'object' && item !== null) : [];
}
