import { createHandler, getPresence } from 'rostbeef-layer';

/** The Lambda function `get_presence`. */
export const handler = createHandler(getPresence);
