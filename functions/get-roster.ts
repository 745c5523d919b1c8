import { createHandler, getRoster } from 'rostbeef-layer';

/** The Lambda function `get_roster`. */
export const handler = createHandler(getRoster);
