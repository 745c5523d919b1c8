import { expect, it } from 'vitest';
import { userJid } from '../../functions/layer/methods/jids.ts';

it.each([
  ['bob@example.com', 'example.com', /^.*: user must be only the part before "@": bob \(/],
  ['Bob@Example.com/phone', 'example.com', /: user must be only the part before "@": bob \(/],
  ['b ob@example.com', 'example.com', /: user must have a local part without spaces/],
  ['@example.com', 'example.com', /: user must have a local part/],
  ['bob', 'bob@example.com', /: server must be only the part after "@" \(/],
  ['bob', 'https://example.com:5443/xmlrpc', /: server must be a domain only, .* leave out the scheme/],
  ['bob', 'example.com:5222', /: server must be a domain only: leave out the port \(/],
  ['bob', 'exa mple.com', /: server must have a domain that is a host name/],
])('the user %j of the server %j is refused with what to do', (user, server, message) => {
  expect(() => userJid({ user, server })).toThrow(message);
});
