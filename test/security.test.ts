import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const page = readFileSync(resolve(root, 'SECURITY.md'), 'utf8');
const threats = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:threat|---) /.test(line))
  .map((line) => line.slice(2, -2).split(' | '));

it('the threat model has threats', () => {
  expect(threats.length).toBeGreaterThan(10);
});

describe.each(threats)('the threat: %s', (_, defence = '', tests = '') => {
  it('has a defence, and tests that are there', () => {
    const paths = [...tests.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    expect(defence).not.toBe('');
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !/^test\/.*\.test\.ts$/.test(path) || !existsSync(resolve(root, path)))).toEqual([]);
  });
});
