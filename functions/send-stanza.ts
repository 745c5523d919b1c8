import { createHandler, sendStanza } from 'rostbeef-layer';

/** The Lambda function `send_stanza`. */
export const handler = createHandler(sendStanza);
