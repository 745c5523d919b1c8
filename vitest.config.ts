import { defineConfig } from 'vitest/config';

if (!process.version.startsWith('v24.')) {
  throw new Error(`The tests run on Node.js 24, as the functions do; this is ${process.version}. Use "npm test".`);
}

// The tests set what they need: settings of the shell would change their results.
for (const name of Object.keys(process.env)) if (name.startsWith('EJABBERD_')) delete process.env[name];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 120_000,
  },
});
