import { expect, it } from 'vitest';
import { userJid } from '../../functions/layer/methods/jids.ts';

it.each([
  ['bob@example.com', 'example.com', /^.*: user must be only the part before "@": bob \(/],
  ['Bob@Example.com/phone', 'example.com', /: user must be only the part before "@": bob \(/],
  ['b ob@example.com', 'example.com', /: user has a local part with a space/],
  ['@example.com', 'example.com', /: user has a local part with/],
  ['bob', 'bob@example.com', /: server must be only the part after "@" \(/],
  ['bob', 'https://example.com:5443/xmlrpc', /: server must be a domain only, .* leave out the scheme/],
  ['bob', 'example.com:5222', /: server must be a domain only: leave out the port \(/],
  ['bob', 'exa mple.com', /: server has a domain that is not a host name/],
])('the user %j of the server %j is refused with what to do', (user, server, message) => {
  expect(() => userJid({ user, server })).toThrow(message);
});
