import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Deadline, GIVEN_UP, unlessEnded } from '../../functions/layer/shared/deadline.ts';

const notedBy = (deadline: Deadline) => {
  const reasons: unknown[] = [];
  deadline.onEnd(() => reasons.push(deadline.reason?.message));
  return reasons;
};

it('a deadline ends once, when its time is over', async () => {
  const deadline = new Deadline(20);
  const reasons = notedBy(deadline);
  expect(deadline.remainingMs).toBeGreaterThan(0);
  await setTimeout(60);
  deadline.end();
  expect(reasons).toEqual(['the deadline passed']);
  expect(deadline.remainingMs).toBe(0);
});

it('a deadline that its caller ends tells waiting work that it was given up', () => {
  const deadline = new Deadline(60_000);
  const reasons = notedBy(deadline);
  deadline.end();
  deadline.end();
  expect(reasons).toEqual([GIVEN_UP.message]);
});

it('work that begins after the end stops at once, and work that is done is left in peace', () => {
  const deadline = new Deadline(60_000);
  const done: string[] = [];
  const stop = () => done.push('stopped');
  deadline.onEnd(stop);
  deadline.offEnd(stop);
  deadline.end();
  expect(done).toEqual([]);
  expect(notedBy(deadline)).toEqual([GIVEN_UP.message]);
});

it('a deadline ends with its outer deadline, for the same reason, and does not end that one', () => {
  const outer = new Deadline(60_000);
  const first = new Deadline(50_000, outer);
  const second = new Deadline(50_000, outer);
  first.end();
  expect(outer.reason).toBeUndefined();
  const reasons = notedBy(second);
  outer.end();
  expect(reasons).toEqual([GIVEN_UP.message]);
  expect(new Deadline(50_000, outer).reason).toBe(GIVEN_UP);
});

it('the signal of a deadline fires when it ends, whether it was asked for before or after', () => {
  const deadline = new Deadline(60_000);
  const { signal } = deadline;
  expect(signal.aborted).toBe(false);
  deadline.end();
  expect(signal.reason).toBe(GIVEN_UP);
  expect(deadline.signal).toBe(signal);
  const ended = new Deadline(60_000);
  ended.end();
  expect(ended.signal.aborted).toBe(true);
});

it('waiting under a deadline settles as the promise does, or rejects at the end', async () => {
  const deadline = new Deadline(60_000);
  const late = () => new Error('too late');
  expect(await unlessEnded(Promise.resolve('done'), deadline, late)).toBe('done');
  await expect(unlessEnded(Promise.reject(new Error('broken')), deadline, late)).rejects.toThrow('broken');
  const waiting = unlessEnded(new Promise(() => undefined), deadline, late);
  deadline.end();
  await expect(waiting).rejects.toThrow('too late');
});
