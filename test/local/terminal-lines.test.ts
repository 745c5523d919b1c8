import { describe, expect, it } from 'vitest';
import { answeredLine, loggedLine } from '../../infra/local/terminal-lines.ts';

const call = { subject: 'get_presence', durationMs: 8.4, requestId: 'r-1' };
const json = { 'content-type': 'application/json' };

describe('the line of a call in the terminal', () => {
  it('tells the status, the milliseconds, the method and the request id', () => {
    const line = answeredLine({ ...call, reply: { status: 200, headers: json, body: '{"jid":"secret@example.com"}' } });
    expect(line.split(/ {2,}/)).toEqual(['200', '8 ms', 'get_presence', 'r-1']);
  });

  it('tells the name and the detail of a problem', () => {
    const body = JSON.stringify({ name: 'ItemNotFoundError', title: 'Not found', detail: 'No such user' });
    const line = answeredLine({ ...call, reply: { status: 404, headers: json, body } });
    expect(line).toMatch(/^404 .* r-1 {2}ItemNotFoundError: No such user$/);
  });

  it('tells the error of a function that threw, without the JSON for programs', () => {
    const headers = { ...json, 'x-amz-function-error': 'Unhandled' };
    const body = JSON.stringify({
      errorType: 'InvalidInputError',
      errorMessage: 'user is required {"issues":[]}',
      trace: ['at x'],
    });
    expect(answeredLine({ ...call, reply: { status: 200, headers, body } })).toMatch(
      /^err .* {2}InvalidInputError: user is required$/,
    );
  });

  it('tells the error of the Invoke API', () => {
    const headers = { ...json, 'x-amzn-errortype': 'ResourceNotFoundException' };
    const body = JSON.stringify({ Type: 'User', Message: 'Function not found: x' });
    expect(answeredLine({ ...call, reply: { status: 404, headers, body } })).toMatch(
      / {2}ResourceNotFoundException: Function not found: x$/,
    );
  });

  it('stays one line without control characters, whatever the caller sent', () => {
    const body = JSON.stringify({ name: 'JidMalformedError', detail: 'a\u001b[31m\nb' });
    const line = answeredLine({ ...call, subject: 'GET /\u001b[2J', reply: { status: 400, headers: json, body } });
    expect(line).toContain('a\\u001b[31m\\u000ab');
    expect(line).not.toMatch(/\p{Cc}/u);
  });
});

describe('the line of what a function logged', () => {
  const logged = { level: 'INFO', method: 'link_contacts', door: 'sqs', requestId: 'r-1', durationMs: 3.2 };

  it('tells each message of a batch, because the batch has one reply', () => {
    const done = JSON.stringify({ ...logged, messageId: 'm-1', outcome: 'ok' });
    expect(loggedLine('link_contacts', done)?.split(/ {2,}/)).toEqual(['ok', '3 ms', 'link_contacts', 'message m-1']);
    const error = { message: 'No such user' };
    const failed = JSON.stringify({ ...logged, messageId: 'm-2', outcome: 'ItemNotFoundError', error });
    expect(loggedLine('link_contacts', failed)).toMatch(/^err .* message m-2 {2}ItemNotFoundError: No such user$/);
  });

  it('tells a warning', () => {
    const line = JSON.stringify({ level: 'WARN', timestamp: '2026-01-01T00:00:00.000Z', message: 'Mind this.' });
    expect(loggedLine('get_roster', line)).toBe('Warning of get_roster: Mind this.');
  });

  it('tells other text, such as the last words of a process that crashes', () => {
    expect(loggedLine('get_roster', 'FATAL ERROR: heap out of memory\u001b')).toBe(
      'get_roster: FATAL ERROR: heap out of memory\\u001b',
    );
  });

  it.each([
    ['a call, which the gateway tells', JSON.stringify({ ...logged, outcome: 'ok' })],
    ['the stack of an error', '2026-01-01T00:00:00.000Z\tr-1\tERROR\tInvoke Error\t{"stack":["at x"]}'],
    ['other JSON', '[1]'],
  ])('leaves out %s', (_, line) => {
    expect(loggedLine('get_roster', line)).toBeUndefined();
  });
});
