import { catalogue } from 'rostbeef-layer';
import { expect, it } from 'vitest';
import { nearestPath } from '../../infra/local/nearest-path.ts';

const known = ['/', '/openapi.json', ...catalogue.map(({ name }) => `/${name}`)];

it.each([
  ['/get_presense', '/get_presence'],
  ['/get-presence', '/get_presence'],
  ['/getPresence', '/get_presence'],
  ['/GET_PRESENCE', '/get_presence'],
  ['/get_presence/', '/get_presence'],
  ['//get_presence', '/get_presence'],
  ['/local/get_presence', '/get_presence'],
  ['/get_rooster', '/get_roster'],
  ['/get_roster_with', '/get_roster_with_presence'],
  ['/link', '/link_contacts'],
  ['/unlink_contact', '/unlink_contacts'],
  ['/openapi', '/openapi.json'],
])('near %s is %s', (path, meant) => {
  expect(nearestPath(path, known)).toBe(meant);
});

it.each(['/', '//', '/x', '/favicon.ico', '/get', `/${'get_presence'.repeat(20)}`])('near %s is nothing', (path) => {
  expect(nearestPath(path, known)).toBeUndefined();
});
