import { describe, expect, it } from 'vitest';
import { terminalLine } from '../../infra/local/log-line.ts';

describe('a log line in the terminal', () => {
  it('tells of a call what came of it', () => {
    const call = {
      level: 'INFO',
      timestamp: '2026-01-01T00:00:00.000Z',
      method: 'get_roster',
      door: 'http',
      requestId: 'r-1',
    };
    const line = JSON.stringify({ ...call, durationMs: 3.2, outcome: 'ok' });
    expect(terminalLine('get_roster', line)).toBe('get_roster  INFO http ok 3.2 ms');
  });

  it('tells of a failed call why', () => {
    const line = JSON.stringify({
      level: 'WARN',
      door: 'direct',
      durationMs: 3,
      outcome: 'E',
      error: { message: 'Not so.' },
    });
    expect(terminalLine('get_roster', line)).toBe('get_roster  WARN direct E 3 ms  Not so.');
  });

  it('tells a warning', () => {
    const line = JSON.stringify({ level: 'WARN', timestamp: '2026-01-01T00:00:00.000Z', message: 'Mind this.' });
    expect(terminalLine('get_roster', line)).toBe('get_roster  WARN Mind this.');
  });

  it('leaves time and request id out of what is logged through the console', () => {
    const line = '2026-01-01T00:00:00.000Z\tr-1\tERROR\tInvoke Error\t{"errorType":"E"}';
    expect(terminalLine('get_roster', line)).toBe('get_roster  ERROR Invoke Error {"errorType":"E"}');
  });

  it.each(['plain words', '{"some":"json"}', '[1]', 'null', '{', ''])('leaves other lines as they are: %j', (line) => {
    expect(terminalLine('get_roster', line)).toBe(`get_roster  ${line}`);
  });
});
