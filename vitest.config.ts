import { defineConfig } from 'vitest/config';

if (!process.version.startsWith('v24.')) {
  throw new Error(`The tests run on Node.js 24, as the functions do; this is ${process.version}. Use "npm test".`);
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 120_000,
  },
});
