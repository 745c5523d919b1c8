import { createHandler, getRosterWithPresence } from 'rostbeef-layer';

/** The Lambda function `get_roster_with_presence`. */
export const handler = createHandler(getRosterWithPresence);
