import { createHandler, unlinkContacts } from 'rostbeef-layer';

/** The Lambda function `unlink_contacts`. */
export const handler = createHandler(unlinkContacts);
