import { createHandler, getResources } from 'rostbeef-layer';

/** The Lambda function `get_resources`. */
export const handler = createHandler(getResources);
