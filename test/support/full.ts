/**
 * Whether this is `npm run test:full`: every release, database, door and repetition. `npm test` runs a small part of each, because
 * it must end in ten minutes.
 */
export const IS_FULL = process.env['TESTS'] === 'full';
