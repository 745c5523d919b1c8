import { afterEach, expect, it, vi } from 'vitest';
import { UnexpectedError } from '../../functions/layer/errors/index.ts';
import { logLine } from '../../functions/layer/observability/call-log.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('the log line of a defect has the frames of its stack, and no line of its message', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  logLine({ durationMs: 1 }, new UnexpectedError({ cause: new TypeError('unreadable:\n    at canary (file.ts:1:1)') }));
  const { error } = JSON.parse(String(written.mock.calls[0]?.[0]));
  expect(error.cause.frames[0]).toContain('call-log.test.ts');
  expect(JSON.stringify(error)).not.toContain('canary');
});

it('the log line of a defect whose message was changed has no line of the first message', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const cause = new TypeError('unreadable:\n    at canary (file.ts:1:1)');
  // Reading the stack fixes it.
  expect(cause.stack).toContain('canary');
  cause.message = 'changed';
  logLine({ durationMs: 1 }, new UnexpectedError({ cause }));
  expect(String(written.mock.calls[0]?.[0])).not.toContain('canary');
});
