import { createHandler, linkContacts } from 'rostbeef-layer';

/** The Lambda function `link_contacts`. */
export const handler = createHandler(linkContacts);
