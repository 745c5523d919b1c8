import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InvalidInputError,
  ItemNotFoundError,
  PartialLinkError,
  type SideState,
  thrownMessage,
} from '../../functions/layer/errors/index.ts';
import { readThrown } from '../support/thrown-error.ts';

const issue = (index: number, message = 'is required') => ({ path: `member${index}`, message });
const issuesOf = (count: number, message?: string) =>
  Array.from({ length: count }, (_, index) => issue(index, message));
const state = fc.constantFrom<SideState>('written', 'not', 'unknown');

describe('the message of a thrown error', () => {
  it('is the error’s own if it has neither issues nor sides', () => {
    const error = new ItemNotFoundError({ detail: 'carol@example.com' });
    expect(thrownMessage(error)).toBe('No such user: carol@example.com (404 item-not-found)');
  });

  it('gives its issues and sides back', () => {
    const issues = fc.array(fc.record({ path: fc.string(), message: fc.string({ unit: 'binary' }) }), { maxLength: 5 });
    fc.assert(
      fc.property(issues, fc.record({ jid1: state, jid2: state }), (given, sides) => {
        const error = new InvalidInputError({ issues: given });
        expect(readThrown(thrownMessage(error))).toEqual({ words: error.message, structure: { issues: given } });
        const partial = new PartialLinkError(sides);
        expect(readThrown(thrownMessage(partial))).toEqual({ words: partial.message, structure: { sides } });
        const both = new PartialLinkError(sides, { issues: given });
        expect(readThrown(thrownMessage(both)).structure).toEqual({ issues: given, sides });
      }),
    );
  });

  it('holds at most 20 issues, and counts the others', () => {
    const { structure } = readThrown(thrownMessage(new InvalidInputError({ issues: issuesOf(28) })));
    expect(structure).toEqual({ issues: issuesOf(20), more: 8 });
    expect(readThrown(thrownMessage(new InvalidInputError({ issues: issuesOf(20) }))).structure).not.toHaveProperty(
      'more',
    );
  });

  it.each([
    [17, 'é'.repeat(100)],
    [0, 'x'.repeat(5_000)],
  ])('holds no more than 4 KB of JSON, and so %i issues', (count, message) => {
    const { structure } = readThrown(thrownMessage(new InvalidInputError({ issues: issuesOf(20, message) })));
    expect(structure).toEqual({ issues: issuesOf(20, message).slice(0, count), more: 20 - count });
    expect(Buffer.byteLength(JSON.stringify(structure))).toBeLessThanOrEqual(4_096);
  });

  it('is one line', () => {
    const error = new InvalidInputError({ issues: [issue(1, 'is\nbroken')] });
    expect(thrownMessage(error).slice(error.message.length)).not.toContain('\n');
  });
});
